"""A record through any life at all, beside a model that keeps every day of every moment in a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.core import clock
from dothi.core.errors import DothiError, NotFound
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions, queries, rules
from dothi.kernel.registers.merging import merge, unmerge
from dothi.kernel.registers.models import Identifier, Record
from dothi.kernel.registers.rolling import roll_forward

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)
DAYS = [START + timedelta(days=n) for n in range(10)]
NOON = datetime(2025, 1, 5, 5, tzinfo=UTC)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def undone() -> Iterator[None]:
    """Each life in a database of its own."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Table:
    """What is known: for each moment, for each day, the data. Nothing clever."""

    def __init__(self) -> None:
        self.moments: list[dict[date, dict[str, Any] | None]] = []
        self.now: dict[date, dict[str, Any] | None] = dict.fromkeys(DAYS)

    def say(self, first: date, last: date | None, data: dict[str, Any] | None) -> None:
        for day in DAYS:
            if first <= day and (last is None or day < last):
                self.now[day] = data

    def tick(self) -> None:
        self.moments.append(dict(self.now))

    def segment(self, day: date, cuts: list[date]) -> tuple[date, date | None]:
        """The days around ``day`` that one version speaks of, given where versions begin."""
        before = max((cut for cut in cuts if cut <= day), default=DAYS[0])
        after = min((cut for cut in cuts if cut > day), default=None)
        return before, after


steps = st.lists(
    st.tuples(st.sampled_from(["revise", "correct", "end"]), st.sampled_from(DAYS), st.sampled_from("abcd")),
    max_size=6,
)


def told(record: Record, day: date, known: datetime) -> str | None:
    try:
        return queries.get("owner", record.id, by=SYSTEM, known_on=known, valid_on=day).data["note"]
    except NotFound:
        return None


@few
@given(steps)
def test_every_day_at_every_moment_is_as_the_table_says(life):
    with undone(), clock.frozen(NOON) as now:
        record = actions.create("owner", {"full_name": "A", "note": "0"}, by=SYSTEM, valid_from=DAYS[0])
        table, moments = Table(), []
        table.say(DAYS[0], None, "0")
        for what, day, note in life:
            table.tick()
            moments.append(now.advance(timedelta(seconds=0)))
            now.advance(timedelta(minutes=1))
            step(record, table, what, day, note)
        table.tick()
        moments.append(now.advance(timedelta(seconds=0)))
        for moment, known in zip(moments, table.moments, strict=True):
            assert {day: told(record, day, moment) for day in DAYS} == known


def step(record: Record, table: Table, what: str, day: date, note: str) -> None:
    """Do it to the record; when it is done, write the days it speaks of into the table."""
    segments = rules.timeline(actions.keeping.versions(record))
    if what == "end":
        try:
            actions.end(record, on=day, by=SYSTEM, reason="r")
        except DothiError:
            return
        table.say(day, None, None)
    elif what == "revise":
        actions.revise(
            record, {"full_name": "A", "note": note}, valid_from=day, by=SYSTEM, reason="r", replace=True
        )
        holding = [each for each in segments if each.holds(day)]
        later = [each.valid_from for each in segments if each.valid_from > day]
        last = holding[0].valid_to if holding else min(later, default=None)
        table.say(day, None if last == rules.FOREVER else last, note)
    else:
        holding = [each for each in segments if each.holds(day)]
        try:
            actions.correct(record, {"note": note}, valid_on=day, by=SYSTEM, reason="r")
        except DothiError:
            assert not holding
            return
        last = holding[0].valid_to
        table.say(max(holding[0].valid_from, DAYS[0]), None if last == rules.FOREVER else last, note)


@few
@given(steps)
def test_the_feed_applied_in_order_gives_what_is_known(life):
    with undone(), clock.frozen(NOON) as now:
        record = actions.create("owner", {"full_name": "A", "note": "0"}, by=SYSTEM, valid_from=DAYS[0])
        table = Table()
        for what, day, note in life:
            now.advance(timedelta(minutes=1))
            step(record, table, what, day, note)
        copy = Table()
        after = 0
        while feed := queries.changes("owner", after, 2, by=SYSTEM):
            for change in feed:
                assert change.seq > after
                after = change.seq
                if change.id == record.id:
                    note = None if change.data is None else change.data["note"]
                    copy.say(change.valid_from or DAYS[0], change.valid_to, note)
        assert copy.now == {day: told(record, day, now.advance(timedelta(0))) for day in DAYS}


@few
@given(steps, st.integers(0, 12))
def test_lists_follow_the_day(life, offset):
    with undone(), clock.frozen(NOON) as now:
        record = actions.create("owner", {"full_name": "A", "note": "0"}, by=SYSTEM, valid_from=DAYS[0])
        table = Table()
        for what, day, note in life:
            now.advance(timedelta(minutes=1))
            step(record, table, what, day, note)
        now.advance(timedelta(days=offset))
        roll_forward()
        today = (NOON + timedelta(days=offset)).date()
        row = Record.objects.get(pk=record.pk)
        known = rules.at(actions.keeping.versions(record), today)
        assert row.current == (None if known is None else known.seq)
        assert (row.state == "active") == (known is not None)


@few
@given(steps, steps)
def test_a_merge_that_is_undone_leaves_no_trace_in_what_is_known_now(mine, theirs):
    with undone(), clock.frozen(NOON) as now:
        pair = []
        for card, life in (("1111", mine), ("2222", theirs)):
            data = {"full_name": "A", "note": "0", "card": card}
            record = actions.create("owner", data, by=SYSTEM, valid_from=DAYS[0])
            for what, day, note in life:
                if what != "revise":
                    now.advance(timedelta(minutes=1))
                    step(record, Table(), what, day, note)
            pair.append(record)
        before = [timeline(each) for each in pair]
        owners = set(Identifier.objects.values_list("value", "record_id", "origin_id"))
        now.advance(timedelta(minutes=1))
        done = merge(*pair, by=SYSTEM, reason="same")
        assert timeline(pair[1]) == []
        now.advance(timedelta(minutes=1))
        assert unmerge(done, by=SYSTEM, reason="not the same").restored
        assert [timeline(each) for each in pair] == before
        assert set(Identifier.objects.values_list("value", "record_id", "origin_id")) == owners


def timeline(record: Record) -> list[tuple[date, date, Any]]:
    return [
        (each.valid_from, each.valid_to, each.version.data)
        for each in rules.timeline(actions.keeping.versions(record))
    ]
