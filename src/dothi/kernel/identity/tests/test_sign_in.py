"""Signing in and out as a person does it: password, code, recovery code; failures, throttling, the audit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from types import SimpleNamespace

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity import actions, throttle
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import Account, AuditEntry

PASSWORD = "bốn từ chẳng liên quan"


def sign_in(browser: Client, email: str = "an@example.vn", password: str = PASSWORD, **headers: str):
    return browser.post(reverse("account_login"), {"login": email, "password": password}, **headers)


def is_in(browser: Client) -> bool:
    return browser.get(reverse("identity:account")).status_code == 200


def outcomes() -> list[str]:
    return list(
        AuditEntry.objects.filter(action="identity.sign_in").order_by("pk").values_list("outcome", flat=True)
    )


def totp(secret: str, step: int = 0) -> str:
    """RFC 6238, six digits, thirty seconds; written down here so that another hand checks the server."""
    counter = (int(time.time()) // 30 + step).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1)
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


@pytest.fixture
def an(make) -> Account:
    return make("an", "operator")


@pytest.fixture
def with_app(browser, an) -> tuple[Client, str]:
    """An has an authenticator app, and is signed out again: the browser and the app's secret."""
    sign_in(browser)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
    browser.post(reverse("mfa_activate_totp"), {"code": totp(secret, -1)})
    browser.post(reverse("account_logout"))
    return browser, secret


def test_a_person_signs_in_with_the_password(browser, an):
    sign_in(browser)
    assert is_in(browser)


def test_the_address_may_be_typed_in_any_case(browser, an):
    sign_in(browser, "AN@Example.VN")
    assert is_in(browser)


def test_a_wrong_password_lets_nobody_in(browser, an):
    sign_in(browser, password="wrong")
    assert not is_in(browser)


def test_an_unknown_address_reads_like_a_wrong_password(browser, an):
    wrong = sign_in(browser, password="wrong").content.decode()
    unknown = sign_in(browser, "nobody@example.vn").content.decode()
    text = "Thư điện tử hoặc mật khẩu không đúng"
    assert text in wrong
    assert text in unknown


def test_an_account_switched_off_does_not_get_in(browser, an, make):
    make("binh", "administrator")
    actions.set_active(an, False, by=SYSTEM)
    sign_in(browser)
    assert not is_in(browser)


def test_trying_an_account_switched_off_is_audited(browser, an, make):
    make("binh", "administrator")
    actions.set_active(an, False, by=SYSTEM)
    sign_in(browser)
    assert outcomes() == ["failed"]


def test_switching_an_account_off_ends_its_session(browser, an, make):
    make("binh", "administrator")
    sign_in(browser)
    actions.set_active(an, False, by=SYSTEM)
    assert not is_in(browser)


def test_a_service_cannot_sign_in(browser, db):
    actions.create_account("feed@example.vn", name="Feed", kind=Account.SERVICE, by=SYSTEM)
    sign_in(browser, "feed@example.vn", "")
    assert not is_in(browser)


def test_a_sign_in_is_audited_with_address_and_program(browser, an):
    sign_in(browser, HTTP_USER_AGENT="Firefox", REMOTE_ADDR="203.0.113.7")
    entry = AuditEntry.objects.get(action="identity.sign_in")
    assert (entry.subject, entry.outcome, entry.address, entry.agent) == (
        an.reference,
        "done",
        "203.0.113.7",
        "Firefox",
    )


def test_a_failure_is_audited_and_told_without_the_address_typed(browser, an):
    sign_in(browser, password="wrong")
    event = OutboxEvent.objects.get(type="vn.dothi.identity.sign-in-failed")
    assert (outcomes(), event.subject) == (["failed"], an.reference)
    assert "example.vn" not in str(event.data)


def test_signing_out_is_audited(browser, an):
    sign_in(browser)
    browser.post(reverse("account_logout"))
    assert AuditEntry.objects.filter(action="identity.sign_out", subject=an.reference).exists()


def test_signing_in_sets_the_language_of_the_account(browser, an):
    actions.update_profile(an, name="An", language="en", by=SYSTEM)
    assert sign_in(browser).cookies["django_language"].value == "en"


def test_nobody_registers_by_themselves(browser, db):
    browser.post(reverse("account_signup"), {"email": "x@example.vn", "password1": PASSWORD})
    assert not Account.objects.exists()


def test_after_five_failures_even_the_right_password_waits(browser, an):
    for _ in range(5):
        sign_in(browser, password="wrong")
    sign_in(browser)
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Hãy thử lại sau 5 phút"), ("en", "Try again in 5 minutes")]
)
def test_who_is_throttled_is_told_when_to_try_again(browser, an, language, words):
    browser.cookies["django_language"] = language
    for _ in range(5):
        sign_in(browser, password="wrong")
    assert words in sign_in(browser).content.decode()


def test_throttling_is_audited(browser, an):
    for _ in range(6):
        sign_in(browser, password="wrong")
    assert outcomes() == ["failed"] * 5 + ["throttled"]


def test_another_account_is_not_throttled_with_it(browser, an, make):
    make("binh")
    for _ in range(6):
        sign_in(browser, password="wrong")
    sign_in(browser, "binh@example.vn")
    assert is_in(browser)


def test_another_name_of_the_server_gives_no_further_tries(browser, an):
    for number in range(5):
        sign_in(browser, password="wrong", HTTP_HOST=("localhost", "testserver")[number % 2])
    sign_in(browser)
    assert not is_in(browser)


def test_an_address_that_tries_many_accounts_is_throttled(browser, an):
    for number in range(30):
        sign_in(browser, f"nobody{number}@example.vn", REMOTE_ADDR="203.0.113.7")
    sign_in(browser, REMOTE_ADDR="203.0.113.7")
    assert not is_in(browser)


def test_after_the_time_told_the_password_is_looked_at_again(browser, an, monkeypatch):
    for _ in range(5):
        sign_in(browser, password="wrong")
    later = SimpleNamespace(time=lambda: time.time() + 301, monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr(ratelimit, "time", later)
    sign_in(browser)
    assert is_in(browser)


def test_the_wait_is_until_the_oldest_failure_that_counts_is_over():
    assert throttle.free_at([90.0, 80.0, 70.0, 10.0], amount=3, duration=60) == 130.0


def test_with_an_app_the_password_alone_is_not_enough(with_app):
    browser, _ = with_app
    sign_in(browser)
    assert not is_in(browser)


def test_with_an_app_password_and_code_are_enough(with_app):
    browser, secret = with_app
    sign_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": totp(secret)})
    assert is_in(browser)


def test_a_wrong_code_is_audited(with_app):
    browser, _ = with_app
    sign_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert outcomes()[-1] == "failed"


def test_codes_are_throttled_with_the_time_told(with_app):
    browser, _ = with_app
    sign_in(browser)
    for _ in range(5):
        browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = browser.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "Hãy thử lại sau 5 phút" in page


def test_a_recovery_code_stands_for_the_app_once(with_app, an):
    browser, _ = with_app
    code = Authenticator.objects.get(user=an, type="recovery_codes").wrap().get_unused_codes()[0]
    came_in = []
    for _ in range(2):
        sign_in(browser)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        came_in.append(is_in(browser))
        browser.post(reverse("account_logout"))
    assert came_in == [True, False]


def test_the_secret_of_the_app_is_kept_encrypted(with_app, an):
    _, secret = with_app
    assert secret not in str(Authenticator.objects.get(user=an, type="totp").data)


def test_switching_on_the_app_is_audited(with_app, an):
    entry = AuditEntry.objects.filter(action="identity.second_factor", detail__factor="totp").get()
    assert (entry.subject, entry.detail["change"]) == (an.reference, "added")


def test_before_a_change_of_factors_the_password_is_asked_again(browser, an):
    sign_in(browser)
    assert reverse("account_reauthenticate") in browser.get(reverse("mfa_activate_totp")).url


def test_an_administrator_takes_off_the_factors_of_someone_who_lost_them(with_app, an, acting, make):
    browser, _ = with_app
    actions.reset_second_factors(an, by=acting(make("binh", "administrator")), reason="phone lost")
    sign_in(browser)
    assert is_in(browser)


def test_a_reset_link_does_not_get_around_the_app(with_app, an):
    browser, _ = with_app
    url = actions.create_reset_link(an, base_url="", by=SYSTEM).url
    browser.post(url, {"password": "một mật khẩu khác hẳn"})
    assert not is_in(browser)


def test_a_person_changes_the_password(browser, an):
    sign_in(browser)
    browser.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "một mật khẩu khác hẳn"}
    )
    assert Account.objects.get(pk=an.pk).check_password("một mật khẩu khác hẳn")


def test_changing_the_password_ends_the_other_sessions(browser, an):
    other = Client()
    sign_in(other)
    sign_in(browser)
    browser.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "một mật khẩu khác hẳn"}
    )
    assert (is_in(browser), is_in(other)) == (True, False)


def test_a_password_too_short_is_refused_in_vietnamese(browser, an):
    sign_in(browser)
    page = browser.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "ngắn"})
    assert "Cần ít nhất 10 ký tự" in page.content.decode()
