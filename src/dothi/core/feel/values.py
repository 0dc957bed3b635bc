"""Values while an expression runs: arithmetic with 34 digits, comparison, and what a JSON value means in a type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from dothi.core.clock import HCMC
from dothi.core.feel.errors import TooMuchWork
from dothi.core.feel.types import Type

EXACT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emax=6144,
    Emin=-6143,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
_LARGEST = 10**34
LONGEST_TEXT = 100_000
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?")


@dataclass(frozen=True, order=True, slots=True)
class Months:
    """A duration in years and months."""

    count: int

    def __neg__(self) -> Months:
        return Months(-self.count)

    def __abs__(self) -> Months:
        return Months(abs(self.count))

    def __str__(self) -> str:
        years, months = divmod(abs(self.count), 12)
        sign = "-" if self.count < 0 else ""
        return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of values; an end that is ``None`` is open to infinity."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool

    def holds(self, value: Any) -> bool | None:
        """Whether ``value`` lies in it; ``None`` when it cannot be compared."""
        try:
            low = self.low is None or (value >= self.low if self.low_closed else value > self.low)
            high = self.high is None or (value <= self.high if self.high_closed else value < self.high)
        except TypeError:
            return None
        return None if value is None else bool(low and high)


class Work:
    """What is left of the steps an evaluation may take, and the one time it knows."""

    __slots__ = ("left", "now")

    def __init__(self, steps: int, now: datetime) -> None:
        self.left, self.now = steps, now

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork


def kind_of(value: Any) -> str:
    """The kind of a value's type."""
    if value is None:
        return "null"
    for types, kind in _KINDS:
        if isinstance(value, types):
            return kind
    return "any"


_KINDS: tuple[tuple[Any, str], ...] = (
    (bool, "boolean"),
    ((int, Decimal, float), "number"),
    (str, "string"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (timedelta, "days and time duration"),
    (Months, "years and months duration"),
    ((list, tuple), "list"),
    (Mapping, "context"),
    (Span, "range"),
)


def equal(a: Any, b: Any) -> bool | None:
    """Equality of values of any type: null equals null alone, different types are not comparable."""
    if a is None or b is None:
        return a is b
    if type(a) is type(b) or kind_of(a) == kind_of(b):
        return bool(a == b)
    return None


def number(value: Any) -> Any:
    """An integer that is too long, rounded to 34 digits."""
    return value if type(value) is not int or -_LARGEST < value < _LARGEST else EXACT.create_decimal(value)


def add(a: Any, b: Any) -> Any:
    """``a + b`` of numbers, text, or times and durations."""
    if isinstance(a, str):
        if len(a) + len(b) > LONGEST_TEXT:
            raise TooMuchWork
        return a + b
    if isinstance(b, Months):
        return Months(a.count + b.count) if isinstance(a, Months) else _months_later(a, b.count)
    if isinstance(a, Months):
        return _months_later(b, a.count)
    if isinstance(a, (date, time, timedelta)) or isinstance(b, (date, time)):
        return _later(a, b) if not isinstance(a, timedelta) or isinstance(b, timedelta) else _later(b, a)
    return number(a + b) if type(a) is int and type(b) is int else EXACT.add(_exact(a), _exact(b))


def subtract(a: Any, b: Any) -> Any:
    """``a - b`` of numbers, or times and durations."""
    if isinstance(b, Months):
        return Months(a.count - b.count) if isinstance(a, Months) else _months_later(a, -b.count)
    if isinstance(a, (date, timedelta)):
        return _later(a, -b) if isinstance(b, timedelta) else a - b
    if isinstance(a, time):
        return _later(a, -b) if isinstance(b, timedelta) else _since_midnight(a) - _since_midnight(b)
    return number(a - b) if type(a) is int and type(b) is int else EXACT.subtract(_exact(a), _exact(b))


def multiply(a: Any, b: Any) -> Any:
    """``a * b``; one may be a duration."""
    if isinstance(b, (timedelta, Months)):
        a, b = b, a
    if isinstance(a, timedelta):
        return timedelta(microseconds=int(EXACT.multiply(Decimal(a // timedelta(microseconds=1)), _exact(b))))
    if isinstance(a, Months):
        return Months(int(EXACT.multiply(Decimal(a.count), _exact(b))))
    return number(a * b) if type(a) is int and type(b) is int else EXACT.multiply(_exact(a), _exact(b))


def divide(a: Any, b: Any) -> Any:
    """``a / b``: exact where it is whole, else with 34 digits."""
    if isinstance(a, timedelta):
        if isinstance(b, timedelta):
            return divide(a // timedelta(microseconds=1), b // timedelta(microseconds=1))
        return timedelta(microseconds=int(EXACT.divide(Decimal(a // timedelta(microseconds=1)), _exact(b))))
    if isinstance(a, Months):
        return (
            divide(a.count, b.count)
            if isinstance(b, Months)
            else Months(int(EXACT.divide(Decimal(a.count), _exact(b))))
        )
    if type(a) is int and type(b) is int and b and not a % b:
        return a // b
    return EXACT.divide(_exact(a), _exact(b))


def power(a: Any, b: Any) -> Any:
    """``a`` to the power of ``b``."""
    result = EXACT.power(_exact(a), _exact(b))
    whole = type(a) is int and type(b) is int and b >= 0 and abs(result) < _LARGEST
    return int(result) if whole and result == result.to_integral_value() else result


def _exact(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        raise TypeError("not a number")
    return Decimal(repr(value)) if isinstance(value, float) else value


def _later(moment: Any, span: timedelta) -> Any:
    """``moment`` after ``span``; a date moves by whole days, a time of day wraps at midnight."""
    if isinstance(moment, time):
        day = datetime(2000, 1, 1, tzinfo=HCMC)
        return (datetime.combine(day, moment) + span).time()
    if isinstance(moment, date) and not isinstance(moment, datetime):
        return (datetime(moment.year, moment.month, moment.day, tzinfo=HCMC) + span).date()
    return moment + span


def _months_later(moment: Any, months: int) -> Any:
    """The same day of another month, or its last one where it has no such day (Civil Code 2015 art. 148.3)."""
    if not isinstance(moment, date):
        raise TypeError("not a date")
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return moment.replace(
        year=year, month=month + 1, day=min(moment.day, (following - timedelta(days=1)).day)
    )


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def months_between(start: date, end: date) -> Months:
    """Whole months from ``start`` to ``end``; negative when ``end`` is earlier."""
    if end < start:
        return Months(-months_between(end, start).count)
    count = (end.year - start.year) * 12 + end.month - start.month
    return Months(count - (end.day < start.day))


def parse_duration(text: str) -> timedelta | Months | None:
    """``P1DT2H`` or ``P1Y2M``; ``None`` when it is neither."""
    if found := _MONTHS.fullmatch(text):
        if found.group(2) or found.group(3):
            count = int(found.group(2) or 0) * 12 + int(found.group(3) or 0)
            return Months(-count if found.group(1) else count)
        return None
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()[1:]) or text.endswith("T"):
        return None
    days, hours, minutes = (int(part or 0) for part in found.groups()[1:4])
    try:
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=float(found.group(5) or 0))
    except OverflowError:
        return None
    return -span if found.group(1) else span


def parse_date(text: str) -> date | None:
    """``2026-11-30``."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """``08:30:00``; with a zone, the same moment in the city's: a time of day here has none."""
    try:
        found = time.fromisoformat(text) if re.match(r"\d\d:\d\d", text) else None
    except ValueError:
        return None
    return (
        found
        if found is None or found.tzinfo is None
        else city_time(datetime.combine(date(2000, 1, 2), found))
    )


def city_time(moment: datetime) -> time:
    """The time of day in the city's zone."""
    return moment.astimezone(HCMC).time()


def parse_datetime(text: str) -> datetime | None:
    """``2026-11-30T08:30:00+07:00``; without a zone, in the city's; a date alone is its midnight."""
    try:
        moment = (
            datetime.fromisoformat(text.replace("z", "Z")) if re.match(r"\d{4}-\d\d-\d\d", text) else None
        )
    except ValueError:
        return None
    return moment.replace(tzinfo=HCMC) if moment is not None and moment.tzinfo is None else moment


def facts(values: Mapping[str, Any], types: Mapping[str, Type]) -> dict[str, Any]:
    """``values`` as they stand in JSON, in their declared types; what does not fit becomes null."""
    return {name: fact(values.get(name), of) for name, of in types.items()}


def fact(value: Any, of: Type) -> Any:
    """One JSON value in its declared type."""
    if value is None:
        return None
    if of.kind == "list":
        items = value if isinstance(value, (list, tuple)) else [value]
        return [fact(item, of.item) for item in items] if of.item else list(items)
    if of.kind == "context" and isinstance(value, Mapping):
        return {**value, **{name: fact(value.get(name), each) for name, each in of.fields.items()}}
    if of.kind == "number" and isinstance(value, float):
        return Decimal(repr(value)) if value == value and abs(value) != float("inf") else None
    if isinstance(value, str) and of.kind in _READERS:
        return _READERS[of.kind](value)
    return value if of.kind == "any" or kind_of(value) == of.kind else None


def _span(text: str) -> timedelta | None:
    found = parse_duration(text)
    return found if isinstance(found, timedelta) else None


def _month_span(text: str) -> Months | None:
    found = parse_duration(text)
    return found if isinstance(found, Months) else None


_READERS = {
    "date": parse_date, "time": parse_time, "date and time": parse_datetime,
    "days and time duration": _span, "years and months duration": _month_span,
}  # fmt: skip
