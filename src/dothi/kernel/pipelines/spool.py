"""What a run has read so far, on disk: portions as Arrow files, each with the place behind it.

A portion is there as a whole or not at all (written aside, synced, renamed), so that a run that was killed goes
on behind the last one. What is loaded is always what lies here: loading again gives the same rows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa

_POSITION: Final = b"dothi.position"
_ROWS: Final = b"dothi.rows"
_END: Final = "end.json"


class Spool:
    """The portions of one run, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for torn in folder.glob("*.part"):
            torn.unlink()

    @property
    def files(self) -> Path:
        """A folder beside the portions for what a source downloads."""
        path = self.folder / "files"
        path.mkdir(exist_ok=True)
        return path

    def add(self, rows: pa.Table, position: dict[str, Any]) -> None:
        """Keep a portion and the place behind it; durable when this returns."""
        number = len(self.parts()) + 1
        facts = {_POSITION: msgspec.json.encode(position), _ROWS: str(rows.num_rows).encode()}
        path = self.folder / f"{number:06d}.arrow"
        part = path.with_suffix(".part")
        schema = rows.schema.with_metadata(facts)
        # Not Parquet: these files live for minutes, and writing them is time the source waits.
        with pa.ipc.new_file(part, schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_table(rows.cast(schema))
        _settle(part, path)

    def end(self, position: dict[str, Any], report: dict[str, Any]) -> None:
        """All was read; the next run begins at ``position``."""
        part = self.folder / f"{_END}.part"
        part.write_bytes(msgspec.json.encode({"position": position, "report": report}, enc_hook=str))
        _settle(part, self.folder / _END)

    def ended(self) -> dict[str, Any] | None:
        """``{"position", "report"}`` when all was read."""
        path = self.folder / _END
        return msgspec.json.decode(path.read_bytes()) if path.is_file() else None

    def parts(self) -> list[Path]:
        """The portions in order."""
        return sorted(self.folder.glob("*.arrow"))

    def position(self) -> dict[str, Any] | None:
        """The place behind the last portion; None when nothing was read yet."""
        parts = self.parts()
        if not parts:
            return None
        place: dict[str, Any] = msgspec.json.decode(_facts(parts[-1])[_POSITION])
        return place

    def rows(self) -> int:
        """How many rows were read."""
        return sum(int(_facts(part)[_ROWS]) for part in self.parts())

    def schemas(self) -> list[pa.Schema]:
        """The columns of each portion."""
        return [_schema(part).remove_metadata() for part in self.parts()]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, in order."""
        for part in self.parts():
            with pa.memory_map(str(part)) as file:
                reader = pa.ipc.open_file(file)
                for place in range(reader.num_record_batches):
                    yield reader.get_batch(place)

    def clear(self) -> None:
        """Forget what was read; the folder stays."""
        for part in self.parts():
            part.unlink()

    def remove(self) -> None:
        """The run has ended: forget what it read."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _schema(part: Path) -> pa.Schema:
    with pa.memory_map(str(part)) as file:
        return pa.ipc.open_file(file).schema


def _facts(part: Path) -> dict[bytes, bytes]:
    return dict(_schema(part).metadata or {})


def _settle(part: Path, path: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
