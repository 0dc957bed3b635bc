"""API tokens as the hot paths see them: read from the store, gone as soon as they are revoked."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from dothi.core.clock import frozen, now
from dothi.core.errors import BadInput, Forbidden, Unauthenticated
from dothi.kernel.identity import actions, lookup, tickets
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.identity.bearer import authenticate
from dothi.kernel.identity.models import ApiToken, AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)
WARD, OTHER_WARD = "26734", "26740"


def header(secret: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"city"), (b"authorization", f"Bearer {secret}".encode())]


@pytest.fixture
def issue(city, make, acting):
    """A token of a new operator: its secret and its record."""

    def issue_token(*permissions: str, role=("operator", WARD), **options):
        owner = make("an", role)
        return actions.issue_token(owner, name="station", permissions=permissions, by=SYSTEM, **options)

    return issue_token


def test_without_credentials_nobody_is_there():
    assert authenticate([(b"host", b"city")]) is ANONYMOUS


def test_a_token_acts_within_its_scope(issue):
    actor = authenticate(header(issue("context.write").secret))
    assert actor.may("context.write", unit=WARD)


def test_a_token_may_no_more_than_its_scope(issue):
    assert not authenticate(header(issue("context.write").secret)).may("context.read", unit=WARD)


def test_a_token_may_no_more_than_its_owner(issue):
    assert not authenticate(header(issue("*").secret)).may("identity.roles.grant", unit=WARD)


def test_a_token_may_no_more_than_its_owner_elsewhere(issue):
    assert not authenticate(header(issue("context.write").secret)).may("context.write", unit=OTHER_WARD)


def test_a_token_loses_what_its_owner_loses(issue):
    issued = issue("context.write")
    authenticate(header(issued.secret))
    actions.revoke_role(issued.token.owner.assignments.get(), by=SYSTEM, reason="left")
    assert not authenticate(header(issued.secret)).may("context.write", unit=WARD)


def test_a_revoked_token_is_refused_at_once(issue):
    issued = issue("context.write")
    authenticate(header(issued.secret))
    actions.revoke_token(issued.token, by=SYSTEM)
    with pytest.raises(Unauthenticated):
        authenticate(header(issued.secret))


def test_a_token_revoked_by_another_process_is_refused_soon(issue, city):
    issued = issue("context.write")
    authenticate(header(issued.secret))
    with city.write() as session:
        session.execute(
            "UPDATE identity_apitoken SET revoked_at = created_at WHERE secret_hash = ?",
            (issued.token.secret_hash,),
        )
    time.sleep(lookup.ASK_EVERY_S + 0.01)
    with pytest.raises(Unauthenticated):
        authenticate(header(issued.secret))


def test_a_token_of_an_account_switched_off_is_refused(issue, make):
    make("binh", "administrator")
    issued = issue("context.write")
    actions.set_active(issued.token.owner, False, by=SYSTEM)
    with pytest.raises(Unauthenticated):
        authenticate(header(issued.secret))


def test_a_token_ends_on_its_day(issue):
    with frozen(now()) as clock:
        issued = issue("context.write", lasts=timedelta(days=1))
        authenticate(header(issued.secret))
        clock.advance(timedelta(days=1))
        with pytest.raises(Unauthenticated):
            authenticate(header(issued.secret))


def test_a_role_that_ends_ends_for_the_token_too(issue, make):
    with frozen(now()) as clock:
        issued = issue("context.write", role="auditor")
        tomorrow = now() + timedelta(days=1)
        actions.grant_role(issued.token.owner, "device", by=SYSTEM, reason="x", valid_to=tomorrow)
        assert authenticate(header(issued.secret)).may("context.write")
        clock.advance(timedelta(days=1))
        assert not authenticate(header(issued.secret)).may("context.write")


@pytest.mark.parametrize(
    "sent", [b"Bearer nonsense", b"Bearer dothi_wrong", b"Basic YTpi", b"", b"Bearer \xff"]
)
def test_a_credential_that_is_none_is_refused(city, sent):
    with pytest.raises(Unauthenticated):
        authenticate([(b"authorization", sent)])


def test_the_secret_is_kept_nowhere(issue):
    issued = issue("context.write")
    assert issued.secret not in str(ApiToken.objects.values()) + str(list(AuditEntry.objects.values()))


def test_the_use_of_a_token_is_noted(issue):
    issued = issue("context.write")
    authenticate(header(issued.secret))
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not ApiToken.objects.get(pk=issued.token.pk).last_used_at:
        time.sleep(0.02)
    used = ApiToken.objects.get(pk=issued.token.pk).last_used_at
    assert used is not None
    assert abs(now() - used) < timedelta(minutes=1)


def test_a_second_look_asks_no_rows_of_the_store(issue, city, monkeypatch):
    secret = issue("context.write").secret
    authenticate(header(secret))
    time.sleep(0.2)  # until the use is noted, which is a change
    authenticate(header(secret))
    monkeypatch.setattr(city, "read", lambda: pytest.fail("read again"))
    authenticate(header(secret))


def test_people_make_their_own_tokens(make, acting):
    an = make("an", "operator")
    assert actions.issue_token(an, name="x", permissions=["context.read"], by=acting(an)).secret.startswith(
        "dothi_"
    )


def test_a_token_cannot_make_another(issue):
    issued = issue("*")
    with pytest.raises(Forbidden):
        actions.issue_token(
            issued.token.owner, name="x", permissions=["*"], by=authenticate(header(issued.secret))
        )


def test_people_make_no_tokens_for_others(make, acting):
    with pytest.raises(Forbidden):
        actions.issue_token(
            make("an"), name="x", permissions=["context.read"], by=acting(make("binh", "operator"))
        )


def test_a_token_does_not_last_for_ever(make):
    with pytest.raises(BadInput):
        actions.issue_token(
            make("an"), name="x", permissions=["context.read"], by=SYSTEM, lasts=timedelta(days=367)
        )


def test_a_ticket_stands_for_the_account(city, make, acting):
    an = make("an", ("operator", WARD))
    assert authenticate([], b"ticket=" + tickets.mint(acting(an)).encode()).may("context.write", unit=WARD)


def test_a_ticket_can_be_sent_as_a_header(city, make, acting):
    ticket = tickets.mint(acting(make("an", "operator")))
    assert authenticate([(b"x-dothi-ticket", ticket.encode())]).kind == "account"


def test_a_ticket_may_no_more_than_it_was_made_for(city, make, acting):
    ticket = tickets.mint(acting(make("an", "operator")), scope=["context.read"])
    assert not tickets.read(ticket).may("context.write")


def test_a_ticket_ends_with_the_account(city, make, acting):
    make("binh", "administrator")
    an = make("an", "operator")
    ticket = tickets.mint(acting(an))
    actions.set_active(an, False, by=SYSTEM)
    with pytest.raises(Unauthenticated):
        tickets.read(ticket)
