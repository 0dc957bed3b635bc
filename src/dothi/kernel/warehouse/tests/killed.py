"""A process that loads a version and is killed on the way, for ``test_killed.py``: STEP says where it dies.

Run as ``python -m dothi.kernel.warehouse.tests.killed KEY STEP`` on the installation DOTHI_HOME.
"""

from __future__ import annotations

import os
import signal
import sys

import django

STEPS = ("lake", "columns", "manifest", "renamed", "published", "none")
COMPACTING = ("rewritten", "compacted", "compact")


def die(*given: object, **named: object) -> None:
    """As ``kill -9`` does: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(key: str, step: str) -> None:
    """Load two wards into the dataset ``trees`` (and compact it), and die at ``step``."""
    django.setup()
    from dothi.serve import wiring

    wiring.configure()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    import pyarrow as pa

    from dothi.engines.lake.iceberg import committing
    from dothi.engines.registry import lake
    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.warehouse import actions, compacting, loading, queries, serving, steps
    from dothi.kernel.warehouse.serving import building, copies

    columns = [{"name": "ward", "type": "string"}, {"name": "trees", "type": "integer"}]
    declared = {"key": "trees", "title": {"vi": "Cây"}, "columns": columns, "key_columns": ["ward"]}
    dataset = actions.declare(declared, by=SYSTEM)
    if queries.published(dataset) is None:
        actions.load(dataset, pa.table({"ward": ["a"], "trees": [1]}), by=SYSTEM)
    if step == "lake":
        steps.columns_of = steps.paths = die  # the rows are in the lake, nothing else knows of them
        loading.candidate = die
    elif step == "columns":
        building._places = die
    elif step == "manifest":
        building._write_manifest = die
    elif step == "renamed":
        copies.Copy = die
    elif step == "published":
        loading.publish = die
    version = actions.load(
        dataset, pa.table({"ward": ["b"], "trees": [2]}), by=SYSTEM, mode="append", key=key
    )
    if step in COMPACTING:
        compacting.MANY_FILES = 2
        if step == "rewritten":
            committing.commit = die  # the large file is written, nothing names it
        elif step == "compacted":
            compacting.move = die  # the lake has its new snapshot, the version names the one before
        version = actions.compact(dataset, by=SYSTEM)
        print(len(lake().files(dataset.table, version.snapshot)), "file")  # noqa: T201  read by the test
    print(version.number, version.state, sorted(serving.page(version).rows))  # noqa: T201  read by the test
    wiring.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dothi.serve.django_settings")
    main(*sys.argv[1:])
