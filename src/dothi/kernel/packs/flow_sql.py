"""The SQL that packs declare: can be read, only reads, only from datasets that are there, never in a circle.

Apart from ``flow_checks`` because it needs the SQL parser, which a starting platform must not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dothi.kernel.packs.flows import DatasetDeclaration, PipelineDeclaration
from dothi.kernel.packs.problems import Problem, nearest
from dothi.kernel.packs.source import Source

_PIPELINES = Sequence[tuple[Source, PipelineDeclaration]]


def table_name(key: str) -> str:
    """The name a dataset has in SQL: ``units-now`` → ``units_now``."""
    return key.replace("-", "_")


def between(
    datasets: Sequence[tuple[Source, DatasetDeclaration]], pipelines: _PIPELINES
) -> Iterator[Problem]:
    """What is wrong in the SQL of these packs."""
    known = {table_name(each.key): each.key for _, each in datasets}
    graph: dict[str, list[str]] = {}
    for file, declared in pipelines:
        found, tables = read(file, declared.sql)
        yield from found
        names = known | {table_name(key): key for key in declared.uses}
        graph[declared.dataset] = [names[table] for table in tables if table in names]
        for table in tables:
            if table not in names:
                yield file.problem(("sql",), "unknown-table", table=table, suggestion=nearest(table, names))
    for file, declared in pipelines:
        circle = _circle(graph, declared.dataset)
        if circle and min(circle) == declared.dataset:
            yield file.problem(("sql",), "model-circle", circle=" → ".join([*circle, declared.dataset]))


def read(file: Source, sql: str) -> tuple[list[Problem], list[str]]:
    """What is wrong with a query by itself, and the tables it names."""
    # Heavy, and only needed where packs are checked.
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        parsed = [each for each in sqlglot.parse(sql, dialect="duckdb") if each is not None]
    except SqlglotError as error:
        first = str(error).splitlines()[0]
        return [
            file.problem(("sql",), "not-sql", error=first.replace("\x1b[4m", "").replace("\x1b[0m", ""))
        ], []
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Query):
        return [file.problem(("sql",), "not-a-select")], []
    return [], _tables(parsed[0], exp)


def _tables(query: Any, exp: Any) -> list[str]:
    named = {each.alias for each in query.find_all(exp.CTE)}
    found = [each.name for each in query.find_all(exp.Table) if isinstance(each.this, exp.Identifier)]
    return list(dict.fromkeys(name for name in found if name not in named))


def _circle(graph: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """A way along what is read from ``start`` back to it; empty when there is none."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop()
        for key in graph.get(way[-1], ()):
            if key == start:
                return way
            if key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return []
