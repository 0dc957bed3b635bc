"""The HTTP API: by token or by session, with the same rules as everywhere."""

from __future__ import annotations

import pytest
from django.test import Client

from dothi.kernel.identity import actions
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import Account

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/api/identity"


@pytest.fixture
def admin(city, make) -> Account:
    return make("binh", "administrator")


@pytest.fixture
def program(admin: Account) -> Client:
    """A program with the administrator's token."""
    secret = actions.issue_token(admin, name="cli", permissions=["identity.*", "context.*"], by=SYSTEM).secret
    return Client(headers={"authorization": f"Bearer {secret}"})


def post(client: Client, path: str, data: dict):
    return client.post(BASE + path, data, content_type="application/json")


def test_without_a_credential_nothing_is_told(city, client):
    assert client.get(BASE + "/accounts").status_code == 401


def test_a_wrong_token_is_401(city):
    assert Client(headers={"authorization": "Bearer dothi_no"}).get(BASE + "/me").status_code == 401


def test_a_token_knows_who_it_is(program):
    assert program.get(BASE + "/me").json()["kind"] == "token"


def test_a_session_knows_who_it_is(client, admin):
    client.force_login(admin)
    assert client.get(BASE + "/me").json()["id"] == str(admin.pk)


def test_a_session_writes_only_with_its_csrf_token(admin):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin)
    assert post(browser, "/accounts", {"email": "an@example.vn", "name": "An"}).status_code == 403


def test_a_token_hands_on_nothing_beyond_its_scope(program):
    made = post(program, "/accounts", {"email": "an@example.vn", "name": "An", "kind": "service"}).json()
    refused = post(program, f"/accounts/{made['id']}/roles", {"role": "operator", "reason": "x"})
    assert refused.status_code == 403


def test_a_token_grants_what_its_scope_holds(program):
    made = post(program, "/accounts", {"email": "an@example.vn", "name": "An", "kind": "service"}).json()
    assert (
        post(program, f"/accounts/{made['id']}/roles", {"role": "device", "reason": "x"}).status_code == 201
    )


def test_accounts_are_listed_with_their_roles(program, make):
    make("an", ("operator", "26734"))
    listed = program.get(BASE + "/accounts", {"q": "an"}).json()
    assert [(each["name"], each["assignments"][0]["unit"]) for each in listed] == [("An", "26734")]


def test_a_role_is_ended(program, make):
    held = make("an", "device").assignments.get()
    assert post(program, f"/assignments/{held.pk}/revoke", {"reason": "x"}).json()["revoked_at"]


def test_the_last_administrator_is_a_conflict(client, admin):
    client.force_login(admin)
    held = admin.assignments.get()
    assert post(client, f"/assignments/{held.pk}/revoke", {"reason": "x"}).status_code == 409


def test_a_token_does_not_switch_off_who_may_more(program, admin):
    answer = post(program, f"/accounts/{admin.pk}/active?active=false", {"reason": "x"})
    assert answer.status_code == 403


def test_the_audit_is_read_page_by_page(program):
    page = program.get(BASE + "/audit", {"action": "identity."}).json()
    assert page["entries"][0]["action"].startswith("identity.")


def test_an_operator_reads_no_audit(client, city, make):
    client.force_login(make("an", "operator"))
    assert client.get(BASE + "/audit").status_code == 403


def test_a_person_makes_a_token_and_revokes_it(client, admin):
    client.force_login(admin)
    made = post(client, "/tokens", {"name": "x", "permissions": ["context.read"]}).json()
    assert post(client, f"/tokens/{made['token']['id']}/revoke", {}).json()["revoked_at"]


def test_the_secret_is_never_told_again(client, admin):
    client.force_login(admin)
    secret = post(client, "/tokens", {"name": "x", "permissions": ["context.read"]}).json()["secret"]
    assert secret not in client.get(BASE + "/tokens").content.decode()


def test_roles_and_permissions_are_named_in_both_languages(program):
    for path in ("/roles", "/permissions"):
        assert all(set(each["label"]) == {"vi", "en"} for each in program.get(BASE + path).json())
