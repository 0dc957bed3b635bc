"""A register's list: what was asked, the columns shown, the rows, the places beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.core.text import collation_key
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.access import Actor
from dothi.kernel.registers import finding
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.seen import Seen
from dothi.kernel.registers.types import Kind
from dothi.sites.desk.reads.values import options, shown, unit_name

PAGE = 50
COLUMNS = 4
_RANGES = ("number", "integer", "date", "datetime")


@dataclass(frozen=True, slots=True)
class Filter:
    """One field of the filter form."""

    key: str
    label: str
    kind: str  # choice, range-date, range-number, text
    options: list[tuple[str, str]]
    value: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The address of a list, understood."""

    q: str = ""
    unit: str = ""
    state: str = Record.ACTIVE
    purpose: str = ""
    after: str = ""
    bbox: tuple[float, float, float, float] | None = None
    where: list[tuple[str, Any, Any]] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)


def asked(kind: Kind, query: QueryDict, language: str) -> Asked:
    """What the address asks for; raises :class:`BadInput` for what cannot be understood."""
    filters = [_filter(kind, key, query, language) for key in kind.declared.indexed]
    return Asked(
        q=query.get("q", "").strip()[:200],
        unit=query.get("unit", "")[:20],
        state=query.get("state") if query.get("state") in dict(Record.STATES) else Record.ACTIVE,  # type: ignore[arg-type]
        purpose=query.get("purpose", "")[:60],
        after=query.get("after", "")[:400],
        bbox=_bbox(query.get("bbox", "")),
        where=[each for one in filters for each in _where(kind, one)],
        filters=filters,
    )


def _filter(kind: Kind, key: str, query: QueryDict, language: str) -> Filter:
    declared = kind.properties[key]
    given, until = query.get(f"w.{key}", "")[:100], query.get(f"w.{key}.to", "")[:100]
    label, choices = declared.label.text(language), options(kind, key, language)
    if declared.kind == "boolean":
        choices = [("true", shown(kind, key, True, language)), ("false", shown(kind, key, False, language))]
    form = "choice" if choices else "text"
    if declared.kind in _RANGES and not choices:
        form = "range-date" if declared.kind.startswith("date") else "range-number"
    return Filter(key, label, form, choices, given, until if form.startswith("range") else "")


def _where(kind: Kind, one: Filter) -> list[tuple[str, Any, Any]]:
    if not one.kind.startswith("range"):
        return [(one.key, "eq", one.value)] if one.value else []
    given = (("ge", one.value), ("le", one.until))
    return [(one.key, op, value) for op, value in given if value]


def _bbox(text: str) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(each) for each in text.split(","))
    except ValueError:
        wrong = both(
            "bbox cần bốn số: tây, nam, đông, bắc.", "bbox needs four numbers: west, south, east, north."
        )
        raise BadInput(wrong, where="bbox") from None
    return west, south, east, north


def found(kind: Kind, wanted: Asked, by: Actor) -> finding.Page:
    """The page of records; words are searched, everything else is listed."""
    if wanted.q:
        return finding.search(kind.key, wanted.q, by=by, purpose=wanted.purpose, unit=wanted.unit, limit=PAGE)
    return finding.page(
        kind.key, by=by, purpose=wanted.purpose, where=wanted.where, unit=wanted.unit, bbox=wanted.bbox,
        state=wanted.state, after=wanted.after, limit=PAGE,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list."""

    record: Seen
    href: str
    cells: list[tuple[str, str]]  # heading and value
    unit: str


def columns(kind: Kind) -> list[str]:
    """The properties a list shows besides the name: what it is filtered by, then identifiers."""
    named = set(kind.template.keys)
    wanted = [*(each.property for each in kind.carriers), *kind.declared.indexed]
    return [key for key in dict.fromkeys(wanted) if key not in named and key != kind.declared.unit][:COLUMNS]


def lines(kind: Kind, page: finding.Page, language: str) -> list[Line]:
    """The rows ready to be shown."""
    keys = columns(kind)
    return [
        Line(
            each,
            reverse("desk:record", args=[kind.key, each.id]),
            [
                (kind.properties[key].label.text(language), shown(kind, key, each.data.get(key), language))
                for key in keys
            ],
            unit_name(each.unit, language) if each.unit else "",
        )
        for each in page.items
    ]


def features(kind: Kind, rows: list[Line]) -> dict[str, Any]:
    """The places of the rows as GeoJSON; a place the reader may not see is not among them."""
    key = kind.declared.geometry or ""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": place,
                "properties": {"label": row.record.label or kind.key, "href": row.href},
            }
            for row in rows
            if isinstance(place := row.record.data.get(key), dict)
        ],
    }


def units(language: str) -> list[tuple[str, str]]:
    """The city's units for a choice, in dictionary order."""
    found = [(each.code, each.full_name[language]) for each in directory.children(current().city)]
    return sorted(found, key=lambda pair: collation_key(pair[1]))


def address(query: QueryDict, **changes: str) -> str:
    """The query of this page with some of it changed; what is empty is left out."""
    pairs = {key: query[key] for key in query} | changes
    return "?" + urlencode({key: value for key, value in pairs.items() if value})
