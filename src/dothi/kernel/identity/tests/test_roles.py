"""Granting and revoking roles, switching accounts off: allowed, refused, audited, told to the log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Forbidden, Unauthenticated
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity import actions, queries
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.identity.models import Account, AuditEntry

WARD, OTHER_WARD = "26734", "26740"


def events(kind: str) -> list[OutboxEvent]:
    return list(OutboxEvent.objects.filter(type=f"vn.dothi.identity.{kind}"))


def test_an_administrator_grants_a_role_in_a_ward(make, acting):
    admin, an = make("binh", "administrator"), make("an")
    actions.grant_role(an, "operator", unit=WARD, by=acting(admin), reason="shift")
    assert acting(an).may("context.write", unit=WARD)


def test_the_grant_does_not_reach_the_next_ward(make, acting):
    admin, an = make("binh", "administrator"), make("an")
    actions.grant_role(an, "operator", unit=WARD, by=acting(admin), reason="shift")
    assert not acting(an).may("context.write", unit=OTHER_WARD)


def test_a_ward_administrator_grants_in_the_ward(make, acting):
    admin, an = make("binh", ("administrator", WARD)), make("an")
    assert actions.grant_role(an, "operator", unit=WARD, by=acting(admin), reason="shift").pk


def test_a_ward_administrator_grants_nothing_elsewhere(make, acting):
    admin, an = make("binh", ("administrator", WARD)), make("an")
    with pytest.raises(Forbidden):
        actions.grant_role(an, "operator", unit=OTHER_WARD, by=acting(admin), reason="shift")


def test_an_operator_grants_no_role_at_all(make, acting):
    operator = make("binh", "operator")
    with pytest.raises(Forbidden):
        actions.grant_role(operator, "administrator", by=acting(operator), reason="why not")


def test_a_visitor_grants_no_role(make):
    with pytest.raises(Unauthenticated):
        actions.grant_role(make("an"), "operator", by=ANONYMOUS, reason="x")


def test_a_refusal_is_in_the_audit(make, acting):
    operator = make("binh", "operator")
    with pytest.raises(Forbidden):
        actions.grant_role(operator, "administrator", by=acting(operator), reason="why not")
    entry = AuditEntry.objects.get(action="identity.grant_role", outcome=AuditEntry.REFUSED)
    assert (entry.actor_id, entry.subject) == (str(operator.pk), operator.reference)


def test_a_grant_is_in_the_audit_with_its_reason(make, acting):
    admin, an = make("binh", "administrator"), make("an")
    actions.grant_role(an, "operator", unit=WARD, by=acting(admin), reason="night shift")
    entry = AuditEntry.objects.filter(action="identity.grant_role", actor_id=str(admin.pk)).get()
    assert (entry.subject, entry.detail["reason"], entry.detail["unit"]) == (
        an.reference,
        "night shift",
        WARD,
    )


def test_a_grant_is_told_to_the_log_without_names(make):
    an = make("an", ("operator", WARD))
    (event,) = events("role-granted")
    assert event.subject == an.reference
    assert "example.vn" not in str(event.data)


def test_a_grant_needs_a_reason(make):
    with pytest.raises(BadInput):
        actions.grant_role(make("an"), "operator", by=SYSTEM, reason="  ")


def test_a_role_nobody_declared_cannot_be_granted(make):
    with pytest.raises(BadInput, match="wizard"):
        actions.grant_role(make("an"), "wizard", by=SYSTEM, reason="x")


def test_a_role_that_begins_tomorrow_gives_nothing_today(make, acting):
    an = make("an")
    actions.grant_role(an, "operator", by=SYSTEM, reason="x", valid_from=now() + timedelta(days=1))
    assert not acting(an).may("context.write")


def test_a_revoked_role_gives_nothing(make, acting):
    an = make("an", "operator")
    actions.revoke_role(an.assignments.get(), by=SYSTEM, reason="left")
    assert not acting(an).may("context.write")


def test_a_revoked_role_is_kept_with_who_ended_it_and_why(make, acting):
    admin, an = make("binh", "administrator"), make("an", "operator")
    ended = actions.revoke_role(an.assignments.get(), by=acting(admin), reason="left")
    assert (ended.revoked_by, ended.revoke_reason) == (admin.reference, "left")


def test_a_role_ends_only_once(make):
    an = make("an", "operator")
    actions.revoke_role(an.assignments.get(), by=SYSTEM, reason="left")
    with pytest.raises(Conflict):
        actions.revoke_role(an.assignments.get(), by=SYSTEM, reason="again")


def test_a_ward_administrator_cannot_end_a_city_role(make, acting):
    ward, an = make("binh", ("administrator", WARD)), make("an", "operator")
    with pytest.raises(Forbidden):
        actions.revoke_role(an.assignments.get(), by=acting(ward), reason="x")


def test_the_last_administrator_cannot_lose_the_role(make):
    admin = make("binh", "administrator")
    with pytest.raises(Conflict):
        actions.revoke_role(admin.assignments.get(), by=SYSTEM, reason="x")


def test_after_a_refused_removal_the_administrator_still_is_one(make, acting):
    admin = make("binh", "administrator")
    with pytest.raises(Conflict):
        actions.revoke_role(admin.assignments.get(), by=SYSTEM, reason="x")
    assert acting(admin).may("anything.at-all")


def test_one_of_two_administrators_may_go(make):
    admin, _ = make("binh", "administrator"), make("chi", "administrator")
    actions.revoke_role(admin.assignments.get(), by=SYSTEM, reason="left")
    assert not queries.needed()


def test_someone_who_cannot_sign_in_does_not_count_as_administrator(make):
    admin = make("binh", "administrator")
    invited = actions.create_account("chi@example.vn", name="Chi", by=SYSTEM)
    actions.grant_role(invited, "administrator", by=SYSTEM, reason="x")
    with pytest.raises(Conflict):
        actions.revoke_role(admin.assignments.get(), by=SYSTEM, reason="x")


def test_the_last_administrator_cannot_be_switched_off(make):
    with pytest.raises(Conflict):
        actions.set_active(make("binh", "administrator"), False, by=SYSTEM)


def test_an_account_is_switched_off_and_on(make, acting):
    admin, an = make("binh", "administrator"), make("an", "operator")
    actions.set_active(an, False, by=acting(admin), reason="left")
    actions.set_active(an, True, by=acting(admin), reason="back")
    assert Account.objects.get(pk=an.pk).is_active


def test_a_ward_administrator_cannot_switch_off_the_city_administrator(make, acting):
    ward, admin = make("an", ("administrator", WARD)), make("binh", "administrator")
    with pytest.raises(Forbidden):
        actions.set_active(admin, False, by=acting(ward))


def test_an_address_belongs_to_one_account_whatever_its_case(make):
    make("an")
    with pytest.raises(Conflict):
        actions.create_account(" AN@Example.VN ", name="An again", by=SYSTEM)


def test_people_change_their_own_name(make, acting):
    an = make("an")
    assert actions.update_profile(an, name="An Nguyễn", language="en", by=acting(an)).name == "An Nguyễn"


def test_people_do_not_change_the_name_of_others(make, acting):
    with pytest.raises(Forbidden):
        actions.update_profile(make("an"), name="X", language="vi", by=acting(make("binh")))


def test_a_welcome_with_a_role_that_cannot_be_granted_makes_no_account(make, acting):
    ward = make("binh", ("administrator", WARD))
    with pytest.raises(Forbidden):
        actions.welcome(
            email="an@example.vn",
            name="An",
            base_url="http://x",
            role="operator",
            unit=OTHER_WARD,
            reason="x",
            by=acting(ward),
        )
    assert not Account.objects.filter(email="an@example.vn").exists()


def test_a_ward_administrator_sees_the_people_of_the_ward_only(make, acting):
    ward = make("binh", ("administrator", WARD))
    make("an", ("operator", WARD))
    make("chi", ("operator", OTHER_WARD))
    assert [each.name for each in queries.visible_accounts(acting(ward))] == ["An", "Binh"]


def test_people_are_found_without_diacritics(make, acting):
    admin = make("binh", "administrator")
    actions.create_account("an@example.vn", name="Nguyễn Thị Ân", by=SYSTEM)
    assert [each.name for each in queries.visible_accounts(acting(admin), "thi an")] == ["Nguyễn Thị Ân"]
