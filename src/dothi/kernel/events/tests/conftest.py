"""What the tests of this module share: the city's log on the test database, consumers, people."""

from __future__ import annotations

import time

import pytest
from django.db import transaction

from dothi.kernel.events import declared
from dothi.kernel.events import log as logs
from dothi.kernel.events.actions import record
from dothi.kernel.events.log import CityLog


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
