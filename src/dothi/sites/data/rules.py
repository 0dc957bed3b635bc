"""Decisions of the portal as pure functions: how fresh, how a value is written, what a filter may say. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from dothi.core.text import format_date, format_datetime, format_number

# How long after a change a dataset is still as fresh as it promises: its period, and half of it for delays.
PERIODS: Final[dict[str, timedelta]] = {
    "CONT": timedelta(hours=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(days=7),
    "MONTHLY": timedelta(days=31),
    "QUARTERLY": timedelta(days=92),
    "ANNUAL_2": timedelta(days=183),
    "ANNUAL": timedelta(days=366),
    "DECENNIAL": timedelta(days=3653),
}
Fresh = Literal["fresh", "late", "unpromised"]
LONGEST_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class Freshness:
    """Whether a dataset is as new as it promises; ``due``: when the next change is to be there, if promised."""

    state: Fresh
    due: datetime | None


def freshness(frequency: str, modified: datetime, now: datetime) -> Freshness:
    """As promised until the period and half of it have passed since the last change."""
    period = PERIODS.get(frequency)
    if period is None:
        return Freshness("unpromised", None)
    return Freshness("late" if now > modified + period * 1.5 else "fresh", modified + period)


def shown(value: Any, column: Mapping[str, Any], language: str) -> str:
    """A value of a column as people read it. Years and codes keep their digits together; a dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return {"vi": ("không", "có"), "en": ("no", "yes")}[language][value]
    if isinstance(value, datetime):
        return format_datetime(value, language)
    if isinstance(value, date):
        return format_date(value, language)
    if isinstance(value, int):
        return format_number(value, 0, language) if column.get("role") == "measure" else str(value)
    if isinstance(value, float):
        places = column.get("role") in ("longitude", "latitude")
        return format_number(round(value, 6), None, language) if not places else f"{value:.6g}"
    if isinstance(value, Mapping):
        return place(value) if "coordinates" in value else _short(str(dict(value)))
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def place(geometry: Mapping[str, Any]) -> str:
    """A geometry in a few words: a point with its coordinates, anything else by its kind."""
    if geometry["type"] == "Point":
        lon, lat = geometry["coordinates"][:2]
        return f"{lat:.5f}, {lon:.5f}"
    return str(geometry["type"])


_NUMBERS = ("eq", "ne", "ge", "le", "isnull")
OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "string": ("contains", "eq", "ne", "in", "isnull"),
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "date": ("eq", "ge", "le", "isnull"),
    "datetime": ("ge", "le", "isnull"),
    "boolean": ("eq", "isnull"),
}
"""What a reader may ask of a column, by its type; others (geometry, json) cannot be filtered by value."""


def numeric(column: Mapping[str, Any]) -> bool:
    """Whether a column's values can be added up."""
    return column["type"] in ("integer", "number")


def timed(column: Mapping[str, Any]) -> bool:
    """Whether a column says when."""
    return column["type"] in ("date", "datetime")


def placed(columns: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns that say where: one geometry, or longitude and latitude; empty when none do."""
    geometry = [column["name"] for column in columns if column["type"] == "geometry"]
    if geometry:
        return (geometry[0],)
    roles = {column.get("role"): column["name"] for column in columns}
    found = (roles.get("longitude"), roles.get("latitude"))
    return tuple(name for name in found if name) if all(found) else ()


def label_column(columns: Sequence[Mapping[str, Any]], language: str) -> str:
    """The column that names a row best: a text called like a name, in the page's language if there is one."""
    texts = [column["name"] for column in columns if column["type"] == "string"]
    wanted = [name for name in texts if "name" in name or "title" in name or "ten" in name.split("_")]
    own = [name for name in wanted if name.endswith(f"_{language}")]
    return next(iter([*own, *wanted, *texts]), columns[0]["name"] if columns else "")


# Codes of units (UCUM) that people write in another way.
_UNITS: Final = {
    "km2": "km²", "m2": "m²", "m3": "m³", "deg": "°", "Cel": "°C", "ug/m3": "µg/m³", "mg/m3": "mg/m³", "m/s2": "m/s²",
    "%": "%", "[VND]": "₫", "h": "h", "min": "min", "s": "s",
}  # fmt: skip
_WORDS: Final = {
    "a": ("năm", "years"),
    "d": ("ngày", "days"),
    "mo": ("tháng", "months"),
    "wk": ("tuần", "weeks"),
}


def unit(code: str, language: str) -> str:
    """A unit of measure as people write it."""
    if code in _WORDS:
        return _WORDS[code][language == "en"]
    return _UNITS.get(code, code)


def within(text: str) -> str:
    """A label within a sentence: its first letter small, unless it is a name of its own (PM2.5, DTI)."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
