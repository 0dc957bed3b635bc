"""What one query may use, and the words between the asking process and the sandbox."""

from __future__ import annotations

import msgspec

GRACE_SECONDS = 0.5  # what the zygote waits after a worker's own alarm before it kills it


class Limits(msgspec.Struct, frozen=True):
    """The bounds of one query: wall-clock seconds, memory beyond the idle worker, rows and bytes of its answer."""

    seconds: float = 10.0
    memory_mb: int = 512
    rows: int = 10_000
    answer_bytes: int = 32 << 20


class Job(msgspec.Struct, frozen=True):
    """A query for a worker. The file descriptors sent with it: the answer's socket, then one for each table."""

    sql: str
    tables: tuple[str, ...]
    limits: Limits


class Outcome(msgspec.Struct, frozen=True):
    """What became of a query: ``kind`` is empty when it was answered, else refused, failed, memory, too-large."""

    kind: str = ""
    message: str = ""
    rows: int = 0
    truncated: bool = False
    ms: float = 0.0
    layers: tuple[str, ...] = ()
