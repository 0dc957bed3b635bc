"""What only a server can do to a store: drop connections, be away, stop a transaction."""

from __future__ import annotations

import os
import threading
import uuid

import pytest

from dothi.engines.store.base import StoreError, StoreUnavailable
from dothi.engines.store.registry import open_store

pytestmark = pytest.mark.servers


@pytest.fixture
def store():
    schema = f"t_{uuid.uuid4().hex[:12]}"
    opened = open_store(os.environ["DOTHI_TEST_DATABASE_URL"], schema=schema)
    with opened.write() as session:
        session.execute("CREATE TABLE thing (id bigint PRIMARY KEY)")
    yield opened
    with opened.write() as session:
        session.execute(f"DROP SCHEMA {schema} CASCADE")
    opened.close()


def drop_connections_of(store):
    """As a restart of the server would: every connection of this store is cut."""
    other = open_store(os.environ["DOTHI_TEST_DATABASE_URL"], schema="public")
    with store.read() as session:
        ((name,),) = session.query("SELECT current_setting('application_name')")
    with other.read() as session:
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ?"
        session.query(kill, (name,))
    other.close()


def test_connections_that_were_cut_are_replaced_at_the_next_use(store):
    with store.read() as a, store.read() as b:  # two connections in the pool
        assert a.query("SELECT 1") == b.query("SELECT 1")
    before = store.changes()
    drop_connections_of(store)
    with store.write() as session:
        session.execute("INSERT INTO thing VALUES (1)")
    assert store.changes() != before


def test_a_transaction_whose_connection_is_cut_is_unavailable_and_keeps_nothing(store):
    def cut_in_the_middle():
        with store.write() as session:
            session.execute("INSERT INTO thing VALUES (1)")
            drop_connections_of(store)

    with pytest.raises(StoreUnavailable):
        cut_in_the_middle()
    with store.read() as session:
        assert session.query("SELECT * FROM thing") == []


def test_a_server_that_is_away_is_unavailable_soon():
    store = open_store("postgresql://postgres@127.0.0.1:1/none", schema="x")
    store.wait_s = 1.0
    with pytest.raises(StoreUnavailable), store.read():
        pass
    with pytest.raises(StoreUnavailable):
        store.changes()
    store.close()


def test_writers_at_once_do_not_wait_for_each_other(store):
    hold, started = threading.Event(), threading.Event()

    def slow():
        with store.write() as session:
            session.execute("INSERT INTO thing VALUES (1)")
            started.set()
            hold.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    started.wait(10)
    with store.write() as session:
        session.execute("INSERT INTO thing VALUES (2)")
    hold.set()
    thread.join()
    with store.read() as session:
        assert session.query("SELECT id FROM thing ORDER BY id") == [(1,), (2,)]


def test_a_schema_name_is_quoted(store):
    name = f'T "{uuid.uuid4().hex[:8]}'
    odd = open_store(os.environ["DOTHI_TEST_DATABASE_URL"], schema=name)
    with odd.write() as session:
        session.execute("CREATE TABLE thing (id bigint)")
        session.execute("DROP SCHEMA {} CASCADE".format('"' + name.replace('"', '""') + '"'))
    odd.close()


def test_text_with_a_nul_is_refused_not_cut(store):
    with pytest.raises(StoreError), store.read() as session:
        session.query("SELECT ?::text", ("a\x00b",))
