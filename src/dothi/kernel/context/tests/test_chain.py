"""An entity's own changes are found, all of them and in order, however they are kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.engines.store.base import Store
from dothi.kernel.context.service import Context
from dothi.kernel.context.storage import chain
from dothi.kernel.context.storage.positions import START, Position
from dothi.kernel.context.testing import Client
from dothi.kernel.context.tests.conftest import TERMS
from dothi.kernel.identity.access import SYSTEM

HISTORY = "temporal/entities/{}?options=temporalValues"


def urn(number: int) -> str:
    return f"urn:ngsi-ld:AirQualityObserved:{number}"


def reading(number: int, value: float) -> dict[str, Any]:
    return {"id": urn(number), "type": "AirQualityObserved", "pm25": {"type": "Property", "value": value}}


def every_change(store: Store) -> dict[int, list[int]]:
    """By entity its sequence numbers, read row by row."""
    found: dict[int, list[int]] = {}
    with store.read() as session:
        for seq, eid in session.query("SELECT seq, eid FROM change ORDER BY seq"):
            found.setdefault(eid, []).append(seq)
    return found


def own_changes(store: Store, eids: list[int], past: Position = START) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    with store.read() as session:
        for seq, eid, _ in chain.since(session, store.dialect, eids, past):
            found.setdefault(eid, []).append(seq)
    return found


steps = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "write", "delete"]), st.lists(st.integers(1, 4), min_size=1)
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_each_change_is_found_under_its_entity_once(
    context: Context, store: Store, steps_: list[tuple[str, list[int]]]
) -> None:
    for what, numbers in steps_:
        if what == "write":
            context.upsert([reading(number, place) for place, number in enumerate(numbers)], by=SYSTEM)
        else:
            context.delete([urn(number) for number in numbers], by=SYSTEM)
    expected = every_change(store)
    assert own_changes(store, sorted(expected)) == expected
    with store.read() as session:
        assert {eid: chain.last(session, store.dialect, eid) for eid in expected} == {
            eid: seqs[-1] for eid, seqs in expected.items()
        }


def test_only_changes_past_a_position_are_found(context: Context, store: Store) -> None:
    for value in range(5):
        context.upsert([reading(1, value), reading(2, value)], by=SYSTEM)
    expected = every_change(store)
    eid = min(expected)
    with store.read() as session:
        columns = "txid, seq" if store.dialect == "postgresql" else "0, seq"
        rows = session.query(f"SELECT {columns} FROM change WHERE eid = ? ORDER BY seq", (eid,))
    assert own_changes(store, [eid], Position(*rows[2])) == {eid: expected[eid][3:]}


def test_changes_of_more_entities_than_one_question_takes(context: Context, store: Store) -> None:
    context.upsert([reading(number, 1.0) for number in range(1500)], by=SYSTEM)
    expected = every_change(store)
    assert len(expected) == 1500
    assert own_changes(store, sorted(expected)) == expected


def test_an_entity_made_anew_after_all_its_history_was_deleted_has_only_the_new(
    context: Context, client: Client
) -> None:
    context.upsert([reading(1, 1.0)], by=SYSTEM)
    context.delete([urn(1)], by=SYSTEM)
    assert client("DELETE", f"temporal/entities/{urn(1)}").status == 204
    context.upsert([reading(1, 2.0)], by=SYSTEM)
    values = client("GET", HISTORY.format(urn(1))).json()[TERMS["pm25"]]["values"]
    assert [value for value, _ in values] == [2.0]


def test_changes_of_one_commit_are_in_the_order_they_were_asked_for(context: Context) -> None:
    context.upsert([reading(number, number) for number in (3, 1, 2)], by=SYSTEM)
    assert [event.subject for event in context.log.read(None, 10)] == [urn(3), urn(1), urn(2)]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_store_of_before_the_chain_opens_with_all_its_history(
    context: Context, store: Store, client: Client
) -> None:
    for value in (1.0, 2.0, 3.0):
        context.upsert([reading(1, value), reading(2, value * 10)], by=SYSTEM)
    context.compact_once(2, settle_s=0)
    context.upsert([reading(1, 4.0)], by=SYSTEM)
    before = [client("GET", HISTORY.format(urn(number))).json() for number in (1, 2)]
    with store.write() as session:
        session.execute("ALTER TABLE entity DROP COLUMN last_seq")
        session.execute("ALTER TABLE change DROP COLUMN prev")
        session.execute("CREATE INDEX change_eid ON change (eid)")
        session.execute("DELETE FROM dothi_migration WHERE name = 'context-0002-chain'")
    again = Context(store, terms=TERMS)
    assert [client("GET", HISTORY.format(urn(number))).json() for number in (1, 2)] == before
    again.upsert([reading(1, 5.0)], by=SYSTEM)
    again.close()
    assert own_changes(store, list(every_change(store))) == every_change(store)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_walking_a_chain_reads_no_row_but_its_own(context: Context, store: Store) -> None:
    with store.read() as session:
        plan = session.query("EXPLAIN QUERY PLAN " + chain.WALK.format(marks="?, ?"), (0, 1, 2))
    said = [row[3] for row in plan]
    assert not [line for line in said if line.startswith("SCAN") and line not in ("SCAN w", "SCAN walk")], (
        said
    )
