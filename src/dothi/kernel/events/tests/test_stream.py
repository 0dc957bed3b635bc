"""The event stream as a browser meets it, over a log in memory."""

from __future__ import annotations

import asyncio
import random

import pytest

from dothi.core.errors import BadInput
from dothi.kernel.events.stream import listener as listening


def test_a_listener_gets_what_happens_from_now_on(over, log):
    log.append()

    async def scenario(connect, app):
        client = await connect()
        log.append(id="urn:new")
        await client.ids(1)
        return client

    client = over(log, scenario)
    (event,) = client.events()
    assert event["id"] == "2"
    assert event["event"] == "vn.dothi.context.entity-updated"
    assert event["data"]["specversion"] == "1.0"
    assert event["data"]["data"]["id"] == "urn:new"
    assert client.headers[b"content-type"].startswith(b"text/event-stream")


def test_a_new_listener_is_told_its_position_at_once(over, log):
    log.append()

    async def scenario(connect, app):
        return (await connect()).text

    text = over(log, scenario)
    assert "retry: 2000" in text
    assert "id: 1" in text


def test_a_listener_that_comes_back_gets_what_it_missed(over, log):
    for _ in range(3):
        log.append()

    async def scenario(connect, app):
        client = await connect(headers=[("Last-Event-ID", "1")], ready=False)
        await client.ids(2)
        log.append()
        return await client.ids(3)

    assert over(log, scenario) == ["2", "3", "4"]


def test_the_last_event_id_wins_over_the_query(over, log):
    for _ in range(3):
        log.append()

    async def scenario(connect, app):
        client = await connect("after=0", headers=[("Last-Event-ID", "2")], ready=False)
        return await client.ids(1)

    assert over(log, scenario) == ["3"]


def test_after_in_the_query_reads_from_there(over, log):
    log.append()
    log.append()

    async def scenario(connect, app):
        return await (await connect("after=1", ready=False)).ids(1)

    assert over(log, scenario) == ["2"]


@pytest.mark.parametrize("seed", range(3))
def test_no_event_is_missing_or_doubled_when_listeners_come_back_while_events_happen(over, log, seed):
    chance = random.Random(seed)
    for _ in range(1200):
        log.append()

    async def scenario(connect, app):
        clients = []

        async def write():
            for _ in range(60):
                for _ in range(chance.randrange(30)):
                    log.append()
                await asyncio.sleep(0.002)

        writing = asyncio.ensure_future(write())
        for _ in range(6):
            start = chance.randrange(1, 1200)
            client = await connect(headers=[("Last-Event-ID", str(start))], ready=False)
            clients.append((start, client))
            await asyncio.sleep(chance.random() * 0.02)
        await writing
        last = len(log.events)
        return [(start, last, await client.ids(last - start)) for start, client in clients]

    for start, last, ids in over(log, scenario):
        assert ids == [str(n) for n in range(start + 1, last + 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=vn.dothi.context.entity-created", ["1"]),
        ("type=vn.dothi.context.entity-created&type=vn.dothi.context.entity-deleted", ["1", "3"]),
        ("type=vn.dothi.context.*", ["1", "2", "3", "4"]),
        ("entityType=Camera", ["1", "2"]),
        ("entityType=Camera,Device", ["1", "2", "4"]),
        ("id=urn:b", ["3"]),
        ("id=urn:a&entityType=Camera&type=vn.dothi.context.entity-updated", ["2"]),
    ],
)
def test_a_listener_gets_only_what_it_asked_for(over, log, query, expected):
    def happen():
        log.append("urn:a", ["Camera"], "vn.dothi.context.entity-created")
        log.append("urn:a", ["Camera"], "vn.dothi.context.entity-updated")
        log.append("urn:b", ["Streetlight"], "vn.dothi.context.entity-deleted")
        log.append("urn:c", ["Device"], "vn.dothi.context.entity-updated")

    async def scenario(connect, app):
        live, everything = await connect(query), await connect()
        happen()
        await everything.ids(4)
        late = await connect(f"{query}&after=0", ready=False)
        return await live.ids(len(expected)), await late.ids(len(expected))

    assert over(log, scenario) == (expected, expected)


def test_what_an_actor_may_not_see_is_not_sent(over, log):
    async def scenario(connect, app):
        client = await connect()
        log.append("urn:secret")
        log.append("urn:public")
        return await client.ids(1)

    ids = over(
        log, scenario, visible=lambda actor, event: actor == "somebody" and event.subject != "urn:secret"
    )
    assert ids == ["2"]


def test_all_listeners_share_one_reader(over, log):
    async def scenario(connect, app):
        clients = [await connect() for _ in range(20)]
        before = log.reads
        log.append()
        for client in clients:
            await client.ids(1)
        return log.reads - before

    assert over(log, scenario) <= 3


def test_a_slow_listener_is_let_go_and_can_come_back(over, log, monkeypatch):
    monkeypatch.setattr(listening, "QUEUE", 50)

    async def scenario(connect, app):
        client = await connect()
        client.slow.clear()
        for _ in range(200):
            log.append()
            await asyncio.sleep(0.002)
        client.slow.set()
        await client.until(lambda c: c.ended)
        told = [event["id"] for event in client.events()]
        again = await connect(headers=[("Last-Event-ID", told[-1] if told else "0")], ready=False)
        return client.text, told + await again.ids(200 - len(told))

    text, ids = over(log, scenario)
    assert ": this listener is too slow" in text
    assert ids == [str(n) for n in range(1, 201)]


def test_a_position_that_is_no_longer_kept_is_a_reset(over, log):
    log.first = 100
    log.append()

    async def scenario(connect, app):
        client = await connect(headers=[("Last-Event-ID", "7")], ready=False)
        await client.ids(1)
        log.append()
        await client.until(lambda c: len(c.events()) >= 2)
        return client.events()

    reset, then = over(log, scenario)
    assert (reset["event"], reset["id"]) == ("reset", "100")
    assert then["id"] == "101"


def test_a_position_that_is_none_is_a_reset(over, log):
    async def scenario(connect, app):
        client = await connect(headers=[("Last-Event-ID", "nonsense")], ready=False)
        await client.until(lambda c: c.events())
        return client.events()[0]["event"]

    assert over(log, scenario) == "reset"


def test_a_quiet_stream_shows_that_it_lives_and_moves_the_position(over, log, monkeypatch):
    monkeypatch.setattr(listening, "HEARTBEAT_S", 0.05)

    async def scenario(connect, app):
        client = await connect("type=nothing")
        log.append()
        await client.until(lambda c: ":\nid: 1\n\n" in c.text)

    over(log, scenario)


def test_a_stream_ends_after_its_lifetime(over, log, monkeypatch):
    monkeypatch.setattr(listening, "LIFETIME_S", 0.0)

    async def scenario(connect, app):
        client = await connect()
        log.append()
        await client.until(lambda c: c.ended)
        return client.text

    assert "reconnect" in over(log, scenario)


def test_closing_the_app_ends_every_stream_at_once(over, log):
    async def scenario(connect, app):
        client = await connect()
        app.close()
        await client.until(lambda c: c.ended, seconds=1)
        return (await connect(ready=False)).until(lambda c: c.status)

    async def refused(connect, app):
        app.close()
        client = await connect(ready=False)
        await client.until(lambda c: c.ended)
        return client.status

    over(log, lambda c, a: _discard(scenario(c, a)))
    assert over(log, refused) == 503


async def _discard(work):
    pending = await work
    pending.close()


def test_the_servers_shutdown_ends_every_stream(over, log):
    async def scenario(connect, app):
        client = await connect()
        said = []

        async def receive():
            return {"type": "lifespan.startup" if not said else "lifespan.shutdown"}

        async def send(message):
            said.append(message["type"])

        await app({"type": "lifespan"}, receive, send)
        await client.until(lambda c: c.ended, seconds=1)
        return said

    assert over(log, scenario) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_listener_that_hangs_up_is_forgotten(over, log):
    async def scenario(connect, app):
        client = await connect()
        client.hang_up()
        await asyncio.wait_for(client.task, 1)
        return len(app._listeners)

    assert over(log, scenario) == 0


def test_a_log_that_was_replaced_is_a_reset(over, log):
    log.append()

    async def scenario(connect, app):
        client = await connect()
        read = log.read

        def replaced(after, limit, *, types=None):
            if after == "1":
                raise BadInput("no position")
            return read(after, limit, types=types)

        log.read = replaced
        log.append()
        await client.until(lambda c: c.ended)
        return client.events()[-1]["event"]

    assert over(log, scenario) == "reset"
