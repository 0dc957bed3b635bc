"""What the warehouse does by itself now and then: small files are put together, versions nothing keeps are let go."""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from dothi.core.clock import now
from dothi.engines.lake.base import LakeError
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse.actions import apply_retention
from dothi.kernel.warehouse.compacting import compact
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

log = structlog.get_logger()
EVERY_S = 3600.0
GRACE = timedelta(days=1)
"""Snapshots and files younger than this are left alone: a load may be about to publish them."""

_KEPT = (
    DatasetVersion.PUBLISHED,
    DatasetVersion.SUPERSEDED,
    DatasetVersion.WITHDRAWN,
    DatasetVersion.CANDIDATE,
)


def run(stop: threading.Event) -> None:
    """Tidy up every hour until ``stop`` is set."""
    while not stop.wait(EVERY_S):
        tidy()


def tidy() -> int:
    """Every dataset's retention and compaction, then the lake forgets what no version names; how many snapshots went."""
    from dothi.engines.registry import lake  # a process without datasets never opens it

    gone = 0
    datasets = Dataset.objects.filter(versions__snapshot__isnull=False).distinct()
    for dataset in datasets:
        if dataset.retention:
            apply_retention(dataset, by=SYSTEM)
        try:
            compact(dataset, by=SYSTEM)
            lake().keep(dataset.table, _named(dataset))
            gone += lake().expire(dataset.table, older_than=now() - GRACE)
        except LakeError as error:  # one table in trouble must not keep the others
            log.warning("a table was not tidied", table=dataset.table, error=str(error))
    if datasets:
        lake().sweep()
    return gone


def _named(dataset: Dataset) -> set[int]:
    """The snapshots that its versions name."""
    rows = DatasetVersion.objects.filter(dataset=dataset, state__in=_KEPT, snapshot__isnull=False)
    return {each for each in rows.values_list("snapshot", flat=True) if each is not None}
