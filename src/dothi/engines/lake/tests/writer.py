"""What the processes of ``test_processes.py`` do: each is a fork of one that has imported the lake already."""

import os
import signal

import pyarrow as pa

from dothi.engines.lake.iceberg import committing
from dothi.engines.lake.registry import open_lake


def write(urls, table, mode, first, count, say):
    """Append (or upsert, or compact after) one row a commit, numbered from ``first``; say each when it is done."""
    lake = open_lake(*urls)
    for n in range(first, first + count):
        row = pa.table({"n": pa.array([n], pa.int64())})
        if mode == "upsert":
            lake.upsert(table, row, ["n"], key=f"n-{n}")
        else:
            lake.append(table, row, key=f"n-{n}")
        if mode == "compact" or (mode == "mixed" and n % 10 == 9):
            lake.compact(table)
        say.send(n)
    lake.close()


def die_before_the_commit(urls, table, work):
    """Do ``work`` (``append`` a row with the key ``k``, or ``compact``); die as by ``kill -9`` when its files are written."""

    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    committing.commit = die
    lake = open_lake(*urls)
    if work == "append":
        lake.append(table, pa.table({"n": pa.array([1], pa.int64())}), key="k")
    else:
        lake.compact(table)
