"""All units in memory, read again when they changed. What every question is answered from."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

from django.db import connection

from dothi.core.clock import HCMC, now
from dothi.core.config import current
from dothi.core.errors import both
from dothi.core.kept import kept, sources
from dothi.core.text import collation_key, fold, nfc
from dothi.kernel.directory import rules
from dothi.kernel.directory.models import AdministrativeUnit, Revision, UnitBoundary, UnitSuccession
from dothi.kernel.directory.names import LEVELS
from dothi.kernel.directory.views import Successor, UnitView

# How long an answer from memory may be older than the database (another process may have written).
FRESH_SECONDS = 1.0

_COLUMNS = (
    *("key", "code", "level", "kind", "name_vi", "name_en", "full_name_vi", "full_name_en", "parent_id"),
    *("valid_from", "valid_to", "lon", "lat", "area_km2", "west", "south", "east", "north"),
)


T = TypeVar("T")
Units = dict[str, UnitView]
Successions = dict[str, list[tuple[str, str, float | None, bool]]]


def today() -> date:
    """The day it is in the city."""
    return now().astimezone(HCMC).date()


def in_order(units: Iterable[UnitView]) -> list[UnitView]:
    """``units`` in Vietnamese dictionary order."""
    return sorted(units, key=lambda unit: (collation_key(unit.name["vi"]), unit.key))


class Entry(NamedTuple):
    """A unit as search sees it."""

    haystack: str
    name: str
    full_name: str
    exact: str
    province: str
    unit: UnitView


@dataclass(frozen=True)
class Snapshot:
    """The units as they were at one revision."""

    revision: str
    units: Units
    successions: Successions

    @cached_property
    def by_code(self) -> dict[str, list[UnitView]]:
        """All units that ever had a code, today's first."""
        found: dict[str, list[UnitView]] = {}
        for unit in sorted(self.units.values(), key=lambda u: u.valid_to or date.max, reverse=True):
            found.setdefault(unit.code, []).append(unit)
        return found

    @cached_property
    def parents(self) -> dict[str, str | None]:
        """Code to parent's code, of the units of today."""
        return {unit.code: unit.parent for unit in self.units.values() if unit.valid_to is None}

    @cached_property
    def ordered(self) -> list[UnitView]:
        """All units in Vietnamese dictionary order."""
        return in_order(self.units.values())

    @cached_property
    def entries(self) -> list[Entry]:
        """All units for search: today's first, the city's first, higher levels first."""
        entries, city = [self._entry(unit) for unit in self.ordered], current().city
        ranks = {level: rank for rank, level in enumerate(LEVELS)}
        return sorted(
            entries,
            key=lambda each: (each.unit.valid_to is not None, each.province != city, ranks[each.unit.level]),
        )

    def _entry(self, unit: UnitView) -> Entry:
        parent = self.units.get(f"{unit.era}:{unit.parent}")
        texts = [unit.full_name["vi"], unit.full_name["en"], unit.code]
        if parent is not None:
            texts.append(parent.full_name["vi"])
        name, full = unit.name["vi"], unit.full_name["vi"]
        province = self._province(unit).code
        return Entry(rules.haystack(texts), fold(name), fold(full), nfc(full).lower(), province, unit)

    def _province(self, unit: UnitView) -> UnitView:
        above = self.units.get(f"{unit.era}:{unit.parent}")
        return unit if above is None else self._province(above)

    def covers(self, outer: str, inner: str) -> bool:
        """Whether today's unit ``inner`` is ``outer`` or within it."""
        step: str | None = inner
        while step is not None:
            if step == outer:
                return True
            step = self.parents.get(step)
        return False

    def successors(self, key: str) -> list[Successor]:
        """What became of a unit, the unit to assume by default first."""
        old, rows = self.units[key], self.successions.get(key, [])
        answer = []
        for new_key, kind, share, _main in sorted(rows, key=lambda row: (not row[3], row[0])):
            new, whole = self.units[new_key], kind == UnitSuccession.WHOLE
            note = rules.succession_note(old, new, whole=whole, alternatives=len(rows))
            answer.append(Successor(new, 1.0 if whole else share, note))
        return answer


def _revision() -> str:
    return Revision.objects.filter(pk=1).values_list("token", flat=True).first() or ""


def read() -> Snapshot:
    """A snapshot of the database as it is; from the copy of an earlier process when nothing has changed since."""
    revision = _revision()
    if not revision or connection.in_atomic_block:  # what an open transaction sees may never come to be
        return Snapshot(revision, *_rows())
    copy = current().home / "cache" / "units"
    source = sources(sorted(Path(__file__).parent.glob("*.py")), revision)
    rows = kept(copy, source, tuple[Units, Successions], _rows)
    if _revision() != revision:  # changed meanwhile: a restored backup must not find these rows as its own
        copy.unlink(missing_ok=True)
    return Snapshot(revision, *rows)


def _rows() -> tuple[Units, Successions]:
    bounded = set(UnitBoundary.objects.values_list("unit_id", flat=True))
    rows = AdministrativeUnit.objects.values_list(*_COLUMNS)
    units = {row[0]: _view(row, row[0] in bounded) for row in rows.iterator(5000)}
    successions: Successions = {}
    for old, new, kind, share, main in UnitSuccession.objects.values_list(
        "old_id", "new_id", "kind", "share", "main"
    ):
        successions.setdefault(old, []).append((new, kind, share, main))
    return units, successions


def _view(row: tuple, bounded: bool) -> UnitView:  # type: ignore[type-arg]
    key, code, level, kind, name_vi, name_en, full_vi, full_en, parent, begun, ended, lon, lat, area, *box = (
        row
    )
    return UnitView(
        code=code,
        name=both(name_vi, name_en),
        full_name=both(full_vi, full_en),
        kind=kind,
        level=level,
        parent=parent.partition(":")[2] if parent else None,
        valid_from=begun,
        valid_to=ended,
        centroid=None if lon is None or lat is None else (lon, lat),
        area_km2=area,
        has_boundary=bounded,
        key=key,
        bounds=None if None in box else tuple(box),
    )


_helper = ThreadPoolExecutor(1, thread_name_prefix="directory")


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _closing(read: Callable[[], T]) -> T:
    try:
        return read()
    finally:
        connection.close()


def off_loop(read: Callable[[], T]) -> T:
    """What ``read`` gives, from another thread when this one runs an event loop (Django refuses it there)."""
    return _helper.submit(_closing, read).result() if _in_event_loop() else read()


class Memory:
    """Keeps one snapshot and knows when to look whether it is still true."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._looked = 0.0

    def get(self) -> Snapshot:
        """The units, at most :data:`FRESH_SECONDS` old; in an open transaction, as it sees them."""
        if _in_event_loop():
            return self._in_loop()
        recent = time.monotonic() - self._looked < FRESH_SECONDS
        if self._snapshot is not None and recent and not connection.in_atomic_block:
            return self._snapshot
        return self._look()

    def _look(self) -> Snapshot:
        with self._lock:
            if self._snapshot is None or self._snapshot.revision != _revision():
                self._snapshot = read()
            self._looked = time.monotonic()
            return self._snapshot

    def _in_loop(self) -> Snapshot:
        """An event loop must not wait for the database: it takes what there is and has it renewed."""
        known = self._snapshot
        if known is None:
            return off_loop(self._look)
        if time.monotonic() - self._looked >= FRESH_SECONDS:
            self._looked = time.monotonic()
            _helper.submit(_closing, self._look)
        return known

    def forget(self) -> None:
        """Look again at the next question."""
        self._looked = 0.0


memory = Memory()
