"""Batches of rows into the buffers of a copy, a column at a time, in little memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dothi.core.text import collation_key
from dothi.kernel.warehouse.serving.layout import DTYPES, ColumnLayout, load, null_of

MOST_CODES = 1 << 18
COLLATED = 1 << 16
_PIECE = 1 << 20


class Writer(Protocol):
    """Takes a column's arrays one after the other, then says how they are kept."""

    def write(self, array: pa.Array) -> None: ...

    def finish(self) -> ColumnLayout: ...


def writer(folder: Path, place: int, name: str, kind: str) -> Writer:
    """The writer for the column ``place`` of a declared type."""
    if kind == "string":
        return CodesWriter(folder, place, name)
    if kind in DTYPES:
        return FixedWriter(folder, place, name, kind)
    return BlobWriter(folder, place, name, kind)


class FixedWriter:
    """Numbers, days, times, booleans: one array."""

    def __init__(self, folder: Path, place: int, name: str, kind: str) -> None:
        self._file = (folder / f"{place}.values").open("wb")
        self._name, self._kind, self._dtype, self._nulls = name, kind, DTYPES[kind], 0

    def write(self, array: pa.Array) -> None:
        values = plain(array, self._kind)
        missing = np.isnan(values) if self._dtype.kind == "f" else values == null_of(self._dtype)
        self._nulls += int(np.count_nonzero(missing))
        self._file.write(np.ascontiguousarray(values).data)

    def finish(self) -> ColumnLayout:
        self._file.close()
        return ColumnLayout(self._name, self._kind, self._kind, self._dtype.name, self._nulls)  # type: ignore[arg-type]


def plain(array: pa.Array, kind: str) -> NDArray[Any]:
    """An Arrow array of a declared type as the values of a copy."""
    dtype = DTYPES[kind]
    if kind == "date":
        array = array.cast(pa.int32())
    elif kind == "datetime":
        array = array.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    elif kind == "boolean":
        array = array.cast(pa.int8())
    if array.null_count:
        array = array.fill_null(pa.scalar(null_of(dtype), array.type))
    values: NDArray[Any] = array.to_numpy(zero_copy_only=False).astype(dtype, copy=False)
    return values


class CodesWriter:
    """Texts of which there are not too many different ones: a dictionary and codes; else as plain bytes."""

    def __init__(self, folder: Path, place: int, name: str) -> None:
        self._folder, self._place, self._name = folder, place, name
        self._raw = folder / f"{place}.raw"
        self._file = self._raw.open("wb")
        self._known: dict[str, int] = {}
        self._rows = 0
        self._blob: BlobWriter | None = None

    def write(self, array: pa.Array) -> None:
        if self._blob is not None:
            self._blob.write(array)
            return
        encoded = array.dictionary_encode()
        known = self._known
        local = [known.setdefault(value, len(known)) for value in encoded.dictionary.to_pylist()]
        codes = np.array([*local, -1], np.int32)[
            plain(encoded.indices.fill_null(len(local)).cast(pa.int64()), "integer")
        ]
        self._file.write(codes.data)
        self._rows += len(codes)
        if len(known) > MOST_CODES or len(known) > max(COLLATED, self._rows // 2):
            self._as_bytes()

    def _as_bytes(self) -> None:
        """Too many different texts for a dictionary: write again what was written."""
        self._file.close()
        texts = pa.array([*self._known, None], pa.string())
        self._blob = BlobWriter(self._folder, self._place, self._name, "string")
        codes = load(self._folder, self._raw.name, np.int32)
        for start in range(0, len(codes), _PIECE):
            part = codes[start : start + _PIECE].astype(np.int64)
            part[part < 0] = len(texts) - 1
            self._blob.write(texts.take(pa.array(part)))
        self._raw.unlink()
        self._known = {}

    def finish(self) -> ColumnLayout:
        if self._blob is not None:
            return self._blob.finish()
        self._file.close()
        words = list(self._known)
        ranked = sorted(words, key=collation_key) if len(words) <= COLLATED else sorted(words)
        count = len(ranked)
        dtype = np.dtype(np.uint8 if count < 255 else np.uint16 if count < 65_535 else np.uint32)
        rank = np.full(count + 1, count, dtype)  # the last one, reached by -1, is null
        for code, word in enumerate(ranked):
            rank[self._known[word]] = code
        counts = self._recode(rank, count)
        _write_texts(self._folder / f"{self._place}.words", ranked)
        counts.tofile(self._folder / f"{self._place}.counts")
        kept = ColumnLayout(self._name, "string", "codes", dtype.name, int(counts[count]))
        kept.distinct = count
        kept.min, kept.max = (ranked[0], ranked[-1]) if ranked else (None, None)
        kept.top = [
            (ranked[code], int(counts[code]))
            for code in np.argsort(-counts[:count], kind="stable")[:10].tolist()
        ]
        return kept

    def _recode(self, rank: NDArray[Any], count: int) -> NDArray[np.int64]:
        """Write the codes again in the order of the sorted dictionary; how often each occurs."""
        counts = np.zeros(count + 1, np.int64)
        raw = load(self._folder, self._raw.name, np.int32)
        with (self._folder / f"{self._place}.values").open("wb") as file:
            for start in range(0, len(raw), _PIECE):
                codes = rank[raw[start : start + _PIECE]]
                counts += np.bincount(codes, minlength=count + 1)
                file.write(codes.data)
        self._raw.unlink()
        return counts


def _write_texts(path: Path, texts: list[str]) -> None:
    table = pa.table({"words": pa.array(texts, pa.string())})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)


class BlobWriter:
    """Long texts, JSON, geometries: offsets and bytes, and which rows have a value."""

    def __init__(self, folder: Path, place: int, name: str, kind: str) -> None:
        self._offsets = (folder / f"{place}.offsets").open("wb")
        self._data = (folder / f"{place}.data").open("wb")
        self._valid = (folder / f"{place}.valid").open("wb")
        self._offsets.write(np.zeros(1, np.int64).data)
        self._name, self._kind, self._end, self._nulls = name, kind, 0, 0

    def write(self, array: pa.Array) -> None:
        wide = array.cast(pa.large_binary())
        if not len(wide):
            return
        _, offsets, data = wide.buffers()
        along = np.frombuffer(offsets, np.int64)[wide.offset : wide.offset + len(wide) + 1]
        self._offsets.write((along[1:] - along[0] + self._end).data)
        if data is not None:
            self._data.write(memoryview(data)[int(along[0]) : int(along[-1])])
        self._end += int(along[-1] - along[0])
        self._nulls += wide.null_count
        self._valid.write(wide.is_valid().cast(pa.uint8()).to_numpy(zero_copy_only=False).data)

    def finish(self) -> ColumnLayout:
        for file in (self._offsets, self._data, self._valid):
            file.close()
        kind = "binary" if self._kind == "geometry" else "text"
        return ColumnLayout(self._name, self._kind, kind, "bytes", self._nulls)  # type: ignore[arg-type]
