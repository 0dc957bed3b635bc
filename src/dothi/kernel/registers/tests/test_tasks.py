"""Once a day, and again when the database was away."""

from __future__ import annotations

import threading

from django.db import OperationalError

from dothi.kernel.registers import tasks


class Stop(threading.Event):
    """Lets the loop go round some times."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds

    def wait(self, timeout=None):
        self.rounds -= 1
        if self.rounds <= 0:
            self.set()
        return self.is_set()


def ran(monkeypatch, rounds, *results):
    calls = []

    def roll_forward():
        calls.append(1)
        if len(calls) <= len(results):
            raise results[len(calls) - 1]

    monkeypatch.setattr(tasks, "roll_forward", roll_forward)
    tasks.run(Stop(rounds), every_s=0)
    return len(calls)


def test_once_a_day(monkeypatch):
    assert ran(monkeypatch, 5) == 1


def test_again_when_the_database_was_away(monkeypatch):
    assert ran(monkeypatch, 5, OperationalError("away"), OperationalError("away")) == 3
