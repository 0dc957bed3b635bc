"""A copy of one schema by PostgreSQL's own tool (custom format, for ``pg_restore``)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dothi.engines.store.base import StoreError, StoreUnavailable


def dump(url: str, schema: str, target: Path) -> None:
    """Write a consistent dump of ``schema`` to ``target``, the password kept out of the process list."""
    tool = shutil.which("pg_dump")
    if tool is None:
        raise StoreError("pg_dump is not installed; Debian has it in the package postgresql-client")
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    partial = target.with_name(target.name + ".partial")
    where = make_conninfo("", **{key: str(value) for key, value in parts.items() if value is not None})
    command = [
        tool,
        "--format=custom",
        "--schema=" + _quoted(schema),
        f"--file={partial}",
        f"--dbname={where}",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        partial.unlink(missing_ok=True)
        raise StoreUnavailable(f"pg_dump failed: {done.stderr.strip()[:500]}")
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(target)


def _quoted(name: str) -> str:
    """As the tool's own pattern language wants a name taken literally."""
    return '"' + name.replace('"', '""') + '"'
