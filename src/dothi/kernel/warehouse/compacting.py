"""Many small files of the version that serves are written as few large ones; rows, number and readers stay as they are.

Each step may be cut off: until the last one, a transaction, the version is read from the files it had. A table that
was compacted while nobody noted it still holds the version's rows, and the next time goes on from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.warehouse import queries, rules
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

if TYPE_CHECKING:
    from dothi.engines.lake.base import Snapshot

_EVENT = "vn.dothi.warehouse.version-compacted"
MANY_FILES = 8
"""Fewer files are left as they are: reading them costs less than writing them again."""


def compact(dataset: Dataset, *, by: Actor) -> DatasetVersion | None:
    """Put the small files of the version that serves together; None when there is nothing to gain."""
    from dothi.kernel.warehouse import steps  # brings Arrow with it

    with steps.alone(dataset.key):
        version = queries.published(dataset)
        if version is None or version.snapshot is None:
            return None
        found = steps.compacted(version.ref, MANY_FILES)
        return None if found is None else move(version, found, by=by)


def _unit(version: DatasetVersion, *_: object, **__: object) -> str | None:
    return version.dataset.unit or None


@action(permission=rules.LOAD, unit=_unit)
def move(version: DatasetVersion, to: Snapshot, *, by: Actor) -> DatasetVersion | None:
    """Read the version from the snapshot ``to`` from now on, which holds the same rows."""
    held = DatasetVersion.objects.select_for_update().select_related("dataset").get(pk=version.pk)
    if held.snapshot != version.snapshot or held.rows != to.rows:
        return None
    before = held.snapshot
    held.snapshot, held.bytes = to.id, to.bytes
    held.save(update_fields=["snapshot", "bytes"])
    note(number=held.number, bytes=to.bytes)
    data = {"key": held.dataset.key, "number": held.number, "from": before, "snapshot": to.id}
    record(_EVENT, subject=held.reference, data=data, actor=by.reference)
    return held
