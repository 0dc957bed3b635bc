"""Numbers are taken by anybody, called and ended by clerks of the hall; the waiting time is said only when it is known."""

from datetime import timedelta

import pytest
from django.test import Client

from dothi.centres.services import hall
from dothi.centres.services.models import Ticket
from dothi.core.clock import now
from dothi.sites.counter.tests.conftest import OTHER_WARD, WARD, signed_in

pytestmark = pytest.mark.django_db
AT = "/desk/one-stop/"


def take(**given):
    return Client().post(f"{AT}kiosk/{WARD}/", given)


def test_a_number_is_taken_without_an_account_and_those_the_law_puts_first_are_called_first(clerk):
    assert "A001" in Client().get(take().headers["Location"]).content.decode()
    take(priority="1")
    clerk.post(f"{AT}tickets/call/", {"unit": WARD, "counter": "3"})
    shown = Client().get(f"{AT}board/{WARD}/").content.decode()
    assert "U001" in shown
    assert "A001" in shown
    assert Ticket.objects.get(state=Ticket.CALLED).counter == "3"
    assert Client().get(f"{AT}kiosk/99999/").status_code == 400


def test_served_called_again_and_missed(clerk):
    take()
    take()
    for ways in (["served"], ["again", "again", "again"]):
        clerk.post(f"{AT}tickets/call/", {"unit": WARD, "counter": "1"})
        called = Ticket.objects.get(state=Ticket.CALLED)
        for do in ways:
            clerk.post(f"{AT}tickets/{called.pk}/", {"do": do})
    assert sorted(Ticket.objects.values_list("state", flat=True)) == ["missed", "served"]
    assert "Không có ai chờ" in clerk.get(f"{AT}tickets/").content.decode()


def test_clerks_of_other_halls_call_nobody_here(clerk):
    take()
    elsewhere = signed_in("one-stop-clerk", unit=OTHER_WARD, email="h@example.org")
    elsewhere.post(f"{AT}tickets/call/", {"unit": WARD, "counter": "1"})
    key = Ticket.objects.get().pk
    clerk.post(f"{AT}tickets/call/", {"unit": WARD, "counter": "1"})
    assert elsewhere.post(f"{AT}tickets/{key}/", {"do": "served"}).status_code == 403
    assert Ticket.objects.get().state == Ticket.CALLED


def test_the_waiting_time_is_of_todays_tickets(wired, ward):
    assert hall.wait_minutes(4, [300] * 4, 2) is None
    for n in range(5):
        Ticket.objects.create(
            unit=WARD,
            day=hall.today(),
            number=n,
            state="served",
            called_at=now() - timedelta(minutes=6),
            ended_at=now(),
        )
    for n in range(5, 8):
        Ticket.objects.create(unit=WARD, day=hall.today(), number=n)
    found = hall.estimate(WARD)
    assert (found.waiting, found.served, found.minutes) == (3, 5, 18)
    assert "18 phút" in Client().get(f"{AT}board/{WARD}/").content.decode()
