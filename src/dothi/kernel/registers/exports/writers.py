"""Rows of records into files of four formats. Heavy libraries come in with the first file of their kind."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

Rows = Iterable[Mapping[str, Any]]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> Any:
    """A value as a cell: lists and objects as JSON."""
    if isinstance(value, Mapping | list | tuple):
        return msgspec.json.encode(value).decode()
    return value


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula, as text (numbers and phone numbers stay)."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        rest = value[1:].replace(" ", "").replace(".", "").replace("-", "")
        return value if value[0] in "+-" and rest.isdigit() else f"'{value}"
    return value


def write_csv(path: Path, columns: Sequence[str], rows: Rows, place: str | None) -> int:
    """Comma separated, UTF-8 with its mark."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for count, row in enumerate(rows, 1):  # noqa: B007  how many there were is the answer
            writer.writerow([_cell(row.get(column)) for column in columns])
    return count


def _cell(value: Any) -> Any:
    return ("true" if value else "false") if isinstance(value, bool) else harmless(plain(value))


def write_xlsx(path: Path, columns: Sequence[str], rows: Rows, place: str | None) -> int:
    """One sheet; text stays text, so that leading zeros stay."""
    import xlsxwriter  # type: ignore[import-untyped]  # only workbooks need it

    count = 0
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("records")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns)
        for count, row in enumerate(rows, 1):
            for index, column in enumerate(columns):
                if (value := plain(row.get(column))) is not None:
                    sheet.write(count, index, value)
    return count


def write_geojson(path: Path, columns: Sequence[str], rows: Rows, place: str | None) -> int:
    """A FeatureCollection; a record without a place (or whose place may not be seen) has a null geometry."""
    count, encode = 0, msgspec.json.encode
    with path.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[')
        for count, row in enumerate(rows, 1):
            geometry = row.get(place) if place else None
            feature = {
                "type": "Feature",
                "id": row.get("id"),
                "geometry": geometry if isinstance(geometry, Mapping) else None,
                "properties": {
                    key: row.get(key) for key in columns if key not in (place, "id") and key in row
                },
            }
            file.write((b",\n" if count > 1 else b"\n") + encode(feature))
        file.write(b"\n]}\n")
    return count


def write_parquet(path: Path, columns: Sequence[str], rows: Rows, place: str | None) -> int:
    """Every column is text: a masked number is text, and the type of a column may not depend on who reads."""
    import pyarrow as pa  # only Parquet needs it
    import pyarrow.parquet as pq

    schema = pa.schema([(column, pa.string()) for column in columns])
    count = 0
    batch: list[dict[str, str | None]] = []
    with pq.ParquetWriter(str(path), schema, compression="zstd") as writer:
        for count, row in enumerate(rows, 1):  # noqa: B007  how many there were is the answer
            batch.append({column: _said(row.get(column)) for column in columns})
            if len(batch) == 10_000:
                writer.write_table(pa.Table.from_pylist(batch, schema=schema))
                batch = []
        if batch:
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
    return count


def _said(value: Any) -> str | None:
    if value is None:
        return None
    return ("true" if value else "false") if isinstance(value, bool) else str(plain(value))


WRITERS: Final[dict[str, Callable[[Path, Sequence[str], Rows, str | None], int]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "geojson": write_geojson,
    "parquet": write_parquet,
}
