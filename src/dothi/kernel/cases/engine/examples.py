"""Valid answers to a form, made up: for walks through a procedure, the designer's simulation and tests.

Everything made here is plainly an example: names say so, numbers are the smallest that fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from dothi.core.clock import HCMC, from_us, now
from dothi.kernel.cases.engine.forms import CompiledField, CompiledForm, validate_form

if TYPE_CHECKING:
    from dothi.kernel.cases.engine.moves import Move

Data = dict[str, Any]
TRIES: Final = 60
_TEXTS: Final[dict[str, tuple[Any, ...]]] = {
    "text": ("Ví dụ",),
    "multiline": ("Ví dụ một câu trả lời.",),
    "email": ("vi-du@example.com",),
    "phone": ("0900000000",),
    "personal-id": ("079000000000", "079000000001"),
    "place": ({"lon": 106.7009, "lat": 10.7769, "address": "Ví dụ"},),
    "unit": ("26740",),
    "record": ("VI-DU-1", "VI-DU-2"),
    "boolean": (True, False),
}
_FORMS: Final = (
    "vi-du",
    "VD-1",
    "1",
    "12",
    "123456",
    "2 days",
    "A1",
    "0123456789",
    "07:30",
    "2026-2027",
    "abc",
)
"""Texts that fit the usual patterns of codes and numbers."""


def examples(form: CompiledForm, move: Move | None = None, *, most: int = 24) -> Iterator[Data]:
    """Valid answers: everything filled in, only what is required, then each choice in turn."""
    facts = move.current("facts") if move is not None else {}
    at = now() if move is None else from_us(move.at_us)
    pools = {field.key: _pool(field, at) for field in form.fields()}
    first = {key: pool[0] for key, pool in pools.items() if pool}
    seen: list[Data] = []
    for given in islice(_variants(form, first, pools), most):
        cleaned = _mended(form, given, pools, facts, move)
        if cleaned is not None and cleaned not in seen:
            seen.append(cleaned)
            yield cleaned
    least = _least(form, seen[0], facts, move) if seen else None
    if least is not None and least not in seen:
        yield least


def _variants(form: CompiledForm, first: Data, pools: Mapping[str, list[Any]]) -> Iterator[Data]:
    yield dict(first)
    for field in form.fields():
        if field.declared.type in ("choice", "boolean", "choices"):
            for value in pools[field.key][1:]:
                yield {**first, field.key: value}


def _mended(
    form: CompiledForm,
    given: Data,
    pools: Mapping[str, list[Any]],
    facts: Mapping[str, Any],
    move: Move | None,
) -> Data | None:
    """``given`` with other values where some do not fit, or None when nothing fits."""
    places = dict.fromkeys(pools, 0)
    data = dict(given)
    for _ in range(TRIES):
        cleaned, errors = validate_form(form, data, facts, move=move)
        if not errors:
            return cleaned
        key = next(iter(errors)).partition(".")[0].partition("[")[0]
        pool = pools.get(key, [])
        places[key] = places.get(key, 0) + 1
        if places[key] >= len(pool):
            return None
        data[key] = pool[places[key]]
    return None


def _least(form: CompiledForm, full: Data, facts: Mapping[str, Any], move: Move | None) -> Data | None:
    """Only the answers that must be given."""
    data = dict(full)
    for key in list(full):
        shorter = {name: value for name, value in data.items() if name != key}
        cleaned, errors = validate_form(form, shorter, facts, move=move)
        if not errors:
            data = cleaned
    cleaned, errors = validate_form(form, data, facts, move=move)
    return None if errors else cleaned


def _pool(field: CompiledField, at: datetime) -> list[Any]:
    """Values to try for a question, the likeliest first."""
    values = _values(field, at)
    if field.declared.repeat is None:
        return values
    count = max(1, field.declared.repeat.min)
    return [[value] * count for value in values]


def _values(field: CompiledField, at: datetime) -> list[Any]:
    kind = field.declared.type
    if kind == "group":
        return list(islice(_rows(field, at), 12))
    if kind == "choice":
        return [value for value, _ in field.choices][:12]
    if kind == "choices":
        return [[value] for value, _ in field.choices][:12]
    if kind in ("integer", "number", "money"):
        return list(dict.fromkeys(_numbers(field)))
    if kind in ("date", "datetime"):
        days = (0, 1, -1, 30, -30, 365, -365, -6570, -10950)
        times = [(at + timedelta(days=day)).astimezone(HCMC) for day in days]
        return [each.date().isoformat() if kind == "date" else each.isoformat() for each in times]
    texts = [*_TEXTS[kind]] if kind in _TEXTS else ["Ví dụ"]
    return [*_FORMS, *texts] if field.declared.pattern else texts


def _numbers(field: CompiledField) -> Iterator[Any]:
    low, high = field.declared.min, field.declared.max
    wanted = (low if low is not None else 1, 1, 2, 5, 10, 100, 1000, 0, high if high is not None else 10_000)
    for value in wanted:
        if (low is None or value >= low) and (high is None or value <= high):
            yield int(value) if value == int(value) else value


def _rows(field: CompiledField, at: datetime) -> Iterator[Data]:
    """Rows of a group: every inner question answered, then each inner choice in turn."""
    pools = {inner.key: _pool(inner, at) for inner in field.fields}
    first = {key: pool[0] for key, pool in pools.items() if pool}
    yield from _fitting(field.fields, first, pools)
    for inner in field.fields:
        for value in pools[inner.key][1:]:
            yield {**first, inner.key: value}


def _fitting(fields: Iterable[CompiledField], first: Data, pools: Mapping[str, list[Any]]) -> Iterator[Data]:
    """The full row, and the row without what is asked only sometimes."""
    yield dict(first)
    always = {field.key for field in fields if field.when is None}
    yield {key: value for key, value in first.items() if key in always and pools[key]}
