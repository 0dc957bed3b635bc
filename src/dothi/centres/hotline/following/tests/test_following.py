"""Whoever follows an area is told once a day what is public there, and leaves by a link."""

from datetime import datetime, timedelta

import pytest

from dothi.centres.hotline import actions
from dothi.centres.hotline.following import digests, subscribing
from dothi.centres.hotline.following.areas import Area, box, metres
from dothi.centres.hotline.models import PublicReport, Subscription
from dothi.centres.hotline.tests import conftest
from dothi.centres.hotline.tests.conftest import HERE, WARD
from dothi.core.clock import HCMC, now
from dothi.core.errors import BadInput, Conflict, NotFound
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.messages.codes import Address
from dothi.kernel.messages.models import Message
from dothi.kernel.messages.sealed import opened

ward = conftest.ward
MAI = Address("email", "mai@example.vn")


def noon():
    return (now().astimezone(HCMC) + timedelta(days=1)).replace(hour=12)


def filed(lon=HERE[0], category="pothole"):
    return actions.file_report(category, "Ổ gà lớn, gọi 0903123456", by=ANONYMOUS, position=(lon, HERE[1]))


def test_a_circle_is_round_and_its_box_holds_it():
    assert metres(HERE, (HERE[0] + 0.01, HERE[1])) == pytest.approx(1092, abs=2)
    west, south, east, north = box(*HERE, 1_000)
    assert (west < HERE[0] - 0.009, east > HERE[0] + 0.009, north - south > 0.0179) == (True, True, True)
    area = Area(lon=HERE[0], lat=HERE[1], radius_m=1_000)
    assert area.holds("", HERE[0] + 0.009, HERE[1])
    assert not area.holds("", east, north)
    assert not area.holds("26740", None, None)


@pytest.mark.parametrize(
    "area", [Area(), Area(unit="1", lon=1.0, lat=1.0, radius_m=500), Area(lon=1.0, lat=1.0, radius_m=7)]
)
def test_an_area_is_one_place_with_a_radius_that_is_offered(area):
    with pytest.raises(BadInput):
        area.check()


@pytest.mark.django_db
@pytest.mark.usefixtures("ward")
def test_the_daily_message_tells_what_is_public_there_once():
    held = subscribing.subscribe(Area(unit=WARD), MAI, language="vi")
    near = Area(lon=HERE[0], lat=HERE[1], radius_m=500, category="pothole")
    subscribing.subscribe(near, Address("sms", "+84903123456"), language="en")
    made = filed()
    PublicReport.objects.update(unit=WARD)
    filed(lon=HERE[0] + 0.02)  # too far for the circle; its unit is another
    hidden = filed(lon=HERE[0] + 0.0001)
    PublicReport.objects.filter(code=hidden.code).update(published=False, unit=WARD)
    at = noon()
    assert digests.send_due(at.replace(hour=5)) == 0
    assert digests.send_due(at) == 2
    assert digests.send_due(at + timedelta(hours=1)) == 0
    mail, text = Message.objects.get(channel="email"), Message.objects.get(channel="sms")
    assert made.code in mail.text
    assert hidden.code not in mail.text
    assert "0903123456" not in mail.text
    assert "1 new, 0 answered" in text.text
    link = opened(mail).link
    assert link not in mail.text + mail.sealed
    subscribing.leave(link.partition("?k=")[2])
    assert not Subscription.objects.filter(pk=held.pk).exists()
    with pytest.raises(NotFound):
        subscribing.leave(link.partition("?k=")[2])


@pytest.mark.django_db
@pytest.mark.usefixtures("ward")
def test_nothing_new_is_no_message_and_an_answer_is_news():
    made = filed()
    subscribing.subscribe(Area(lon=HERE[0], lat=HERE[1], radius_m=500), MAI, language="en")
    assert digests.send_due(noon()) == 0
    Subscription.objects.update(told_until=now())
    later = now() + timedelta(minutes=1)
    PublicReport.objects.filter(code=made.code).update(answer="Đã vá", status="closed", changed_at=later)
    assert digests.send_due(noon()) == 1
    assert "0 new, 1 answered" in Message.objects.get().text


@pytest.mark.django_db
@pytest.mark.usefixtures("ward")
def test_asked_twice_it_is_one_and_there_is_an_end():
    first = subscribing.subscribe(Area(unit=WARD), MAI, language="vi")
    assert subscribing.subscribe(Area(unit=WARD), MAI, language="vi").pk == first.pk
    with pytest.raises(BadInput):
        subscribing.subscribe(Area(unit="nowhere"), MAI, language="vi")
    with pytest.raises(BadInput):
        subscribing.subscribe(Area(unit=WARD, category="nothing"), MAI, language="vi")
    for number in range(19):
        subscribing.subscribe(Area(lon=106.7 + number / 100, lat=10.7, radius_m=300), MAI, language="vi")
    with pytest.raises(Conflict):
        subscribing.subscribe(Area(lon=106.0, lat=10.7, radius_m=300), MAI, language="vi")
    assert isinstance(first.told_until, datetime)
    assert len(subscribing.followed(MAI)) == 20
