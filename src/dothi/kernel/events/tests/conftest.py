"""What the tests of this module share: the city's log on the test database, a log in memory, consumers."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest
from django.db import transaction

from dothi.core.errors import BadInput
from dothi.kernel.events import asgi, declared
from dothi.kernel.events import log as logs
from dothi.kernel.events.actions import record
from dothi.kernel.events.log import CityLog, Event, type_matches


@pytest.fixture
def city(transactional_db, wired) -> CityLog:
    """The city's log; the test's own commits are real."""
    return logs.logs()["city"]


@pytest.fixture
def declare(monkeypatch):
    """Only the consumers that the test declares."""
    monkeypatch.setattr(declared, "_consumers", {})
    return declared.consumer


class Person:
    """Somebody with some permissions."""

    reference = "account:1"

    def __init__(self, *permissions):
        self._permissions = permissions

    def require(self, permission):
        if permission not in self._permissions:
            raise PermissionError(permission)


@pytest.fixture
def person():
    return Person


@pytest.fixture
def happen(city):
    """``happen("a", "b")`` commits an event for each subject at once and waits until all can be read.

    On PostgreSQL that is when every transaction begun before has ended, those of other databases too.
    """

    def commit(*subjects, type="vn.dothi.x.y"):
        with transaction.atomic():
            events = [record(type, subject=subject, data={"name": "Bến Thành"}) for subject in subjects]
        deadline = time.monotonic() + 10
        while (city.head() or "") < events[-1].position and time.monotonic() < deadline:
            time.sleep(0.01)
        return events

    return commit


class MemoryLog:
    """A log whose positions are decimal numbers, so that nothing may rely on how they sort as text."""

    name = "context"

    def __init__(self):
        self.events, self.first, self.reads = [], 1, 0

    def append(self, id="urn:a", types=("Camera",), type="vn.dothi.context.entity-updated"):
        number = self.first + len(self.events)
        data = {"id": id, "type": list(types)}
        event = Event(id=f"e{number}", type=type, source="s", subject=id, time=datetime.now(UTC), data=data,
                      position=str(number))  # fmt: skip
        self.events.append(event)
        return event.position

    def read(self, after, limit, *, types=None):
        self.reads += 1
        if after is not None and not after.isdigit():
            raise BadInput("no position")
        begin = 0 if after is None else int(after) - self.first + 1
        found = self.events[max(begin, 0) :]
        return [e for e in found if types is None or type_matches(types, e.type)][:limit]

    def head(self):
        return self.events[-1].position if self.events else None

    def changes(self):
        return len(self.events) + self.first

    def lost(self, after):
        return not after.isdigit() or int(after) < self.first - 1


class Client:
    """One connection: what was sent to it, and how it hangs up."""

    def __init__(self, app, query="", headers=(), method="GET"):
        self.status, self.headers, self.text, self.ended = None, {}, "", False
        self.slow = asyncio.Event()
        self.slow.set()
        self._news, self._gone = asyncio.Event(), asyncio.Event()
        scope = {"type": "http", "method": method, "path": "/events/stream", "query_string": query.encode(),
                 "headers": [(k.lower().encode(), v.encode()) for k, v in headers]}  # fmt: skip
        self.task = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def _receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            await self.slow.wait()
            self.text += message["body"].decode()
            self.ended = not message.get("more_body", False)
        self._news.set()

    async def until(self, condition, seconds=5):
        async with asyncio.timeout(seconds):
            while not condition(self):
                await self._news.wait()
                self._news.clear()
        return self

    async def ids(self, count):
        """The ids of the first ``count`` events, as soon as they are here."""
        await self.until(lambda c: len(c.events()) >= count)
        return [event["id"] for event in self.events()]

    def events(self):
        found = []
        for block in self.text.split("\n\n")[:-1]:
            fields = dict(
                line.split(": ", 1) for line in block.split("\n") if ": " in line and line[0] != ":"
            )
            if "data" in fields:
                found.append(fields | {"data": json.loads(fields["data"])})
        return found

    def hang_up(self):
        self._gone.set()


@pytest.fixture
def log():
    """A log in memory."""
    return MemoryLog()


@pytest.fixture
def over():
    """``over(log, scenario)`` runs ``scenario(connect, app)`` and closes all connections after it."""
    return run_over


def run_over(log, scenario, *, authorise=lambda scope: "somebody", **options):
    """Run ``scenario(connect, app)``; all connections are closed after it."""
    clients = []

    async def main():
        app = asgi.build({"context": log}, authorise, **options)

        async def connect(*args, ready=True, **kwargs):
            clients.append(Client(app, *args, **kwargs))
            if ready:
                await clients[-1].until(lambda c: c.text.count("\n\n") >= 2 or c.ended)
            return clients[-1]

        try:
            return await scenario(connect, app)
        finally:
            for client in clients:
                client.slow.set()
                client.hang_up()
            await asyncio.gather(*(client.task for client in clients))

    return asyncio.run(main())


class Handler:
    """Remembers subjects; raises while ``failing`` holds the subject."""

    def __init__(self):
        self.seen, self.failing, self.error = [], set(), ValueError("broken")

    def __call__(self, event):
        self.seen.append(event.subject)
        if event.subject in self.failing:
            raise self.error


@pytest.fixture
def handler():
    return Handler()
