"""Records of an older schema brought to today's, with a report of those that do not fit and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from dothi.kernel.events.actions import record as tell
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.registers import keeping, rules
from dothi.kernel.registers.access import MIGRATE, needed
from dothi.kernel.registers.keeping import EVENT, Stated, Why
from dothi.kernel.registers.models import Record, Version
from dothi.kernel.registers.schemas import brought_up
from dothi.kernel.registers.types import Kind, kind
from dothi.kernel.registers.validation import Fault

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Unfit:
    """A record that stays at its old schema: on which days its data does not fit the new one, and why."""

    id: UUID
    unit: str
    faults: list[Fault]


@dataclass(slots=True)
class MigrationReport:
    """What a migration did, or (``dry_run``) would do. ``unfit`` records stay as they are until someone mends them."""

    type: str
    version: int
    dry_run: bool
    total: int = 0
    migrated: int = 0
    segments: int = 0
    properties: dict[str, int] = field(default_factory=dict)  # property → in how many segments it changes
    unfit: list[Unfit] = field(default_factory=list)


def migrate_schema(type: str, *, by: Actor, dry_run: bool = False, reason: str = "") -> MigrationReport:
    """Bring every record of ``type`` to the declared version: all its days known of now, batch by batch.

    What was known before stays as it was. May be run again: what is migrated is left alone.
    """
    declared = kind(type)
    by.require(needed(MIGRATE, declared))
    report = MigrationReport(type, declared.declared.version, dry_run)
    why = Why(by, reason or f"schema {declared.declared.version}")
    for nums in _older(declared):
        if dry_run:
            _batch(declared, nums, report, why)
        else:
            _migrated(declared, nums, report, why, by=by)
    if not dry_run and report.migrated:
        _say(report, by)
    return report


def _older(declared: Kind) -> Iterator[list[int]]:
    last = 0
    found = Record.objects.filter(type=declared.key, schema__lt=declared.declared.version)
    found = found.exclude(state=Record.MERGED).order_by("num")
    while nums := list(found.filter(num__gt=last).values_list("num", flat=True)[:AT_ONCE]):
        yield nums
        last = nums[-1]


@action(
    permission=None,
    name="registers.migrate_schema",
    subject=lambda declared, **_: f"register:{declared.key}",
)
def _migrated(declared: Kind, nums: list[int], report: MigrationReport, why: Why, *, by: Actor) -> None:
    """One batch, one transaction."""
    keeping.lock()
    before = report.migrated
    _batch(declared, nums, report, why)
    note(records=len(nums), migrated=report.migrated - before, version=report.version)


@transaction.atomic
def _say(report: MigrationReport, by: Actor) -> None:
    data = {
        "type": report.type,
        "version": report.version,
        "migrated": report.migrated,
        "unfit": len(report.unfit),
    }
    tell(f"{EVENT}.schema-migrated", subject=f"register:{report.type}", data=data, actor=by.reference)


def _batch(declared: Kind, nums: list[int], report: MigrationReport, why: Why) -> None:
    for record in Record.objects.filter(num__in=nums).order_by("num"):
        report.total += 1
        stated = rules.timeline(keeping.versions(record))
        older = [each for each in stated if each.version.schema < report.version]
        new = [
            (each, declared.clean(brought_up(declared, each.version.data or {}, each.version.schema)))
            for each in older
        ]
        faults = [fault for _, data in new for fault in declared.faults(data)]
        if faults:
            report.unfit.append(Unfit(record.id, record.unit, faults))
            continue
        report.migrated += 1
        _count(report, new)
        if not report.dry_run:
            _write(record, new, why)


def _count(report: MigrationReport, new: list[tuple[rules.Segment[Stated], dict[str, Any]]]) -> None:
    for each, data in new:
        report.segments += 1
        for key in rules.changed(each.version.data, data):
            report.properties[key] = report.properties.get(key, 0) + 1


def _write(record: Record, new: list[tuple[rules.Segment[Stated], dict[str, Any]]], why: Why) -> None:
    for each, data in new:
        keeping.add(
            record,
            Version.MIGRATE,
            (each.valid_from, each.valid_to),
            data,
            why,
            origins=each.version.origins,
        )
    keeping.settle(record)
