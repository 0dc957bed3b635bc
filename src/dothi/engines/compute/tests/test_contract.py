"""What every query engine promises."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from dothi.engines.compute.base import ComputeError, LakeTable, ParquetFiles, QueryRefused, TimedOut
from dothi.engines.compute.registry import open_engine

T = pa.table({"n": pa.array([1, 2, 3], pa.int64()), "tên": ["An", "Bình", None]})


def rows(engine, sql, tables=None, **options):
    return [tuple(row.values()) for row in engine.query(sql, tables or {}, **options).read_all().to_pylist()]


@pytest.fixture(scope="session")
def grown(lake):
    """A table that has grown a column and widened another since its first rows."""
    lake.ensure("compute.grown", pa.schema([("n", pa.int32()), ("gone", pa.string())]))
    first = lake.append("compute.grown", pa.table({"n": pa.array([1, 2], pa.int32()), "gone": ["a", None]}))
    lake.ensure("compute.grown", pa.schema([("n", pa.int64()), ("new", pa.float64())]))
    lake.append("compute.grown", pa.table({"n": pa.array([3], pa.int64()), "new": [1.5]}))
    return first


def test_a_table_in_memory_is_asked(engine):
    assert rows(engine, 'SELECT n, "tên" FROM t WHERE n > 1 ORDER BY n', {"t": T}) == [(2, "Bình"), (3, None)]


def test_a_table_without_rows_has_its_columns(engine):
    assert rows(engine, "SELECT count(n) FROM t", {"t": T.slice(0, 0)}) == [(0,)]
    assert rows(engine, "SELECT * FROM t", {"t": T.slice(0, 0)}) == []


def test_a_table_of_the_lake_is_asked(engine, grown):
    sql = "SELECT n, gone, new FROM t ORDER BY n"
    assert rows(engine, sql, {"t": LakeTable("compute.grown")}) == [
        (1, "a", None),
        (2, None, None),
        (3, None, 1.5),
    ]


def test_an_older_snapshot_has_the_columns_of_its_time(engine, grown):
    then = {"t": LakeTable("compute.grown", grown.id)}
    assert rows(engine, "SELECT * FROM t ORDER BY n", then) == [(1, "a"), (2, None)]


def test_an_empty_table_of_the_lake_is_asked(engine, lake):
    lake.ensure("compute.empty", T.schema)
    assert rows(engine, "SELECT count(*) FROM t", {"t": LakeTable("compute.empty")}) == [(0,)]


@pytest.mark.parametrize("form", [tuple, list, ParquetFiles])
def test_parquet_files_are_asked(engine, lake, grown, form):
    paths = [file.path for file in lake.files("compute.grown")]
    source = ParquetFiles(tuple(paths)) if form is ParquetFiles else form(paths)
    assert rows(engine, "SELECT sum(n), count(new) FROM t", {"t": source}) == [(6, 1)]


def test_tables_of_several_kinds_meet_in_one_query(engine, grown):
    tables = {"a": LakeTable("compute.grown"), "b": T}
    assert rows(engine, 'SELECT a.n, b."tên" FROM a JOIN b ON a.n = b.n ORDER BY a.n', tables)[1] == (
        2,
        "Bình",
    )


def test_names_of_any_letters(engine):
    table = pa.table({"cột có dấu": [1], "select": [2], "a`b": [3]})
    sql = 'SELECT "cột có dấu" AS x, "select" AS y, "a`b" AS z FROM "bảng một"'
    assert rows(engine, sql, {"bảng một": table}) == [(1, 2, 3)]


def test_values_keep_their_kind(engine, lake):
    row = {
        "money": Decimal("12.34"),
        "day": date(2026, 1, 2),
        "moment": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "yes": True,
        "half": 0.5,
        "list": [1, 2],
        "text": "Ổ gà",
    }
    data = pa.Table.from_pylist([row])
    lake.ensure("compute.kinds", data.schema)
    lake.replace("compute.kinds", data)
    for source in (data, LakeTable("compute.kinds")):
        assert engine.query("SELECT * FROM t", {"t": source}).read_all().to_pylist() == [row]


def test_queries_do_not_see_each_other(engine):
    rows(engine, "SELECT * FROM secret", {"secret": T})
    with pytest.raises(QueryRefused, match="secret"):
        rows(engine, "SELECT * FROM secret")


@pytest.mark.parametrize(
    "sql",
    ["SELECT", "SELECT 1/", "SELECT nope FROM t", "SELECT * FROM nope", "SELECT CAST('x' AS INTEGER)", ""],
)
def test_sql_that_cannot_run_is_refused(engine, sql):
    with pytest.raises(QueryRefused):
        rows(engine, sql, {"t": T})


def test_a_query_that_takes_too_long_is_stopped(engine):
    many = pa.table({"n": pa.array(range(60_000), pa.int64())})
    sql = "SELECT count(*) AS c FROM t AS a JOIN t AS b ON a.n * b.n % 1000003 = 17 JOIN t AS c ON b.n <> c.n"
    began = time.monotonic()
    with pytest.raises(TimedOut):
        rows(engine, sql, {"t": many}, timeout_s=0.5)
    assert time.monotonic() - began < 30


def test_the_answer_is_a_stream(engine):
    stream = engine.query("SELECT n FROM t", {"t": T})
    assert isinstance(stream, pa.RecordBatchReader)
    assert sum(batch.num_rows for batch in stream) == 3


def test_sql_in_the_engine_s_own_dialect_is_left_as_it_is(engine):
    assert rows(engine, "SELECT 1 AS one", dialect=engine.dialect) == [(1,)]


def test_several_threads_ask_at_once(engine):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda n: rows(engine, f"SELECT n + {n} FROM t WHERE n = 1", {"t": T}), range(8))
        )
    assert answers == [[(n + 1,)] for n in range(8)]


def test_an_engine_without_a_lake_says_so():
    engine = open_engine("duckdb")
    with pytest.raises(ComputeError, match="lake"):
        engine.query("SELECT * FROM t", {"t": LakeTable("a.b")})


@pytest.mark.parametrize(("name", "told"), [("oracle", "oracle"), ("spark", "DOTHI_SPARK_URL")])
def test_an_engine_that_cannot_be_opened_says_why(name, told):
    with pytest.raises(ComputeError, match=told):
        open_engine(name)
