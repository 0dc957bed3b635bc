"""Rows of a version as a reader sees them: a page of a table, with what filters and sorts it. Brings Arrow with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from dothi.kernel.identity.access import Actor
from dothi.kernel.packs import queries as packs
from dothi.kernel.warehouse import serving
from dothi.kernel.warehouse.http.views import Call
from dothi.sites.data import rules
from dothi.sites.data.table import Address, parted
from dothi.sites.ui.shell import language

PAGE: Final = 50
OPS: Final = {
    "contains": _("contains"),
    "eq": _("is"),
    "ne": _("is not"),
    "in": _("is one of (a, b)"),
    "ge": _("at least"),
    "le": _("at most"),
    "gt": _("more than"),
    "lt": _("less than"),
    "isnull": _("is empty"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading: what it is called, where a click sorts by it, how it is sorted now."""

    name: str
    label: str
    unit: str
    numeric: bool
    href: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, and the address without it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows. ``matched`` is None where nobody counted."""

    heads: list[Head]
    rows: list[list[str]]
    chips: list[Chip]
    matched: int | None
    total: int
    next: str
    version: int
    published_at: datetime


def call(key: str, actor: Actor, pairs: Sequence[tuple[str, str]] = (), number: int | None = None) -> Call:
    """The version and what of it ``actor`` sees; raises as ``/data/v1`` would refuse."""
    return Call(key, number, pairs, (), actor)


def columns_of(asked: Call) -> list[Mapping[str, Any]]:
    """The columns that may be seen as they are, in order."""
    return list(asked.view.clear)


@cache
def _codes(key: str, lang: str) -> Mapping[str, str]:
    """The words of a code list; nothing for one that no pack has."""
    found = packs.vocabulary(key)
    return {} if found is None else {code.value: code.label.text(lang) for code in found.codes}


def worded(value: Any, column: Mapping[str, Any], *, code: bool = False) -> str:
    """A value as people read it: what a code stands for (and with ``code`` the code, to filter by)."""
    text = rules.shown(value, column, language())
    word = _codes(column["codes"], language()).get(str(value)) if column.get("codes") else None
    if word is None:
        return text
    return f"{word} ({text})" if code else word


def label(column: Mapping[str, Any]) -> str:
    """What people call a column, in the page's language."""
    words = column.get("label") or {}
    return str(words.get(language()) or words.get("vi") or column["name"])


def table(asked: Call, address: Address, *, limit: int = PAGE) -> Table:
    """The rows that fulfil the address's conditions, a page of them."""
    question = asked.asked(limit)
    by_name = {column["name"]: column for column in asked.found.ref.columns}
    names = asked.view.names(question.columns)
    found = serving.page(
        asked.found.ref, where=(*asked.view.where, *question.where), order=question.order, after=question.after,
        limit=min(question.limit, limit), columns=names, bbox=question.bbox,
    )  # fmt: skip
    columns = [by_name[name] for name in names]
    masks = asked.view.renderers(names)
    rows = [
        [
            worded(value if mask is None else mask(value), column, code=True)
            for value, column, mask in zip(row, columns, masks, strict=True)
        ]
        for row in found.rows
    ]
    heads = [_head(column, question.order, address) for column in columns]
    return Table(
        heads, rows, chips(address, asked.found.ref.columns), found.matched, asked.found.ref.rows,
        address.query(after=found.next) if found.next else "", asked.found.ref.number, asked.found.published_at,
    )  # fmt: skip


def _head(column: Mapping[str, Any], order: Sequence[tuple[str, bool]], address: Address) -> Head:
    name = column["name"]
    down = dict(order).get(name)
    state = {None: "", False: "ascending", True: "descending"}[down]
    sortable = column["type"] not in ("geometry", "json")
    href = address.query(order=f"-{name}" if down is False else name) if sortable else ""
    return Head(
        name,
        label(column),
        rules.unit(column.get("unit") or "", language()),
        rules.numeric(column),
        href,
        state,
    )


def chips(address: Address, columns: Sequence[Mapping[str, Any]]) -> list[Chip]:
    """The conditions in words."""
    by_name = {column["name"]: column for column in columns}
    made = []
    for index, (name, value) in enumerate(address.filters):
        column, op = parted(name, columns)
        called = label(by_name[column]) if column in by_name else column
        text = f"{called} {OPS.get(op, op)}" + ("" if op == "isnull" else f" “{value}”")
        made.append(Chip(text, address.without(index)))
    return made
