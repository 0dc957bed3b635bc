"""What is written of an entity and of a change, read back."""

from __future__ import annotations

import gc
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dothi.engines.store.base import Store
from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.merge import create
from dothi.kernel.context.ld.model import dump, dump_attributes, load
from dothi.kernel.context.service import IN_FLIGHT, Context
from dothi.kernel.context.storage import delta as deltas
from dothi.kernel.identity.access import SYSTEM

CORE = Contexts().core
names = st.sampled_from(["a", "b", "c", "d"])
entities = st.fixed_dictionaries(
    {"id": st.just("urn:x:1"), "type": st.sampled_from(["T", ["T", "U"]])},
    optional={
        "scope": st.just(["/A/B"]),
        "expiresAt": st.just("2030-01-01T00:00:00Z"),
        **{
            name: st.fixed_dictionaries({"type": st.just("Property"), "value": st.integers()})
            for name in "abcd"
        },
    },
)


def body_of(store: Store) -> bytes:
    with store.read() as session:
        return bytes(session.query("SELECT body FROM entity")[0][0])


@given(entities)
def test_an_entity_is_the_same_bytes_however_its_attributes_are_given(given_: dict[str, Any]) -> None:
    stored = create(parse_entity(given_, CORE), 1).entity
    assert dump(stored, dump_attributes(stored.attributes)) == dump(stored)
    assert load(dump(stored)) == stored


@given(entities, st.lists(st.tuples(names, st.just("")), max_size=2))
def test_a_change_is_read_as_it_was_written(given_: dict[str, Any], removed: list[tuple[str, str]]) -> None:
    attributes = create(parse_entity(given_, CORE), 1).entity.attributes
    found = deltas.load(deltas.dump(dump_attributes(attributes), removed))
    assert (found.attributes, found.removed) == (attributes, removed)


def test_a_whole_update_then_a_part_of_it_in_one_batch_keeps_both(context: Context, store: Store) -> None:
    def air(**values: int) -> dict[str, Any]:
        return {"id": "urn:x:1", "type": "T"} | {
            name: {"type": "Property", "value": value} for name, value in values.items()
        }

    context.upsert([air(a=1, b=1), air(a=2, b=2), air(b=3)], by=SYSTEM)
    stored = load(body_of(store))
    assert {iri.rpartition("/")[2]: group[0].value for iri, group in stored.attributes.items()} == {
        "a": 2,
        "b": 3,
    }
    assert dump(stored) == body_of(store)


def test_the_collector_is_not_called_for_what_is_on_its_way(context: Context) -> None:
    assert gc.get_threshold()[0] >= IN_FLIGHT
