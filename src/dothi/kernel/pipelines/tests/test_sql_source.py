"""Tables of real databases as sources: types, growing columns, ties, snapshots, errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from dothi.core.errors import BadInput
from dothi.kernel.pipelines.sources.base import Restart, SourceAway, Unchanged
from dothi.kernel.pipelines.sources.sql import extractor as sql
from dothi.kernel.pipelines.tests.extracting import declare, portions, read

Execute = Callable[..., None]
TABLE = "CREATE TABLE dothi_readings (id integer PRIMARY KEY, changed {time}, name varchar(50), amount numeric(12,2), day date, note text)"


def execute_postgresql(url: str) -> Execute:
    import psycopg

    def execute(statement: str, *params: Any) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement, params)

    return execute


def execute_mysql(url: str) -> Execute:
    import pymysql

    parts = urlsplit(url)

    def execute(statement: str, *params: Any) -> None:
        with pymysql.connect(
            host=parts.hostname, port=parts.port or 3306, user=unquote(parts.username or ""),
            password=unquote(parts.password or ""), database=parts.path.lstrip("/"), charset="utf8mb4", autocommit=True,
        ) as connection, connection.cursor() as cursor:  # fmt: skip
            cursor.execute(statement, params)

    return execute


KINDS = {
    "postgresql": ("DOTHI_TEST_DATABASE_URL", execute_postgresql, "timestamptz"),
    "mysql": ("DOTHI_TEST_MYSQL_URL", execute_mysql, "datetime"),
}


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Execute]:
    """A database with a table of seven rows; two share a time."""
    name, connect, time = KINDS[request.param]
    url = os.environ[name]  # a missing server is a failure
    monkeypatch.setenv("DOTHI_SECRET_OLD_SYSTEM", url)
    execute = connect(url)
    execute("DROP TABLE IF EXISTS dothi_readings")
    execute(TABLE.format(time=time))
    for n in range(1, 8):
        at = f"2026-01-0{min(n, 6)} 00:00:00" + ("+00" if time == "timestamptz" else "")
        execute(
            "INSERT INTO dothi_readings VALUES (%s, %s, %s, %s, %s, NULL)",
            n,
            at,
            f"số {n} 100%",
            n * 1.25,
            "2026-01-01",
        )
    yield execute
    execute("DROP TABLE dothi_readings")


def declared(**more: Any) -> Any:
    return declare(mode="upsert", sql={"secret": "old_system", "table": "dothi_readings"} | more)


@pytest.mark.servers
class TestOnServers:
    def test_a_table_is_read_whole_with_its_types(self, database, tmp_path) -> None:
        rows, place = read(declared(page=3), tmp_path)
        assert [row["id"] for row in sorted(rows, key=lambda row: row["id"])] == list(range(1, 8))
        first = min(rows, key=lambda row: row["id"])
        assert (first["name"], first["amount"], str(first["day"]), first["note"]) == (
            "số 1 100%",
            1.25,
            "2026-01-01",
            None,
        )
        assert place == {}
        with pytest.raises(Restart):
            read(declared(page=3), tmp_path, {"resume": {}})

    def test_a_query_may_stand_for_a_table(self, database, tmp_path) -> None:
        spec = {
            "secret": "old_system",
            "query": "SELECT id, name FROM dothi_readings WHERE name LIKE '%5 100%'",
        }
        assert [row["id"] for row in read(declare(sql=spec), tmp_path)[0]] == [5]

    @pytest.mark.parametrize("cursor", ["id", "changed", "day"])
    @pytest.mark.parametrize("page", [3, 4, 100])
    def test_every_row_is_read_once_in_the_order_of_a_growing_column(
        self, cursor, page, database, tmp_path
    ) -> None:
        spec = {"cursor": cursor, "page": page} | ({"ties": "id"} if cursor == "day" else {})
        rows, place = read(declared(**spec), tmp_path)
        assert [row["id"] for row in rows] == list(range(1, 8))
        with pytest.raises(Unchanged):
            read(declared(**spec), tmp_path, place)
        later = ", ".join(["%s"] * 6)
        stamp = "2026-02-01 00:00:00"
        database(f"INSERT INTO dothi_readings VALUES ({later})", 8, stamp, "mới", 1, "2026-02-01", "x")
        assert [row["id"] for row in read(declared(**spec), tmp_path, place)[0]] == [8]

    def test_a_read_that_was_cut_off_goes_on_behind_its_last_page(self, database, tmp_path) -> None:
        spec = declared(cursor="changed", page=3)
        first = next(portions(spec, tmp_path))
        seen = [row["id"] for row in first.rows.to_pylist()]
        assert [*seen, *(row["id"] for row in read(spec, tmp_path, first.position)[0])] == list(range(1, 8))

    def test_a_page_of_equal_values_asks_for_a_second_column(self, database, tmp_path) -> None:
        with pytest.raises(BadInput, match="ties"):
            read(declared(cursor="day", page=3), tmp_path)

    def test_what_the_database_refuses_is_said_without_its_address(self, database, tmp_path) -> None:
        with pytest.raises((BadInput, SourceAway)) as refused:
            read(
                declare(sql={"secret": "old_system", "table": 'x" ; DROP TABLE dothi_readings; --'}), tmp_path
            )
        assert ":@" not in str(refused.value)
        assert len(read(declared(), tmp_path)[0]) == 7

    def test_nothing_can_be_written(self, database, tmp_path) -> None:
        spec = {
            "secret": "old_system",
            "query": "SELECT 1 AS one) AS a; DELETE FROM dothi_readings; SELECT (2",
        }
        with pytest.raises((BadInput, SourceAway)):
            read(declare(sql=spec), tmp_path)
        assert len(read(declared(), tmp_path)[0]) == 7


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:9/x", "mysql://nobody@127.0.0.1:9/x"])
def test_a_database_that_is_away_is_tried_again(url, tmp_path, monkeypatch) -> None:
    pytest.importorskip("psycopg" if url.startswith("postgresql") else "pymysql")
    monkeypatch.setenv("DOTHI_SECRET_OLD_SYSTEM", url)
    with pytest.raises(SourceAway) as away:
        read(declared(), tmp_path)
    assert "nobody" not in away.value.detail["vi"].split(":")[0]


def test_only_two_kinds_of_databases_are_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DOTHI_SECRET_OLD_SYSTEM", "sqlite:///etc/passwd")
    with pytest.raises(BadInput, match="postgresql:// or mysql://"):
        read(declared(), tmp_path)


class Fake:
    """A database of our own for machines without a server: rows in the order they are asked for."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = rows

    def quote(self, name: str) -> str:
        return f'"{name}"'

    def stream(self, statement: str, params: Any, size: int) -> Any:
        behind = [row for row in self.rows if not params or row[0] > params[0]]
        limit = int(statement.rpartition(" ")[2]) if "LIMIT" in statement else len(behind)
        for start in range(0, min(limit, len(behind)), size):
            yield ["at", "id"], behind[start : min(start + size, limit)]


@pytest.mark.parametrize("page", [2, 3, 4, 50])
def test_rows_that_share_a_value_are_read_once(page, tmp_path, monkeypatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setenv("DOTHI_SECRET_OLD_SYSTEM", "postgresql://x/y")
    fake = Fake([(1, "a"), (2, "b"), (2, "c"), (3, "d"), (4, "e"), (4, "f")])
    monkeypatch.setattr(sql, "connected", lambda url: nullcontext(fake))
    spec = declared(cursor="at", page=page)
    if page == 2:
        with pytest.raises(BadInput, match="ties"):
            read(spec, tmp_path)
        return
    rows, place = read(spec, tmp_path)
    assert "".join(row["id"] for row in rows) == "abcdef"
    assert place == {"after": [{"value": 4}]}
