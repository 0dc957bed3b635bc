"""A process of its own for the tests: ``writer.py FOLDER CATALOGUE TABLE MODE FIRST COUNT`` (see ``main``)."""

import sys

import pyarrow as pa

from dothi.engines.lake.registry import open_lake


def main(folder, catalog, table, mode, first, count):
    """Append (or upsert, or compact after) one row a commit, numbered from ``first``; say each when it is done."""
    lake = open_lake(folder, catalog)
    for n in range(int(first), int(first) + int(count)):
        row = pa.table({"n": pa.array([n], pa.int64())})
        if mode == "upsert":
            lake.upsert(table, row, ["n"], key=f"n-{n}")
        else:
            lake.append(table, row, key=f"n-{n}")
        if mode == "compact" or (mode == "mixed" and n % 10 == 9):
            lake.compact(table)
        print(n, flush=True)  # noqa: T201  # the test reads it
    lake.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
