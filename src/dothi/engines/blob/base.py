"""What a place for files is asked: put, open and remove content by its SHA-256. The same content is kept once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple, Protocol

from dothi.core.errors import Unavailable, both

PIECE: Final = 1 << 20
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class BlobError(Exception):
    """The store refused; ``__cause__`` is the reason underneath."""


class BlobMissing(BlobError):
    """There is no content with this digest."""


class BlobTooLarge(BlobError):
    """More than the limit came; nothing was kept."""


class BlobUnavailable(BlobError, Unavailable):
    """The store cannot be reached; trying again later may succeed."""

    def __init__(self, message: str = "") -> None:
        super().__init__(
            both("Kho tệp đang bận hoặc mất kết nối.", "The file store is busy or cannot be reached.")
        )
        self.args = (message,)


class Blob(NamedTuple):
    """Content that is kept: its SHA-256 in hex, and its size in bytes."""

    digest: str
    size: int


class BlobStore(Protocol):
    """Content by its digest. Safe to use from several threads and processes at once."""

    def put(self, content: bytes | Iterable[bytes], *, limit: int | None = None) -> Blob:
        """Keep content; when this returns it survives a power cut. Raises :class:`BlobTooLarge` beyond ``limit``."""
        ...

    def get(self, digest: str) -> bytes:
        """The whole content; raises :class:`BlobMissing`."""
        ...

    def open(self, digest: str) -> BinaryIO:
        """The content to be read piece by piece (and from any place in it); raises :class:`BlobMissing`."""
        ...

    def exists(self, digest: str) -> bool: ...

    def delete(self, digest: str) -> bool:
        """Remove content; False when it was not there."""
        ...

    def iterate(self) -> Iterator[Blob]:
        """Everything that is kept, in no order."""
        ...

    def close(self) -> None: ...


def checked(digest: str) -> str:
    """``digest``, when it is one: a path is made of it. Raises :class:`BlobMissing`."""
    if not _DIGEST.fullmatch(digest):
        raise BlobMissing(f"{digest[:80]!r} is not a SHA-256 in hex")
    return digest


def pieces(content: bytes | Iterable[bytes], limit: int | None) -> Iterator[bytes]:
    """The content piece by piece; raises :class:`BlobTooLarge` at the first byte too many."""
    size = 0
    for piece in (content,) if isinstance(content, bytes) else content:
        size += len(piece)
        if limit is not None and size > limit:
            raise BlobTooLarge(f"more than {limit} bytes")
        yield piece


class Measured:
    """Digest and size of what passes through."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size = 0

    def take(self, piece: bytes) -> bytes:
        self._hash.update(piece)
        self.size += len(piece)
        return piece

    def blob(self) -> Blob:
        return Blob(self._hash.hexdigest(), self.size)
