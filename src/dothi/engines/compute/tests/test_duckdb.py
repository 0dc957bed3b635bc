"""The embedded engine sees its tables and nothing else of the machine."""

import pyarrow as pa
import pytest

from dothi.engines.compute.base import ComputeError, OutOfMemory, QueryRefused, TimedOut
from dothi.engines.compute.registry import open_engine

T = pa.table({"n": [1, 2, 3]})


@pytest.fixture
def engine():
    return open_engine("duckdb")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
        "SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')",
    ],
)
def test_nothing_but_the_named_tables_is_reached(engine, tmp_path, sql):
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret")
    with pytest.raises(ComputeError) as refused:
        engine.query(sql.format(file=secret, folder=tmp_path), {"t": T}).read_all()
    assert "s3cret" not in str(refused.value)
    assert not (tmp_path / "out.csv").exists()


def test_python_s_variables_are_no_tables(engine):
    secret = T
    with pytest.raises(QueryRefused):
        engine.query("SELECT * FROM secret").read_all()
    assert secret.num_rows == 3


def test_memory_is_limited(engine):
    with pytest.raises(OutOfMemory):
        engine.query("SELECT list(n) FROM range(100000000) AS r(n)", memory_mb=100).read_all()


def test_time_is_counted_until_the_last_batch(engine):
    stream = engine.query("SELECT n FROM range(200000000) AS r(n)", timeout_s=0.2)
    with pytest.raises(TimedOut):
        sum(batch.num_rows for batch in stream)


def test_a_stream_left_halfway_is_closed(engine):
    stream = engine.query("SELECT n FROM range(5000000) AS r(n)", timeout_s=30)
    assert stream.read_next_batch().num_rows > 0
    stream.close()


def test_division_by_zero_is_null(engine):
    assert engine.query("SELECT 1 / 0 AS a, 1.5 / 0 AS b").read_all().to_pylist() == [{"a": None, "b": None}]
