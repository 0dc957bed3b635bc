"""How a list is read: along the order, or from the few records its filters leave. SQL for both databases.

SQLite keeps no statistics here: we count what each filter leaves, up to :data:`NARROW_AT_MOST`, and say which index to
go by. An index of a property or a unit holds the sort key and the number: few thousands of entries are put in order
without looking at a record. PostgreSQL has statistics and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import msgspec
from django.db import connection

from dothi.core.errors import BadInput, both
from dothi.kernel.registers.cursors import Place
from dothi.kernel.registers.types import Kind
from dothi.kernel.registers.writing import postgresql

Operator = Literal["eq", "ge", "le", "in"]
NARROW_AT_MOST: Final = 30_000
BOXED_AT_MOST: Final = 5_000  # of a box listed by name: each record is read for its name
_SIGNS: Final = {"eq": "=", "ge": ">=", "le": "<="}
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Where:
    """A filter on an indexed property: its column, sign and encoded values."""

    property: str
    slot: str
    op: Operator
    values: tuple[str, ...]

    @classmethod
    def of(cls, kind: Kind, property: str, op: str, value: Any) -> Where:
        """Checked against the declaration; raises :class:`BadInput`."""
        slot = kind.slots.get(property)
        if slot is None:
            known = ", ".join(kind.slots) or "–"
            text = both(
                f"Không lọc được theo {property}. Lọc được theo: {known}.",
                f"Lists are not filtered by {property}. They are by: {known}.",
            )
            raise BadInput(text, where=property)
        if op not in ("eq", "ge", "le", "in"):
            raise BadInput(both(f"Không có phép lọc {op}.", f"There is no filter {op}."), where=property)
        encode = dict(kind.encoders)[property]
        given = list(value) if op == "in" else [value]
        values = tuple(encode(_typed(each, kind.properties[property].kind)) for each in given)
        if None in values or not values:
            text = both("Giá trị lọc sai kiểu.", "The value to filter by has the wrong type.")
            raise BadInput(text, where=property)
        return cls(property, slot, op, values)  # type: ignore[arg-type]

    def sql(self, column: str) -> str:
        """The condition on ``column``."""
        if self.op == "in":
            return f"{column} IN ({', '.join(['%s'] * len(self.values))})"
        return f"{column} {_SIGNS[self.op]} %s"


def _typed(value: Any, kind: str) -> Any:
    """A value of a query string as the property's own kind."""
    if not isinstance(value, str):
        return value
    if kind in ("number", "integer"):
        try:
            return float(value)
        except ValueError:
            return None
    return {"true": True, "false": False}.get(value) if kind == "boolean" else value


@dataclass(slots=True)
class Listing:
    """What is asked of a list. ``units`` None: all."""

    type: str
    state: str
    order: Literal["num", "name"]
    limit: int
    after: Place | None
    units: list[str] | None = None
    where: list[Where] = field(default_factory=list)
    bbox: Box | None = None


def page(listing: Listing) -> list[tuple[int, str]]:
    """(num, sort) of the records of the page, in order."""
    few = [] if postgresql() else _few(listing)
    if not few:
        return _run(*_along(listing))
    sql, params = _candidates(listing, few)
    return _checked(listing, sql, params)


def _run(sql: str, params: list[Any]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[int, str]] = cursor.fetchall()
    return found


def _conditions(listing: Listing) -> tuple[list[str], list[Any]]:
    """All that a record of the list fulfils, its place behind the cursor apart."""
    conditions = ["r.type = %s", "r.state = %s"]
    params: list[Any] = [listing.type, listing.state]
    _units(listing, conditions, params)
    for each in listing.where:
        conditions.append(each.sql(f"r.{each.slot}"))
        params += each.values
    if listing.bbox is not None:
        conditions.append(_in_box())
        params += _box(listing.bbox)
    return conditions, params


def _along(listing: Listing) -> tuple[str, list[Any]]:
    """Along an index that has the order; each record is looked at until the page is full."""
    conditions, params = _conditions(listing)
    _behind(listing, conditions, params, "r.")
    order = "r.sort, r.num" if listing.order == "name" else "r.num"
    sql = (
        f"SELECT r.num, r.sort FROM registers_record r {'' if postgresql() else _index(listing)}"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {int(listing.limit)}"
    )
    return sql, params


def _index(listing: Listing) -> str:
    """Which way SQLite walks."""
    if listing.order == "num":
        return "INDEXED BY registers_by_age"
    equal = next((each for each in listing.where if each.op == "eq"), None)
    if equal is not None:
        return f"INDEXED BY registers_by_{equal.slot}"
    one = listing.units is not None and len(listing.units) == 1
    return f"INDEXED BY {'registers_by_unit' if one else 'registers_by_name'}"


class Few(NamedTuple):
    """A filter that leaves few records: where their numbers are read, and how many there are."""

    size: int
    source: str  # table and index
    condition: str
    params: list[Any]
    ordered: bool  # whether the source has the sort key


def _few(listing: Listing) -> list[Few]:
    """The filters that leave few, the fewest first; none when the list is better read along the order."""
    found = [each for each in _filters(listing) if each.size <= NARROW_AT_MOST]
    if listing.order == "num":
        return sorted(found, key=lambda each: each.size)
    if any(each.ordered for each in found):
        return sorted(found, key=lambda each: (not each.ordered, each.size))
    return [_by_record(each) for each in found if each.size <= BOXED_AT_MOST]


def _by_record(boxed: Few) -> Few:
    """A filter whose source has no names: they are read from the records."""
    among = f"num IN (SELECT num FROM {boxed.source} WHERE {boxed.condition})"  # noqa: S608
    return Few(boxed.size, "registers_record NOT INDEXED", among, boxed.params, ordered=True)


def _filters(listing: Listing) -> Iterator[Few]:
    for slot in dict.fromkeys(each.slot for each in listing.where):  # from and to of one property together
        wheres = [each for each in listing.where if each.slot == slot]
        conditions = ["type = %s", *(each.sql(slot) for each in wheres), f"{slot} IS NOT NULL"]
        params = [listing.type, *(value for each in wheres for value in each.values)]
        source = f"registers_record INDEXED BY registers_by_{slot}"
        yield _counted(source, " AND ".join(conditions), params, in_order=True)
    if listing.units is not None and len(listing.units) == 1 and (listing.where or listing.bbox):
        source = "registers_record INDEXED BY registers_by_unit"
        yield _counted(source, "type = %s AND unit = %s", [listing.type, listing.units[0]], in_order=True)
    if listing.bbox is not None:
        condition = "west <= %s AND east >= %s AND south <= %s AND north >= %s"
        yield _counted("registers_boxes", condition, _box(listing.bbox), in_order=False)


def _counted(source: str, condition: str, params: list[Any], *, in_order: bool) -> Few:
    sql = f"SELECT 1 FROM {source} WHERE {condition} LIMIT {NARROW_AT_MOST + 1}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql})", params)  # noqa: S608
        return Few(cursor.fetchone()[0], source, condition, params, in_order)


def _candidates(listing: Listing, few: Sequence[Few]) -> tuple[str, list[Any]]:
    """(num, sort) of the records that all narrow filters leave, in order, from indexes alone."""
    first, others = few[0], few[1:]
    conditions, params = [first.condition], list(first.params)
    for each in others:
        conditions.append(f"num IN (SELECT num FROM {each.source} WHERE {each.condition})")  # noqa: S608
        params += each.params
    _behind(listing, conditions, params, "")
    order, sort = ("sort, num", "sort") if listing.order == "name" else ("num", "''")
    sql = f"SELECT num, {sort} FROM {first.source} WHERE {' AND '.join(conditions)} ORDER BY {order}"  # noqa: S608
    return sql, params


def _checked(listing: Listing, sql: str, params: list[Any]) -> list[tuple[int, str]]:
    """Candidates that fulfil all conditions, looked at in order until the page is full."""
    conditions, given = _conditions(listing)
    check = (
        "SELECT r.num FROM registers_record r NOT INDEXED WHERE r.num IN (SELECT value FROM json_each(%s))"  # noqa: S608
        f" AND {' AND '.join(conditions)}"
    )
    found: list[tuple[int, str]] = []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while len(found) < listing.limit and (some := cursor.fetchmany(2 * listing.limit)):
            nums = msgspec.json.encode([row[0] for row in some]).decode()
            right = {row[0] for row in _run(check, [nums, *given])}
            found += [row for row in some if row[0] in right]
    return found[: listing.limit]


def _units(listing: Listing, conditions: list[str], params: list[Any]) -> None:
    if listing.units is None:
        return
    if len(listing.units) == 1:
        conditions.append("r.unit = %s")
        params.append(listing.units[0])
    elif postgresql():
        conditions.append("r.unit = ANY(%s)")
        params.append(listing.units)
    else:
        conditions.append("r.unit IN (SELECT value FROM json_each(%s))")
        params.append(msgspec.json.encode(listing.units).decode())


def _behind(listing: Listing, conditions: list[str], params: list[Any], prefix: str) -> None:
    if listing.after is None:
        return
    sort, num = listing.after
    if listing.order == "name":
        conditions.append(f"({prefix}sort, {prefix}num) > (%s, %s)")
        params += [sort, num]
    else:
        conditions.append(f"{prefix}num > %s")
        params.append(num)


def _in_box() -> str:
    if postgresql():
        return (
            "r.west IS NOT NULL AND box(point(r.west, r.south), point(r.east, r.north))"
            " && box(point(%s, %s), point(%s, %s))"
        )
    return "r.west <= %s AND r.east >= %s AND r.south <= %s AND r.north >= %s"


def _box(bbox: Box) -> list[float]:
    west, south, east, north = bbox
    return [west, south, east, north] if postgresql() else [east, west, north, south]


def match(
    type: str, words: Sequence[str], units: list[str] | None, *, guarded: bool, limit: int
) -> tuple[str, list[Any]]:
    """The statement that gives (num, sort, label) of active records with all these words, the last one begun.

    Two letters alone are a word (An, Lê), not the beginning of half the city's names.
    """
    begun = len(words[-1]) > (2 if len(words) == 1 else 1)
    listing = Listing(type, "active", "num", limit, None, units)
    conditions, params = ["r.type = %s", "r.state = 'active'"], [type]
    _units(listing, conditions, params)
    if postgresql():
        document = "r.words || ' ' || r.personal_words" if guarded else "r.words"
        some = "(r.words <> '' OR r.personal_words <> '')" if guarded else "r.words <> ''"
        sql = (
            "SELECT r.num, r.sort, r.label FROM registers_record r"  # noqa: S608
            f" WHERE {some} AND to_tsvector('simple', {document}) @@ to_tsquery('simple', %s)"
        )
        asked = " & ".join([*words[:-1], f"{words[-1]}:*" if begun else words[-1]])
    else:
        sql = (
            "SELECT r.num, r.sort, r.label FROM registers_words w CROSS JOIN registers_record r"
            " ON r.num = w.rowid WHERE w.registers_words MATCH %s"
        )
        quoted = [f'"{word}"' for word in words]
        columns = "words personal_words" if guarded else "words"
        asked = f"{{{columns}}} : ({' AND '.join(quoted)}{' *' if begun else ''})"
    return f"{sql} AND {' AND '.join(conditions)} LIMIT {int(limit)}", [asked, *params]
