"""A record as one reader sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dothi.core.clock import from_us
from dothi.kernel.registers import rules
from dothi.kernel.registers.access import Sight
from dothi.kernel.registers.keeping import Stated
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.schemas import brought_up


@dataclass(frozen=True, slots=True)
class Seen:
    """What a record says, as far as the reader may know it.

    It holds from ``valid_from`` (None: longer than we know) up to, not including, ``valid_to`` (None: until further
    notice). ``masked`` names the properties of ``data`` that are masked; others may be missing altogether.
    """

    id: UUID
    type: str
    label: str
    data: dict[str, Any]
    masked: tuple[str, ...]
    unit: str
    state: str
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    seq: int
    op: str
    schema: int
    simulated: bool
    origins: dict[str, str]
    merged_from: UUID | None = None  # the record that was asked for, when it was merged into this one


def open_ended(day: date) -> date | None:
    """A day of the table as people read it: the ends of time are None."""
    return None if day in (rules.BEGINNING, rules.FOREVER) else day


def seen(
    sight: Sight,
    record: Record,
    version: Stated,
    *,
    span: tuple[date, date] | None = None,
    merged_from: UUID | None = None,
) -> Seen:
    """``version`` of ``record`` as ``sight`` lets its reader see it. Log it (:func:`clear_in`) before it leaves."""
    right, data = sight.right(record.unit), said(sight, version) or {}
    shown = right.show(data, sight.kind.properties)
    valid_from, valid_to = span or (version.valid_from, version.valid_to)
    return Seen(
        id=record.id,
        type=record.type,
        label=sight.kind.label(shown),
        data=shown,
        masked=tuple(key for key in shown if key in right.masked),
        unit=record.unit,
        state=record.state,
        valid_from=open_ended(valid_from),
        valid_to=open_ended(valid_to),
        recorded_at=from_us(version.recorded_us),
        seq=version.seq,
        op=version.op,
        schema=version.schema,
        simulated=record.simulated,
        origins=version.origins,
        merged_from=merged_from,
    )


def said(sight: Sight, version: Stated) -> dict[str, Any] | None:
    """What a version says, in the terms of today's schema."""
    if version.data is None or version.schema >= sight.kind.declared.version:
        return version.data
    return brought_up(sight.kind, version.data, version.schema)


def clear_in(sight: Sight, unit: str, versions: Iterable[Stated]) -> Sequence[str]:
    """The properties of these versions that are shown in clear, for the log of readings."""
    present = {key for version in versions for key in said(sight, version) or {}}
    return sorted(present & sight.right(unit).clear)
