"""Rows written in bulk to SQLite, as many in a statement as it takes."""

import sqlite3

import pytest

from dothi.engines.store.base import Column, StoreConflict, Table
from dothi.engines.store.registry import open_store

THINGS = Table("thing", (Column("id", "int"), Column("body", "bytes")), ("id",))


@pytest.fixture
def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path / 'rows.sqlite3'}", schema="test")
    with opened.write() as session:
        session.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    yield opened
    opened.close()


def test_a_library_that_takes_few_parameters_gets_shorter_statements(store):
    store._writer.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 99)
    with store.write() as session:
        assert session.write_rows(THINGS, [(number, b"x") for number in range(500)]) == 500


def test_a_row_refused_among_many_leaves_none_of_them(store):
    with store.write() as session:
        session.write_rows(THINGS, [(300, b"first")])
    with pytest.raises(StoreConflict), store.write() as session:
        session.write_rows(THINGS, [(number, b"later") for number in range(400)])
    with store.read() as session:
        assert session.query("SELECT id, body FROM thing") == [(300, b"first")]
