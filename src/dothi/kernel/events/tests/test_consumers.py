"""Consumers: nothing lost, nothing doubled, one bad event never stops the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dothi.core import clock
from dothi.core.errors import NotFound, Unavailable
from dothi.kernel.events import actions, leases, queries
from dothi.kernel.events.actions import record
from dothi.kernel.events.declared import batch_consumer, consumers
from dothi.kernel.events.models import ConsumerOffset, DeadLetter, LogState, OutboxEvent
from dothi.kernel.events.reader import Reader


@pytest.fixture
def owner():
    name = leases.new_owner()
    yield name
    leases.forget_owner(name)


@pytest.fixture
def work(city, owner):
    """Lets a consumer handle all there is now."""

    def run(name):
        reader = Reader(consumers()[name], city, owner)
        assert reader.begin()
        while reader.step():
            pass
        return reader

    return run


def test_every_event_is_handled_once_in_order(declare, work, handler, happen):
    declare("c")(handler)
    happen("a", "b")
    work("c")
    happen("c")
    work("c")
    assert handler.seen == ["a", "b", "c"]


def test_only_the_declared_types_are_handled(declare, work, handler, happen):
    declare("c", types=("vn.dothi.a.*",))(handler)
    happen("a", type="vn.dothi.a.x")
    happen("b", type="vn.dothi.b.x")
    work("c")
    assert handler.seen == ["a"]


def test_a_new_consumer_may_begin_at_the_end(declare, work, handler, happen):
    declare("c", start="head")(handler)
    happen("before")
    work("c")
    happen("after")
    work("c")
    assert handler.seen == ["after"]


def test_more_events_than_a_batch_are_all_handled(declare, work, handler, happen):
    declare("c")(handler)
    happen(*[str(n) for n in range(450)])
    work("c")
    assert handler.seen == [str(n) for n in range(450)]


def test_a_failing_event_does_not_stop_the_ones_behind_it(declare, work, handler, happen):
    handler.failing = {"bad"}
    declare("c")(handler)
    happen("a", "bad", "b")
    work("c")
    assert handler.seen == ["a", "bad", "b"]


def test_a_failed_event_is_tried_again_after_a_rest(declare, work, handler, happen):
    handler.failing = {"bad"}
    declare("c")(handler)
    happen("bad")
    with clock.frozen(clock.now()) as now:
        work("c")
        work("c")
        assert handler.seen == ["bad"]
        handler.failing = set()
        now.advance(timedelta(seconds=1))
        work("c")
    assert handler.seen == ["bad", "bad"]
    assert not DeadLetter.objects.exists()


def test_an_event_that_keeps_failing_becomes_a_dead_letter(declare, work, handler, happen):
    handler.failing = {"bad"}
    declare("c", types=("vn.dothi.x.*",), attempts=3)(handler)
    happen("bad")
    with clock.frozen(clock.now()) as now:
        for _ in range(6):
            work("c")
            now.advance(timedelta(hours=2))
    letter = DeadLetter.objects.get()
    assert (letter.state, letter.attempts, handler.seen) == ("dead", 3, ["bad"] * 3)
    assert "ValueError: broken" in letter.error


def test_a_dead_letter_is_itself_an_event(declare, work, handler, city, happen):
    handler.failing = {"bad"}
    declare("c", attempts=1)(handler)
    happen("bad")
    work("c")
    *_, last = city.read(None, 10)
    assert last.type == "vn.dothi.events.dead-lettered"
    assert last.data["consumer"] == "c"


def test_a_consumer_that_fails_on_everything_does_not_feed_itself(declare, work, city, happen):
    @declare("c", attempts=1)
    def fail(event):
        raise ValueError

    happen("bad")
    for _ in range(5):
        work("c")
    assert len(city.read(None, 100)) == 2


@pytest.fixture
def dead(declare, work, handler, happen):
    """A dead letter whose cause is mended."""
    handler.failing = {"bad"}
    declare("c", types=("vn.dothi.x.*",), attempts=1)(handler)
    happen("bad")
    work("c")
    handler.failing = set()
    return DeadLetter.objects.get()


def test_a_dead_letter_that_is_sent_again_is_handled(dead, work, handler, person):
    actions.resend(dead, person(actions.RESEND))
    work("c")
    assert handler.seen == ["bad", "bad"]
    assert not DeadLetter.objects.exists()


def test_a_discarded_dead_letter_is_gone_and_the_log_says_by_whom(dead, city, person):
    actions.discard(dead, person(actions.DISCARD))
    assert not DeadLetter.objects.exists()
    assert city.read(None, 10)[-1].actor == "account:1"


def test_dead_letters_are_touched_only_with_the_permission(dead, person):
    with pytest.raises(PermissionError):
        actions.resend(dead, person(actions.DISCARD))
    with pytest.raises(PermissionError):
        actions.discard(dead, person(actions.RESEND))


def test_a_dead_letter_somebody_else_has_removed_is_not_found(dead, person):
    actions.discard(dead, person(actions.DISCARD))
    with pytest.raises(NotFound):
        actions.resend(dead, person(actions.RESEND))


def test_a_replay_handles_everything_again(declare, work, handler, person, happen):
    declare("c", types=("vn.dothi.x.*",))(handler)
    happen("a", "b")
    work("c")
    actions.replay("c", person(actions.REPLAY))
    work("c")
    assert handler.seen == ["a", "b", "a", "b"]


def test_a_replay_from_a_position_begins_behind_it(declare, work, handler, person, happen):
    declare("c", types=("vn.dothi.x.*",))(handler)
    first, _ = happen("a", "b")
    work("c")
    actions.replay("c", person(actions.REPLAY), after=first.position)
    work("c")
    assert handler.seen == ["a", "b", "b"]


def test_a_replay_is_noticed_by_a_reader_at_work(declare, city, owner, handler, person, happen):
    declare("c", types=("vn.dothi.x.*",))(handler)
    reader = Reader(consumers()["c"], city, owner)
    reader.begin()
    happen("a")
    while reader.step():
        pass
    actions.replay("c", person(actions.REPLAY))
    happen("b")
    while reader.step():
        pass
    assert handler.seen == ["a", "a", "b"]


def test_the_effect_of_a_failed_handler_is_undone(declare, work, happen):
    @declare("c", types=("vn.dothi.x.*",))
    def write_and_fail(event):
        record("vn.dothi.effect.done", subject=event.subject, data={})
        if event.subject == "bad":
            raise ValueError

    happen("good", "bad")
    work("c")
    effects = OutboxEvent.objects.filter(type="vn.dothi.effect.done")
    assert [each.subject for each in effects] == ["good"]


def test_when_something_is_away_the_consumer_waits_without_counting(declare, city, owner, handler, happen):
    handler.failing, handler.error = {"b"}, Unavailable("mail server")
    declare("c")(handler)
    happen("a", "b", "c")
    reader = Reader(consumers()["c"], city, owner)
    reader.begin()
    for _ in range(3):
        with pytest.raises(Unavailable):
            reader.step()
    handler.failing = set()
    while reader.step():
        pass
    assert handler.seen == ["a", "b", "b", "b", "b", "c"]
    assert not DeadLetter.objects.exists()


def test_an_event_that_comes_twice_is_handled_once(declare, work, handler, happen):
    declare("c")(handler)
    happen("a")
    again = OutboxEvent.objects.get()
    again.pk = None
    again.save()
    work("c")
    assert handler.seen == ["a"]


def test_a_second_reader_waits_while_the_first_is_at_work(declare, city, owner, handler):
    declare("c")(handler)
    other = leases.new_owner()
    assert Reader(consumers()["c"], city, owner).begin()
    assert not Reader(consumers()["c"], city, other).begin()
    leases.forget_owner(other)


def test_a_lease_that_ran_out_is_taken_over(declare, city, handler):
    declare("c")(handler)
    with clock.frozen(clock.now()) as now:
        assert Reader(consumers()["c"], city, "elsewhere:1:x").begin()
        now.advance(timedelta(seconds=19))
        assert not Reader(consumers()["c"], city, "here:1:y").begin()
        now.advance(timedelta(seconds=2))
        assert Reader(consumers()["c"], city, "here:1:y").begin()


def test_the_lease_of_a_dead_process_is_taken_over_at_once(declare, city, owner, handler):
    declare("c")(handler)
    gone = leases.new_owner()
    assert Reader(consumers()["c"], city, gone).begin()
    leases.forget_owner(gone)
    assert Reader(consumers()["c"], city, owner).begin()


def test_who_lost_the_lease_while_handling_leaves_no_effect(declare, city, owner, happen):
    @declare("c", types=("vn.dothi.x.*",))
    def handle(event):
        record("vn.dothi.effect.done", subject=event.subject, data={})

    happen("a")
    reader = Reader(consumers()["c"], city, owner)
    reader.begin()
    ConsumerOffset.objects.update(owner="elsewhere:1:x")
    with pytest.raises(leases.LeaseLost):
        reader.step()
    assert not OutboxEvent.objects.filter(type="vn.dothi.effect.done").exists()


def test_a_batch_handler_gets_many_events_at_once(declare, work, happen):
    batches = []
    batch_consumer("c")(lambda events: batches.append([event.subject for event in events]))
    happen("a", "b", "c")
    work("c")
    assert batches == [["a", "b", "c"]]


def test_a_bad_event_in_a_batch_fails_alone(declare, work, happen):
    handled = []

    @batch_consumer("c", types=("vn.dothi.x.*",))
    def handle(events):
        if any(event.subject == "bad" for event in events):
            raise ValueError
        handled.extend(event.subject for event in events)

    happen("a", "bad", "b")
    work("c")
    assert handled == ["a", "b"]
    assert DeadLetter.objects.count() == 1


def test_a_log_that_was_begun_anew_is_read_from_its_beginning(declare, work, handler, happen):
    declare("c")(handler)
    ConsumerOffset.objects.create(name="c", log="city", position="of another log")
    happen("a")
    work("c")
    assert handler.seen == ["a"]


def test_two_consumers_of_one_name_are_refused(declare):
    declare("c")(lambda event: None)
    with pytest.raises(ValueError, match="two consumers"):
        declare("c")(lambda event: None)


def test_lag_is_what_waits_behind_the_position(declare, work, handler, happen):
    declare("c")(handler)
    happen("a")
    work("c")
    happen("b", "c")
    (state,) = queries.consumer_states()
    assert (state.behind, state.running, state.dead) == (2, True, 0)


def test_after_a_restore_into_another_server_new_events_come_behind_the_old_ones(city, happen):
    happen("old")
    OutboxEvent.objects.update(txid=10**12)  # as a server counted that had seen more transactions
    actions.settle_era()
    happen("new")
    assert [event.subject for event in city.read(None, 10)] == ["old", "new"]


def test_settling_the_era_changes_nothing_on_a_healthy_database(city, happen):
    happen("a")
    actions.settle_era()
    assert not LogState.objects.filter(era__gt=1).exists()
