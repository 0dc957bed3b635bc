"""The life of one worker: take the tables, give up everything else, run one query, answer, end."""

from __future__ import annotations

import contextlib
import os
import socket

import duckdb
import pyarrow as pa

from dothi.kernel.warehouse.sandbox import confine, engine
from dothi.kernel.warehouse.sandbox.limits import Job, Outcome
from dothi.kernel.warehouse.sandbox.wire import send_outcome


def work(
    connection: duckdb.DuckDBPyConnection, job: Job, descriptors: list[int], layers: tuple[str, ...]
) -> None:
    """Run ``job`` in this process, just forked, which ends with it."""
    confine.die_with_parent()
    confine.set_alarm(job.limits)
    held = socket.socket(fileno=descriptors[0])
    with contextlib.suppress(OSError):  # who asked is gone: nobody is left to tell
        outcome, body = _outcome(connection, job, descriptors[1:], layers)
        send_outcome(held, outcome, body)


def _outcome(
    connection: duckdb.DuckDBPyConnection, job: Job, descriptors: list[int], layers: tuple[str, ...]
) -> tuple[Outcome, memoryview]:
    try:
        engine.attach(connection, dict(zip(job.tables, map(engine.mapped, descriptors), strict=True)))
        for each in descriptors:
            os.close(each)
        engine.lock(connection, job.limits)
        # Root's rights end here, after the tables are mapped and before a word of the query is read.
        if confine.drop_rights():
            layers = (*layers, "nobody")
            confine.die_with_parent()  # changing the user takes this back
        if confine.cap_memory(job.limits):
            layers = (*layers, "memory")
        layers += confine.seal()
        engine.check(connection, job.sql, frozenset(job.tables))
    except engine.NotOneSelect as error:
        return Outcome("refused", str(error)), memoryview(b"")
    except (duckdb.Error, pa.ArrowException, OSError, ValueError, RuntimeError, MemoryError) as error:
        return Outcome("failed", str(error)[:500]), memoryview(b"")
    outcome, body = engine.answer(connection, job.sql, job.limits)
    return Outcome(outcome.kind, outcome.message, outcome.rows, outcome.truncated, outcome.ms, layers), body
