"""What may be asked of a version, as plain data, checked against its columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args

from dothi.core.errors import BadInput, both

Op = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "isnull"]
BBox = tuple[float, float, float, float]
OPS: tuple[str, ...] = get_args(Op)
FUNCTIONS = ("count", "sum", "avg", "min", "max", "distinct", "median")
Measure = tuple[str, str]
"""A function of :data:`FUNCTIONS` and a column (``*`` for count)."""

MAX_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one column. ``in`` takes a sequence, ``isnull`` a boolean, ``contains`` a text that is
    looked for without regard to case and diacritics. Null fulfils none but ``isnull``."""

    column: str
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows: names of the columns, the rows in their order, the cursor of what follows (None: the end).

    Values are plain Python: times are aware and in UTC, a geometry is a GeoJSON mapping. ``matched`` is how many rows fulfil
    the conditions, where that is known without counting. ``extra["numbers"]``: the rows' numbers in the version.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    next: str | None = None
    matched: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def _problem(vi: str, en: str, at: str) -> BadInput:
    return BadInput(both(vi, en), where=at)


def type_of(columns: Sequence[Mapping[str, Any]], name: str, at: str) -> str:
    """The type of the column called ``name``; raises :class:`BadInput` when there is none."""
    for column in columns:
        if column["name"] == name:
            return str(column["type"])
    raise _problem(f"Không có cột “{name}”.", f"There is no column '{name}'.", at)


def where(columns: Sequence[Mapping[str, Any]], given: Sequence[tuple[str, str, Any]]) -> list[Filter]:
    """Conditions checked against the columns, their values (text is read) brought to the columns' types."""
    return [checked(columns, Filter(column, op, value)) for column, op, value in given]  # type: ignore[arg-type]


def checked(columns: Sequence[Mapping[str, Any]], asked: Filter) -> Filter:
    """``asked`` with its value in the column's own type; raises :class:`BadInput` for what makes no sense."""
    kind = type_of(columns, asked.column, asked.column)
    if asked.op not in OPS:
        raise _problem(f"Không có phép “{asked.op}”.", f"There is no operator '{asked.op}'.", asked.column)
    if asked.op == "isnull":
        return Filter(asked.column, "isnull", _boolean(asked.value, asked.column))
    if kind in ("geometry", "json") or (asked.op == "contains" and kind != "string"):
        raise _problem(
            f"Cột “{asked.column}” không lọc bằng “{asked.op}” được.",
            f"Column '{asked.column}' cannot be filtered by '{asked.op}'.",
            asked.column,
        )
    if asked.op == "in":
        if isinstance(asked.value, str | bytes) or not isinstance(asked.value, Sequence | set | frozenset):
            raise _problem("“in” cần một danh sách.", "'in' takes a list.", asked.column)
        return Filter(asked.column, "in", tuple(value_of(kind, each, asked.column) for each in asked.value))
    return Filter(asked.column, asked.op, value_of(kind, asked.value, asked.column))


def value_of(kind: str, value: Any, at: str) -> Any:
    """``value`` (text, or already typed) as a column of this kind holds it."""
    try:
        return _READERS[kind](value, at)
    except (ValueError, TypeError, OverflowError):
        raise _problem(
            f"“{value}” không phải là giá trị kiểu {kind}.", f"'{value}' is not a value of type {kind}.", at
        ) from None


def _boolean(value: Any, at: str) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "1", "yes", ""):
        return True
    if str(value).lower() in ("false", "0", "no"):
        return False
    raise ValueError(value)


def _integer(value: Any, at: str) -> int | float:
    number = float(value) if isinstance(value, str) and not value.lstrip("+-").isdecimal() else value
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError(value)
        return int(number) if number.is_integer() else number
    return int(number)


def _number(value: Any, at: str) -> float:
    number = float(value)
    if math.isnan(number):
        raise ValueError(value)
    return number


def _date(value: Any, at: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _datetime(value: Any, at: str) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
    else:
        # A plus sign in a query string that was not encoded arrives as a space.
        moment = datetime.fromisoformat(
            str(value).strip().replace(" ", "T" if "T" not in str(value) else "+")
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(value: Any, at: str) -> str:
    return str(value)


_READERS = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "string": _text,
    "json": _text,
}


def check_limit(limit: int, most: int = MAX_LIMIT) -> int:
    """``limit`` within its bounds; raises :class:`BadInput`."""
    if not 1 <= limit <= most:
        raise _problem(f"“limit” từ 1 đến {most}.", f"'limit' is from 1 to {most}.", "limit")
    return limit


def check_bbox(box: Sequence[float] | None) -> BBox | None:
    """A box as west, south, east, north; raises :class:`BadInput`."""
    if box is None:
        return None
    if len(box) != 4 or not all(math.isfinite(each) for each in box) or box[1] > box[3]:
        raise _problem("Khung là tây, nam, đông, bắc.", "A box is west, south, east, north.", "bbox")
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
