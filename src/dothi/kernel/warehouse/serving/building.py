"""Makes a serving copy: in a folder beside it, renamed when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from dothi.core.ids import uuid7_str
from dothi.kernel.warehouse.references import Ref
from dothi.kernel.warehouse.serving import places
from dothi.kernel.warehouse.serving.layout import (
    FORMAT,
    MANIFEST,
    ColumnLayout,
    Manifest,
    PlaceLayout,
    load,
)
from dothi.kernel.warehouse.serving.ordering import distinct_in, is_ordered, order_of
from dothi.kernel.warehouse.serving.writing import writer

THREADS = 2
_ROWS, _BYTES = 1 << 19, 1 << 28
_BINS = 24
_INDEXED_TEXT = 64  # bytes a row: longer texts are looked through, not sorted


def build(folder: Path, ref: Ref, batches: Iterable[pa.RecordBatch]) -> Manifest:
    """Write the copy of ``ref`` to ``folder`` from its rows; whatever lay there before is replaced."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}-{uuid7_str()}")
    beside.mkdir()
    try:
        manifest = _fill(beside, ref, batches)
        _write_manifest(beside, manifest)
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return manifest


def _fill(folder: Path, ref: Ref, batches: Iterable[pa.RecordBatch]) -> Manifest:
    with ThreadPoolExecutor(THREADS, "serving-build") as pool:
        rows, layouts = _write_columns(folder, ref, batches, pool)
        keys = set(ref.key_columns)
        work: list[Callable[[], PlaceLayout | None]] = [
            (lambda place=place, kept=kept: _index(folder, place, kept, kept.name in keys))  # type: ignore[misc]
            for place, kept in enumerate(layouts)
        ]
        work.append(lambda: _places(folder, ref.columns, layouts))
        place = [future.result() for future in [pool.submit(each) for each in work]][-1]
    files = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    return Manifest(FORMAT, ref.version, ref.snapshot, rows, layouts, files, place)


def _write_columns(
    folder: Path, ref: Ref, batches: Iterable[pa.RecordBatch], pool: ThreadPoolExecutor
) -> tuple[int, list[ColumnLayout]]:
    writers = [writer(folder, place, each["name"], each["type"]) for place, each in enumerate(ref.columns)]
    names, rows = [each["name"] for each in ref.columns], 0
    for piece in _ahead(_pieces(batches)):
        rows += piece.num_rows
        arrays = [piece.column(name).combine_chunks() for name in names]
        list(pool.map(lambda pair: pair[0].write(pair[1]), zip(writers, arrays, strict=True)))
    return rows, list(pool.map(lambda each: each.finish(), writers))


def _ahead(pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same pieces; the next one is read while the one before is written."""
    with ThreadPoolExecutor(1, "serving-read") as reader:
        coming = reader.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = reader.submit(next, pieces, None)
            yield piece


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches joined to large ones: what is done once a batch is then done rarely."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _ROWS or size >= _BYTES:
            yield pa.Table.from_batches(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.Table.from_batches(waiting)


def _index(folder: Path, place: int, kept: ColumnLayout, is_key: bool) -> None:
    """Write the order of a column and what is known from it."""
    if kept.kind == "binary":
        return
    if kept.kind == "text":
        _index_text(folder, place, kept, is_key)
        return
    values = load(folder, f"{place}.values", kept.dtype)
    order = None
    kept.indexed = True
    kept.ordered = is_ordered(values)
    if not kept.ordered:
        order = order_of(values)
        order.tofile(folder / f"{place}.order")
    valid = len(values) - kept.nulls
    if kept.kind != "codes" and valid:
        kept.distinct = distinct_in(values, order, valid)
        _profile(kept, values, order, valid)


def _profile(kept: ColumnLayout, values: NDArray[Any], order: NDArray[np.int32] | None, valid: int) -> None:
    ends = (0, valid - 1) if order is None else (int(order[0]), int(order[valid - 1]))
    low, high = values[ends[0]], values[ends[1]]
    kept.min, kept.max = shown(kept.kind, low), shown(kept.kind, high)
    if kept.kind in ("integer", "number", "date", "datetime") and np.isfinite([low, high]).all():
        along = values[:: max(1, len(values) // 1_000_000)].astype(np.float64)
        known = along[np.isfinite(along) & (along <= float(high))]
        share = len(values) / max(len(along), 1)
        width = float(high) - float(low)
        part = (known - float(low)) / width * _BINS if width > 0 else np.zeros(len(known))
        counts = np.bincount(np.clip(part, 0, _BINS - 1).astype(np.int64), minlength=_BINS)
        kept.histogram = [round(each * share) for each in counts.tolist()]
    if kept.kind == "boolean":
        ones = int(np.count_nonzero(values == 1))
        kept.top = [(True, ones), (False, valid - ones)]


def shown(kind: str, value: Any) -> Any:
    """A kept value as JSON: times and days in ISO 8601."""
    if kind == "date":
        return (date(1970, 1, 1) + timedelta(days=int(value))).isoformat()
    if kind == "datetime":
        return (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(value)))
            .isoformat()
            .replace("+00:00", "Z")
        )
    if kind == "boolean":
        return bool(value)
    return int(value) if kind == "integer" else float(value)


def _index_text(folder: Path, place: int, kept: ColumnLayout, is_key: bool) -> None:
    size, rows = (folder / f"{place}.data").stat().st_size, (folder / f"{place}.valid").stat().st_size
    if kept.type != "string" or not rows or not (is_key or size <= _INDEXED_TEXT * rows):
        return
    order = pc.array_sort_indices(texts(folder, place)).to_numpy().astype(np.int32)
    order.tofile(folder / f"{place}.order")
    kept.indexed = True


def texts(folder: Path, place: int, binary: bool = False) -> pa.Array:
    """A column of long texts (or bytes) as one Arrow array over its files."""
    valid = load(folder, f"{place}.valid", np.uint8)
    buffers = [
        pa.py_buffer(np.packbits(valid, bitorder="little")),
        pa.py_buffer(load(folder, f"{place}.offsets", np.int64)),
        pa.py_buffer(load(folder, f"{place}.data", np.uint8)),
    ]
    return pa.Array.from_buffers(pa.large_binary() if binary else pa.large_string(), len(valid), buffers)


def _places(
    folder: Path, columns: Iterable[Mapping[str, Any]], layouts: list[ColumnLayout]
) -> PlaceLayout | None:
    """Pack the rows by longitude and latitude, or by the box around each geometry."""
    by_role = {column.get("role"): place for place, column in enumerate(columns)}
    geometry = next((place for place, kept in enumerate(layouts) if kept.type == "geometry"), None)
    if geometry is not None:
        names = [layouts[geometry].name]
        west, south, east, north = _bounds(folder, geometry)
    elif {"longitude", "latitude"} <= by_role.keys():
        at = (by_role["longitude"], by_role["latitude"])
        names = [layouts[place].name for place in at]
        west, south = (
            load(folder, f"{place}.values", layouts[place].dtype).astype(np.float64) for place in at
        )
        east, north = west, south
    else:
        return None
    rows, blocks = places.pack(west, south, east, north)
    points = west is east
    rows.tofile(folder / "place.rows")
    blocks.tofile(folder / "place.blocks")
    sides = (
        (("west", west), ("south", south))
        if points
        else (("west", west), ("south", south), ("east", east), ("north", north))
    )
    for name, values in sides:
        values[rows].tofile(folder / f"place.{name}")
    return PlaceLayout(names, points, len(rows), places.BLOCK)


def _bounds(folder: Path, place: int) -> tuple[NDArray[np.float64], ...]:
    """West, south, east, north of every geometry; NaN where there is none. Equal arrays are one: points."""
    shapes = texts(folder, place, binary=True)
    found = np.empty((len(shapes), 4))
    only_points = True
    for start in range(0, len(shapes), 100_000):
        part = shapely.from_wkb(
            shapes.slice(start, 100_000).to_numpy(zero_copy_only=False), on_invalid="ignore"
        )
        found[start : start + len(part)] = shapely.bounds(part)
        only_points &= bool((shapely.get_type_id(part) <= 0).all())
    west, south, east, north = (np.ascontiguousarray(found[:, side]) for side in range(4))
    return (west, south, west, south) if only_points else (west, south, east, north)


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    """The manifest last, everything on disk before it: a copy with a manifest is whole."""
    for name in manifest.files:
        _sync(folder / name)
    (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    _sync(folder / MANIFEST)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
