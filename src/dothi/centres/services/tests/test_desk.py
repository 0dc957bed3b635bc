"""The one-stop hall: numbers are called in order, papers change hands with two signatures, people are verified."""

import pytest

from dothi.centres.services.actions import drafting, handing, people, sending, tickets
from dothi.centres.services.models import KnownPerson
from dothi.centres.services.tests.conftest import BINH, CLERK, MAI, PERMIT, WARD
from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.identity.access import Actor, Grant

pytestmark = pytest.mark.django_db
OTHER = Actor(
    "account",
    "other",
    "Phòng",
    (Grant("services.*", unit=WARD), Grant("cases.*", unit=WARD)),
    account="other",
)


def test_numbers_are_called_in_order_those_with_priority_first():
    first, second, urgent = tickets.take(WARD), tickets.take(WARD), tickets.take(WARD, priority=True)
    assert [str(first), str(second), str(urgent)] == ["A001", "A002", "U001"]
    called = [tickets.call_next(WARD, counter="1", by=CLERK) for _ in range(4)]
    assert [str(each) for each in called] == ["U001", "A001", "A002", "None"]


def test_who_does_not_come_after_three_calls_is_missed():
    tickets.take(WARD)
    called = tickets.call_next(WARD, counter="1", by=CLERK)
    states = [tickets.call_again(called, by=CLERK).state for _ in range(3)]
    assert states == ["called", "called", "missed"]
    with pytest.raises(Conflict):
        tickets.serve(called, by=CLERK)


def test_only_a_clerk_of_the_hall_calls():
    tickets.take(WARD)
    with pytest.raises(Forbidden):
        tickets.call_next(WARD, counter="1", by=MAI)
    with pytest.raises(Forbidden):
        tickets.call_next("26743", counter="1", by=CLERK)


def test_papers_change_hands_with_two_signatures(complete):
    made, _ = drafting.begin(PERMIT, by=MAI)
    code = sending.send(complete(made), by=MAI).code
    slip = handing.make(WARD, giver="Một cửa", taker="Phòng Kinh tế", codes=[code, code], by=CLERK)
    assert (slip.number, slip.cases) == (1, [code])
    with pytest.raises(Conflict):
        handing.accept(slip, by=CLERK)
    assert handing.accept(slip, by=OTHER, refused=[code, "x"]).refused == [code]
    with pytest.raises(Conflict):
        handing.accept(slip, by=OTHER)


@pytest.mark.parametrize("codes", [[], ["nothing-0001"]])
def test_a_list_names_dossiers_that_are_there(ward, codes):
    with pytest.raises(BadInput):
        handing.make(WARD, giver="a", taker="b", codes=codes, by=CLERK)


def test_a_clerk_verifies_somebody_else_only():
    people.verify_person("mai", "079 190 000 001", unit=WARD, by=CLERK)
    assert KnownPerson.objects.get().personal_id == "079190000001"
    for wrong, account in ((BadInput, "mai"), (Conflict, "clerk")):
        number = "12" if wrong is BadInput else "079190000001"
        with pytest.raises(wrong):
            people.verify_person(account, number, unit=WARD, by=CLERK)
    with pytest.raises(Forbidden):
        people.verify_person("mai", "079190000001", unit=WARD, by=BINH)
