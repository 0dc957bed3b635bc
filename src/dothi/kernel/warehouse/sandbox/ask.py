"""Asking: a stranger's SQL goes through the guard and the policies, into a worker, and comes back as rows.

    answer = run("SELECT ward, avg(pm25) FROM air_quality GROUP BY ward", actor=actor, purpose="statistics")

Import this where queries are asked, not at start: it brings Arrow and sqlglot with it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa
from sqlglot import exp

from dothi.core.config import current
from dothi.core.errors import BadInput, DothiError, both
from dothi.core.secrets import secret
from dothi.core.text import fold
from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse import serving
from dothi.kernel.warehouse.sandbox.client import Rows, Sandbox, Stopped
from dothi.kernel.warehouse.sandbox.engine import SCHEMA
from dothi.kernel.warehouse.sandbox.limits import Limits
from dothi.kernel.warehouse.sandbox.record import Asked, recorded
from dothi.kernel.warehouse.sandbox.shared import TooMuch, share
from dothi.kernel.warehouse.sandbox.shelf import Shelf
from dothi.kernel.warehouse.sql.catalogue import Source, not_there, sources, table_name
from dothi.kernel.warehouse.sql.errors import refused, stopped
from dothi.kernel.warehouse.sql.guard import Checked, guard
from dothi.kernel.warehouse.sql.parse import parse_sql
from dothi.kernel.warehouse.sql.permitted import permitted
from dothi.kernel.warehouse.sql.rewrite import place_in_schema
from dothi.kernel.warehouse.sql.transpile import transpile

_PURPOSE = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query, as an Arrow table: ``truncated`` when there were more than ``limit``; ``ms`` in all.

    ``datasets`` are the keys of what was read; ``masked`` says of each which columns were shown in which form.
    """

    table: pa.Table
    truncated: bool
    ms: float
    datasets: tuple[str, ...]
    masked: Mapping[str, Mapping[str, str]]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.table.column_names)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as plain Python values."""
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))


@cache
def sandbox() -> Sandbox:
    """The sandbox of this process."""
    return Sandbox(workers=current().sql_workers)


@cache
def _shelf() -> Shelf:
    return Shelf(current().sql_data_mb << 20)


def run(
    sql: str,
    *,
    actor: Actor,
    purpose: str = "",
    limit: int | None = None,
    timeout_s: float | None = None,
    memory_mb: int | None = None,
    datasets: Mapping[str, str] | None = None,
    dialect: str = "duckdb",
) -> Answer:
    """The rows of ``sql`` over the datasets ``actor`` may read for ``purpose``; recorded, whatever comes of it.

    Bounds are those of the settings, or lower ones asked for here. ``datasets`` gives further names for keys of
    datasets. ``dialect`` is what ``sql`` is written in (duckdb, postgres). Raises :class:`SqlRefused`,
    :class:`NotFound` (no such dataset, or none for this actor), :class:`SqlFailed`, :class:`SqlTooHeavy`.
    """
    asked = Asked(actor, purpose, sql)
    with recorded(asked):
        limits = _limits(limit, timeout_s, memory_mb)
        _check_purpose(purpose)
        statement = parse_sql(sql, dialect)
        named = _named(statement.tree)
        found = sources(named, actor, purpose, datasets)
        checked = guard(statement, lambda name: name in found)
        asked.tables = tuple(source.dataset.key for name, source in found.items() if name in checked.tables)
        return _answer(checked, found, asked, limits)


def _limits(limit: int | None, timeout_s: float | None, memory_mb: int | None) -> Limits:
    config = current()
    wanted = (limit, timeout_s, memory_mb)
    if any(value is not None and value <= 0 for value in wanted):
        raise BadInput(both("Giới hạn phải lớn hơn 0.", "A limit is more than 0."), where="limit")
    return Limits(
        seconds=min(timeout_s or config.sql_seconds, config.sql_seconds),
        memory_mb=max(min(memory_mb or config.sql_memory_mb, config.sql_memory_mb), 32),
        rows=min(limit or config.sql_rows, config.sql_rows),
    )


def _check_purpose(purpose: str) -> None:
    if purpose and not _PURPOSE.fullmatch(purpose):
        raise BadInput(
            both(
                "Mục đích là một mã: chữ thường, số, gạch nối.", "A purpose is a code: a-z, digits, hyphens."
            ),
            where="purpose",
        )


def _named(tree: exp.Expr) -> list[str]:
    """Every name that may be a dataset's: tables and common table expressions alike. At most a hundred."""
    names = [node.name for node in tree.find_all(exp.Table)] + [node.alias for node in tree.find_all(exp.CTE)]
    return list(dict.fromkeys(names))[:100]


def _answer(checked: Checked, found: Mapping[str, Source], asked: Asked, limits: Limits) -> Answer:
    for name in checked.tables:
        if name not in found:
            raise not_there(name)
    if not asked.purpose and any(found[name].dataset.access != "open" for name in checked.tables):
        raise BadInput(
            both("Hãy cho biết mục đích sử dụng dữ liệu.", "Say what the data is used for."), where="purpose"
        )
    used = {found[name].dataset.key: found[name] for name in checked.tables}
    names = {name: table_name(found[name].dataset.key) for name in checked.tables}
    text = transpile(place_in_schema(checked.tree, names, SCHEMA))
    with ExitStack() as held:
        tables = {}
        for key, source in used.items():
            descriptor = _rows(source, _columns(checked, source), asked.actor)
            held.callback(os.close, descriptor)
            tables[table_name(key)] = descriptor
        rows = _run(text, tables, limits)
    asked.rows = rows.table.num_rows
    masked = {key: shown for key, source in used.items() if (shown := _masked(source, checked))}
    ms = (time.monotonic() - asked.began) * 1000
    return Answer(rows.table, rows.truncated, ms, tuple(used), masked)


def _run(text: str, tables: Mapping[str, int], limits: Limits) -> Rows:
    try:
        return sandbox().run(text, tables, limits)
    except Stopped as end:
        error: DothiError = stopped(end.kind, end.message, seconds=limits.seconds, memory_mb=limits.memory_mb)
        raise error from None


def _columns(checked: Checked, source: Source) -> list[str]:
    """The shown columns that the query can be about: all where it says ``*`` or takes a row as a whole."""
    shown = list(source.plan.columns)
    words = {fold(node.name) for node in checked.tree.find_all(exp.Identifier)}
    words |= {fold(node.name) for node in checked.tree.find_all(exp.Column)}
    stars = any(not isinstance(star.parent, exp.Count) for star in checked.tree.find_all(exp.Star))
    rows = {fold(table.alias_or_name) for table in checked.tree.find_all(exp.Table)} & words
    if stars or any(not c.table and fold(c.name) in rows for c in checked.tree.find_all(exp.Column)):
        return shown
    return [name for name in shown if fold(name) in words] or shown[:1]


def _masked(source: Source, checked: Checked) -> dict[str, str]:
    used = set(_columns(checked, source))
    return {name: form for name, form in source.plan.columns.items() if form and name in used}


def _rows(source: Source, columns: list[str], actor: Actor) -> int:
    """A descriptor of the rows and columns somebody may read; whole versions are kept for the next query."""
    if not columns:
        raise not_there(source.dataset.key)

    def make() -> int:
        return _written(source, columns, actor)

    if not source.plan.whole:
        return make()
    return _shelf().take((str(source.version.pk), tuple(columns)), make)


def _written(source: Source, columns: list[str], actor: Actor) -> int:
    plan = source.plan
    read = columns if plan.unit_column in (None, *columns) else [*columns, str(plan.unit_column)]
    reader = serving.table(source.version, columns=read)
    key = secret(current().home, "pseudonyms").encode() if "pseudonym" in plan.columns.values() else b""
    schema, batches = permitted(reader, plan, columns, actor, key)
    try:
        return share(schema, batches, most_bytes=current().sql_data_mb << 20)
    except TooMuch:
        raise refused(
            f"Truy vấn đọc quá {current().sql_data_mb} MB. Hãy chọn ít cột hơn.",
            f"The query reads more than {current().sql_data_mb} MB. Choose fewer columns.",
        ) from None
