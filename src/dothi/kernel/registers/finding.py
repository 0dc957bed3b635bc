"""Lists and searches: pages by key, filtered by property, unit and place; words with and without diacritics.

Each reader's list holds only records of units they may read; a property they may not see in clear neither filters
nor sorts nor finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import connection

from dothi.core.errors import Forbidden, both
from dothi.core.text import fold
from dothi.kernel.directory.snapshot import today
from dothi.kernel.identity.access import Actor
from dothi.kernel.registers import cursors, keeping, names, plans, readings, rules, writing
from dothi.kernel.registers.access import Sight
from dothi.kernel.registers.keeping import Stated, stated
from dothi.kernel.registers.models import Record, Version
from dothi.kernel.registers.plans import Listing, Operator, Where, match
from dothi.kernel.registers.seen import Seen, clear_in, seen
from dothi.kernel.registers.types import kind

PAGE_AT_MOST, SEARCHED_AT_MOST = 1_000, 200


@dataclass(frozen=True, slots=True)
class Page:
    """Records in order; ``next`` is given back as ``after`` for those behind them (empty: that was all).

    ``more`` (searches): there are more that fit, and the words should be narrowed.
    """

    items: list[Seen] = field(default_factory=list)
    next: str = ""
    more: bool = False


def page(
    type: str,
    *,
    by: Actor,
    purpose: str = "",
    where: Sequence[tuple[str, Operator, Any]] = (),
    unit: str = "",
    bbox: tuple[float, float, float, float] | None = None,
    state: str = Record.ACTIVE,
    after: str = "",
    limit: int = 50,
    order: Literal["num", "name"] = "num",
    case: str = "",
) -> Page:
    """Records in the order they were entered, or of their names in Vietnamese dictionary order.

    ``where``: (indexed property, ``eq`` ``ge`` ``le`` ``in``, value). ``bbox``: west, south, east, north.
    """
    sight = Sight(kind(type), by, purpose)
    asked = [Where.of(sight.kind, *each) for each in where]
    named = sight.kind.template.keys if order == "name" else []
    limit = max(1, min(limit, PAGE_AT_MOST))
    listing = Listing(type, state, order, limit + 1, cursors.read(after, order))
    listing.units = _units(sight, unit, [*(each.property for each in asked), *named])
    listing.where, listing.bbox = asked, bbox
    if listing.units is not None and not listing.units:
        return Page()
    rows = plans.page(listing)
    found = _shown(sight, [row[0] for row in rows[:limit]], "list", case)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(found, "" if last is None else cursors.write(order, last[0], last[1]))


def search(
    type: str, text: str, *, by: Actor, purpose: str = "", unit: str = "", limit: int = 50, case: str = ""
) -> Page:
    """Records by words or by an identifier; with diacritics typed, those written so come first."""
    sight = Sight(kind(type), by, purpose)
    declared, limit = sight.kind, max(1, min(limit, PAGE_AT_MOST))
    plain, folded = names.asked(text[:200])
    if not folded:
        return Page()
    guarded = bool(declared.found_by_some) and _guarded(sight)
    units = _units(sight, unit, declared.found_by_some if guarded else ())
    if units is not None and not units:
        return Page()
    nums, more = _numbered(sight, text, units), False
    for words in [plain, folded] if plain != folded else [folded]:
        if len(nums) < limit:
            sql, params = match(type, words, units, guarded=guarded, limit=SEARCHED_AT_MOST + 1)
            rows = _rows(sql, params)
            more = len(rows) > SEARCHED_AT_MOST
            nums += [num for num in _ranked(rows, " ".join(folded)) if num not in nums]
    return Page(_shown(sight, nums[:limit], "search", case), more=more or len(nums) > limit)


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _ranked(rows: Sequence[tuple[Any, ...]], folded: str) -> list[int]:
    """Numbers of records: named exactly so, beginning so, then the others; each in the order of names."""

    def key(row: tuple[Any, ...]) -> tuple[int, str, int]:
        name = fold(row[2])
        return (0 if name == folded else 1 if name.startswith(folded) else 2), row[1], row[0]

    return [row[0] for row in sorted(rows, key=key)]


def _numbered(sight: Sight, text: str, units: list[str] | None) -> list[int]:
    """Records whose identifier is ``text``, where the reader may see it."""
    found: list[int] = []
    for carrier in sight.kind.carriers if any(letter.isdigit() for letter in text) else ():
        value = carrier.normalise(text)
        for origin in writing.carriers_of(sight.kind.key, carrier.scheme, [value]).values() if value else ():
            record = Record.objects.only("unit").get(pk=origin[0])
            if sight.may(record.unit, [carrier.property]) and (units is None or record.unit in units):
                found.append(origin[0])
    return list(dict.fromkeys(found))


def _guarded(sight: Sight) -> bool:
    """Whether the reader may search by guarded words anywhere."""
    wanted = sight.kind.found_by_some
    if sight.everywhere(wanted):
        return True
    return any(sight.may(unit, wanted) for unit in units_of(sight.kind.key))


def _units(sight: Sight, unit: str, properties: Sequence[str]) -> list[str] | None:
    """The units whose records may be listed with these properties in clear; None: all. Raises where nothing is."""
    if unit:
        sight.require(unit)
        if not sight.may(unit, properties):
            raise _needs_purpose(properties)
        return [unit]
    if sight.everywhere(properties):
        return None
    there = units_of(sight.kind.key)
    allowed = [each for each in there if sight.may(each, properties)]
    if not allowed:
        if properties and any(sight.may(each) for each in ["", *there]):
            raise _needs_purpose(properties)
        if not sight.by.may_somewhere(f"registers.read.{sight.kind.key}"):
            sight.require("")
    return allowed


def _needs_purpose(properties: Sequence[str]) -> Forbidden:
    names = ", ".join(dict.fromkeys(properties))
    return Forbidden(
        both(
            f"Lọc, sắp xếp hay tìm theo {names} cần quyền xem dữ liệu cá nhân và một mục đích.",
            f"To filter, sort or find by {names} needs the right to personal data and a purpose.",
        ),
        where="purpose",
    )


def units_of(type: str) -> list[str]:
    """The units that keep records of a type, by skipping through the index."""
    sql = (
        "WITH RECURSIVE found(unit) AS ("
        "SELECT min(unit) FROM registers_record WHERE type = %s UNION ALL"
        " SELECT (SELECT min(unit) FROM registers_record WHERE type = %s AND unit > found.unit)"
        " FROM found WHERE found.unit IS NOT NULL) SELECT unit FROM found WHERE unit IS NOT NULL"
    )
    return [row[0] for row in _rows(sql, [type, type])]


def _shown(sight: Sight, nums: Sequence[int], how: str, case: str) -> list[Seen]:
    """The records with these numbers in this order, logged as read."""
    records = {each.pk: each for each in Record.objects.filter(pk__in=nums)}
    currents = [each.current for each in records.values() if each.current is not None]
    versions = {each.record_id: stated(each) for each in Version.objects.filter(pk__in=currents)}
    shown: list[tuple[Record, Stated]] = []
    for num in nums:
        version = versions.get(num) or _last(records[num])
        if version is not None:
            shown.append((records[num], version))
    readings.note(
        sight,
        how,
        [(record.pk, clear_in(sight, record.unit, [version])) for record, version in shown],
        case,
    )
    return [seen(sight, record, version) for record, version in shown]


def _last(record: Record) -> Stated | None:
    """What an ended, merged or coming record says: the version nearest to today."""
    told = keeping.versions(record)
    near = rules.nearest(rules.timeline(told), today())
    if near is not None:
        return near.version
    return next((each for each in reversed(told) if each.data is not None), None)
