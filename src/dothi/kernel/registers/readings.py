"""The log of readings: each time personal data of a record was shown in clear, to whom and for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from dothi.core.clock import now_us
from dothi.core.errors import NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.origin import origin
from dothi.kernel.registers.access import READINGS, Sight
from dothi.kernel.registers.models import Reading, Record

AT_MOST = 1_000


def note(sight: Sight, how: str, shown: Iterable[tuple[int, Iterable[str]]], case: str = "") -> int:
    """Keep that these records (number, properties shown in clear) were read; how many of them held personal data.

    Called before the data leaves: what cannot be logged is not shown.
    """
    at, address = now_us(), origin().address[:45]
    rows = [
        Reading(
            at_us=at,
            actor=sight.by.reference[:80],
            type=sight.kind.key,
            record_id=num,
            purpose=sight.purpose,
            how=how,
            fields=" ".join(personal),
            case=case[:120],
            address=address,
        )
        for num, properties in shown
        if (personal := [key for key in properties if key in sight.guarded])
    ]
    Reading.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def of(type: str, id: UUID, *, by: Actor, before: int | None = None, limit: int = 100) -> Sequence[Reading]:
    """Who read personal data of a record, the latest first; ``before``: only readings older than this one."""
    record = Record.objects.filter(type=type, id=id).first()
    if record is None:
        raise NotFound(both("Không có hồ sơ này.", "There is no such record."))
    by.require(READINGS, unit=record.unit or None)
    found = Reading.objects.filter(record=record)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[: min(limit, AT_MOST)])


def by_reader(actor: str, *, by: Actor, before: int | None = None, limit: int = 100) -> Sequence[Reading]:
    """What one reader (``account:0190…``) read, the latest first. Asked for the whole city."""
    by.require(READINGS)
    found = Reading.objects.filter(actor=actor).select_related("record")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[: min(limit, AT_MOST)])
