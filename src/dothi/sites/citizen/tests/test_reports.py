"""What everybody sees of reports, and following one or an area without an account."""

import re

import pytest
from django.core.cache import cache

from dothi.centres.hotline import actions
from dothi.centres.hotline.following import subscribing
from dothi.centres.hotline.following.areas import Area
from dothi.centres.hotline.models import PublicReport, Subscription
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.messages.codes import Address
from dothi.kernel.messages.models import Message
from dothi.kernel.messages.rules import Recipient
from dothi.kernel.messages.sealed import opened
from dothi.sites.citizen.reads import public
from dothi.sites.citizen.tests.conftest import WARD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ward")]
HERE = (106.70098, 10.77689)


@pytest.fixture(autouse=True)
def _throttle():
    cache.clear()


@pytest.fixture
def made():
    found = actions.file_report(
        "pothole", "Ổ gà lớn, gọi Nam 0903123456", by=ANONYMOUS, position=HERE,
        contact=Recipient(phone="0903 123 456"),
    )  # fmt: skip
    PublicReport.objects.update(unit=WARD)
    return found


def code():
    return re.search(r"\d{6}", opened(Message.objects.filter(purpose="one-time-code").first()).text)[0]


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", True),
        ("category=pothole&status=open", True),
        ("category=street-lighting", False),
        ("status=closed", False),
        (f"unit={WARD}", True),
        ("unit=1", False),
        ("lat=10.777&lon=106.701&radius=300", True),
        ("lat=10.80&lon=106.701&radius=300", False),
        ("lat=x&lon=&radius=1&page=0&category=%00", True),
    ],
)
def test_the_list_shows_what_was_asked_for_and_nothing_personal(phone, made, query, there):
    shown = phone.get(f"/c/reports/?{query}")
    assert shown.status_code == 200
    page = shown.content.decode()
    assert (made.code in page) is there
    assert "0903123456" not in page
    assert made.secret not in page


def test_pages_have_an_end():
    assert public.wanted({"page": "999999999999"}).page == public.FURTHEST
    assert "page=2" in public.Wanted(category="pothole").address(page=2)


def test_a_report_that_is_not_public_is_not_there(phone, made):
    assert phone.get(f"/c/reports/{made.code}/").status_code == 200
    PublicReport.objects.update(published=False)
    assert phone.get(f"/c/reports/{made.code}/").status_code == 404
    assert made.code not in phone.get("/c/reports/").content.decode()


def test_me_too_by_a_code_and_leaving_by_the_link(phone, made):
    there = f"/c/reports/{made.code}/"
    assert phone.post(there, {"address": "x"}).status_code == 422
    assert phone.post(there, {"address": "mai@example.vn"}).url == "/c/confirm/code/"
    assert contacts.followers(made.case) == []
    assert phone.post("/c/confirm/code/", {"code": code()}).url == "/c/reports/follow/done/"
    assert phone.get("/c/reports/follow/done/").url == there
    [(to, leaving)] = contacts.followers(made.case)
    assert to.email == "mai@example.vn"
    assert leaving in phone.get(f"{there}?f={leaving}").content.decode()
    phone.post(there, {"leave": leaving})
    assert contacts.followers(made.case) == []


def test_an_area_is_followed_only_after_the_code_and_left_by_a_button(phone):
    assert phone.get(f"/c/reports/follow/?unit={WARD}").status_code == 200
    assert phone.post("/c/reports/follow/", {"address": "mai@example.vn"}).status_code == 422
    given = {"unit": WARD, "category": "pothole", "address": "mai@example.vn"}
    assert phone.post("/c/reports/follow/", given).url == "/c/confirm/code/"
    assert phone.get("/c/reports/follow/done/").url == "/c/reports/follow/"
    assert not Subscription.objects.exists()


def test_confirmed_once_a_second_area_needs_no_second_code(phone):
    given = {"unit": WARD, "address": "mai@example.vn"}
    phone.post("/c/reports/follow/", given)
    assert phone.post("/c/confirm/code/", {"code": code()}).url == "/c/reports/follow/done/"
    phone.get("/c/reports/follow/done/")
    second = {"lat": "10.7", "lon": "106.7", "radius": "500", "address": "mai@example.vn"}
    assert phone.post("/c/reports/follow/", second).url == "/c/reports/follow/done/"
    phone.get("/c/reports/follow/done/")
    assert Subscription.objects.count() == 2
    assert "Phường Sài Gòn" in phone.get("/c/reports/follow/").content.decode()


def test_looking_at_the_link_leaves_nothing(phone, monkeypatch):

    monkeypatch.setattr(subscribing, "new_link", lambda: "secret")
    subscribing.subscribe(Area(unit=WARD), Address("email", "mai@example.vn"), language="vi")
    assert phone.get("/c/reports/follow/leave/?k=other").status_code == 404
    assert phone.get("/c/reports/follow/leave/?k=secret").status_code == 200
    assert Subscription.objects.exists()
    assert phone.post("/c/reports/follow/leave/", {"k": "secret"}).url == "/c/reports/"
    assert not Subscription.objects.exists()
