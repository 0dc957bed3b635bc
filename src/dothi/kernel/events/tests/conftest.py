"""What the tests of this module share: the city's log on the test database, and consumers that are forgotten again."""

from __future__ import annotations

import pytest

from dothi.kernel.events import declared
from dothi.kernel.events import log as logs
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
