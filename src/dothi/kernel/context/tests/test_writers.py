"""Many writers at once lose nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dothi.engines.store.base import Store, StoreUnavailable
from dothi.engines.store.registry import open_store
from dothi.kernel.context import operations
from dothi.kernel.context.ld import merge
from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.errors import NgsiLdError, ResourceNotFound
from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.service import Context
from dothi.kernel.context.storage import writer as writers
from dothi.kernel.context.storage.commands import Command, Outcome
from dothi.kernel.context.storage.delta import Op
from dothi.kernel.context.testing import Client
from dothi.kernel.identity.access import SYSTEM

URN = "urn:ngsi-ld:Counter:1"
TERMS = Contexts().core


def entity(**attributes: Any) -> dict[str, Any]:
    return {"id": URN, "type": "Counter"} | attributes


def add_one() -> Command:
    """Adds one to whatever the counter is."""

    def apply(stored: Stored | None, now_us: int) -> Outcome:
        before = 0
        if stored is not None:
            before = int(next(iter(stored.attributes.values()))[0].number or 0)
        parsed = parse_entity(entity(n=before + 1), TERMS)
        outcome = merge.create(parsed, now_us) if stored is None else merge.update(stored, parsed, now_us)
        return Outcome(outcome.entity, operations.delta_of(outcome), Op.UPDATED, before + 1)

    return Command(URN, apply, creates=True)


def test_each_of_many_writers_of_one_entity_sees_the_one_before(context: Context) -> None:
    futures = [context.writer.submit([add_one()]) for _ in range(300)]
    assert sorted(future.result()[0] for future in futures) == list(range(1, 301))
    assert len(context.log.read(None, 1000)) == 300


def test_attributes_written_at_the_same_time_are_all_there(context: Context) -> None:
    def write(number: int) -> None:
        context.upsert([entity(**{f"a{number}": number})], by=SYSTEM)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(64)))
    found = context.entity(URN, representation="keyValues")
    assert found == entity(**{f"a{number}": number for number in range(64)})


def test_requests_in_one_event_loop_are_all_answered(client: Client) -> None:
    async def storm() -> list[int]:
        await client.send("POST", "entities", entity(n=0))
        sends = (client.send("PATCH", f"entities/{URN}/attrs", {f"a{i}": i, "n": i}) for i in range(50))
        replies = await asyncio.gather(*sends)
        return [reply.status for reply in replies]

    statuses = asyncio.run(storm())
    assert set(statuses) <= {204, 207}
    client("POST", f"entities/{URN}/attrs", {"last": 1})
    assert client("GET", f"entities/{URN}?options=keyValues").json()["n"] in range(50)


def test_one_bad_command_leaves_the_others_of_its_group_alone(context: Context) -> None:
    def fail(stored: Stored | None, now_us: int) -> Outcome:
        raise ZeroDivisionError

    commands = [add_one(), Command(URN, fail), operations.delete("urn:no:thing"), add_one()]
    first, broken, missing, last = context.writer.submit(commands).result()
    assert (first, last) == (1, 2)
    assert isinstance(broken, NgsiLdError)
    assert isinstance(missing, ResourceNotFound)


def test_too_many_waiting_writes_are_refused_not_piled_up(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "MAX_WAITING", 0)
    with context.store.write():  # nothing can be written meanwhile
        futures = [context.writer.submit([add_one()])]
        refused = 0
        for _ in range(10):
            try:
                futures.append(context.writer.submit([add_one()]))
            except StoreUnavailable:
                refused += 1
    assert refused
    assert all(future.result() for future in futures)


def test_closing_finishes_what_was_submitted(store: Store) -> None:
    context = Context(store, terms={})
    futures = [context.writer.submit([add_one()]) for _ in range(50)]
    context.close()
    assert [future.result()[0] for future in futures] == list(range(1, 51))


_PROCESS = """
import sys
from dothi.engines.store.registry import open_store
from dothi.kernel.context.service import Context
from dothi.kernel.identity.access import SYSTEM
url, schema, me = sys.argv[1:]
store = open_store(url, schema=schema)
context = Context(store, terms={})
for i in range(20):
    urns = [f"urn:ngsi-ld:Shared:{j}" for j in range(i % 7, i % 7 + 10)]
    order = urns if int(me) % 2 else reversed(urns)
    made = [{"id": urn, "type": f"T{i % 3}", f"a{me}x{i}": i} for urn in order]
    result = context.upsert(made, by=SYSTEM)
    assert not result.errors, result.errors
    context.compact_once(50, settle_s=0)
context.close()
store.close()
"""


def test_processes_that_write_the_same_entities_lose_nothing(place: tuple[str, str]) -> None:
    command = [sys.executable, "-c", _PROCESS, *place]
    running = [subprocess.Popen([*command, str(me)]) for me in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    store = open_store(place[0], schema=place[1])
    context = Context(store, terms={})
    found = {each["id"]: each for each in context.entities(limit=100, representation="keyValues")}
    for me in range(3):
        for i in range(20):
            for j in range(i % 7, i % 7 + 10):
                urn = f"urn:ngsi-ld:Shared:{j}"
                assert found[urn][f"a{me}x{i}"] == i
                assert context.series(urn, f"a{me}x{i}", 0, 2**62).values.tolist() == [i]
    assert len(context.log.read(None, 10_000)) == 3 * 20 * 10
    context.close()
    store.close()
