"""Clocks and timers: when they start, stand still, go on, warn, run out."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from dothi.kernel.cases.engine import Refused
from dothi.kernel.cases.engine.walking import Elapsed

DAY = 86_400_000_000


@contextmanager
def refusal(code):
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


def fire(case, name, days=0):
    return case.act(f"timer.{name}", days=days, system=True)


def test_a_clock_starts_with_its_action_and_says_when_it_is_due(case) -> None:
    case.in_review()
    clock = case.now.clocks["statutory"]
    assert (clock.due_us - case.at, clock.warn_us - case.at) == (10 * DAY, 8 * DAY)
    assert case.now.clocks["accept"].stopped_us == case.at


def test_a_pause_moves_the_end_by_its_own_length(case) -> None:
    case.in_review()
    start = case.at
    case.act("supplement", "clerk", days=2, note="x")
    clock = case.now.clocks["statutory"]
    assert (clock.paused, clock.due_us, clock.pauses[-1].cause) == (True, None, "supplement")
    assert "clock.statutory.due" not in case.now.timers
    case.act("reply", applicant=True, days=5)
    assert case.now.clocks["statutory"].due_us == start + 15 * DAY
    assert case.now.timers["clock.statutory.due"] == start + 15 * DAY


def test_one_extension_is_given_with_its_reason(case) -> None:
    case.in_review()
    start = case.at
    case.act("extend", "clerk", note="Phức tạp", data={"more_days": 5})
    clock = case.now.clocks["statutory"]
    assert clock.due_us == start + 15 * DAY
    assert (clock.extensions[0].by, clock.extensions[0].reason) == ("5 days", "Phức tạp")
    with refusal("already-done"):
        case.act("extend", "clerk", note="Nữa", data={"more_days": 5})


def test_a_clock_warns_and_then_has_run_out(case) -> None:
    case.in_review()
    outcome = fire(case, "clock.statutory.warn", days=8)
    assert outcome.events[-1][0] == "vn.dothi.cases.clock-warned"
    outcome = fire(case, "clock.statutory.due", days=2)
    assert outcome.events[-1][0] == "vn.dothi.cases.clock-missed"
    assert case.now.clocks["statutory"].missed_us == case.at
    assert case.entries[-1].public


def test_a_clock_stopped_too_late_says_so_though_no_timer_was_fired(case) -> None:
    case.decided()
    due = case.now.clocks["statutory"].due_us
    case.act("approve", "leader", days=11, data={"number": "1"})
    assert case.now.clocks["statutory"].missed_us == due


def test_timers_of_a_state_fire_its_effects_at_the_moment_of_the_clock(case) -> None:
    case.in_review()
    assert case.now.timers["review.0"] == case.at + 5 * DAY
    assert [each.kind for each in fire(case, "review.0", days=5).effects] == ["message"]
    assert [each.kind for each in fire(case, "review.1", days=5).effects] == ["letter"]


def test_a_state_still_hears_that_the_clock_ran_out_when_the_clock_itself_was_first(case) -> None:
    case.in_review()
    fire(case, "clock.statutory.due", days=10)
    outcome = fire(case, "review.1")
    assert [order.kind for order in outcome.effects] == ["letter"]


def test_a_timer_takes_an_action_by_itself(case) -> None:
    case.in_review()
    case.act("supplement", "clerk", note="x")
    fire(case, "waiting.0", days=30)
    assert (case.now.state, case.entries[-1].action, case.entries[-1].cause) == (
        "withdrawn",
        "lapse",
        "waiting.0",
    )
    assert case.now.timers == {}


def test_a_timer_that_does_not_stand_any_more_fires_nothing(case) -> None:
    case.in_review()
    with refusal("unknown-timer"):
        fire(case, "waiting.0", days=40)
    with refusal("unknown-timer"):
        fire(case, "clock.accept.due")


def test_a_timer_does_not_fire_before_its_time(case) -> None:
    case.in_review()
    with refusal("unknown-timer"):
        fire(case, "review.0", days=4.9)


def test_only_the_system_fires_timers(case) -> None:
    case.in_review()
    with refusal("wrong-role"):
        case.act("timer.review.0", "clerk", days=5)


def test_the_plan_of_timers_says_what_to_set_and_what_to_cancel(case) -> None:
    case.open()
    before = dict(case.now.timers)
    case.paid()
    outcome = case.act("accept", "clerk")
    after = case.now.timers
    assert dict(outcome.timers.set) == {name: at for name, at in after.items() if before.get(name) != at}
    assert set(outcome.timers.cancel) == set(before) - set(after)


def test_every_clock_stops_when_the_case_is_done(case) -> None:
    case.open()
    case.act("withdraw", applicant=True)
    assert all(each.stopped_us is not None for each in case.now.clocks.values())


def test_a_changed_calendar_moves_running_clocks_only_and_is_noted_once(case) -> None:
    class Longer(Elapsed):
        def due_us(self, allowances, started_us, pauses, part):
            return super().due_us(allowances, started_us, pauses, part) + DAY

    case.in_review()
    due = case.now.clocks["statutory"].due_us
    case.calendar = Longer()
    case.keep(case.record.replan())
    assert case.now.clocks["statutory"].due_us == due + DAY
    assert case.now.timers["clock.statutory.due"] == due + DAY
    assert case.record.replan().entries == ()


def test_work_with_a_time_of_its_own_is_late_by_itself(case) -> None:
    shop = {
        "full_name": "A",
        "business": True,
        "tax_code": "0123456789",
        "area": 5,
        "members": [{"name": "B"}],
    }
    case.in_review(shop)
    outcome = fire(case, "task.visit.due", days=3)
    assert outcome.events[-1][1]["task"] == "visit"


def test_a_clock_held_or_extended_outside_of_actions_is_noted_for_all_to_see(case) -> None:
    case.in_review()
    case.keep(case.record.hold("statutory", "court", note="Toà án"))
    assert case.now.clocks["statutory"].paused
    case.at += 3 * DAY
    case.keep(case.record.resume("statutory"))
    case.keep(case.record.extend("statutory", "2 days", note="Bão"))
    assert case.now.clocks["statutory"].due_us == case.at + 12 * DAY
    assert [each.public for each in case.entries[-3:]] == [True] * 3
