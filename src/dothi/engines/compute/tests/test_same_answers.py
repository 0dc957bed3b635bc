"""The same question has the same answer on every engine."""

import os

import pyarrow as pa
import pytest

from dothi.engines.compute.base import LakeTable
from dothi.engines.compute.registry import open_engine
from dothi.engines.compute.tests import others
from dothi.engines.compute.tests.queries import QUERIES, answer, plain, tables


@pytest.fixture(scope="module")
def kept(lake):
    """The tables in the lake, in several files."""
    for name, table in tables().items():
        lake.ensure(f"same.{name}", table.schema)
        for start in range(0, table.num_rows, 250):
            lake.append(f"same.{name}", table.slice(start, 250), key=f"rows-{start}")
    return {name: LakeTable(f"same.{name}") for name in tables()}


@pytest.fixture(scope="module")
def expected():
    duckdb = open_engine("duckdb")
    return {name: answer(duckdb.query(sql, tables()).read_all()) for name, sql in QUERIES.items()}


@pytest.fixture(scope="module")
def postgresql():
    """A function that asks PostgreSQL, which holds the tables for the length of the module."""
    with others.postgresql(tables(), os.environ["DOTHI_TEST_DATABASE_URL"]) as ask:
        yield ask


@pytest.fixture(scope="module")
def polars():
    """A function that asks Polars (extra ``witnesses``)."""
    with others.polars(tables()) as ask:
        yield ask


@pytest.fixture(scope="module")
def chdb(tmp_path_factory):
    """A function that asks ClickHouse's engine in this process (extra ``witnesses``)."""
    with others.chdb(tables(), tmp_path_factory.mktemp("chdb")) as ask:
        yield ask


def rounded(rows):
    """Numbers to nine digits: engines add floats up in their own order."""
    return [tuple(float(f"{v:.9g}") if isinstance(v, float) else v for v in row) for row in rows]


def test_there_are_at_least_fifty_questions_and_most_have_rows(expected):
    assert len(QUERIES) >= 50
    assert sum(bool(rows) for rows in expected.values()) == len(QUERIES)


@pytest.mark.parametrize("name", QUERIES)
def test_an_engine_on_the_lake_answers_as_duckdb_does_in_memory(engine, kept, expected, name):
    assert answer(engine.query(QUERIES[name], kept).read_all()) == expected[name]


@pytest.mark.servers
@pytest.mark.parametrize("name", QUERIES)
def test_postgresql_answers_as_duckdb_does(postgresql, expected, name):
    assert postgresql(QUERIES[name]) == expected[name]


@pytest.mark.servers
@pytest.mark.parametrize("name", QUERIES)
def test_polars_answers_as_duckdb_does(polars, expected, name):
    assert rounded(polars(QUERIES[name])) == rounded(expected[name])


@pytest.mark.servers
@pytest.mark.parametrize("name", QUERIES)
def test_chdb_answers_as_duckdb_does(chdb, expected, name):
    assert rounded(chdb(QUERIES[name])) == rounded(expected[name])


# Answers that were worked out by hand, so that engines cannot be wrong together.

FEW = {
    "t": pa.table(
        {
            "k": ["a", "a", "b", None],
            "v": pa.array([1, 4, None, 10], pa.int64()),
        }
    )
}


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT sum(v) AS s, avg(v) AS m, count(v) AS c, count(*) AS n FROM t", [(15, 5, 3, 4)]),
        ("SELECT k, sum(v) AS s FROM t GROUP BY k ORDER BY k", [("a", 5), ("b", None), (None, 10)]),
        ("SELECT v FROM t ORDER BY v DESC", [(10,), (4,), (1,), (None,)]),
        (
            "SELECT v / 4 AS q, v // 4 AS d, v % 4 AS r FROM t WHERE k = 'a' ORDER BY v",
            [(0.25, 0, 1), (1, 1, 0)],
        ),
        ("SELECT v / 0 AS q FROM t WHERE v = 1", [(None,)]),
        ("SELECT count(*) AS n FROM t WHERE k <> 'a'", [(1,)]),
        ("SELECT length('Phường') AS a, upper('đường') AS b, 'x' || NULL AS c", [(6, "ĐƯỜNG", None)]),
        ("SELECT date_diff('day', DATE '2025-02-27', DATE '2025-03-01') AS d", [(2,)]),
        (
            "SELECT v - lag(v) OVER (ORDER BY v) AS d FROM t WHERE v IS NOT NULL ORDER BY v",
            [(None,), (3,), (6,)],
        ),
    ],
)
def test_answers_worked_out_by_hand(engine, sql, rows):
    assert answer(engine.query(sql, FEW).read_all()) == [tuple(map(plain, row)) for row in rows]
