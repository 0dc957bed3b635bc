"""Files of the lake on this machine: durable when written, found again after their folder was moved.

Iceberg's metadata names files by absolute path. The catalogue remembers every folder the lake has been in
(:mod:`~dothi.engines.lake.iceberg.catalog`), and a path below a former one is read below the present one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream
from pyiceberg.typedef import EMPTY_DICT, Properties

ROOT = "dothi.root"
FORMER = "dothi.former-roots"
SCHEME = "file://"


def flush(path: Path) -> None:
    """Have the file, and its name in its folder, survive a power cut."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class _Durable:
    """A file being written under a name of its own; closing it puts it on the disk before anyone relies on it."""

    def __init__(self, path: Path, mode: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file: BinaryIO = path.open(mode)  # type: ignore[assignment]

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        if not self._file.closed:
            self._file.close()
            flush(self._path)

    def __enter__(self) -> OutputStream:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class _Local(InputFile, OutputFile):
    def __init__(self, location: str, path: Path) -> None:
        super().__init__(location)
        self._path = path

    def __len__(self) -> int:
        return self._path.stat().st_size

    def exists(self) -> bool:
        return self._path.exists()

    def open(self, seekable: bool = True) -> InputStream:
        return self._path.open("rb")

    def create(self, overwrite: bool = False) -> OutputStream:
        return _Durable(self._path, "wb" if overwrite else "xb")

    def to_input_file(self) -> InputFile:
        return self


class LocalFileIO(FileIO):
    """The ``py-io-impl`` of a lake in a folder."""

    def __init__(self, properties: Properties = EMPTY_DICT) -> None:
        super().__init__(properties)
        self._root = properties.get(ROOT, "")
        self._former = [each for each in properties.get(FORMER, "").split("\n") if each]

    def path(self, location: str) -> Path:
        """Where on this machine the file is that the metadata calls ``location``."""
        name = location.removeprefix(SCHEME)
        for former in self._former:
            if name.startswith(f"{former}/"):
                return Path(self._root + name.removeprefix(former))
        return Path(name)

    def new_input(self, location: str) -> InputFile:
        return _Local(location, self.path(location))

    def new_output(self, location: str) -> OutputFile:
        return _Local(location, self.path(location))

    def delete(self, location: str | InputFile | OutputFile) -> None:
        self.path(location if isinstance(location, str) else location.location).unlink()
