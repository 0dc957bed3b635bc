"""Writes the units of the source into the tables: all or nothing, and again at any time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from dothi.core.ids import uuid7_str
from dothi.kernel.directory.boundaries import Progress
from dothi.kernel.directory.models import AdministrativeUnit, Revision, UnitSuccession
from dothi.kernel.directory.snapshot import memory
from dothi.kernel.directory.source import NEW, REFORM, Source, SuccessionRow, UnitRow

_BATCH = 500  # rows a statement: SQLite takes 32,766 values in one, and a unit has 19


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
    transaction.on_commit(memory.forget)  # another thread may have looked just before the commit


def load(source: Source, progress: Progress | None = None) -> Loaded:
    """Write the source's units and successions, unless loaded already. Needs an open transaction."""
    fingerprint = source.fingerprint()
    known = Revision.objects.filter(pk=1, source=fingerprint).exists()
    if known:
        return Loaded(AdministrativeUnit.objects.count(), UnitSuccession.objects.count(), unchanged=True)
    units, successions = source.units(), source.successions()
    total = len(units) + len(successions)
    _write(AdministrativeUnit, ("key",), [_unit(row) for row in units], _report(progress, 0, total))
    links, step = [_succession(row) for row in successions], _report(progress, len(units), total)
    _write(UnitSuccession, ("old_id", "new_id"), links, step)
    touch()
    Revision.objects.filter(pk=1).update(source=fingerprint)
    return Loaded(len(units), len(successions))


def _report(progress: Progress | None, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress(before + done, total, "units") if progress else None


def _write(
    model: type[models.Model],
    key: tuple[str, ...],
    rows: Sequence[Mapping[str, Any]],
    report: Callable[[int], None],
) -> None:
    """Insert rows, or update those whose key is there. By hand: model objects cost three times as much."""
    columns = list(rows[0])
    one = f"({', '.join(['%s'] * len(columns))})"
    head, tail = _statement(model._meta.db_table, columns, key)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            values = [value for row in batch for value in row.values()]
            cursor.execute(f"{head} {', '.join([one] * len(batch))} {tail}", values)
            report(start + len(batch))


def _statement(table: str, columns: Sequence[str], key: Sequence[str]) -> tuple[str, str]:
    """What stands before and behind the rows of an upsert; both databases write it alike."""
    quote = connection.ops.quote_name
    updates = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns if name not in key)
    names, keys = (", ".join(map(quote, each)) for each in (columns, key))
    return f"INSERT INTO {quote(table)} ({names}) VALUES", f"ON CONFLICT ({keys}) DO UPDATE SET {updates}"


def _unit(row: UnitRow) -> dict[str, Any]:
    called, bounds = row.named, row.bounds or (None, None, None, None)
    reform = REFORM.isoformat()
    return {
        "key": row.key,
        "era": row.era,
        "code": row.code,
        "level": row.level,
        "kind": called.kind,
        "name_vi": called.name["vi"],
        "name_en": called.name["en"],
        "full_name_vi": called.full_name["vi"],
        "full_name_en": called.full_name["en"],
        "parent_id": row.parent,
        "valid_from": reform if row.era == NEW else None,
        "valid_to": None if row.era == NEW else reform,
        "lon": row.lon,
        "lat": row.lat,
        "area_km2": row.area_km2,
        "west": bounds[0],
        "south": bounds[1],
        "east": bounds[2],
        "north": bounds[3],
    }


def _succession(row: SuccessionRow) -> dict[str, Any]:
    return {
        "old_id": row.old,
        "new_id": row.new,
        "kind": UnitSuccession.WHOLE if row.whole else UnitSuccession.PART,
        "share": 1.0 if row.whole else None,
        "main": row.main,
    }
