"""Group commits: many writers, one flush, each with an answer of its own; against every engine."""

from __future__ import annotations

import asyncio
import collections
import threading

import pytest

from dothi.engines.store.base import Column, StoreConflict, StoreUnavailable, Table
from dothi.engines.store.group import GroupCommit

DONE = Table("done", (Column("number", "int"),), ("number",))


@pytest.fixture
def store(opened):
    fresh = opened()
    with fresh.write() as session:
        session.execute("CREATE TABLE done (number bigint PRIMARY KEY)")
    return fresh


def numbers(store):
    with store.read() as session:
        return [number for (number,) in session.query("SELECT number FROM done ORDER BY number")]


def add(at):
    def job(session):
        session.write_rows(DONE, [(at,)])
        return at

    return job


def test_a_group_commit_answers_each_job_with_its_own_result(store):
    group = GroupCommit(store)
    futures = [group.submit(add(n)) for n in range(100)]
    assert [future.result(10) for future in futures] == list(range(100))
    assert len(numbers(store)) == 100
    group.close()


def test_a_failing_job_of_a_group_fails_alone(store):
    group = GroupCommit(store, max_wait_ms=20)
    futures = [group.submit(job) for job in (add(1), add(1), add(2))]
    assert futures[0].result(10) == 1
    assert futures[2].result(10) == 2
    with pytest.raises(StoreConflict):
        futures[1].result(10)
    assert numbers(store) == [1, 2]
    group.close()


def test_a_job_that_fails_in_python_fails_alone_too(store):
    group = GroupCommit(store, max_wait_ms=20)
    good, bad = group.submit(add(1)), group.submit(lambda session: 1 / 0)
    assert good.result(10) == 1
    with pytest.raises(ZeroDivisionError):
        bad.result(10)
    group.close()


def test_a_future_is_done_only_when_another_process_can_see_the_write(store, opened):
    group, other = GroupCommit(store), opened()
    for n in range(20):
        group.submit(add(n)).result(10)
        assert len(numbers(other)) == n + 1
    group.close()


def test_a_group_commit_serves_an_event_loop(store):
    group = GroupCommit(store)

    async def main():
        return await asyncio.gather(*(group.asubmit(add(n)) for n in range(50)), return_exceptions=True)

    assert asyncio.run(main()) == list(range(50))
    group.close()


def test_a_cancelled_job_is_not_run(store):
    group = GroupCommit(store)
    hold = threading.Event()
    first = group.submit(lambda session: hold.wait(10))
    second = group.submit(add(2))
    assert second.cancel()
    hold.set()
    first.result(10)
    group.close()
    assert numbers(store) == []


def test_a_full_queue_is_refused_at_once(store):
    group = GroupCommit(store, max_queue=2, max_jobs=1)
    hold = threading.Event()
    first = group.submit(lambda session: hold.wait(10))
    with pytest.raises(StoreUnavailable):
        collections.deque((group.submit(add(n)) for n in range(4)), maxlen=0)
    hold.set()
    assert first.result(10)
    group.close()


def test_closing_finishes_what_was_submitted(store):
    group = GroupCommit(store)
    futures = [group.submit(add(n)) for n in range(30)]
    group.close()
    assert all(future.done() for future in futures)
    with pytest.raises(StoreUnavailable):
        group.submit(add(99))
