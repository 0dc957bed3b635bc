"""Opens the lake on each catalogue for the tests that run against all of them."""

from __future__ import annotations

import os
import uuid

import pyarrow as pa
import pytest

from dothi.engines.lake.registry import open_lake


@pytest.fixture(scope="session")
def database():
    """A PostgreSQL database of its own for the catalogues of this run."""
    import psycopg

    base = os.environ["DOTHI_TEST_DATABASE_URL"]
    name = f"lake_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(base, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield f"{base.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(base, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def urls(request, tmp_path):
    """Where a lake of this test alone is: its folder and its catalogue."""
    catalog = f"sqlite:///{tmp_path}/lake/catalog.sqlite3"
    if request.param == "postgresql":
        catalog = request.getfixturevalue("database")
    return str(tmp_path / "lake"), catalog


@pytest.fixture
def opened(urls):
    """Opens the same lake again and again, as several processes would."""
    lakes = []

    def open_again():
        lakes.append(open_lake(*urls))
        return lakes[-1]

    yield open_again
    for table in lakes[0].tables() if lakes else []:
        lakes[0].drop(table)
    for each in lakes:
        each.close()


@pytest.fixture
def lake(opened):
    return opened()


@pytest.fixture
def table():
    """A name no other test uses."""
    return f"test.t_{uuid.uuid4().hex[:10]}"


def rows_of(lake, table, snapshot=None):
    """The rows as tuples, sorted."""
    read = lake.read(table, snapshot=snapshot).read_all()
    return sorted(map(tuple, (row.values() for row in read.to_pylist())), key=repr)


def numbers(*values):
    return pa.table({"n": pa.array(values, pa.int64())})
