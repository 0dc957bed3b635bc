"""Many past readings at once: all arrive, none twice, and what is now is the newest."""

import os
import uuid

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.engines.store.registry import open_store
from dothi.kernel.context.service import Context
from dothi.kernel.feeds.bulk import Past, Series, write_past

HOUR = 3_600_000_000
NOW = 1_700_000_000_000_000


def past(urn, values, start=NOW):
    times = start + HOUR * np.arange(len(values), dtype=np.int64)
    return Past(
        {"id": urn, "type": "Device"}, [Series("batteryLevel", "C62", times, np.array(values, float))]
    )


def values(context, urn):
    return context.series(urn, "batteryLevel", 0, 2 * NOW).values.tolist()


@pytest.fixture
def urn():
    return f"urn:ngsi-ld:Device:{uuid.uuid4()}"


def test_all_readings_arrive_and_the_newest_is_what_is_now(live, urn):
    write_past(live, [past(urn, range(10_000))])
    assert values(live, urn) == list(range(10_000))
    assert live.entity(urn)["batteryLevel"]["value"] == 9999


def test_the_same_again_adds_nothing(live, urn):
    write_past(live, [past(urn, [1, 2, 3])])
    _, added = write_past(live, [past(urn, [1, 2, 3])])
    assert added == 0
    assert values(live, urn) == [1, 2, 3]


def test_what_follows_is_added(live, urn):
    write_past(live, [past(urn, [1, 2, 3])])
    write_past(live, [past(urn, [2, 3, 4, 5], start=NOW + HOUR)])
    assert values(live, urn) == [1, 2, 3, 4, 5]


def test_the_same_after_history_was_compacted_adds_nothing(live, urn):
    write_past(live, [past(urn, [1, 2, 3])])
    while live.compact_once(1000, settle_s=0):
        pass
    write_past(live, [past(urn, [1, 2, 3, 4])])
    assert values(live, urn) == [1, 2, 3, 4]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 8)), min_size=1, max_size=6))
def test_overlapping_pasts_in_any_order_give_every_hour_once(live, pieces):
    urn = f"urn:ngsi-ld:Device:{uuid.uuid4()}"
    for start, length in pieces:
        hours = range(start, start + length)
        write_past(live, [past(urn, hours, start=NOW + start * HOUR)])
    expected = sorted({hour for start, length in pieces for hour in range(start, start + length)})
    assert values(live, urn) == expected
    assert live.entity(urn)["batteryLevel"]["value"] == expected[-1]


@pytest.fixture
def live_on_postgresql():
    schema = f"feeds_{uuid.uuid4().hex[:8]}"
    store = open_store(os.environ["DOTHI_TEST_DATABASE_URL"], schema=schema)
    context = Context(store)
    yield context
    context.close()
    with store.write() as session:
        session.execute(f"DROP SCHEMA {schema} CASCADE")
    store.close()


@pytest.mark.servers
def test_it_is_the_same_on_postgresql(live_on_postgresql, urn):
    write_past(live_on_postgresql, [past(urn, range(5000))])
    _, added = write_past(live_on_postgresql, [past(urn, range(5000))])
    assert added == 0
    assert values(live_on_postgresql, urn) == list(range(5000))
