"""Without an account: a code to the number one gave finds one's reports again, and messages carry what opens them."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from dothi.centres.hotline import actions
from dothi.kernel.cases import effects, queries
from dothi.kernel.fulfilment import contacts, telling
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.messages.models import Message
from dothi.kernel.messages.rules import Recipient
from dothi.kernel.messages.sealed import opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ward")]
HERE = (106.70098, 10.77689)
NUMBER = "0903 123 456"


@pytest.fixture(autouse=True)
def _throttle():
    cache.clear()


def filed(**more):
    given = {"by": ANONYMOUS, "position": HERE, "contact": Recipient(phone=NUMBER)}
    return actions.file_report("pothole", "Ổ gà lớn giữa đường", **given | more)


def code():
    """The code as the receiver reads it."""
    return re.search(r"\d{6}", opened(Message.objects.filter(purpose="one-time-code").first()).text)[0]


def test_a_code_finds_the_reports_of_a_number_on_another_device(phone):
    made, other = filed(), filed(contact=Recipient(phone="0903 999 999"))
    assert phone.get(f"/c/track/{made.code}/").status_code == 404
    assert phone.post("/c/confirm/", {"address": "12"}).status_code == 422
    assert phone.post("/c/confirm/", {"address": NUMBER}).url == "/c/confirm/code/"
    shown = phone.get("/c/confirm/code/").content.decode()
    assert "903 123" not in shown.replace("&nbsp;", " ")
    assert phone.post("/c/confirm/code/", {"code": "12"}).status_code == 422
    assert phone.post("/c/confirm/code/", {"again": "1"}).status_code == 422  # too soon
    assert phone.post("/c/confirm/code/", {"code": code()}).url == "/c/me/"
    assert made.code in phone.get("/c/me/").content.decode()
    assert phone.get(f"/c/track/{made.code}/").status_code == 200
    assert phone.get(f"/c/track/{other.code}/").status_code == 404
    assert contacts.of(made.case).confirmed == ["sms"]
    assert "+84903123456" not in phone.get(f"/c/track/{made.code}/").content.decode()


def test_an_address_of_a_report_is_confirmed_from_its_page(phone):
    made = filed()
    phone.get(f"/c/track/{made.code}/?k={made.secret}")
    there = f"/c/track/{made.code}/confirm/"
    assert phone.post(there, {"way": "email"}).status_code == 404
    assert Client().post(there, {"way": "sms"}).status_code == 404
    assert phone.post(there, {"way": "sms"}).url == "/c/confirm/code/"
    assert phone.post("/c/confirm/code/", {"code": code()}).url == f"/c/track/{made.code}/"
    assert phone.post(there, {"way": "sms"}).status_code == 404


def test_a_number_confirmed_while_reporting_is_marked_with_the_report(phone):
    for step, given in (
        ("", {}),
        ("what/", {"description": "Ổ gà lớn"}),
        ("kind/", {"category": "pothole"}),
        ("where/", {"f.place.lat": "10.77689", "f.place.lon": "106.70098"}),
    ):
        phone.post(f"/c/report/{step}", given)
    sent = phone.post("/c/report/contact/", {"phone": NUMBER, "confirm": "1"})
    assert sent.url == "/c/confirm/code/"
    assert phone.post("/c/confirm/code/", {"code": code()}).url == "/c/report/check/"
    phone.post("/c/report/check/", {})
    [(case, _)] = contacts.reached_at(contacts.Address("sms", "+84903123456"))
    assert contacts.of(case).confirmed == ["sms"]


def test_the_message_opens_the_report_and_what_is_kept_of_it_does_not(phone, capfd):
    made = filed()
    actions.me_too(made.code, by=ANONYMOUS, contact=Recipient(email="mai@example.vn"))
    for order in effects.waiting(queries.get(made.case, by=SYSTEM).num):
        telling.message(order)
    mine = Message.objects.get(about=f"case:{made.case}", channel="sms")
    assert made.secret not in mine.text + mine.link + mine.sealed
    link = opened(mine).link
    assert opened(mine).text.count(link) == 1
    assert phone.get(link.split(":8000", 1)[-1]).url == f"/c/track/{made.code}/"
    assert phone.get(f"/c/track/{made.code}/").status_code == 200
    hers = Message.objects.get(about=f"case:{made.case}", channel="email")
    assert made.secret not in opened(hers).text + opened(hers).link
    assert "/c/reports/" in hers.link
    assert contacts.leave(opened(hers).link.rpartition("f=")[2])
    said = capfd.readouterr()
    assert made.secret not in said.out + said.err
    assert queries.get(made.case, by=SYSTEM).code == made.code
