"""Open copies of this process, and how one comes to be there: found whole, or built again from the lake."""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import structlog

from dothi.core.config import current
from dothi.engines.registry import lake
from dothi.kernel.warehouse.references import Ref
from dothi.kernel.warehouse.serving import building
from dothi.kernel.warehouse.serving.columns import BytesColumn, TextColumn, ValueColumn, column
from dothi.kernel.warehouse.serving.conditions import InBox
from dothi.kernel.warehouse.serving.layout import Damaged, Manifest, load, read_manifest
from dothi.kernel.warehouse.serving.places import Box, Packed

log = structlog.get_logger()
MOST_OPEN = 64


class Copy:
    """An open serving copy: its columns by name, its index of places."""

    def __init__(self, folder: Path, manifest: Manifest, ref: Ref) -> None:
        self.folder, self.manifest, self.ref, self.rows = folder, manifest, ref, manifest.rows
        self.columns: dict[str, ValueColumn | TextColumn] = {
            layout.name: column(folder, place, layout, manifest.rows)
            for place, layout in enumerate(manifest.columns)
        }
        self.lock = threading.Lock()

    @cached_property
    def packed(self) -> Packed | None:
        """The index of places, if the dataset has places."""
        place = self.manifest.place
        if place is None:
            return None
        west, south = (load(self.folder, f"place.{side}", float) for side in ("west", "south"))
        east, north = (
            (west, south)
            if place.points
            else (load(self.folder, f"place.{side}", float) for side in ("east", "north"))
        )
        blocks = load(self.folder, "place.blocks", float).reshape(4, -1)
        return Packed(load(self.folder, "place.rows", "int32"), west, south, east, north, blocks)

    def in_box(self, box: Box) -> InBox | None:
        """The condition of lying in a box; None for a dataset without places."""
        packed, place = self.packed, self.manifest.place
        if packed is None or place is None:
            return None
        columns = [self.columns[name] for name in place.columns]
        geometry = next((each for each in columns if isinstance(each, BytesColumn)), None)
        if geometry is not None:
            return InBox(packed, box, geometry=geometry)
        return InBox(packed, box, tuple(each.values for each in columns if isinstance(each, ValueColumn)))


_open: OrderedDict[str, Copy] = OrderedDict()
_lock = threading.Lock()


def folder_of(ref: Ref) -> Path:
    """Where a version's copy lies."""
    return current().home / "serving" / ref.folder


def copy(ref: Ref) -> Copy:
    """The open copy of a version; built again from the lake when it is missing or damaged."""
    with _lock:
        found = _open.get(ref.version)
        if found is not None:
            _open.move_to_end(ref.version)
            return found
    found = _opened(ref)
    with _lock:
        _open[ref.version] = found
        while len(_open) > MOST_OPEN:
            _open.popitem(last=False)
    return found


def _opened(ref: Ref) -> Copy:
    folder = folder_of(ref)
    try:
        return Copy(folder, read_manifest(folder, ref.version), ref)
    except Damaged as error:
        log.warning("a serving copy is built again", dataset=ref.key, number=ref.number, why=str(error))
        return make(ref)


def make(ref: Ref, batches: Iterable[pa.RecordBatch] | None = None) -> Copy:
    """Build the copy unless it is whole already; by one process at a time."""
    folder = folder_of(ref)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            manifest = read_manifest(folder, ref.version)
        except Damaged:
            _sweep(folder)
            rows = batches if batches is not None else lake().read(ref.table, snapshot=ref.snapshot)
            manifest = building.build(folder, ref, rows)
        folder.with_name(f".{folder.name}.lock").unlink(missing_ok=True)
    return Copy(folder, manifest, ref)


def _sweep(folder: Path) -> None:
    """Remove what a killed process left of this copy."""
    for left in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left, ignore_errors=True)


def forget(ref: Ref, *, remove: bool = False) -> None:
    """Close a version's copy in this process; ``remove``: delete it from the disk too."""
    with _lock:
        _open.pop(ref.version, None)
    if remove:
        shutil.rmtree(folder_of(ref), ignore_errors=True)
