"""Which reader opens which file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dothi.core.errors import Unsupported, both
from dothi.kernel.registers.imports.readers.base import Options, Reader, Table
from dothi.kernel.registers.imports.readers.delimited.reader import open_delimited
from dothi.kernel.registers.imports.readers.features.reader import open_features
from dothi.kernel.registers.imports.readers.parquet.reader import open_parquet
from dothi.kernel.registers.imports.readers.sheet.reader import open_sheet

READERS: Final[dict[str, Reader]] = {
    "csv": open_delimited,
    "xlsx": open_sheet,
    "ods": open_sheet,
    "geojson": open_features,
    "parquet": open_parquet,
}
ENDINGS: Final = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".ods": "ods",
    ".geojson": "geojson", ".json": "geojson", ".geojsonl": "geojson", ".ndjson": "geojson", ".parquet": "parquet",
}  # fmt: skip


def format_of(name: str) -> str:
    """The format of a file by how its name ends; raises :class:`Unsupported`."""
    found = ENDINGS.get(Path(name).suffix.lower())
    if found is None:
        raise Unsupported(
            both(
                "Hãy dùng tệp CSV, XLSX, ODS, GeoJSON hoặc Parquet.",
                "Use a CSV, XLSX, ODS, GeoJSON or Parquet file.",
            ),
            where="file",
        )
    return found


def open_table(path: Path, format: str, options: Options | None = None) -> Table:
    """The file as a table; raises :class:`BadInput` when it cannot be read."""
    return READERS[format](path, options or {})
