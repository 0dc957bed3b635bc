"""Many writers at once: a follower of the feed misses nothing, one identifier goes to one record."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from dothi.core.errors import Conflict
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions, queries
from dothi.kernel.registers.bulk import bulk
from dothi.kernel.registers.models import Identifier, Record

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], None]) -> None:
    """Run all, each with its own connection; raise what any of them raised."""
    failed: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_a_follower_misses_nothing_while_others_write():
    done, seen = threading.Event(), []

    def write(number: int) -> Callable[[], None]:
        def run() -> None:
            for n in range(5):
                actions.create("owner", {"full_name": f"{number}-{n}"}, by=SYSTEM)
            bulk("owner", ({"full_name": f"{number}-bulk-{n}"} for n in range(20)), by=SYSTEM, batch=7)

        return run

    def follow() -> None:
        while True:
            last_round = done.is_set()
            after = seen[-1].seq if seen else 0
            found = queries.changes("owner", after, 10, by=SYSTEM)
            seen.extend(found)
            if last_round and not found:
                return

    def writers() -> None:
        try:
            at_once(*(write(number) for number in range(3)))
        finally:
            done.set()

    at_once(writers, follow)
    numbers = [each.seq for each in seen]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == Record.objects.count() == 75


def test_an_identifier_entered_by_several_goes_to_one():
    refused: list[Conflict] = []

    def enter() -> None:
        try:
            actions.create("owner", {"full_name": "A", "card": "1111"}, by=SYSTEM)
        except Conflict as error:
            refused.append(error)

    at_once(*[enter] * 4)
    assert len(refused) == 3
    assert Identifier.objects.filter(value="1111").count() == Record.objects.count() == 1


def test_changes_of_one_record_at_once_are_all_kept():
    made = actions.create("owner", {"full_name": "A"}, by=SYSTEM)

    def correct(key: str) -> Callable[[], None]:
        return lambda: actions.correct(made.id, {key: "x"}, by=SYSTEM, reason="r") and None

    at_once(*(correct(key) for key in ("note", "phone", "illness", "file")))
    assert set(queries.changes("owner", by=SYSTEM)[-1].data) == {
        "full_name",
        "note",
        "phone",
        "illness",
        "file",
    }
