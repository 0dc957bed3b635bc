"""Whole versions as files: CSV, JSON, NDJSON, GeoJSON (streamed as they are written), Parquet, XLSX.

A version never changes: what was written once for everybody is kept below ``exports/`` and sent from there, with
ranges. It may be deleted at any time.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import shapely
from numpy.typing import NDArray

from dothi.core.config import current
from dothi.core.errors import TooLarge, both
from dothi.core.ids import uuid7_str
from dothi.kernel.warehouse.references import Ref

MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WHOLE_FILES = ("parquet", "xlsx")
TEXTS = ("csv", "json", "ndjson", "geojson")
_SHEET_ROWS = 1_048_575
_PIECE = 1 << 18
_encode = msgspec.json.Encoder().encode
Renderer = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file: their declarations, and how values are shown (None: as they are)."""

    declared: tuple[Mapping[str, Any], ...]
    renderers: tuple[Renderer, ...]

    @property
    def names(self) -> list[str]:
        return [column["name"] for column in self.declared]

    def place(self) -> Callable[[Mapping[str, Any]], Any]:
        """What gives a row's GeoJSON geometry; the columns it is made of are taken out of the row."""
        geometry = next((column["name"] for column in self.declared if column["type"] == "geometry"), None)
        if geometry is not None:
            return lambda row: row.get(geometry)
        roles = {column.get("role"): column["name"] for column in self.declared}
        lon, lat = str(roles.get("longitude", "")), str(roles.get("latitude", ""))

        def point(row: Mapping[str, Any]) -> Any:
            if row.get(lon) is None or row.get(lat) is None:
                return None
            return {"type": "Point", "coordinates": [row[lon], row[lat]]}

        return point


def export_path(ref: Ref, name: str) -> Path:
    """Where a version's finished file lies."""
    return current().home / "exports" / ref.dataset / f"{ref.number}-{ref.version}-{name}"


def kept(path: Path, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give the pieces on and keep them as a file, which is there once the last one was given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}-{uuid7_str()}")
    try:
        with beside.open("wb") as file:
            for piece in pieces:
                file.write(piece)
                yield piece
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)


def once(path: Path) -> Iterator[bytes]:
    """The pieces of a file that nobody can open again: its name is gone before the first piece is read."""
    file = path.open("rb")
    path.unlink()
    return _through(file)


def _through(file: io.BufferedReader) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def write(path: Path, form: str, reader: pa.RecordBatchReader, columns: Columns, bom: bool = False) -> None:
    """Write a whole file; it is there once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}-{uuid7_str()}")
    try:
        if form == "parquet":
            _parquet(beside, reader, columns)
        elif form == "xlsx":
            _xlsx(beside, reader, columns)
        else:
            with beside.open("wb") as file:
                for piece in stream(form, reader, columns, bom):
                    file.write(piece)
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)


def stream(form: str, reader: pa.RecordBatchReader, columns: Columns, bom: bool = False) -> Iterator[bytes]:
    """The file in pieces, a batch of rows each."""
    return {"csv": _csv, "json": _json, "ndjson": _ndjson, "geojson": _geojson}[form](reader, columns, bom)


def _csv(reader: pa.RecordBatchReader, columns: Columns, bom: bool) -> Iterator[bytes]:
    schema = pa.schema([pa.field(name, pa.string()) for name in columns.names])
    head = io.BytesIO()
    pacsv.write_csv(schema.empty_table(), head)
    yield (b"\xef\xbb\xbf" if bom else b"") + head.getvalue()
    options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in reader:
        arrays = [_as_text(array, *how) for array, how in zip(batch.columns, _how(columns), strict=True)]
        piece = io.BytesIO()
        pacsv.write_csv(pa.RecordBatch.from_arrays(arrays, names=columns.names), piece, options)
        yield piece.getvalue()


def _how(columns: Columns) -> Iterator[tuple[str, Renderer]]:
    for column, renderer in zip(columns.declared, columns.renderers, strict=True):
        yield column["type"], renderer


def _as_text(array: pa.Array, kind: str, renderer: Renderer) -> pa.Array:
    """A column as CSV writes it: times in ISO 8601, geometries as WKT, masked values masked."""
    if renderer is not None and kind != "json":
        return pa.array([renderer(value) for value in array.to_pylist()], pa.string())
    if kind == "datetime":
        return _iso(array)
    if kind == "geometry":
        shapes = shapely.from_wkb(array.to_numpy(zero_copy_only=False), on_invalid="ignore")
        return pa.array(shapely.to_wkt(shapes, rounding_precision=7), pa.string())
    return array


def _iso(array: pa.Array) -> pa.Array:
    micros = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    unit: Literal["s", "us"] = "s" if not (micros % 1_000_000).any() else "us"
    moments: NDArray[np.datetime64] = micros.astype("datetime64[us]")
    texts = np.char.add(np.datetime_as_string(moments, unit=unit), "Z")
    return pa.array(texts, pa.string(), mask=array.is_null().to_numpy(zero_copy_only=False))


def _rows(batch: pa.RecordBatch, columns: Columns) -> Iterator[dict[str, Any]]:
    lists = [_plain(array, *how) for array, how in zip(batch.columns, _how(columns), strict=True)]
    names = columns.names
    for values in zip(*lists, strict=True):
        yield dict(zip(names, values, strict=True))


def _plain(array: pa.Array, kind: str, renderer: Renderer) -> list[Any]:
    if kind == "geometry" and renderer is None:
        shapes = shapely.from_wkb(array.to_numpy(zero_copy_only=False), on_invalid="ignore")
        return [None if shape is None else shapely.geometry.mapping(shape) for shape in shapes]
    if kind == "datetime" and renderer is None:
        texts: list[Any] = _iso(array).to_pylist()
        return texts
    values: list[Any] = array.to_pylist()
    return values if renderer is None else [renderer(value) for value in values]


def _ndjson(reader: pa.RecordBatchReader, columns: Columns, bom: bool) -> Iterator[bytes]:
    for batch in reader:
        yield b"".join(_encode(row) + b"\n" for row in _rows(batch, columns))


def _listed(pieces: Iterator[Iterator[bytes]], before: bytes, behind: bytes) -> Iterator[bytes]:
    yield before
    first = True
    for piece in pieces:
        joined = b",\n".join(piece)
        if joined:
            yield joined if first else b",\n" + joined
            first = False
    yield behind


def _json(reader: pa.RecordBatchReader, columns: Columns, bom: bool) -> Iterator[bytes]:
    return _listed(((_encode(row) for row in _rows(batch, columns)) for batch in reader), b"[\n", b"\n]\n")


def _geojson(reader: pa.RecordBatchReader, columns: Columns, bom: bool) -> Iterator[bytes]:
    place = columns.place()
    hidden = {column["name"] for column in columns.declared if column["type"] == "geometry"}

    def feature(row: dict[str, Any]) -> bytes:
        properties = {name: value for name, value in row.items() if name not in hidden}
        return _encode({"type": "Feature", "geometry": place(row), "properties": properties})

    pieces = ((feature(row) for row in _rows(batch, columns)) for batch in reader)
    return _listed(pieces, b'{"type":"FeatureCollection","features":[\n', b"\n]}\n")


def _parquet(path: Path, reader: pa.RecordBatchReader, columns: Columns) -> None:
    import pyarrow.parquet as pq  # only this format needs it

    masked = [renderer is not None and kind != "json" for kind, renderer in _how(columns)]
    fields = [
        pa.field(each.name, pa.string()) if hidden else each
        for each, hidden in zip(reader.schema, masked, strict=True)
    ]
    with pq.ParquetWriter(path, pa.schema(fields), compression="zstd") as writer:
        for batch in reader:
            arrays = [
                _as_text(array, *how) if hidden else array
                for array, how, hidden in zip(batch.columns, _how(columns), masked, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields)))


def _xlsx(path: Path, reader: pa.RecordBatchReader, columns: Columns) -> None:
    import xlsxwriter  # type: ignore[import-untyped]  # only this format needs it

    book = xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
        },
    )
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, columns.names)
    line = 0
    for batch in reader:
        if line + batch.num_rows > _SHEET_ROWS:
            raise TooLarge(
                both(
                    "Quá nhiều dòng cho XLSX; hãy tải CSV hoặc Parquet.",
                    "Too many rows for XLSX; take CSV or Parquet.",
                )
            )
        lists = [_cells(array, *how) for array, how in zip(batch.columns, _how(columns), strict=True)]
        for values in zip(*lists, strict=True):
            line += 1
            for place, value in enumerate(values):
                if value is not None:
                    sheet.write(
                        line, place, value, day if columns.declared[place]["type"] == "date" else None
                    )
    book.close()


def _cells(array: pa.Array, kind: str, renderer: Renderer) -> list[Any]:
    """Values a sheet has: numbers, texts, days; all else as text."""
    if kind in ("string", "integer", "number", "boolean", "date") and renderer is None:
        cells: list[Any] = array.to_pylist()
        return cells
    texts: list[Any] = _as_text(array, kind, renderer).to_pylist()
    return texts
