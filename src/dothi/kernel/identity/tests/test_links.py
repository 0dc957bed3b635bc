"""One-time links: they work once, for a day, for the one thing they are for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from dothi.core.clock import frozen
from dothi.core.errors import BadInput, Conflict, Forbidden, Gone
from dothi.kernel.identity import actions, queries
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import Account, OneTimeLink

pytestmark = pytest.mark.django_db
PASSWORD = "bốn từ chẳng liên quan"
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


def secret_of(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def first_administrator() -> Account:
    secret = secret_of(actions.create_administrator_link("http://city"))
    return actions.redeem(secret, email="an@example.vn", name="An", password=PASSWORD)


def test_a_new_installation_waits_for_an_administrator():
    assert actions.needed()


def test_the_link_leads_to_the_setup_page():
    url = actions.create_administrator_link("http://city:8000/")
    assert url == "http://city:8000" + reverse("identity:setup", args=[secret_of(url)])


def test_the_first_administrator_may_everything():
    assert queries.actor_for(first_administrator()).may("anything.at-all")


def test_with_an_administrator_none_is_needed():
    first_administrator()
    assert not actions.needed()


def test_with_an_administrator_there_is_no_link_for_another():
    first_administrator()
    with pytest.raises(Conflict):
        actions.create_administrator_link("http://city")


def test_a_link_works_once():
    secret = secret_of(actions.create_administrator_link("http://city"))
    actions.redeem(secret, email="an@example.vn", name="An", password=PASSWORD)
    with pytest.raises(Gone):
        actions.redeem(secret, email="binh@example.vn", name="Binh", password=PASSWORD)


def test_a_link_is_over_after_a_day():
    with frozen(NOW) as clock:
        secret = secret_of(actions.create_administrator_link("http://city"))
        clock.advance(timedelta(hours=24))
        with pytest.raises(Gone):
            actions.redeem(secret, email="an@example.vn", name="An", password=PASSWORD)


def test_a_new_link_ends_the_one_before():
    first = secret_of(actions.create_administrator_link("http://city"))
    actions.create_administrator_link("http://city")
    assert queries.open_link(first) is None


def test_a_password_too_weak_does_not_use_the_link_up():
    secret = secret_of(actions.create_administrator_link("http://city"))
    with pytest.raises(BadInput):
        actions.redeem(secret, email="an@example.vn", name="An", password="1234")
    assert queries.open_link(secret) is not None


def test_the_secret_is_kept_nowhere():
    secret = secret_of(actions.create_administrator_link("http://city"))
    assert secret not in str(OneTimeLink.objects.values())


def test_an_invited_person_sets_a_password_and_comes_in(client):
    url = actions.invite("an@example.vn", name="An", base_url="", by=SYSTEM).url
    client.post(url, {"name": "An Nguyễn", "language": "vi", "password": PASSWORD})
    assert client.get(reverse("identity:account")).status_code == 200


def test_a_reset_link_gives_a_new_password(make):
    an = make("an")
    secret = secret_of(actions.create_reset_link(an, base_url="", by=SYSTEM).url)
    actions.redeem(secret, password="một mật khẩu khác hẳn")
    assert Account.objects.get(pk=an.pk).check_password("một mật khẩu khác hẳn")


def test_a_reset_link_keeps_the_name(make):
    an = make("an")
    secret = secret_of(actions.create_reset_link(an, base_url="", by=SYSTEM).url)
    assert actions.redeem(secret, password="một mật khẩu khác hẳn", name="Mallory").name == "An"


def test_a_reset_link_of_an_account_switched_off_is_over(make):
    make("binh", "administrator")
    an = make("an")
    secret = secret_of(actions.create_reset_link(an, base_url="", by=SYSTEM).url)
    actions.set_active(an, False, by=SYSTEM)
    assert queries.open_link(secret) is None


def test_an_operator_makes_no_reset_link_for_anyone(make, acting):
    with pytest.raises(Forbidden):
        actions.create_reset_link(make("an"), base_url="", by=acting(make("binh", "operator")))


def test_a_ward_administrator_cannot_take_over_the_city_administrator(make, acting):
    ward, admin = make("an", ("administrator", "26734")), make("binh", "administrator")
    with pytest.raises(Forbidden):
        actions.create_reset_link(admin, base_url="", by=acting(ward))


def test_a_used_link_shows_what_to_do_next(client):
    assert client.get(reverse("identity:setup", args=["never-was"])).status_code == 410
