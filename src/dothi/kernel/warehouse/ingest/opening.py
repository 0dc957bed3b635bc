"""One call for every kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from dothi.core.errors import Unsupported, both
from dothi.kernel.warehouse.ingest import columnar, delimited, documents, sheets
from dothi.kernel.warehouse.ingest.reading import Reading

_READERS: dict[str, Callable[[Path, Mapping[str, Any]], Reading]] = {
    "csv": delimited.read,
    "xlsx": sheets.read,
    "ods": sheets.read,
    "parquet": columnar.read,
    "json": documents.read,
    "ndjson": documents.read_lines,
    "geojson": documents.read,
}
FORMATS = tuple(_READERS)
_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xls": "xlsx", ".xlsb": "xlsx", ".ods": "ods",
    ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".geojson": "geojson", ".parquet": "parquet",
}  # fmt: skip


def read_file(path: Path, *, format: str | None = None, options: Mapping[str, Any] | None = None) -> Reading:
    """Open a file. ``format`` is one of :data:`FORMATS` (default: by the file's name and first bytes).

    ``options``: ``types`` ({column: type}) decides for the named columns, ``encoding``, ``delimiter``, ``header``
    (bool), ``sheet`` (name or number), ``bad_rows`` (``refuse`` or ``skip``). Raises :class:`BadInput` for what
    cannot be read, while opening or while reading rows.
    """
    kind = format or guess(path)
    reader = _READERS.get(kind)
    if reader is None:
        known = ", ".join(FORMATS)
        raise Unsupported(
            both(
                f"Không đọc được loại tệp này; đọc được: {known}.",
                f"Such files are not read; these are: {known}.",
            ),
            where="format",
        )
    return _counted(reader(path, options or {}))


def _counted(reading: Reading) -> Reading:
    given = reading.batches

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in given:
            reading.report.rows += batch.num_rows
            yield batch

    return Reading(reading.schema, batches(), reading.report)


def guess(path: Path) -> str:
    """The format by the file's name, else by its first bytes."""
    suffixes = path.suffixes[-2:-1] if path.suffix == ".gz" else path.suffixes[-1:]
    known = _SUFFIXES.get("".join(suffixes).lower())
    if known is not None:
        return known
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PAR1":
        return "parquet"
    return "json" if head[:1] in (b"{", b"[") else "csv"
