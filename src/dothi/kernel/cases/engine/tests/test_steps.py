"""A case from its opening to its end: who may, what must hold, what follows."""

from __future__ import annotations

import pytest

from dothi.kernel.cases.engine import Refused, available
from dothi.kernel.cases.engine.types import ChildState, DocumentMeta

DAY = 86_400_000_000


def refused(call, *args, **more) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    return caught.value


def test_a_new_case_stands_in_the_first_state_with_its_data_and_facts(case) -> None:
    outcome = case.open()
    assert (case.now.state, case.now.phase, case.now.rev) == ("submitted", "open", 1)
    assert case.now.data == {"full_name": "Lê Văn Tám"}
    assert case.now.facts == {"rounds": 0}
    assert [each.kind for each in outcome.effects] == ["request_payment"]
    assert outcome.events[0][0] == "vn.dothi.cases.opened"


def test_events_hold_no_personal_data(case) -> None:
    outcome = case.open()
    assert "Lê Văn Tám" not in repr(outcome.events)


def test_who_may_not_open_is_refused(case) -> None:
    assert refused(case.open, actor=case.actor("leader")).code == "wrong-role"


def test_a_form_that_does_not_fit_is_refused_by_field_in_both_languages(case) -> None:
    error = refused(case.open, {"born_on": "31/02/2020"})
    assert error.code == "form-invalid"
    assert set(error.errors) == {"full_name", "born_on"}
    assert all({"vi", "en"} <= set(text) for text in error.errors.values())


def test_a_guard_at_the_start_tells_its_own_reason(case) -> None:
    error = refused(case.open, {"full_name": "Nobody"})
    assert (error.code, error.detail["en"]) == ("guard", "Not taken.")


def test_answers_that_exclude_somebody_are_told_before_the_form_counts(case) -> None:
    error = refused(case.open, answers={"age": 17})
    assert (error.code, error.detail["en"]) == ("not-eligible", "You must be 18.")
    case.open(answers={"age": 18})


def test_missing_documents_are_named(case) -> None:
    error = refused(case.open, documents={})
    assert error.code == "documents-missing"
    assert error.members["missing"] == ["id-card"]


def test_a_document_is_needed_only_when_its_condition_holds(case) -> None:
    shop = {
        "full_name": "A",
        "business": True,
        "tax_code": "0123456789",
        "area": 5,
        "members": [{"name": "B"}],
    }
    error = refused(case.open, shop, documents={"id-card": (DocumentMeta(id="1"),)})
    assert error.members["missing"] == ["plan"]


def test_a_refused_document_does_not_count(case) -> None:
    error = refused(case.open, documents={"id-card": (DocumentMeta(id="1", state="refused"),)})
    assert error.code == "documents-missing"


def test_fees_asked_for_must_be_paid_where_the_action_says_so(case) -> None:
    from dothi.kernel.cases.engine.types import PaymentState

    case.open()
    case.keep(case.record.payment("fees", PaymentState(amount=75_000)))
    assert refused(case.act, "accept", "clerk").code == "not-paid"
    case.paid()
    case.act("accept", "clerk")
    assert case.now.state == "review"


def test_an_unknown_action_and_a_wrong_role_are_refused(case) -> None:
    case.open()
    assert refused(case.act, "approve", "leader").code == "unknown-action"
    assert refused(case.act, "accept", "leader").code == "wrong-role"


def test_who_acts_on_an_older_view_meets_a_conflict(case) -> None:
    case.open()
    case.act("accept", "clerk", rev=1)
    error = refused(case.act, "supplement", "clerk", rev=1, note="x")
    assert (error.code, error.members["rev"], error.status) == ("conflict", case.now.rev, 409)


def test_a_note_is_required_where_the_action_says_so(case) -> None:
    case.in_review()
    assert refused(case.act, "supplement", "clerk", note="  ").code == "needs-note"


def test_an_action_of_once_is_done_once_in_the_life_of_a_case(case) -> None:
    case.in_review()
    case.act("supplement", "clerk", note="Thiếu bản vẽ")
    case.act("reply", applicant=True)
    assert refused(case.act, "supplement", "clerk", note="Nữa").code == "already-done"


def test_parallel_work_joins_when_all_of_it_is_done(case) -> None:
    shop = {
        "full_name": "A",
        "business": True,
        "tax_code": "0123456789",
        "area": 5,
        "members": [{"name": "B"}],
    }
    case.in_review(shop)
    assert {key: each.state for key, each in case.now.tasks.items()} == {"read": "open", "visit": "open"}
    case.act("task.read", "clerk", data={"outcome": "fits"})
    assert case.now.state == "review"
    case.act("task.visit", "clerk")
    assert case.now.state == "decision"
    assert case.entries[-1].cause == "join"


def test_work_whose_condition_does_not_hold_is_not_opened(case) -> None:
    case.in_review()
    assert list(case.now.tasks) == ["read"]


def test_a_task_takes_only_its_outcomes_and_its_role(case) -> None:
    case.in_review()
    assert refused(case.act, "task.read", "clerk", data={"outcome": "maybe"}).code == "unknown-outcome"
    assert refused(case.act, "task.read", "leader", data={"outcome": "fits"}).code == "wrong-role"
    assert refused(case.act, "task.nothing", "clerk").code == "unknown-action"


def test_leaving_a_state_cancels_its_open_work(case) -> None:
    case.in_review()
    case.act("supplement", "clerk", note="x")
    assert case.now.tasks["read"].state == "cancelled"


def test_a_case_waits_for_the_cases_it_opened(case) -> None:
    case.in_review()
    outcome = case.act("ask", "clerk")
    (order,) = outcome.effects
    assert order.kind == "open"
    assert order.values["data"] == {"full_name": "Lê Văn Tám"}
    assert list(case.now.waiting_for) == [order.id]
    case.act("task.read", "clerk", data={"outcome": "fits"})
    assert case.now.state == "review"
    case.keep(case.record.child(order.id, ChildState(procedure="permit", case="2", state="done")))
    assert case.now.state == "decision"


def test_a_branch_chooses_the_way(case) -> None:
    case.decided()
    case.act("approve", "leader", data={"number": "12", "days": 21})
    assert (case.now.state, case.now.outcome) == ("refused", "refused")


def test_a_guard_tells_its_own_reason(case) -> None:
    case.in_review()
    case.act("task.read", "clerk", data={"outcome": "fails"})
    error = refused(case.act, "approve", "leader", data={"number": "12"})
    assert (error.code, error.detail["en"]) == ("guard", "The dossier does not fit.")


def test_effects_at_once_are_in_the_entry_and_others_are_ordered_with_a_name_of_their_own(case) -> None:
    case.decided()
    outcome = case.act("approve", "leader", data={"number": "12"})
    assert case.now.facts["decided_on"] == "2026-05-29"
    (order,) = outcome.effects
    assert (order.kind, order.values["values"], order.values["valid_from"]) == (
        "register",
        {"permit": "12"},
        "2026-05-29",
    )
    assert order.id == f"0190-case:{case.now.seq}:0"


def test_an_effect_happens_only_when_its_condition_holds(case) -> None:
    case.open()
    assert case.act("withdraw", applicant=True).effects == ()
    other = type(case)()
    other.open()
    other.paid()
    assert [each.kind for each in other.act("withdraw", applicant=True).effects] == ["refund"]


def test_a_closed_case_can_be_reopened_as_often_as_its_guard_allows(case) -> None:
    case.decided()
    case.act("approve", "leader", data={"number": "12"})
    assert case.now.closed_us is not None
    outcome = case.act("reopen", "leader")
    assert "vn.dothi.cases.reopened" in [name for name, _ in outcome.events]
    assert (case.now.phase, case.now.outcome, case.now.closed_us) == ("open", None, None)


def test_offers_are_those_of_the_role_with_the_reason_why_not(case) -> None:
    case.in_review()
    case.act("supplement", "clerk", note="x")
    case.act("reply", applicant=True)
    offers = {each.action: each for each in available(case.compiled, case.now, case.actor("clerk"), case.at)}
    assert set(offers) == {"supplement", "ask", "extend", "task.read"}
    assert (offers["supplement"].enabled, offers["supplement"].code) == (False, "already-done")
    assert offers["ask"].enabled
    assert [key for key, _ in offers["task.read"].outcomes] == ["fits", "fails"]
    assert available(case.compiled, case.now, case.actor("leader"), case.at) == []


def test_assigning_moves_nothing_but_is_remembered(case) -> None:
    case.open()
    case.keep(case.record.assign(assignee="an", action="take"))
    assert (case.now.state, case.now.assignee, case.entries[-1].kind) == ("submitted", "an", "assigned")


def test_a_correction_needs_a_reason_and_must_fit_its_question(case) -> None:
    case.open()
    assert refused(case.record.correct, {"full_name": "B"}, note=" ").code == "needs-note"
    assert refused(case.record.correct, {"born_on": "x"}, note="sai").code == "form-invalid"
    assert refused(case.record.correct, {"nothing": "x"}, note="sai").code == "form-invalid"
    case.keep(case.record.correct({"full_name": "Lê Văn Chín", "born_on": None}, note="Sai tên"))
    assert case.now.data == {"full_name": "Lê Văn Chín"}


def test_a_decision_is_kept_with_the_rules_that_made_it(case) -> None:
    case.in_review()
    assert case.now.facts["level"] == "ward"
    assert case.entries[-1].data.more == {"decided": {"level": {"table": "level", "rules": [1]}}}
