"""From rows to a published version: written to the lake, through the gate, into a serving copy, then published.

Each step may be cut off by a crash: until the last one, which is one transaction, the version before serves.
Loading again with the same ``key`` goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog
from django.db.models import Max

from dothi.core.clock import now
from dothi.core.errors import DothiError
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.warehouse import rules
from dothi.kernel.warehouse.gates import Candidate, Gate, GateReport, judged
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

if TYPE_CHECKING:
    import pyarrow as pa

Data: TypeAlias = "pa.Table | Iterable[pa.RecordBatch] | Path"

log = structlog.get_logger()
_EVENT = "vn.dothi.warehouse"


def load(
    dataset: Dataset,
    data: Data,
    *,
    by: Actor,
    mode: str = "replace",
    key: str = "",
    run: str = "",
    gate: Gate | None = None,
    label: str = "",
) -> DatasetVersion:
    """Make the rows of ``data`` (a table, batches, or a file) the dataset's next version and publish it.

    ``mode``: ``replace`` all rows, ``append`` them, ``upsert`` by the key columns. The same non-empty ``key``
    twice is one version: the second call gives back the first's. A version that ``gate`` refuses is kept as
    ``failed`` with the results; what was published before goes on serving. Raises :class:`BadInput` for rows
    that do not fit the columns, ``Forbidden`` without the permission ``warehouse.load`` for the unit.
    """
    from dothi.kernel.warehouse import steps  # brings Arrow with it

    rules.check_mode(mode, dataset.key_columns)
    with steps.alone(dataset.key):
        version = begin(dataset, key=key, run=run, label=label, by=by)
        if version.state != DatasetVersion.CANDIDATE:
            return version
        if mode != "replace" and _overtaken(version):
            fail(version, GateReport(passed=False), why=OVERTAKEN, by=by)
            version = begin(dataset, key=key, run=run, label=label, by=by)
        try:
            steps.write(version, data, mode)
            report = judged(candidate(version), gate)
            if not report.passed:
                return fail(version, report, why="", by=by)
            steps.prepare(version)
        except DothiError as error:
            fail(version, GateReport(passed=False), why=str(error), by=by)
            raise
        return publish(version, report, by=by)


OVERTAKEN = (
    "a newer version was published while this load lay cut off; its rows are added to that one instead"
)


def _overtaken(version: DatasetVersion) -> bool:
    """Whether this candidate was begun on rows that are no longer the ones to add to."""
    versions = DatasetVersion.objects.filter(dataset=version.dataset_id, number__gt=version.number)
    return versions.filter(state=DatasetVersion.PUBLISHED).exists()


def _unit(dataset: Dataset, **_: object) -> str | None:
    return dataset.unit or None


@action(permission=rules.LOAD, unit=_unit)
def begin(dataset: Dataset, *, key: str, run: str, label: str, by: Actor) -> DatasetVersion:
    """The candidate that this load fills: a new one, or the one an earlier call with this key left."""
    held = Dataset.objects.select_for_update().get(pk=dataset.pk)
    versions = DatasetVersion.objects.filter(dataset=held)
    known = versions.filter(key=key).exclude(state=DatasetVersion.FAILED).first() if key else None
    if known is None:
        last = versions.aggregate(last=Max("number"))["last"] or 0
        known = DatasetVersion.objects.create(dataset=held, number=last + 1, key=key, run=run, label=label)
    known.dataset = dataset
    note(number=known.number, key=key)
    return known


def candidate(version: DatasetVersion) -> Candidate:
    """The version as a gate looks at it."""
    from dothi.kernel.warehouse import steps  # brings Arrow with it

    before = DatasetVersion.objects.select_related("dataset").filter(dataset=version.dataset)
    previous = before.filter(state=DatasetVersion.PUBLISHED).first()
    return Candidate(
        ref=version.ref,
        rows=version.rows,
        paths=steps.paths(version.ref),
        checks=tuple(version.dataset.checks),
        previous=None if previous is None else previous.ref,
        report=version.report,
    )


def _version_unit(version: DatasetVersion, **_: object) -> str | None:
    return version.dataset.unit or None


@action(permission=rules.LOAD, unit=_version_unit)
def publish(version: DatasetVersion, report: GateReport, *, by: Actor) -> DatasetVersion:
    """Make the version the one that serves. One transaction: readers see the one before, then this one."""
    held = Dataset.objects.select_for_update().get(pk=version.dataset_id)
    serving = DatasetVersion.objects.filter(dataset=held, state=DatasetVersion.PUBLISHED)
    newer = serving.filter(number__gt=version.number).exists()
    if not newer:
        serving.update(state=DatasetVersion.SUPERSEDED)
    version.state = DatasetVersion.SUPERSEDED if newer else DatasetVersion.PUBLISHED
    version.published_at = now()
    version.quality_score, version.quality = report.score, [dict(each) for each in report.results]
    version.save()
    held.columns = version.dataset.columns if not newer else held.columns
    held.version_count += 1
    held.modified_at = version.published_at
    held.save(update_fields=["columns", "version_count", "modified_at"])
    version.dataset = held
    note(number=version.number, rows=version.rows)
    data = _facts(version) | {"score": version.quality_score, "changes": version.changes}
    record(f"{_EVENT}.version-published", subject=version.reference, data=data, actor=by.reference)
    return version


def _facts(version: DatasetVersion) -> dict[str, Any]:
    return {
        "dataset": str(version.dataset_id),
        "key": version.dataset.key,
        "number": version.number,
        "rows": version.rows,
        "snapshot": version.snapshot,
        "run": version.run,
    }


@action(permission=rules.LOAD, unit=_version_unit)
def fail(version: DatasetVersion, report: GateReport, *, why: str, by: Actor) -> DatasetVersion:
    """Keep the version as failed, with what the gate found; the one before goes on serving."""
    version.state = DatasetVersion.FAILED
    version.quality_score, version.quality = report.score, [dict(each) for each in report.results]
    version.report = version.report | ({"error": why} if why else {})
    version.save()
    note(number=version.number, why=why)
    failed = [dict(each) for each in report.results if not each.get("passed", True)]
    data = _facts(version) | {"why": why, "failed": failed[:20]}
    record(f"{_EVENT}.version-failed", subject=version.reference, data=data, actor=by.reference)
    log.warning("a version failed", dataset=version.dataset.key, number=version.number, why=why)
    return version
