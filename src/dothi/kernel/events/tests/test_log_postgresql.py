"""On PostgreSQL a transaction may commit late: no reader may ever have passed its events."""

from __future__ import annotations

import os
import time
import uuid

import pytest

from dothi.engines.store.registry import open_store
from dothi.kernel.events.log import CityLog

pytestmark = pytest.mark.servers
_TABLES = """
CREATE TABLE events_outbox (seq bigserial PRIMARY KEY, era smallint, txid bigint, event_id text, type text,
    source text, subject text, time_us bigint, data text, actor text);
CREATE TABLE events_logstate (id smallint PRIMARY KEY, era smallint, floor text);
"""
_INSERT = """
INSERT INTO events_outbox (era, txid, event_id, type, source, subject, time_us, data, actor)
VALUES (coalesce((SELECT era FROM events_logstate), 1), pg_current_xact_id()::text::bigint,
    ?, 't', 's', ?, 0, '{}', '')
"""


@pytest.fixture
def store():
    schema = f"t_{uuid.uuid4().hex[:12]}"
    opened = open_store(os.environ["DOTHI_TEST_DATABASE_URL"], schema=schema)
    with opened.write() as session:
        for statement in filter(str.strip, _TABLES.split(";")):
            session.execute(statement)
    yield opened
    with opened.write() as session:
        session.execute(f"DROP SCHEMA {schema} CASCADE")
    opened.close()


def append(session, subject):
    session.execute(_INSERT, (uuid.uuid4().hex, subject))


def read_all(log, count):
    """What can be read, once ``count`` events can; other databases may hold them back a moment."""
    deadline = time.monotonic() + 10
    while len(found := log.read(None, 100)) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return [event.subject for event in found]


def test_an_event_waits_for_the_transactions_begun_before_it(store):
    log = CityLog(store)
    with store.write() as slow:
        append(slow, "early, committed late")
        with store.write() as quick:
            append(quick, "late, committed early")
        assert log.read(None, 100) == []
        assert log.head() is None
    assert read_all(log, 2) == ["early, committed late", "late, committed early"]


def test_a_transaction_that_writes_its_event_late_is_not_passed_either(store):
    log = CityLog(store)
    with store.write() as slow:
        slow.query("SELECT pg_current_xact_id()::text")  # has its number, has no event yet
        with store.write() as quick:
            append(quick, "b")
        assert log.read(None, 100) == []
        append(slow, "a")
    assert read_all(log, 2) == ["a", "b"]


def test_the_end_of_a_slow_transaction_is_a_change_that_wakes_readers(store):
    log = CityLog(store)
    with store.write() as slow:
        append(slow, "a")
        before = log.changes()
    assert log.changes() != before


def test_events_of_an_earlier_era_are_read_whatever_their_transaction_numbers(store):
    with store.write() as session:
        append(session, "restored")
        session.execute("UPDATE events_outbox SET txid = txid + 1000000000000")
        session.execute("INSERT INTO events_logstate VALUES (1, 2, '')")
    with store.write() as session:
        append(session, "new")
    assert read_all(CityLog(store), 2) == ["restored", "new"]
