"""What lies in the folder of a serving copy: one file a buffer, and a manifest written last.

Values are kept as they are compared: numbers, times (microseconds), days and codes of a sorted dictionary, each in
one contiguous array; null is the greatest value of its type (NaN for floats), so that it sorts last and no
condition needs a second look. Longer texts are Arrow's offsets and bytes. ``*.order`` holds row numbers in the
order of a column; a column that is in order already has none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from dothi.core.errors import DothiError

FORMAT = 1
MANIFEST = "manifest.json"
Kind = Literal["integer", "number", "date", "datetime", "boolean", "codes", "text", "binary"]

DTYPES: dict[str, np.dtype[Any]] = {
    "integer": np.dtype(np.int64),
    "number": np.dtype(np.float64),
    "date": np.dtype(np.int32),
    "datetime": np.dtype(np.int64),
    "boolean": np.dtype(np.int8),
}
# Small files are read, larger ones mapped: a map keeps a file open, and there may be thousands of columns.
READ_UP_TO = 1 << 20


class Damaged(DothiError):
    """A serving copy cannot be read as it lies there; it is built again from the lake."""


class ColumnLayout(msgspec.Struct):
    """One column of a copy: how it is kept, and its profile (values as JSON)."""

    name: str
    type: str
    kind: Kind
    dtype: str
    nulls: int = 0
    ordered: bool = False  # rows lie in this column's order: no .order file
    indexed: bool = False
    distinct: int | None = None
    min: Any = None
    max: Any = None
    top: list[tuple[Any, int]] = []
    histogram: list[int] = []


class PlaceLayout(msgspec.Struct):
    """The index of places: from which columns, whether points or boxes, how many rows have a place."""

    columns: list[str]
    points: bool
    rows: int
    block: int


class Manifest(msgspec.Struct):
    """What a copy holds. ``files``: every file's size, so that a torn copy is noticed."""

    format: int
    version: str
    snapshot: int
    rows: int
    columns: list[ColumnLayout]
    files: dict[str, int]
    place: PlaceLayout | None = None


def read_manifest(folder: Path, version: str) -> Manifest:
    """The manifest of a copy whose files are all there; raises :class:`Damaged`."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        sizes = {name: (folder / name).stat().st_size for name in manifest.files}
    except (OSError, msgspec.DecodeError) as error:
        raise Damaged(str(error)) from error
    if manifest.format != FORMAT or manifest.version != version or sizes != manifest.files:
        raise Damaged(f"{folder.name} is of another form, version or size")
    return manifest


def load(folder: Path, name: str, dtype: Any) -> NDArray[Any]:
    """One buffer as an array that cannot be written: mapped, or read when it is small."""
    path = folder / name
    try:
        if path.stat().st_size <= READ_UP_TO:
            return np.frombuffer(path.read_bytes(), dtype)
        return np.memmap(path, dtype, "r").view(np.ndarray)
    except (OSError, ValueError) as error:
        raise Damaged(f"{name}: {error}") from error


def null_of(dtype: Any) -> Any:
    """What stands for null among values of this type."""
    kind = np.dtype(dtype)
    return np.nan if kind.kind == "f" else np.iinfo(kind).max
