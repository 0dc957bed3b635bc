"""The pages: shown in both languages, closed to strangers, usable by those they are for."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from dothi.kernel.identity import actions
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import Account, ApiToken, OneTimeLink, RoleAssignment

OWN = ["identity:account", "identity:tokens", "identity:sign-ins", "mfa_index", "account_change_password"]
ADMIN = ["identity:people", "identity:invite", "identity:audit"]
OPEN = ["account_login", "account_signup", "account_reset_password"]
TITLES = {
    "identity:account": ("Tài khoản của tôi", "My account"),
    "identity:tokens": ("Mã truy cập API", "API tokens"),
    "identity:sign-ins": ("Lịch sử đăng nhập", "My sign-ins"),
    "mfa_index": ("Bước thứ hai và khóa truy cập", "Second step and passkeys"),
    "account_change_password": ("Đổi mật khẩu", "Change password"),
    "identity:people": ("Mọi người", "People"),
    "identity:invite": ("Mời một người", "Invite someone"),
    "identity:audit": ("Nhật ký kiểm toán", "Audit log"),
    "account_login": ("Đăng nhập", "Sign in"),
    "account_signup": ("Không tự đăng ký ở đây", "No registration here"),
    "account_reset_password": ("Quên mật khẩu", "Forgotten password"),
}


@pytest.fixture
def admin(make) -> Account:
    return make("binh", "administrator")


@pytest.fixture
def office(client: Client, admin: Account) -> Client:
    """The administrator's browser."""
    client.force_login(admin)
    return client


def heading(page) -> str:
    return re.search(r"<h1>(.*?)</h1>", page.content.decode())[1]


@pytest.mark.parametrize("name", OWN + ADMIN + OPEN)
@pytest.mark.parametrize(("language", "which"), [("vi", 0), ("en", 1)])
def test_a_page_is_shown_in_the_language_chosen(client, admin, name, language, which):
    if name not in OPEN:
        client.force_login(admin)
    client.cookies["django_language"] = language
    assert heading(client.get(reverse(name))) == TITLES[name][which]


@pytest.mark.parametrize("name", OWN + ADMIN)
def test_a_stranger_is_sent_to_sign_in(client, db, name):
    response = client.get(reverse(name))
    assert (response.status_code, response.url.partition("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ADMIN)
def test_an_operator_does_not_administer(client, make, name):
    client.force_login(make("an", "operator"))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["reset-link", "set-active", "reset-factors"])
def test_an_operator_changes_nobody(client, make, admin, name):
    client.force_login(make("an", "operator"))
    assert client.post(reverse(f"identity:{name}", args=[admin.pk])).status_code == 404


def test_after_signing_in_one_is_back_where_one_wanted_to_go(client, make):
    make("an", "operator")
    wanted = client.get(reverse("identity:tokens")).url
    answer = client.post(
        wanted, {"login": "an@example.vn", "password": "bốn từ chẳng liên quan", "next": "/identity/tokens/"}
    )
    assert answer.url == reverse("identity:tokens")


def test_a_form_from_another_site_is_refused(admin):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin)
    assert browser.post(reverse("identity:account"), {"name": "X", "language": "vi"}).status_code == 403


def test_no_page_holds_a_script_of_its_own(office):
    for name in OWN + ADMIN:
        scripts = re.findall(r"<script(?![^>]*\ssrc=)([^>]*)>", office.get(reverse(name)).content.decode())
        assert all("application/json" in each for each in scripts), name


def test_an_error_is_tied_to_its_field(office):
    page = office.post(reverse("identity:account"), {"name": "", "language": "vi"}).content.decode()
    field = re.search(r'<input[^>]*name="name"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_name_error"' in field
    assert 'id="id_name_error"' in page


def test_one_changes_ones_own_name(office, admin):
    office.post(reverse("identity:account"), {"name": "Bình Trần", "language": "vi"})
    assert Account.objects.get(pk=admin.pk).name == "Bình Trần"


def test_a_new_token_is_shown_once(office):
    answer = {"name": "station", "permissions": ["identity.audit.read"], "days": 30}
    shown = office.post(reverse("identity:tokens"), answer).content.decode()
    secret = re.search(r"dothi_[\w-]{40,}", shown)[0]
    assert secret not in office.get(reverse("identity:tokens")).content.decode()


def test_one_revokes_ones_own_token(office, admin):
    token = actions.issue_token(admin, name="x", permissions=["*"], by=SYSTEM).token
    office.post(reverse("identity:revoke-token", args=[token.pk]))
    assert ApiToken.objects.get(pk=token.pk).revoked_at


def test_the_token_of_another_is_not_there(client, make, admin):
    token = actions.issue_token(admin, name="x", permissions=["*"], by=SYSTEM).token
    client.force_login(make("an", "operator"))
    assert client.post(reverse("identity:revoke-token", args=[token.pk])).status_code == 404


def test_an_administrator_invites_someone_with_a_role(office):
    office.post(
        reverse("identity:invite"),
        {"email": "an@example.vn", "name": "An", "role": "operator", "unit": "26734", "reason": "new"},
    )
    assert RoleAssignment.objects.get(account__email="an@example.vn").unit == "26734"


def test_the_invitation_link_is_shown(office):
    page = office.post(reverse("identity:invite"), {"email": "an@example.vn", "name": "An"}).content.decode()
    assert re.search(r"http://testserver/identity/setup/[\w-]{40,}/", page)


def test_inviting_a_known_address_says_so_at_the_field(office, admin):
    page = office.post(reverse("identity:invite"), {"email": admin.email, "name": "Again"}).content.decode()
    assert "Đã có tài khoản với địa chỉ này" in page


def test_an_administrator_grants_a_role_until_a_day(office, make):
    an = make("an")
    office.post(
        reverse("identity:person", args=[an.pk]),
        {"role": "operator", "unit": "", "valid_to": "2099-12-31", "reason": "shift"},
    )
    assert an.assignments.get().valid_to.isoformat() == "2099-12-31T17:00:00+00:00"


def test_an_administrator_ends_a_role(office, make):
    an = make("an", "operator")
    held = an.assignments.get()
    office.post(reverse("identity:revoke-role", args=[held.pk]), {"reason": "left"})
    assert RoleAssignment.objects.get(pk=held.pk).revoke_reason == "left"


def test_why_the_last_administrator_stays_is_told(office, admin):
    url = reverse("identity:revoke-role", args=[admin.assignments.get().pk])
    page = office.post(url, {"reason": "x"}, follow=True).content.decode()
    assert "quản trị viên cuối cùng" in page


def test_an_administrator_makes_a_reset_link(office, make):
    an = make("an")
    page = office.post(reverse("identity:reset-link", args=[an.pk])).content.decode()
    assert "/identity/setup/" in page
    assert OneTimeLink.objects.get(account=an).purpose == "reset"


def test_the_audit_is_filtered_by_its_address(office):
    page = office.get(
        reverse("identity:audit"), {"action": "identity.grant", "outcome": "done"}
    ).content.decode()
    assert "identity.grant_role" in page
    assert "<code>identity.create_account</code>" not in page


def test_nonsense_in_the_filter_shows_what_is_wrong(office):
    assert office.get(reverse("identity:audit"), {"since": "yesterday", "before": "x"}).status_code == 200


def test_a_name_cannot_bring_a_script_along(office, make):
    an = actions.create_account("an@example.vn", name="<script>alert(1)</script>", by=SYSTEM)
    for url in (reverse("identity:people"), reverse("identity:person", args=[an.pk])):
        assert "<script>alert" not in office.get(url).content.decode()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_setup_page_is_shown(client, db, language):
    client.cookies["django_language"] = language
    url = actions.create_administrator_link("").rstrip()
    assert client.get(url).status_code == 200


def test_who_came_by_the_first_link_adds_a_passkey_at_once(client, db):
    url = actions.create_administrator_link("")
    answer = {"email": "an@example.vn", "name": "An", "language": "vi", "password": "bốn từ chẳng liên quan"}
    client.post(url, answer)
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_the_address_of_a_proxy_counts_only_when_there_is_one(rf):
    from dothi.kernel.identity.middleware import client_address

    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert client_address(request) == "127.0.0.1"
