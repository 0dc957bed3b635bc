"""Small words and addresses of the portal's templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from django import template

from dothi.centres.opendata.catalogue.find import Box
from dothi.core.clock import HCMC
from dothi.core.text import format_date, format_number
from dothi.sites.data.asked import Search, box_text
from dothi.sites.data.rules import within
from dothi.sites.data.table import Address
from dothi.sites.data.words import ASKED_STATES, REUSE_KINDS
from dothi.sites.ui.shell import language

register = template.Library()


class Head(Protocol):
    """A column's heading (from a module that is only imported when rows are shown)."""

    @property
    def numeric(self) -> bool: ...


_SIZES = (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10))


@register.filter
def box(value: Box) -> str:
    """A box as an address writes it."""
    return box_text(value)


@register.filter
def without_box(wanted: Search) -> str:
    """The address of the search anywhere."""
    return wanted.address(bbox=None)


@register.filter
def from_start(wanted: Search) -> str:
    """The address of the search's first page."""
    return wanted.address()


@register.filter
def size(value: int) -> str:
    """``12,3 MB``: bytes for people."""
    unit, each = next((pair for pair in _SIZES if value >= pair[1]), ("B", 1))
    return f"{format_number(value / each, 0 if each == 1 or value / each >= 100 else 1, language())} {unit}"


@register.filter
def at(heads: Sequence[Head], index: int) -> bool:
    """Whether the column at ``index`` holds numbers."""
    return heads[index].numeric


@register.filter
def nth(names: Sequence[str], number: int) -> str:
    """The name at a place counted from one."""
    return names[number - 1]


@register.filter
def iso_day(text: str) -> str:
    """A day written by ISO 8601 as people write it; nothing for nothing."""
    return format_date(date.fromisoformat(text), language()) if text else ""


@register.filter
def host(url: str) -> str:
    """The host of an address: what fits beside a label."""
    return urlsplit(url).netloc.removeprefix("www.") or url


@register.filter
def line_y(top: int, index: int) -> int:
    """Where a line of text stands in a box of the graph."""
    return top + 24 + index * 18


@register.filter
def part_of(share: float, height: int) -> str:
    """A share in per cent as pixels of ``height``."""
    return f"{share * height / 100:.1f}"


@register.filter
def from_top(share: float, height: int) -> str:
    """Where a column of that share begins, from the top."""
    return f"{height - share * height / 100:.1f}"


@register.filter
def first_page(address: Address) -> str:
    """The address of the first rows."""
    return address.query()


@register.filter
def lower_first(text: str) -> str:
    """A label within a sentence; abbreviations stay as they are."""
    return within(text)


@register.filter
def is_number(heads: Sequence[tuple[str, bool]], index: int) -> bool:
    """Whether the column of an answer at ``index`` holds numbers."""
    return heads[index][1]


@register.filter
def sql_start(table: str) -> str:
    """A query to begin with."""
    return f"SELECT *\nFROM {table}\nLIMIT 20"


@register.filter
def asked_word(state: str) -> str:
    """The state of a request, report or reuse, in the page's language."""
    return str(ASKED_STATES.get(state, state))


@register.filter
def reuse_word(kind: str) -> str:
    """The kind of a reuse."""
    return str(REUSE_KINDS.get(kind, kind))


@register.filter
def without_bbox(address: Address) -> str:
    """The address of the rows anywhere."""
    return address.query(drop=("bbox",))


@register.filter
def plain(value: float | str) -> str:
    """A number for a field, with a point whatever the language."""
    return value if isinstance(value, str) else f"{value:g}"


@register.filter
def took(value: timedelta) -> str:
    """How long something took: ``12,3 s`` or ``4:05``."""
    seconds = value.total_seconds()
    if seconds < 60:
        return f"{format_number(seconds, 1, language())} s"
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}:{int(seconds % 60):02d}"


@register.filter
def to_second(value: datetime) -> str:
    """The time of day in the city, to the second."""
    return f"{value.astimezone(HCMC):%H:%M:%S}"
