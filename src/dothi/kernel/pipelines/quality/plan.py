"""Checks as SQL: everything that can be counted in one pass over the rows is, the rest is a query each.

Expressions are built, not pasted together: names and values of declarations never meet SQL as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flow_sql import table_name
from dothi.kernel.packs.flows import CHECK_KINDS, Check

CANDIDATE: Final = "candidate"
_TYPES: Final = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMPTZ",
    "json": "JSON",
    "geometry": "BLOB",
}
_FORBIDDEN: Final = (exp.Select, exp.Subquery, exp.Table, exp.Command, exp.Placeholder, exp.Parameter)


@dataclass(frozen=True, slots=True)
class Planned:
    """One check: what it looks at, the condition under which a row breaks it, or the query that counts them.

    ``measure`` is a value of the whole table instead (the newest time, for freshness).
    """

    check: Check
    key: str
    kind: str
    columns: tuple[str, ...]
    bad: exp.Expr | None = None
    rows: exp.Query | None = None  # a query whose rows are those that break the rule
    measure: exp.Expr | None = None
    reads: tuple[str, ...] = ()  # other datasets, by key


def kind_of(check: Check) -> str:
    """Which kind of check it is."""
    return next(kind for kind in CHECK_KINDS if getattr(check, kind) is not None)


def plan(
    checks: Sequence[Check], columns: Sequence[Mapping[str, Any]], codes: Mapping[str, Sequence[str]]
) -> list[Planned]:
    """Every check ready to run; raises :class:`BadInput` for a column or SQL that cannot be used.

    ``codes``: the values of each code list that a check names.
    """
    types = {column["name"]: column["type"] for column in columns}
    planned = []
    for place, check in enumerate(checks):
        made = _planned(check, types, codes)
        missing = [name for name in made.columns if name not in types]
        if missing:
            raise BadInput(
                both(
                    f"Phép kiểm nêu cột không có: {missing[0]}.",
                    f"A check names no such column: {missing[0]}.",
                ),
                where=f"checks[{place}]",
            )
        planned.append(made)
    return planned


def _planned(check: Check, types: Mapping[str, str], codes: Mapping[str, Sequence[str]]) -> Planned:
    kind = kind_of(check)
    value = getattr(check, kind)
    columns = _columns(kind, value)
    key = check.key or ".".join([kind, *columns])
    build = _BUILD.get(kind)
    parts: dict[str, Any] = build(value, types, codes) if build else {}
    return Planned(check, key, kind, columns, **parts)


def _columns(kind: str, value: Any) -> tuple[str, ...]:
    if kind in ("not_null", "unique"):
        return tuple(value)
    if kind == "reference":
        return tuple(value.columns)
    return (value.column,) if hasattr(value, "column") else ()


def _col(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def _is_null(name: str) -> exp.Expr:
    return exp.Is(this=_col(name), expression=exp.Null())


def _there(name: str) -> exp.Expr:
    return exp.Not(this=_is_null(name))


def _literal(value: Any, kind: str) -> exp.Expr:
    if kind in ("date", "datetime"):
        return exp.cast(exp.Literal.string(str(value)), _TYPES[kind])
    return exp.convert(value)


def _not_null(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    return {"bad": exp.or_(*(_is_null(name) for name in value))}


def _unique(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    """The rows of every group of equal keys but one: that many must go. A key with a null is no key."""
    keys = [_col(name) for name in value]
    counted = (
        exp.select(
            *keys, exp.alias_(exp.Sub(this=exp.Count(this=exp.Star()), expression=exp.convert(1)), "n")
        )
        .from_(CANDIDATE)
        .where(*(_there(name) for name in value))
        .group_by(*keys)
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.convert(1)))
    )
    return {"rows": counted}


def _range(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    kind = types.get(value.column, "number")
    sides: list[exp.Expr] = []
    if value.min is not None:
        sides.append(exp.LT(this=_col(value.column), expression=_literal(value.min, kind)))
    if value.max is not None:
        sides.append(exp.GT(this=_col(value.column), expression=_literal(value.max, kind)))
    return {"bad": exp.or_(*sides)}


def _accepted(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    values = value.values or codes[value.codes]
    literals = [exp.convert(each) for each in values]
    return {
        "bad": exp.and_(
            _there(value.column), exp.Not(this=exp.In(this=_col(value.column), expressions=literals))
        )
    }


def _matches(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    pattern = exp.Literal.string(f"^(?:{value.pattern})$")
    found = exp.RegexpLike(this=exp.cast(_col(value.column), "VARCHAR"), expression=pattern)
    return {"bad": exp.and_(_there(value.column), exp.Not(this=found))}


def _type(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    read = exp.TryCast(this=_col(value.column), to=exp.DataType.build(_TYPES[value.type]))
    return {"bad": exp.and_(_there(value.column), exp.Is(this=read, expression=exp.Null()))}


def _holds(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    condition = _read(value)
    if any(condition.find(kind) for kind in _FORBIDDEN) or isinstance(condition, exp.Query):
        raise BadInput(both("Điều kiện chỉ nói về một dòng.", "A condition is about one row."), where="holds")
    return {"bad": exp.Not(this=exp.Coalesce(this=exp.paren(condition), expressions=[exp.true()]))}


def _sql(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    query = _read(value)
    if not isinstance(query, exp.Query):
        raise BadInput(both("Phép kiểm 'sql' là một SELECT.", "A check's 'sql' is a SELECT."), where="sql")
    named = {each.alias for each in query.find_all(exp.CTE)}
    tables = {each.name for each in query.find_all(exp.Table)} - named - {CANDIDATE}
    return {"rows": query, "reads": tuple(sorted(tables))}


def _reference(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    """The rows whose value is nowhere in the other dataset; a null refers to nothing."""
    other = table_name(value.dataset)
    same = exp.and_(
        *(
            exp.EQ(
                this=exp.column(there, "other", quoted=True),
                expression=exp.column(here, CANDIDATE, quoted=True),
            )
            for here, there in zip(value.columns, value.to, strict=True)
        )
    )
    inner = exp.select("1").from_(exp.alias_(exp.to_table(other), "other", table=True)).where(same)
    rows = exp.select("*").from_(CANDIDATE)
    rows = rows.where(*(_there(name) for name in value.columns), exp.Not(this=exp.Exists(this=inner)))
    return {"rows": rows, "reads": (value.dataset,)}


def _fresh(value: Any, types: Any, codes: Any) -> dict[str, Any]:
    return {"measure": exp.Max(this=_col(value.column))}


_BUILD: Final = {
    "not_null": _not_null,
    "unique": _unique,
    "range": _range,
    "accepted": _accepted,
    "matches": _matches,
    "type": _type,
    "holds": _holds,
    "sql": _sql,
    "reference": _reference,
    "fresh": _fresh,
}


def _read(text: str) -> exp.Expr:
    try:
        found = sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as error:
        why = str(error).splitlines()[0]
        raise BadInput(
            both(f"Không đọc được SQL: {why}", f"The SQL cannot be read: {why}"), where="sql"
        ) from None
    return found


def one_pass(planned: Sequence[Planned]) -> exp.Select:
    """One row: ``n`` rows in all, then for each check ``c<place>`` its count or measure."""
    parts: list[exp.Expr] = [exp.alias_(exp.Count(this=exp.Star()), "n")]
    for place, each in enumerate(planned):
        if each.bad is not None:
            counted = exp.Count(this=exp.Case(ifs=[exp.If(this=each.bad.copy(), true=exp.convert(1))]))
            parts.append(exp.alias_(counted, f"c{place}"))
        elif each.measure is not None:
            parts.append(exp.alias_(each.measure.copy(), f"c{place}"))
    return exp.select(*parts).from_(CANDIDATE)


def count_of(each: Planned) -> exp.Select:
    """How many rows break a check that is a query of its own."""
    assert each.rows is not None
    inner = each.rows.copy().subquery("broken")
    counted = exp.Coalesce(this=exp.Sum(this=_col("n")), expressions=[exp.convert(0)])
    return exp.select(counted if each.kind == "unique" else exp.Count(this=exp.Star())).from_(inner)


def samples_of(each: Planned, columns: Sequence[str], limit: int) -> exp.Select | None:
    """A few rows that break a check, with these columns only; None when it is not about rows."""
    shown = [_col(name) for name in columns]
    if each.kind == "unique" and each.rows is not None:
        return (
            exp.select(*(_col(name) for name in each.columns))
            .from_(each.rows.copy().subquery("broken"))
            .limit(limit)
        )
    if each.kind == "reference" and each.rows is not None:
        return exp.select(*shown).from_(each.rows.copy().subquery("broken")).limit(limit)
    if each.bad is not None:
        return exp.select(*shown).from_(CANDIDATE).where(each.bad.copy()).limit(limit)
    return None


def text(query: exp.Expr, dialect: str = "duckdb") -> str:
    """The SQL for an engine."""
    return query.sql(dialect=dialect)


def age_limit(newest: Any, now: datetime) -> float | None:
    """Seconds between the newest value of a column and now; None when there is none."""
    from datetime import UTC, date

    if newest is None:
        return None
    if isinstance(newest, datetime):
        at = newest if newest.tzinfo else newest.replace(tzinfo=UTC)
    elif isinstance(newest, date):
        at = datetime(newest.year, newest.month, newest.day, tzinfo=UTC)
    else:
        return None
    return (now - at).total_seconds()
