"""How the values of each column are spread: from the profile kept with every serving copy. Brings Arrow with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from dothi.kernel.warehouse import serving
from dothi.kernel.warehouse.http.views import Call
from dothi.sites.data import rules
from dothi.sites.data.reads.rows import label, worded
from dothi.sites.data.words import ROLES, TYPES
from dothi.sites.ui.shell import language

TOP = 5


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column: its words, and how its values are spread. Bars are per cent of the largest."""

    name: str
    label: str
    description: str
    type: str
    role: str
    unit: str
    rows: int
    nulls: int
    distinct: int | None
    low: str
    high: str
    top: list[tuple[str, int, float]]
    histogram: list[tuple[int, float, int]]

    @property
    def filled(self) -> float:
        """The share of rows with a value, in per cent."""
        return 100.0 * (self.rows - self.nulls) / self.rows if self.rows else 100.0


def by_name(asked: Call) -> dict[str, Mapping[str, Any]]:
    """The profile of each column that may be seen as it is; nothing for who sees only some rows."""
    if asked.view.where:
        return {}
    clear = {column["name"] for column in asked.view.clear}
    return {each["name"]: each for each in serving.summary(asked.found.ref) if each["name"] in clear}


def profile(asked: Call) -> list[ColumnView]:
    """Every column that may be seen as it is."""
    known = by_name(asked)
    return [_view(column, known.get(column["name"], {})) for column in asked.view.clear]


def _view(column: Mapping[str, Any], found: Mapping[str, Any]) -> ColumnView:
    lang = language()
    described = column.get("description") or {}
    most = max((count for _, count in found.get("top") or ()), default=0)
    bars = found.get("histogram") or []
    if (found.get("distinct") or 0) < 2:
        bars = []
    highest = max(bars, default=0)
    return ColumnView(
        column["name"],
        label(column),
        described.get(lang) or described.get("vi") or "",
        str(TYPES.get(column["type"], column["type"])),
        str(ROLES.get(column.get("role") or "", "")),
        rules.unit(column.get("unit") or "", lang),
        int(found.get("rows") or 0),
        int(found.get("nulls") or 0),
        found.get("distinct"),
        _edge(found.get("min"), column),
        _edge(found.get("max"), column),
        [
            (worded(value, column), count, round(100 * count / most, 1))
            for value, count in (found.get("top") or [])[:TOP]
            if most > 1
        ],
        [(index * 10, round(100 * count / highest, 1), count) for index, count in enumerate(bars)],
    )


def _edge(value: Any, column: Mapping[str, Any]) -> str:
    """The lowest or highest value: the profile keeps times and days as text or numbers."""
    if value is None:
        return ""
    if column["type"] == "date" and isinstance(value, str):
        return rules.shown(date.fromisoformat(value[:10]), column, language())
    if column["type"] == "datetime" and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return rules.shown(moment if moment.tzinfo else moment.replace(tzinfo=UTC), column, language())
    return rules.shown(value, column, language())
