"""Arrow tables in memory that other processes can read and nobody can change."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import tempfile
from collections.abc import Iterable

import pyarrow as pa

_SEALS = 0x0001 | 0x0002 | 0x0004 | 0x0008  # no more sealing, shrinking, growing, writing (F_SEAL_*)
_F_ADD_SEALS = 1033


class TooMuch(Exception):
    """More bytes than the query may read."""


def share(schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, most_bytes: int) -> int:
    """A descriptor of an Arrow file with these rows, the caller's to close; raises :class:`TooMuch`."""
    descriptor = _anonymous()
    try:
        with _sink(descriptor) as sink, pa.ipc.new_file(sink, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
                if sink.tell() > most_bytes:
                    raise TooMuch
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(descriptor, _F_ADD_SEALS, _SEALS)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _anonymous() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("dothi-rows", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    handle, path = tempfile.mkstemp()
    os.unlink(path)  # noqa: PTH108  (the file lives on as a descriptor only)
    return handle


def _sink(descriptor: int) -> pa.PythonFile:
    return pa.PythonFile(os.fdopen(os.dup(descriptor), "wb"), mode="w")
