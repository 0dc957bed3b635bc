"""No hostile text reaches an engine: refused by the guard, or its table is not one of the asker's."""

import pytest

from dothi.kernel.warehouse.sql.errors import SqlRefused
from dothi.kernel.warehouse.sql.guard import guard
from dothi.kernel.warehouse.sql.parse import parse_sql
from dothi.kernel.warehouse.sql.tests.hostile import ALL, TABLES

CASES = [
    pytest.param(kind, sql, id=f"{kind}-{n}") for kind, texts in ALL.items() for n, sql in enumerate(texts)
]
KNOWN = {name.replace("-", "_") for name in TABLES}


def readable(name):
    return name.lower().replace("-", "_") in KNOWN


def answered(sql, dialect):
    """Whether the text gets past the guard with tables that are all the asker's."""
    try:
        checked = guard(parse_sql(sql, dialect), readable)
    except SqlRefused:
        return False
    return all(map(readable, checked.tables))


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize(("kind", "sql"), CASES)
def test_a_hostile_text_is_not_answered(kind, sql, dialect):
    assert not answered(sql, dialect)


def test_there_are_at_least_two_hundred_of_them():
    assert len({sql for texts in ALL.values() for sql in texts}) >= 200
