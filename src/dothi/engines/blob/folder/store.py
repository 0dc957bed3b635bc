"""Blobs in a folder: written beside, flushed, then renamed into place, so that a name always means whole content."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dothi.engines.blob.base import Blob, BlobMissing, BlobUnavailable, Measured, checked, pieces


class FolderBlobs:
    """A folder of this machine: ``ab/cdef…``; unfinished files are in ``incoming``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._incoming = path / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def _place(self, digest: str) -> Path:
        checked(digest)
        return self._path / digest[:2] / digest[2:]

    def put(self, content: bytes | Iterable[bytes], *, limit: int | None = None) -> Blob:
        measured = Measured()
        partial = self._incoming / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with partial.open("xb") as file:
                for piece in pieces(content, limit):
                    file.write(measured.take(piece))
                file.flush()
                os.fsync(file.fileno())
            blob = measured.blob()
            self._move(partial, self._place(blob.digest))
        except OSError as error:
            raise BlobUnavailable(f"{type(error).__name__}: {error}") from error
        finally:
            partial.unlink(missing_ok=True)
        return blob

    @staticmethod
    def _move(partial: Path, place: Path) -> None:
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            _flush(place.parent.parent)
        partial.replace(place)
        _flush(place.parent)

    def get(self, digest: str) -> bytes:
        with self.open(digest) as file:
            return file.read()

    def open(self, digest: str) -> BinaryIO:
        try:
            return self._place(digest).open("rb")
        except FileNotFoundError as error:
            raise BlobMissing(digest) from error

    def exists(self, digest: str) -> bool:
        return self._place(digest).is_file()

    def delete(self, digest: str) -> bool:
        try:
            self._place(digest).unlink()
        except FileNotFoundError:
            return False
        return True

    def iterate(self) -> Iterator[Blob]:
        for folder in sorted(self._path.iterdir()):
            if len(folder.name) != 2:
                continue
            for place in folder.iterdir():
                with suppress(FileNotFoundError):  # removed by another meanwhile
                    yield Blob(folder.name + place.name, place.stat().st_size)

    def close(self) -> None:
        """Nothing is held open."""


def _flush(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
