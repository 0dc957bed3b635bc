"""A server is killed without warning, again and again: what it acknowledged is there, once, in every
place."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from dothi.engines.store.base import Store
from dothi.engines.store.registry import open_store
from dothi.kernel.context.service import Context
from dothi.kernel.context.storage.positions import settled

HERE = Path(__file__).parent
WRITERS = 6
ENTITIES = 5
FIRST = 1_767_225_600  # 2026-01-01, in seconds; the n-th write of an entity is observed n seconds later


class Server:
    """The victim as a process of its own."""

    def __init__(self, url: str, schema: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        environment = dict(os.environ) | {"KILL_STORE": url, "KILL_SCHEMA": schema}
        listen = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--no-ws"]
        where = ["--log-level", "error", "--working-dir", str(HERE), "victim:application"]
        command = [sys.executable, "-m", "granian", "--interface", "asgi", *listen, *where]
        self._process = subprocess.Popen(command, env=environment, cwd=HERE, start_new_session=True)

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/ngsi-ld/v1/types")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """No goodbye: the main process and its worker at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Load:
    """Writers that go on until the server is gone; each knows which of its writes were acknowledged."""

    def __init__(self) -> None:
        self.tried = [0] * WRITERS
        self.acknowledged: list[list[int]] = [[] for _ in range(WRITERS)]
        self.first_answer = threading.Event()

    def run(self, port: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._write, args=(port, writer)) for writer in range(WRITERS)]
        for thread in threads:
            thread.start()
        return threads

    def _write(self, port: int, writer: int) -> None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            while True:
                self.tried[writer] += 1
                number = self.tried[writer]
                body = msgspec.json.encode([reading(writer, entity, number) for entity in range(ENTITIES)])
                connection.request(
                    "POST",
                    "/ngsi-ld/v1/entityOperations/upsert?options=update",
                    body,
                    {"content-type": "application/json"},
                )
                answer = connection.getresponse()
                answer.read()
                if answer.status in (201, 204):
                    self.acknowledged[writer].append(number)
                    self.first_answer.set()
        except (OSError, http.client.HTTPException):
            return


def urn(writer: int, entity: int) -> str:
    return f"urn:ngsi-ld:Gauge:{writer}-{entity}"


def reading(writer: int, entity: int, number: int) -> dict[str, object]:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(FIRST + number))
    where = {"type": "Point", "coordinates": [106 + number % 100 / 100, 10 + writer / 10]}
    return {
        "id": urn(writer, entity),
        "type": "Gauge",
        "level": {"type": "Property", "value": number, "observedAt": at},
        "location": {"type": "GeoProperty", "value": where},
    }


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/context.sqlite3", "context"
        return
    url, schema = os.environ["DOTHI_TEST_DATABASE_URL"], f"kill_{uuid.uuid4().hex[:12]}"
    yield url, schema
    store = open_store(url, schema="public")
    with store.write() as session:
        session.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
    store.close()


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_every_acknowledged_write_survives_kill_9(place: tuple[str, str], kills: int) -> None:
    load, chance = Load(), random.Random(20_260_101 + kills)
    position: str | None = None
    seen: dict[str, list[int]] = {}
    for _ in range(kills):
        server = Server(*place)
        try:
            server.wait()
            threads = load.run(server.port)
            assert load.first_answer.wait(30)
            time.sleep(chance.uniform(0.02, 0.5))
        finally:
            server.kill()
        for thread in threads:
            thread.join()
        position = look(place, load, seen, position)
    assert sum(map(len, load.acknowledged)) > kills * WRITERS


def look(place: tuple[str, str], load: Load, seen: dict[str, list[int]], position: str | None) -> str | None:
    """What is there now: current state, change log behind ``position``, history."""
    store = open_store(place[0], schema=place[1])
    quiet(store, place[1])
    context = Context(store, terms={})
    while events := context.log.read(position, 1000):
        position = events[-1].position
        for event in events:
            seen.setdefault(event.subject, []).append(event.data["attributes"]["level"]["value"])
    for writer in range(WRITERS):
        acknowledged = load.acknowledged[writer]
        for entity in range(ENTITIES):
            check_entity(context, urn(writer, entity), acknowledged, load.tried[writer], seen)
    found = context.entities("Gauge", limit=1000)
    assert context.count("Gauge") == len(found) == len(seen)
    for each in found:
        x, y = each["location"]["value"]["coordinates"]
        assert each["id"] in {near["id"] for near in context.entities(bbox=(x, y, x, y), limit=1000)}
    context.close()
    store.close()
    return position


def quiet(store: Store, schema: str) -> None:
    """Wait until nothing is held back: on PostgreSQL a transaction of the dead process may still be ending, and one
    of another database of the server, older than our changes, keeps them from the log's readers.
    """
    held = (
        "SELECT (SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND l.pid <> pg_backend_pid())"
        f" + (SELECT count(*) FROM change WHERE NOT ({settled('postgresql')}))"
    )
    until = time.monotonic() + 30
    while store.dialect == "postgresql" and time.monotonic() < until:
        with store.read() as session:
            if session.query(held, (schema,))[0][0] == 0:
                return
        time.sleep(0.02)


def check_entity(
    context: Context, name: str, acknowledged: list[int], tried: int, seen: dict[str, list[int]]
) -> None:
    """Every acknowledged write once, perhaps one more at each kill, in order, the same in log, history and
    now."""
    logged = seen.get(name, [])
    assert set(acknowledged) <= set(logged) <= set(range(1, tried + 1))
    assert logged == sorted(set(logged))
    history = context.series(name, "level", 0, 2**62).values.tolist()
    assert history == logged
    now = context.entity(name, representation="keyValues")
    assert (None if now is None else now["level"]) == (logged[-1] if logged else None)
