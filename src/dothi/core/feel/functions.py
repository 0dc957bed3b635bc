"""The library: each function with the types of its arguments and of its result. No I/O, the same answer every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import re2

from dothi.core.clock import HCMC
from dothi.core.feel import values
from dothi.core.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    Type,
    join,
    list_of,
)

LIST: Final = list_of(ANY)
Result = Type | Callable[[Sequence[Type]], Type]


@dataclass(frozen=True, slots=True)
class Function:
    """``takes`` the arguments; ``more``: the last repeats; ``least``: how many must be given.

    A null argument makes the result null unless it ``sees_null``. ``folds``: of constants, it is one itself.
    """

    takes: tuple[Type, ...]
    result: Result
    run: Callable[..., Any]
    least: int
    more: bool = False
    sees_null: bool = False
    folds: bool = False

    def type_of(self, arguments: Sequence[Type]) -> Type:
        return self.result if isinstance(self.result, Type) else self.result(arguments)


def function(
    *takes: Type,
    gives: Result,
    run: Callable[..., Any],
    least: int | None = None,
    more: bool = False,
    sees_null: bool = False,
    folds: bool = False,
) -> Function:
    """A function for :data:`BUILTINS`, or of a caller's own."""
    return Function(takes, gives, run, len(takes) if least is None else least, more, sees_null, folds)


def item_of(arguments: Sequence[Type]) -> Type:
    """The type of the items of a list, or of several arguments."""
    result = arguments[0].item or ANY if arguments[0].kind == "list" and len(arguments) == 1 else arguments[0]
    return result if result.kind != "null" else ANY


def _same(arguments: Sequence[Type]) -> Type:
    return arguments[0] if arguments[0].kind == "list" else LIST


def _joined(arguments: Sequence[Type]) -> Type:
    result = arguments[0]
    for each in arguments[1:]:
        result = join(result, each)
    return result if result.kind == "list" else LIST


# dates and times


def to_date(*parts: Any) -> date | None:
    """A date of text, of a date and time, or of year, month and day."""
    if len(parts) == 3:
        return date(*(int(part) for part in parts))
    (value,) = parts
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else values.parse_date(value)


def to_time(*parts: Any) -> time | None:
    """A time of text, of a date and time, or of hour, minute and second."""
    if len(parts) == 3:
        return time(int(parts[0]), int(parts[1]), int(parts[2]))
    value = parts[0]
    if isinstance(value, datetime):
        return values.city_time(value)
    return value if isinstance(value, time) else values.parse_time(value)


def to_datetime(*parts: Any) -> datetime | None:
    """A date and time of text, of a date, or of a date and a time."""
    if len(parts) == 2:
        day, at = parts
        return datetime(day.year, day.month, day.day, at.hour, at.minute, at.second, at.microsecond, HCMC)
    (value,) = parts
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=HCMC)
    return value if isinstance(value, datetime) else values.parse_datetime(value)


def at_literal(text: str) -> Any:
    """``@"…"``: a date, a time, a date and time or a duration."""
    readers = (values.parse_date, values.parse_time, values.parse_datetime, values.parse_duration)
    return next((found for reader in readers if (found := reader(text)) is not None), None)


def month_span(start: date, end: date) -> values.Months:
    """Whole months between two dates."""
    return values.months_between(to_date(start) or start, to_date(end) or end)


# text


def substring(text: str, start: int, length: int | None = None) -> str | None:
    """A part of ``text`` from the ``start``-th letter, from the end when it is negative."""
    if start == 0:
        return None
    begin = int(start) - 1 if start > 0 else max(0, len(text) + int(start))
    return text[begin:] if length is None else text[begin : begin + int(length)]


@lru_cache(maxsize=512)
def pattern(text: str, flags: str = "") -> Any:
    """The compiled pattern, in linear time; raises ``re2.error``."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(f"(?{flags}){text}" if flags else text, options)


def matches(text: str | None, form: str | None, flags: str | None = None) -> bool | None:
    """Whether ``form`` is found in ``text``."""
    if text is None or form is None or not set(flags or "") <= set("ism"):
        return None
    try:
        return pattern(form, flags or "").search(text) is not None
    except re2.error:
        return None


def before(text: str, mark: str) -> str:
    """What stands before ``mark``; nothing when it is not there."""
    return text[: max(0, text.find(mark))]


def joined(items: list[str | None] | None, mark: str | None = None) -> str | None:
    """The texts of ``items`` with ``mark`` between; nulls are left out."""
    return None if items is None else (mark or "").join(item for item in items if item is not None)


def absolute(value: Any) -> Any:
    """``value`` without its sign."""
    return None if isinstance(value, bool) else abs(value)


def to_text(value: Any) -> str | None:
    """A value as text, as it would be written in an expression."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _duration_text(value)
    return str(value) if isinstance(value, (str, int, float, values.Months)) else None


def _duration_text(span: timedelta) -> str:
    sign, span = ("-", -span) if span < timedelta(0) else ("", span)
    minutes, seconds = divmod(span.seconds, 60)
    clock = "".join(
        f"{count}{unit}"
        for count, unit in ((minutes // 60, "H"), (minutes % 60, "M"), (seconds, "S"))
        if count
    )
    return f"{sign}P" + (f"{span.days}D" if span.days or not clock else "") + (f"T{clock}" if clock else "")


def to_number(text: str) -> Any:
    """The number written in ``text``."""
    plain = text.strip()
    return int(plain) if plain.lstrip("+-").isdigit() else values.EXACT.create_decimal(plain)


# numbers


def rounded(how: str) -> Callable[..., Any]:
    """A function that rounds to a number of decimals in one way."""

    def run(value: Any, scale: Any = 0) -> Any:
        if not -6000 < scale < 6000:
            return None
        result = Decimal(value).quantize(Decimal(1).scaleb(-int(scale)), rounding=how, context=values.EXACT)
        return int(result) if scale == 0 else result

    return run


def modulo(a: Any, b: Any) -> Any:
    """The remainder that has the sign of ``b``."""
    if type(a) is int and type(b) is int:
        return a % b
    whole = values.EXACT.divide(values._exact(a), values._exact(b)).to_integral_value(rounding=ROUND_FLOOR)
    return values.subtract(a, values.multiply(b, whole))


# lists


def _items(arguments: tuple[Any, ...]) -> list[Any]:
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else list(arguments)


def _reduced(reduce: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    """A function of a list or of several arguments; of nothing, or of anything with a null in it, it is null."""

    def run(*arguments: Any) -> Any:
        items = _items(arguments)
        return reduce(items) if items and None not in items else None

    return run


def total(items: list[Any]) -> Any:
    """The sum of ``items``."""
    result = items[0]
    for item in items[1:]:
        result = values.add(result, item)
    return result


def _logic(decided: bool) -> Callable[..., Any]:
    """``all`` and ``any`` with nulls: one item that decides is enough."""

    def run(*arguments: Any) -> bool | None:
        items = _items(arguments)
        if any(item is decided for item in items):
            return decided
        return (not decided) if all(item is (not decided) for item in items) else None

    return run


def within(items: list[Any], value: Any) -> bool:
    """Whether one of ``items`` equals ``value``."""
    return any(values.equal(item, value) is True for item in items)


def distinct(items: list[Any]) -> list[Any]:
    """``items`` without repetitions."""
    result: list[Any] = []
    for item in items:
        if not within(result, item):
            result.append(item)
    return result


def flat(items: list[Any]) -> list[Any]:
    """``items`` with the items of inner lists in their place."""
    return [inner for item in items for inner in (flat(item) if isinstance(item, list) else [item])]


def sublist(items: list[Any], start: int, length: int | None = None) -> list[Any] | None:
    """A part of ``items`` from the ``start``-th, from the end when it is negative."""
    begin = int(start) - 1 if start > 0 else len(items) + int(start)
    if start == 0 or begin < 0:
        return None
    return items[begin:] if length is None else items[begin : begin + int(length)]


_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_f = function
BUILTINS: Final[Mapping[str, Function]] = {
    "@": _f(STRING, gives=ANY, run=at_literal, folds=True),
    "date": _f(ANY, NUMBER, NUMBER, gives=DATE, run=to_date, least=1, folds=True),
    "time": _f(ANY, NUMBER, NUMBER, gives=TIME, run=to_time, least=1, folds=True),
    "date and time": _f(ANY, TIME, gives=DATETIME, run=to_datetime, least=1, folds=True),
    "duration": _f(STRING, gives=ANY, run=values.parse_duration, folds=True),
    "years and months duration": _f(ANY, ANY, gives=MONTHS, run=month_span, folds=True),
    "day of week": _f(ANY, gives=STRING, run=lambda day: _DAYS[day.weekday()]),
    "day of year": _f(ANY, gives=NUMBER, run=lambda day: day.timetuple().tm_yday),
    "number": _f(STRING, gives=NUMBER, run=to_number, folds=True),
    "string": _f(ANY, gives=STRING, run=to_text),
    "not": _f(BOOLEAN, gives=BOOLEAN, run=lambda value: (not value) if isinstance(value, bool) else None),
    "is defined": _f(ANY, gives=BOOLEAN, run=lambda value: value is not None, sees_null=True),
    "get or else": _f(
        ANY, ANY, gives=lambda types: join(*types), run=lambda value, other: other if value is None else value, sees_null=True
    ),
    "string length": _f(STRING, gives=NUMBER, run=len),
    "substring": _f(STRING, NUMBER, NUMBER, gives=STRING, run=substring, least=2),
    "substring before": _f(STRING, STRING, gives=STRING, run=before),
    "substring after": _f(STRING, STRING, gives=STRING, run=lambda text, by: text.partition(by)[2] if by else text),
    "upper case": _f(STRING, gives=STRING, run=str.upper),
    "lower case": _f(STRING, gives=STRING, run=str.lower),
    "contains": _f(STRING, STRING, gives=BOOLEAN, run=lambda text, part: part in text),
    "starts with": _f(STRING, STRING, gives=BOOLEAN, run=str.startswith),
    "ends with": _f(STRING, STRING, gives=BOOLEAN, run=str.endswith),
    "matches": _f(STRING, STRING, STRING, gives=BOOLEAN, run=matches, least=2, sees_null=True),
    "string join": _f(list_of(STRING), STRING, gives=STRING, run=joined, least=1, sees_null=True),
    "abs": _f(ANY, gives=lambda types: types[0], run=absolute),
    "floor": _f(NUMBER, NUMBER, gives=NUMBER, run=rounded(ROUND_FLOOR), least=1),
    "ceiling": _f(NUMBER, NUMBER, gives=NUMBER, run=rounded(ROUND_CEILING), least=1),
    "round": _f(NUMBER, NUMBER, gives=NUMBER, run=rounded(ROUND_HALF_UP), least=1),
    "round half up": _f(NUMBER, NUMBER, gives=NUMBER, run=rounded(ROUND_HALF_UP), least=1),
    "decimal": _f(NUMBER, NUMBER, gives=NUMBER, run=rounded(ROUND_HALF_EVEN)),
    "modulo": _f(NUMBER, NUMBER, gives=NUMBER, run=modulo),
    "sqrt": _f(NUMBER, gives=NUMBER, run=lambda value: values.EXACT.sqrt(values._exact(value))),
    "even": _f(NUMBER, gives=BOOLEAN, run=lambda value: value % 2 == 0),
    "odd": _f(NUMBER, gives=BOOLEAN, run=lambda value: abs(value) % 2 == 1),
    "count": _f(LIST, gives=NUMBER, run=len),
    "sum": _f(ANY, gives=item_of, run=_reduced(total), more=True),
    "mean": _f(ANY, gives=NUMBER, run=_reduced(lambda items: values.divide(total(items), len(items))), more=True),
    "min": _f(ANY, gives=item_of, run=_reduced(min), more=True),
    "max": _f(ANY, gives=item_of, run=_reduced(max), more=True),
    "all": _f(ANY, gives=BOOLEAN, run=_logic(False), more=True, sees_null=True),
    "any": _f(ANY, gives=BOOLEAN, run=_logic(True), more=True, sees_null=True),
    "list contains": _f(LIST, ANY, gives=BOOLEAN, run=lambda items, value: None if items is None else within(items, value), sees_null=True),
    "index of": _f(
        LIST, ANY, gives=list_of(NUMBER),
        run=lambda items, value: [place for place, item in enumerate(items, 1) if values.equal(item, value)],
    ),
    "append": _f(LIST, ANY, gives=_same, run=lambda items, *more: [*items, *more], more=True, sees_null=True),
    "concatenate": _f(LIST, gives=_joined, run=lambda *lists: [item for items in lists for item in items], more=True),
    "union": _f(LIST, gives=_joined, run=lambda *lists: distinct([item for items in lists for item in items]), more=True),
    "distinct values": _f(LIST, gives=_same, run=distinct),
    "reverse": _f(LIST, gives=_same, run=lambda items: items[::-1]),
    "sublist": _f(LIST, NUMBER, NUMBER, gives=_same, run=sublist, least=2),
    "flatten": _f(LIST, gives=LIST, run=flat),
}  # fmt: skip
TIMELY: Final[Mapping[str, tuple[Type, Callable[[datetime], Any]]]] = {
    "now": (DATETIME, lambda moment: moment),
    "today": (DATE, lambda moment: moment.astimezone(HCMC).date()),
}
"""Functions of the one time that an evaluation knows."""


def _weekday(value: date) -> int:
    return value.isoweekday()


_OF_DATES: Final[dict[str, Callable[[Any], Any]]] = {
    "year": attrgetter("year"), "month": attrgetter("month"), "day": attrgetter("day"), "weekday": _weekday,
}  # fmt: skip
_OF_TIMES: Final[dict[str, Callable[[Any], Any]]] = {
    "hour": attrgetter("hour"), "minute": attrgetter("minute"), "second": attrgetter("second"),
}  # fmt: skip
MEMBERS: Final[Mapping[str, Mapping[str, Callable[[Any], Any]]]] = {
    DATE.kind: _OF_DATES,
    TIME.kind: _OF_TIMES,
    DATETIME.kind: {**_OF_DATES, **_OF_TIMES},
    DURATION.kind: {
        "days": lambda span: int(span / timedelta(days=1)),
        "hours": lambda span: int(abs(span).seconds // 3600) * (1 if span >= timedelta(0) else -1),
        "minutes": lambda span: abs(span).seconds // 60 % 60 * (1 if span >= timedelta(0) else -1),
        "seconds": lambda span: abs(span).seconds % 60 * (1 if span >= timedelta(0) else -1),
    },
    MONTHS.kind: {
        "years": lambda span: int(span.count / 12),
        "months": lambda span: abs(span.count) % 12 * (1 if span.count >= 0 else -1),
    },
}
"""What ``value.name`` gives for values that are not contexts; all of them numbers."""
