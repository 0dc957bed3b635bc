"""Whatever happens to a case, in whatever order and at whatever time: its rows are what its history makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.core import clock
from dothi.core.errors import DothiError
from dothi.kernel.cases import actions, timers, verifying
from dothi.kernel.cases.commands import Act, Open
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.models import Case, Fact766
from dothi.kernel.cases.queries import facts_766, inbox
from dothi.kernel.cases.tests.conftest import CITIZEN, OPERATOR, ORG, WARD
from dothi.kernel.identity.access import SYSTEM

FORMS = {"answer": {"answer": "xong"}, "rate": {"rating": 3}}
MOVES = ("dispatch", "touch", "refuse", "answer", "hold", "go-on", "send-back", "rate", "reopen")
step = st.tuples(
    st.integers(0, 2),
    st.sampled_from([*MOVES, "take", "comment", "hand-over", "timers"]),
    st.integers(0, 100),
)


def live(nums: list[int], steps: list[tuple[int, str, int]], now: clock.Frozen) -> None:
    for which, move, hours in steps:
        now.advance(timedelta(hours=hours))
        num = nums[which]
        by = CITIZEN if move in ("rate", "reopen") else OPERATOR
        try:
            if move == "timers":
                timers.fire_due()
            elif move == "take":
                actions.take(num, by=by)
            elif move == "comment":
                actions.comment(num, "xem", by=by, public=bool(hours % 2))
            elif move == "hand-over":
                actions.hand_over(num, by=SYSTEM, organisation=("H29.1", ORG)[hours % 2])
            else:
                actions.perform([Act(case=num, action=move, by=by, data=FORMS.get(move, {}), note="vì")] * 2)
        except DothiError:
            continue


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(step, max_size=14), st.sampled_from(["web", "phone"]))
def test_rows_lists_and_facts_are_what_the_histories_say(steps, channel):
    before = set(Case.objects.values_list("num", flat=True))
    with clock.frozen(datetime(2026, 6, 1, 2, tzinfo=UTC)) as now:
        order = Open(
            procedure="test-report",
            data={"what": "x"},
            by=CITIZEN,
            unit=WARD,
            organisation=ORG,
            channel=channel,
        )
        nums = [case.num for case in actions.perform([order] * 3)]
        live(nums, steps, now)
        faults = [each for each in verifying.verify(first=min(nums)) if not isinstance(each, int)]
        assert faults == []
        there = Case.objects.exclude(num__in=before)
        still = {case.num for case in there if case.phase != "done"}
        listed = inbox(Filter(kinds=("report",)), by=SYSTEM, limit=500).items
        assert {each.num for each in listed} - before == still
        (total,) = facts_766((0, 1 << 62), by=SYSTEM)
        rows = list(Fact766.objects.all())
        assert total.closed == sum(row.closed_us is not None for row in rows)
        assert total.on_time + total.late == total.closed
