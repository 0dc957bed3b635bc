"""A query string as a question to a collection, by the rules of OGC API Features. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from dothi.centres.opendata.ogc.base import CRS84, Box, Collection, Condition, Interval, Question
from dothi.core.errors import BadInput, both

LIMIT, MOST = 10, 10_000
MOST_PARAMETERS = 100
OPS = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "isnull"})
GENERAL = frozenset({"f", "lang", "ticket", "purpose"})
ITEMS = frozenset(
    {"limit", "bbox", "bbox-crs", "crs", "datetime", "after", "properties", "sortby", "skipGeometry"}
)
RECORDS = frozenset({"q", "type", "ids", "externalIds"})
_CRS84 = (CRS84, f"<{CRS84}>", "CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84")


def pairs(query_string: bytes) -> list[tuple[str, str]]:
    """The parameters in order; raises :class:`BadInput` when they are no text, or too many."""
    try:
        text = query_string.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise _wrong("query", "Tham số không đọc được.", "The parameters cannot be read.") from None


def only(given: Sequence[tuple[str, str]], known: frozenset[str] = frozenset()) -> dict[str, str]:
    """The parameters by name; raises :class:`BadInput` for one that is not known here (Features 7.1.2)."""
    for name, _ in given:
        if name not in known and name not in GENERAL:
            raise _unknown(name)
    return dict(given)


def question(given: Sequence[tuple[str, str]], about: Collection) -> Question:
    """What is asked of the collection's items. Properties are asked for by name: ``ward=26734``.

    Besides equality, with the signs of our own rows API: ``hours__ge=2``, ``ward__in=a,b``, ``note__contains=ngap``.
    """
    known = ITEMS | (RECORDS if about.item_type == "record" else frozenset())
    plain = {name: value for name, value in given if name in known or name in GENERAL}
    where = tuple(
        _condition(name, value, about) for name, value in given if name not in known and name not in GENERAL
    )
    _only_crs84(plain)
    return Question(
        limit=limit(plain.get("limit", "")),
        boxes=boxes(plain.get("bbox", "")),
        interval=interval(plain["datetime"]) if plain.get("datetime") else None,
        where=where,
        order=_order(plain.get("sortby", ""), about),
        properties=_properties(plain.get("properties"), about),
        geometry=plain.get("skipGeometry", "false").lower() != "true",
        after=plain.get("after", ""),
        text=plain.get("q", ""),
        more={name: plain[name] for name in ("type", "ids", "externalIds") if name in plain},
    )


def limit(text: str) -> int:
    """How many at most: 1 to :data:`MOST`; more is answered with the most there is (Features 7.15.2)."""
    if not text:
        return LIMIT
    if not text.isdecimal() or len(text) > 18 or int(text) < 1:
        raise _wrong("limit", "“limit” là số từ 1.", "'limit' is a number from 1.")
    return min(int(text), MOST)


def boxes(text: str) -> tuple[Box, ...]:
    """A box of four or six numbers (heights are left out); one across the 180th meridian is two."""
    if not text:
        return ()
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) == 6:
        parts = [parts[0], parts[1], parts[3], parts[4]]
    if len(parts) != 4 or not all(map(math.isfinite, parts)) or parts[1] > parts[3]:
        raise _wrong("bbox", "Khung là tây,nam,đông,bắc.", "A box is west,south,east,north.")
    west, south, east, north = parts
    if west > east:
        return ((west, south, 180.0, north), (-180.0, south, east, north))
    return ((west, south, east, north),)


def interval(text: str) -> Interval:
    """An instant, or ``from/until`` with ``..`` (or nothing) for an open end; a day is all of it."""
    start, slash, end = text.partition("/")
    if not slash:
        return _first(start), _last(start)
    begin = None if start in ("", "..") else _first(start)
    until = None if end in ("", "..") else _last(end)
    if (begin is None and until is None) or (begin and until and begin > until):
        raise _bad_time(text)
    return begin, until


def _first(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+" if "T" in text else "T"))
    except ValueError:
        raise _bad_time(text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _last(text: str) -> datetime:
    moment = _first(text)
    return moment if "T" in text.upper() else moment + timedelta(days=1, microseconds=-1)


def _bad_time(text: str) -> BadInput:
    return _wrong(
        "datetime",
        f"“{text}” không phải thời điểm hay khoảng RFC 3339.",
        f"'{text}' is no RFC 3339 moment or interval.",
    )


def _condition(name: str, value: str, about: Collection) -> Condition:
    known = {each.name for each in about.queryables}
    column, _, op = name.rpartition("__")
    if name in known or not column or op not in OPS:
        column, op = name, "eq"
    if column not in known:
        raise _unknown(name)
    return Condition(column, op, [part for part in value.split(",") if part] if op == "in" else value)


def _order(text: str, about: Collection) -> tuple[tuple[str, bool], ...]:
    known = {each.name for each in about.queryables}
    order = []
    for part in (each.strip() for each in text.split(",")):
        name = part.lstrip("+-").strip()
        if not name:
            continue
        if name not in known:
            raise _wrong("sortby", f"Không sắp theo “{name}” được.", f"'{name}' cannot be sorted by.")
        order.append((name, part.startswith("-")))
    return tuple(order)


def _properties(text: str | None, about: Collection) -> tuple[str, ...] | None:
    if text is None:
        return None
    asked = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    known = {each.name for each in about.properties}
    for name in asked:
        if name not in known:
            raise _wrong("properties", f"Không có thuộc tính “{name}”.", f"There is no property '{name}'.")
    return asked


def _only_crs84(plain: Mapping[str, str]) -> None:
    for name in ("bbox-crs", "crs"):
        if plain.get(name) and plain[name].strip("[]") not in _CRS84:
            raise _wrong(name, f"Chỉ phục vụ {CRS84}.", f"Only {CRS84} is served.")


def _unknown(name: str) -> BadInput:
    return _wrong(name, f"Không có tham số “{name}”.", f"There is no parameter '{name}'.")


def _wrong(where: str, vi: str, en: str) -> BadInput:
    return BadInput(both(vi, en), where=where)
