"""What a command writes: the case, its history, its events, once."""

from __future__ import annotations

import contextlib
from threading import Thread

import msgspec
import pytest
from django.db import connection, transaction

from dothi.core.errors import NotFound
from dothi.kernel.cases import actions, engine
from dothi.kernel.cases.commands import Act, Open
from dothi.kernel.cases.engine import Entry, Refused
from dothi.kernel.cases.models import Case, CaseText
from dothi.kernel.cases.models import Entry as Stored
from dothi.kernel.cases.tests.conftest import CITIZEN, OPERATOR, ORG, WARD, WARD_OFFICER
from dothi.kernel.cases.views import CaseView
from dothi.kernel.cases.writer import KeyUsed
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.models import AuditEntry

DATA = {"what": "Nắp cống vỡ", "name": "Trần Thị Bình", "illness": "hen"}


def opened(**more) -> CaseView:
    return actions.open_case("test-report", data=DATA, by=CITIZEN, unit=WARD, organisation=ORG, **more)


def history(case: CaseView) -> list[Entry]:
    rows = Stored.objects.filter(key__gte=case.num << 20, key__lt=(case.num + 1) << 20).order_by("key")
    return [msgspec.json.decode(bytes(row.body), type=Entry) for row in rows]


@pytest.fixture(params=["django", "group"])
def either(request):
    """Both ways to write: inside a transaction of Django's, and through the group."""
    if request.param == "django":
        request.getfixturevalue("db")
    else:
        request.getfixturevalue("grouped")


@pytest.mark.usefixtures("either")
def test_a_case_is_opened_moved_and_closed():
    case = opened(position=(106.7, 10.77), title="Nắp cống")
    assert (case.state, case.phase, case.rev, case.applicant) == ("new", "open", 1, "account:citizen")
    assert case.code.startswith("R-")
    assert case.code.endswith("-00001")
    moved = actions.act(case.id, "dispatch", by=OPERATOR)
    done = actions.act(case.id, "answer", by=OPERATOR, data={"answer": "Đã thay nắp"}, rev=moved.rev)
    assert (done.state, done.phase, done.outcome) == ("answered", "done", "answered")
    row = Case.objects.get(id=case.id)
    assert (row.state, row.rev, row.title, row.lon) == ("answered", 3, "Nắp cống", 106.7)
    entries = history(case)
    assert engine.verify(entries) == 3
    assert engine.replay(entries) == done.snapshot
    events = list(OutboxEvent.objects.order_by("seq").values_list("type", flat=True))
    assert [each.removeprefix("vn.dothi.cases.") for each in events] == [
        "opened", "moved", "moved", "closed", "effects-ordered",
    ]  # fmt: skip


@pytest.mark.usefixtures("either")
def test_a_refusal_changes_nothing():
    case = opened()
    with pytest.raises(Refused) as refused:
        actions.act(case.id, "answer", by=OPERATOR)
    assert refused.value.code == "unknown-action"
    with pytest.raises(Refused):
        actions.act(case.id, "refuse", by=OPERATOR)
    assert Case.objects.get(id=case.id).rev == 1
    assert len(history(case)) == 1


@pytest.mark.usefixtures("either")
def test_who_saw_an_older_case_is_told():
    case = opened()
    actions.act(case.id, "touch", by=OPERATOR, rev=1)
    with pytest.raises(Refused) as refused:
        actions.act(case.id, "touch", by=OPERATOR, rev=1)
    assert refused.value.code == "conflict"


@pytest.mark.usefixtures("either")
def test_the_same_key_gets_the_same_answer_and_another_command_is_refused():
    first = opened(key="k1")
    assert opened(key="k1").id == first.id
    moved = actions.act(first.id, "dispatch", by=OPERATOR, key="k2")
    actions.act(first.id, "answer", by=OPERATOR, data={"answer": "Xong"})
    again = actions.act(first.id, "dispatch", by=OPERATOR, key="k2")
    assert again == moved
    with pytest.raises(KeyUsed):
        actions.act(first.id, "send-back", by=OPERATOR, key="k2")
    assert Case.objects.count() == 1
    assert len(history(first)) == 3


@pytest.mark.usefixtures("either")
def test_a_batch_is_carried_out_in_order_and_each_fails_alone():
    case = opened()
    results = actions.perform(
        [
            Act(case=case.id, action="touch", by=OPERATOR),
            Act(case=case.id, action="dispatch", by=CITIZEN),
            Act(case=case.id, action="dispatch", by=OPERATOR),
            Act(case="no such", action="dispatch", by=OPERATOR),
            Act(case=case.num, action="answer", by=OPERATOR, data={"answer": "Xong"}),
            Open(procedure="test-report", data={}, by=CITIZEN),
            Open(procedure="test-none", data={}, by=CITIZEN),
            Open(procedure="test-report", data=DATA, by=CITIZEN),
        ]
    )
    kinds = [type(each).__name__ for each in results]
    assert kinds == [
        "CaseView",
        "Refused",
        "CaseView",
        "NotFound",
        "CaseView",
        "Refused",
        "NotFound",
        "CaseView",
    ]
    assert Case.objects.get(id=case.id).rev == 4
    assert engine.replay(history(case)) == results[4].snapshot
    assert results[7].code.endswith("-00002")


@pytest.mark.usefixtures("either")
def test_what_somebody_may_not_see_is_not_there():
    case = actions.open_case("test-report", data=DATA, by=CITIZEN, unit="26740")
    with pytest.raises(NotFound):
        actions.act(case.id, "dispatch", by=WARD_OFFICER)
    with pytest.raises(Refused):
        actions.act(case.id, "dispatch", by=CITIZEN)
    assert AuditEntry.objects.filter(outcome="refused", action="cases.act").count() == 1


def test_an_open_transaction_that_is_undone_leaves_nothing(db):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        opened()
        raise ZeroDivisionError
    assert not Case.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_many_callers_at_once_are_all_answered(grouped):
    cases = [opened() for _ in range(8)]
    done = []

    def work(case):
        done.extend(actions.act(case.id, "touch", by=OPERATOR).rev for _ in range(5))
        connection.close()

    threads = [Thread(target=work, args=(case,)) for case in cases]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(done) == sorted([2, 3, 4, 5, 6] * 8)
    for case in cases:
        assert engine.verify(history(case)) == 6


def test_no_entry_can_be_changed_or_removed(db):
    opened()
    for statement in ("UPDATE cases_entry SET public = 0", "DELETE FROM cases_entry"):
        with (
            pytest.raises(Exception, match="only be added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_words_are_open_or_personal_and_never_sensitive(db):
    case = opened()
    text = CaseText.objects.get(num=case.num)
    assert "cong" in text.words.split()
    assert "zpbinh" in text.words.split()
    assert "binh" not in text.words.split()
    assert "hen" not in text.words
    assert "zqopen" in text.marks.split()
    assert "zqu26734" in text.marks.split()
