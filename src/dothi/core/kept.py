"""Results that are dear to compute, kept in a file for as long as what they were computed from stays the same.

Only ever a copy: a file that is missing, damaged, of other sources or of another form is computed again and
replaced whole. It is read as plain data of one type, so that nothing in it is ever run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
_DIGEST = hashlib.sha256().digest_size


def sources(files: Iterable[Path], *words: str) -> str:
    """What names ``words`` and the names and contents of ``files``; another when any of them changes."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in files:
        body = path.read_bytes()
        digest.update(f"\0{path}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()


def kept(path: Path, source: str, kind: type[T], make: Callable[[], T]) -> T:
    """What ``make`` gives, or its copy in ``path`` from an earlier time with the same ``source``.

    ``kind`` is a type msgspec can write and read back. What ``make`` raises is raised, and nothing is kept.
    """
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return _read(path, source, kind)
    value = make()
    with contextlib.suppress(OSError):  # a folder that cannot be written costs time, not an answer
        _write(path, source, msgspec.msgpack.encode(value))
    return value


def _sealed(source: str, body: bytes) -> bytes:
    return hashlib.sha256(f"{len(source)}|{source}|".encode() + body).digest()


def _read(path: Path, source: str, kind: type[T]) -> T:
    held = path.read_bytes()
    body = held[_DIGEST:]
    if held[:_DIGEST] != _sealed(source, body):
        raise msgspec.DecodeError("of other sources, or damaged")
    return msgspec.msgpack.decode(body, type=kind)


def _write(path: Path, source: str, body: bytes) -> None:
    """Replace the file at once, so that another process reads the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_sealed(source, body) + body)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
