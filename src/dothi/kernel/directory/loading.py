"""Writes the units of the source into the tables: all or nothing, and again at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.db import models

from dothi.core.ids import uuid7_str
from dothi.kernel.directory.boundaries import Progress
from dothi.kernel.directory.models import AdministrativeUnit, Revision, UnitSuccession
from dothi.kernel.directory.snapshot import memory
from dothi.kernel.directory.source import NEW, REFORM, Source, SuccessionRow, UnitRow

_BATCH = 2000
_KEPT = {"key", "boundary"}
_COLUMNS = [field.name for field in AdministrativeUnit._meta.concrete_fields if field.name not in _KEPT]

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load wrote. ``unchanged``: the same source had been loaded before and nothing was written."""

    units: int
    successions: int
    unchanged: bool = False


def touch() -> None:
    """Tell every process that what it keeps in memory is no longer true."""
    Revision.objects.update_or_create(pk=1, defaults={"token": uuid7_str()})
    memory.forget()


def load(source: Source, progress: Progress | None = None) -> Loaded:
    """Write the source's units and successions, unless loaded already. Needs an open transaction."""
    fingerprint = source.fingerprint()
    known = Revision.objects.filter(pk=1, source=fingerprint).exists()
    if known:
        return Loaded(AdministrativeUnit.objects.count(), UnitSuccession.objects.count(), unchanged=True)
    units, successions = source.units(), source.successions()
    total = len(units) + len(successions)
    done = _write([_unit(row) for row in units], ["key"], _COLUMNS, 0, total, progress)
    changed = ["kind", "main"]
    _write([_succession(row) for row in successions], ["old", "new"], changed, done, total, progress)
    touch()
    Revision.objects.filter(pk=1).update(source=fingerprint)
    return Loaded(len(units), len(successions))


def _write(
    rows: Iterable[M], key: list[str], columns: list[str], done: int, total: int, progress: Progress | None
) -> int:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        manager = type(batch[0])._default_manager
        manager.bulk_create(batch, update_conflicts=True, unique_fields=key, update_fields=columns)
        done += len(batch)
        if progress:
            progress(done, total, "units")
    return done


def _unit(row: UnitRow) -> AdministrativeUnit:
    called, bounds = row.named, row.bounds or (None, None, None, None)
    new = row.era == NEW
    return AdministrativeUnit(
        key=row.key,
        era=row.era,
        code=row.code,
        level=row.level,
        kind=called.kind,
        name_vi=called.name["vi"],
        name_en=called.name["en"],
        full_name_vi=called.full_name["vi"],
        full_name_en=called.full_name["en"],
        parent_id=row.parent,
        valid_from=REFORM if new else None,
        valid_to=None if new else REFORM,
        lon=row.lon,
        lat=row.lat,
        area_km2=row.area_km2,
        west=bounds[0],
        south=bounds[1],
        east=bounds[2],
        north=bounds[3],
    )


def _succession(row: SuccessionRow) -> UnitSuccession:
    whole = row.whole
    return UnitSuccession(
        old_id=row.old,
        new_id=row.new,
        kind=UnitSuccession.WHOLE if whole else UnitSuccession.PART,
        share=1.0 if whole else None,
        main=row.main,
    )
