"""What a chart shows, read from the address; and what to show when the reader has not chosen yet. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from dothi.core.errors import BadInput, both
from dothi.sites.data.rules import numeric, timed
from dothi.sites.data.table import Address

Columns = Sequence[Mapping[str, Any]]
Profile = Mapping[str, Mapping[str, Any]]
KINDS: Final = ("bar", "line")
FUNCTIONS: Final = ("count", "sum", "avg", "min", "max", "median", "distinct")
PARTS: Final = ("year", "quarter", "month", "week", "day", "hour", "weekday")
SORTS: Final = ("value", "x")
FEW, MOST, MOST_BARS = 6, 2000, 100


@dataclass(frozen=True, slots=True)
class Spec:
    """A chart: bars or lines of ``function(measure)`` by ``x`` (a column, or a part of a time), parted by ``split``."""

    kind: str
    x: str
    function: str = "count"
    measure: str = ""
    split: str = ""
    sort: str = "value"
    top: int = 20

    @property
    def column(self) -> str:
        """The column ``x`` is of."""
        return self.x.partition(":")[0]

    @property
    def part(self) -> str:
        """The part of a time ``x`` is grouped by; empty for the values themselves."""
        return self.x.partition(":")[2]

    @property
    def value(self) -> str:
        """The measure as the address has it: ``avg:height_m``, ``count``."""
        return f"{self.function}:{self.measure}" if self.measure else self.function


def chart(address: Address, columns: Columns, profile: Profile) -> Spec | None:
    """The chart asked for, gaps filled in with what suits the columns; None when nothing can be drawn.

    Raises :class:`BadInput` naming a part that makes no sense.
    """
    first = suggestion(columns, profile)
    if first is None:
        return None
    if not any(name.startswith("chart.") for name, _ in address.own):
        return first
    x = address.value("chart.x", first.x)
    function, _, measure = address.value("chart.y", first.value).partition(":")
    kind = address.value("chart.kind", "line" if ":" in x else first.kind)
    split = address.value("chart.split")
    sort = address.value("chart.sort", "value")
    made = Spec(kind, x, function, measure, split, sort, _top(address.value("chart.top", "20")))
    _check(made, columns)
    return made


def _top(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_BARS:
        raise _wrong("chart.top", f"Từ 1 đến {MOST_BARS}.", f"From 1 to {MOST_BARS}.")
    return int(text)


def _wrong(where: str, vi: str, en: str) -> BadInput:
    return BadInput(both(vi, en), where=where)


def _check(made: Spec, columns: Columns) -> None:
    by_name = {column["name"]: column for column in columns}
    if made.kind not in KINDS or made.sort not in SORTS:
        raise _wrong("chart.kind", "Không có kiểu biểu đồ này.", "There is no such chart.")
    for where, name in (("chart.x", made.column), ("chart.split", made.split), ("chart.y", made.measure)):
        if name and name not in by_name:
            raise _wrong(where, f"Không có cột “{name}”.", f"There is no column '{name}'.")
    if made.column not in by_name or by_name[made.column]["type"] in ("geometry", "json"):
        raise _wrong("chart.x", "Hãy chọn cột để nhóm.", "Choose a column to group by.")
    if made.part and (made.part not in PARTS or not timed(by_name[made.column])):
        raise _wrong("chart.x", "Cột này không nhóm theo thời gian.", "This column is not a time.")
    if made.function not in FUNCTIONS or (made.function != "count" and not made.measure):
        raise _wrong("chart.y", "Hãy chọn phép tính và cột.", "Choose what to compute of which column.")
    if made.function in ("sum", "avg", "median") and not numeric(by_name[made.measure]):
        raise _wrong("chart.y", "Phép tính này cần cột số.", "This needs a column of numbers.")


def suggestion(columns: Columns, profile: Profile) -> Spec | None:
    """The most telling simple chart: a measure over time, else by the group with fewest values, else a count."""
    function, measure = _measure(columns)
    when = next((c for c in columns if timed(c) and _distinct(c, profile) > 1), None)
    year = next((c for c in columns if c.get("role") == "time" and c["type"] == "integer"), None)
    groups = [c for c in columns if c.get("role") in ("dimension", "") and c["type"] in ("string", "boolean")]
    few = [c for c in groups if 1 < _distinct(c, profile) <= FEW]
    if when is not None or (year is not None and measure):
        x = when["name"] + ":" + span(profile.get(when["name"], {})) if when is not None else year["name"]  # type: ignore[index]
        split = few[0]["name"] if few and measure else ""
        return Spec("line", x, function, measure, split)
    by = next((c for c in groups if 1 < _distinct(c, profile) <= MOST), None)
    if by is None:
        by = next((c for c in columns if c["type"] == "string"), None)
    return None if by is None else Spec("bar", by["name"], function, measure)


def _measure(columns: Columns) -> tuple[str, str]:
    """Whole numbers are added up, others averaged: people are summed, heights are not."""
    found = next((c for c in columns if c.get("role") == "measure" and numeric(c)), None)
    if found is None:
        return "count", ""
    return ("sum" if found["type"] == "integer" else "avg"), found["name"]


def _distinct(column: Mapping[str, Any], profile: Profile) -> int:
    return int(profile.get(column["name"], {}).get("distinct") or 0)


def span(profile: Mapping[str, Any]) -> str:
    """The part of a time that gives a readable number of points between its first and last value."""
    try:
        first, last = (datetime.fromisoformat(str(profile[each])[:19]) for each in ("min", "max"))
    except (KeyError, ValueError):
        return "month"
    if last - first > timedelta(days=366 * 6):
        return "year"
    if last - first > timedelta(days=100):
        return "month"
    return "day" if last - first > timedelta(days=3) else "hour"


def position(value: Any) -> float | None:
    """Where a group stands on a line: numbers as they are, times in seconds; None for a name."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    return _written(value) if isinstance(value, str) else None


def _written(text: str) -> float | None:
    """A time as groups are named: 2026, 2026-01, 2026-01-31, 2026-01-31T05:00."""
    year = text[:4]
    if not (len(year) == 4 and year.isdecimal()):
        return None
    padded = text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text
    try:
        return datetime.fromisoformat(padded).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
