"""Rows of the list as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dothi.core import clock, text
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import EntityType
from dothi.kernel.packs.palette import SIGNS
from dothi.sites.operations.layers import Row, headline, is_number, is_stale, shown_unit
from dothi.sites.operations.page import Line
from dothi.sites.operations.rules import seconds
from dothi.sites.operations.words import level_names
from dothi.sites.ui.shell import language


def _value(row: Row, kind: EntityType) -> str:
    attribute = headline(kind)
    if attribute is None or row.value is None:
        return ""
    if is_number(row.value):
        number = text.format_number(row.value, attribute.decimals, language())
        return f"{number}\u00a0{shown_unit(attribute)}".strip()
    found = next((c for c in attribute.choices if c.value == row.value), None)
    return found.label.text(language()) if found else str(row.value)


def line(row: Row, kind: EntityType, unit_names: Mapping[str, str], now_us: int) -> Line:
    """One row with its sign, words and value."""
    attribute = headline(kind)
    band = packs.level_of(attribute, row.raw) if attribute else None
    return Line(
        row=row,
        kind=kind,
        unit=row.unit or "",
        unit_name=unit_names.get(row.unit or "", ""),
        shape=band.shape if band else SIGNS["normal"][1],
        word=band.label.text(language()) if band else level_names()[row.level],
        value=_value(row, kind),
        stale=is_stale(row, seconds(kind.stale_after) * 1_000_000, now_us),
    )


def lines(rows: Iterable[Row], types: Mapping[str, EntityType], unit_names: Mapping[str, str]) -> list[Line]:
    """Rows as lines of the list."""
    now_us = clock.now_us()
    return [line(row, types[row.type], unit_names, now_us) for row in rows]
