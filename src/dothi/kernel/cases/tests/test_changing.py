"""What happens beside the procedure's actions: assignment, remarks, links, corrections, timers, the calendar, effects."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from dothi.core import clock
from dothi.core.clock import HCMC, from_us, now
from dothi.core.errors import Conflict, Forbidden, NotFound
from dothi.kernel.cases import (
    actions,
    calendar_days,
    effects,
    people,
    procedures,
    queries,
    retention,
    timers,
    verifying,
)
from dothi.kernel.cases.engine import Refused
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.models import Case, Effect, Fact766, Idempotency
from dothi.kernel.cases.tests.conftest import (
    CITIZEN,
    OPERATOR,
    ORG,
    REPORT,
    WARD,
    WARD_OFFICER,
    declared,
    someone,
)
from dothi.kernel.cases.writing import ORDERED
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import Account, AuditEntry, RoleAssignment

STEWARD = someone("cases.*", id="steward")
pytestmark = pytest.mark.django_db


def opened(**more):
    data = {"what": "Nắp cống vỡ", "name": "Bình"}
    return actions.open_case("test-report", data=data, by=CITIZEN, unit=WARD, organisation=ORG, **more)


def sound():
    return [each for each in verifying.verify() if not isinstance(each, int)]


def test_a_case_is_taken_handed_over_and_assigned():
    case = opened()
    assert actions.take(case.id, by=OPERATOR).assignee == "account:op"
    with pytest.raises(Forbidden):
        actions.take(case.id, by=WARD_OFFICER)
    moved = actions.hand_over(case.id, by=OPERATOR, organisation="H29.9", note="không thuộc phạm vi")
    assert (moved.organisation, moved.assignee) == ("H29.9", "")
    with pytest.raises(Forbidden):
        actions.hand_over(case.id, by=OPERATOR, organisation=ORG)
    assert actions.assign(case.id, by=STEWARD, assignee="account:x").assignee == "account:x"
    assert [each.id for each in queries.inbox(Filter(assignee="account:x"), by=STEWARD).items] == [case.id]
    assert sound() == []


def test_remarks_are_internal_or_public():
    case = opened()
    actions.comment(case.id, "gọi lại chiều nay", by=OPERATOR)
    actions.comment(case.id, "Nhờ xử lý sớm", by=CITIZEN)
    with pytest.raises(NotFound):
        actions.comment(case.id, "x", by=someone(id="stranger"))
    public = queries.timeline(case.id, by=CITIZEN)
    assert [line.note for line in public if line.kind == "commented"] == ["Nhờ xử lý sớm"]


def test_links_never_go_round():
    first, second, third = opened(), opened(), opened()
    actions.link(first.id, "duplicate_of", second.id, by=STEWARD)
    actions.link(second.id, "duplicate_of", third.id, by=STEWARD)
    with pytest.raises(Conflict):
        actions.link(third.id, "duplicate_of", first.id, by=STEWARD)
    with pytest.raises(Conflict):
        actions.link(first.id, "caused_by", first.id, by=STEWARD)
    actions.unlink(second.id, "duplicate_of", third.id, by=STEWARD)
    actions.link(third.id, "duplicate_of", first.id, by=STEWARD)
    assert sound() == []


def test_a_correction_has_a_reason_and_is_found_by_its_new_words():
    case = opened()
    with pytest.raises(Refused):
        actions.correct_data(case.id, {"what": "Đèn hỏng"}, by=STEWARD, note="")
    actions.correct_data(case.id, {"what": "Đèn hỏng"}, by=STEWARD, note="ghi nhầm")
    assert [each.id for each in queries.search("den hong", by=STEWARD).items] == [case.id]
    assert queries.search("nap cong", by=STEWARD).items == []
    assert AuditEntry.objects.filter(action="cases.correct_data", outcome="done").count() == 1


def test_a_bulk_action_says_what_became_of_each():
    cases = [opened() for _ in range(3)]
    actions.act(cases[1].id, "dispatch", by=STEWARD)
    done = actions.bulk_act([case.id for case in cases], "dispatch", by=STEWARD)
    assert [type(each).__name__ for _, each in done] == ["CaseView", "Refused", "CaseView"]
    with pytest.raises(Forbidden):
        actions.bulk_act([cases[0].id], "touch", by=OPERATOR)


def test_clocks_warn_and_run_out_by_timers_once():
    case = opened()
    with clock.frozen(from_us(case.opened_us) + timedelta(minutes=6)):
        assert timers.fire_due() == 2  # dispatch: warned, and out
        assert timers.fire_due() == 0
    with clock.frozen(from_us(case.opened_us) + timedelta(days=30)):
        while timers.fire_due():
            pass
        late = queries.get(case.id, by=OPERATOR)
        assert late.late
        assert [each.id for each in queries.inbox(Filter(late=True), by=OPERATOR).items] == [case.id]
    missed = OutboxEvent.objects.filter(type="vn.dothi.cases.clock-missed").count()
    assert missed == 2
    assert sound() == []


def test_a_pause_takes_the_case_out_of_the_order_of_due_times():
    case = opened()
    actions.act(case.id, "dispatch", by=OPERATOR)
    held = actions.act(case.id, "hold", by=OPERATOR)
    assert held.due_us is None
    again = actions.act(case.id, "go-on", by=OPERATOR)
    assert again.due_us is not None


def test_running_clocks_follow_the_calendar():
    case = opened()
    day = from_us(case.due_us).astimezone(HCMC).date() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    calendar_days.set_day(day, working=False, basis_vi="Quyết định", basis_en="Decision", by=STEWARD)
    assert calendar_days.replan() == 1
    assert calendar_days.replan() == 0
    later = queries.get(case.id, by=OPERATOR)
    assert later.due_us > case.due_us
    assert queries.timeline(case.id, by=OPERATOR)[-1].kind == "planned"
    calendar_days.clear_day(day, by=STEWARD)
    calendar_days.replan()
    assert queries.get(case.id, by=OPERATOR).due_us == case.due_us
    assert sound() == []


def test_an_effect_is_carried_out_once(monkeypatch):
    sent = []
    monkeypatch.setattr(effects, "_handlers", {"message": sent.append})
    case = opened()
    actions.act(case.id, "dispatch", by=OPERATOR)
    actions.act(case.id, "answer", by=OPERATOR, data={"answer": "xong"})
    (event,) = OutboxEvent.objects.filter(type=ORDERED)
    effects.carry_out(_event(event))
    effects.carry_out(_event(event))
    assert [order.values["template"] for order in sent] == ["answered"]
    assert Effect.objects.get().state == "done"


def test_an_effect_that_nobody_carries_out_waits_for_who_will(monkeypatch):
    monkeypatch.setattr(effects, "_handlers", {})
    case = opened()
    actions.act(case.id, "dispatch", by=OPERATOR)
    done = actions.act(case.id, "answer", by=OPERATOR, data={"answer": "xong"})
    (event,) = OutboxEvent.objects.filter(type=ORDERED)
    with pytest.raises(effects.NoHandler):
        effects.carry_out(_event(event))
    assert [order.kind for order in effects.waiting(done.num)] == ["message"]


def _event(row):
    from dothi.kernel.events.log import Event

    return Event(
        id=row.event_id, type=row.type, source=row.source, subject=row.subject, time=now(),
        data=msgspec.json.decode(row.data), position="",
    )  # fmt: skip


def test_the_taker_of_a_delegation_plays_the_givers_parts():
    giver = Account.objects.create(email="giver@example.vn", name="A")
    taker = Account.objects.create(email="taker@example.vn", name="B")
    RoleAssignment.objects.create(account=giver, role="case-officer", reason="t", granted_by="system")
    by = someone(id=str(taker.pk))
    case = opened()
    with pytest.raises(NotFound):
        actions.act(case.id, "dispatch", by=by)
    span = {"start": now() - timedelta(hours=1), "end": now() + timedelta(days=3)}
    made = people.delegate(f"account:{taker.pk}", reason="nghỉ phép", by=someone(id=str(giver.pk)), **span)
    assert actions.act(case.id, "dispatch", by=by).state == "dispatched"
    people.end_delegation(made, by=someone(id=str(giver.pk)))
    with pytest.raises(NotFound):
        actions.act(case.id, "hold", by=by)


def test_the_roster_says_who_is_on_duty():
    span = {"start": now() - timedelta(hours=1), "end": now() + timedelta(hours=3)}
    people.put_on_duty(ORG, "operator", "account:a", by=STEWARD, **span)
    assert people.on_duty(ORG, "operator") == ["account:a"]
    assert people.on_duty(ORG, "operator", at=now() + timedelta(days=1)) == []


def test_a_filter_is_kept_and_shared():
    people.save_filter("Quá hạn", Filter(late=True), by=OPERATOR, organisation=ORG)
    assert people.filters_of(OPERATOR)[0][1] == Filter(late=True)
    assert len(people.filters_of(STEWARD, ORG)) == 1
    assert people.filters_of(CITIZEN, ORG) == []


def test_a_running_case_keeps_its_version_until_it_is_migrated():
    procedures.publish(declared(REPORT, key="test-versions"), by=STEWARD)
    data = {"what": "x"}
    case = actions.open_case("test-versions", data=data, by=CITIZEN, unit=WARD)
    states = {
        **REPORT["states"],
        "new": {**REPORT["states"]["new"], "label": {"vi": "Mới nhận", "en": "Just in"}},
    }
    procedures.publish(declared(REPORT, key="test-versions", version=2, states=states), by=STEWARD)
    with pytest.raises(Conflict):
        procedures.publish(declared(REPORT, key="test-versions", version=2), by=STEWARD)
    assert actions.open_case("test-versions", data=data, by=CITIZEN, unit=WARD).version == 2
    assert actions.act(case.id, "touch", by=STEWARD).version == 1
    assert actions.migration_proof(case.id, 2, by=STEWARD).ok
    assert actions.migrate_case(case.id, 2, by=STEWARD).version == 2
    assert actions.act(case.id, "dispatch", by=STEWARD).state == "dispatched"
    assert sound() == []


def test_facts_of_decision_766_are_those_of_the_history():
    cases = [opened(channel=channel) for channel in ("web", "phone", "web")]
    for case in cases[:2]:
        actions.act(case.id, "dispatch", by=OPERATOR)
        actions.act(case.id, "answer", by=OPERATOR, data={"answer": "xong"})
    actions.act(cases[0].id, "rate", by=CITIZEN, data={"rating": 5})
    period = (cases[0].opened_us, now_end())
    (found,) = queries.facts_766(period, by=OPERATOR)
    assert (found.received, found.closed, found.on_time, found.online, found.satisfied) == (3, 2, 2, 2, 1)
    assert Fact766.objects.count() == 3
    assert sound() == []


def now_end() -> int:
    return clock.now_us() + 1


def test_tampering_is_found():
    case = opened()
    Case.objects.filter(id=case.id).update(state="answered")
    assert any("state" in fault.what for fault in sound())


def test_old_keys_are_forgotten_and_cases_are_not():
    opened(key="k")
    with clock.frozen(now() + timedelta(days=31)):
        assert retention.trim() == 1
    assert not Idempotency.objects.exists()
    assert Case.objects.count() == 1


def test_the_system_may_do_everything():
    case = opened()
    assert actions.act(case.id, "dispatch", by=SYSTEM).state == "dispatched"
