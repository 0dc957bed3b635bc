"""A query string as a question: conditions, order, columns, box, cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.serving.questions import OPS, Filter, checked, type_of

_OURS = frozenset(
    {
        "limit",
        "after",
        "order",
        "columns",
        "bbox",
        "by",
        "measures",
        "shape",
        "bom",
        "purpose",
        "ticket",
        "lang",
        "gzip",
    }
)
_PREFIX = "where."
MOST_PARAMETERS = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of rows; ``where`` is checked against the columns it may name."""

    where: tuple[Filter, ...]
    order: tuple[tuple[str, bool], ...]
    columns: tuple[str, ...] | None
    bbox: tuple[float, ...] | None
    after: str | None
    limit: int
    plain: Mapping[str, str]


def parameters(query_string: bytes) -> list[tuple[str, str]]:
    """The parameters in order; raises :class:`BadInput` when they are no text, or too many."""
    try:
        return parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise BadInput(
            both("Tham số không đọc được.", "The parameters cannot be read."), where="query"
        ) from None


def asked(pairs: Sequence[tuple[str, str]], columns: Sequence[Mapping[str, Any]], *, limit: int) -> Asked:
    """The question. ``columns`` are those that may be named in conditions and orders.

    ``ward=26734``, ``hours__ge=2``, ``ward__in=a,b``, ``note__contains=ngap``, ``cost__isnull=true``; a column
    called like one of our parameters is written ``where.limit=3``.
    """
    plain = {name: value for name, value in pairs if name in _OURS}
    where = tuple(_filter(name, value, columns) for name, value in pairs if name not in _OURS)
    order = tuple(_direction(part, columns) for part in _list(plain.get("order", "")))
    chosen = _list(plain["columns"]) if plain.get("columns") else None
    return Asked(
        where, order, None if chosen is None else tuple(chosen), _box(plain.get("bbox")), plain.get("after") or None,
        _limit(plain.get("limit"), limit), plain,
    )  # fmt: skip


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _filter(name: str, value: str, columns: Sequence[Mapping[str, Any]]) -> Filter:
    name = name.removeprefix(_PREFIX)
    column, _, op = name.rpartition("__")
    if not column or op not in OPS:
        column, op = name, "eq"
    given: Any = [part for part in value.split(",") if part] if op == "in" else value
    return checked(columns, Filter(column, op, given))  # type: ignore[arg-type]


def _direction(part: str, columns: Sequence[Mapping[str, Any]]) -> tuple[str, bool]:
    name = part.removeprefix("-")
    type_of(columns, name, "order")
    return name, part.startswith("-")


def _box(text: str | None) -> tuple[float, ...] | None:
    if not text:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(
            both("Khung là tây,nam,đông,bắc.", "A box is west,south,east,north."), where="bbox"
        ) from None


def _limit(text: str | None, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise BadInput(both("“limit” là một số.", "'limit' is a number."), where="limit")
    return int(text)


def measures(text: str) -> list[tuple[str, str]]:
    """``count,avg(hours),max(cost)``: functions and columns."""
    found = []
    for part in _list(text) or ["count"]:
        function, bracket, rest = part.partition("(")
        if bracket and not rest.endswith(")"):
            raise BadInput(both("Viết như avg(hours).", "Write it like avg(hours)."), where="measures")
        found.append((function, rest[:-1] if bracket else "*"))
    return found


def groups(text: str) -> list[str]:
    """``ward,created_at:month``."""
    return _list(text)
