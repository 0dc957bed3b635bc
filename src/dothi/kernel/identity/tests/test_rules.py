"""Nobody hands on more than they hold; a token's scope and an assignment's period are checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput, Conflict, DothiError, Forbidden
from dothi.kernel.identity import rules
from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.identity.roles import roles

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
DAY = timedelta(days=1)

moments = st.one_of(st.none(), st.integers(1, 5).map(lambda days: NOW + days * DAY))
units = st.sampled_from(["", "79", "26734"])
held = st.builds(
    rules.Held, st.sampled_from(sorted(roles())), units, st.just(""), st.just(NOW - DAY), moments
)
questions = st.sampled_from(
    ["identity.roles.grant", "identity.accounts.manage", "context.write", "operations.alarm"]
)


@pytest.fixture(autouse=True)
def wards_in_the_city(hierarchy):
    """Ward 26734 lies in city 79."""


def holder(*assignments: rules.Held, at: datetime = NOW) -> Actor:
    return Actor("account", "1", "", rules.grants(assignments, at))


def test_a_role_counts_from_its_first_moment_up_to_its_last():
    given = rules.Held("operator", "", "", NOW, NOW + DAY)
    assert [rules.in_force(given, NOW + d) for d in (-DAY, 0 * DAY, DAY - DAY / 99, DAY)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_role_that_nothing_declares_gives_nothing():
    assert rules.grants([rules.Held("wizard", "", "", NOW, None)], NOW) == ()


def test_what_someone_may_is_read_again_when_a_role_begins_or_ends():
    given = [
        rules.Held("operator", "", "", NOW + DAY, NOW + 3 * DAY),
        rules.Held("analyst", "", "", NOW - DAY, None),
    ]
    assert rules.next_change(given, NOW) == NOW + DAY


@given(st.lists(held, max_size=3), held, questions, units, st.integers(0, 6))
def test_whatever_is_handed_on_gives_the_receiver_nothing_the_giver_lacks(
    mine, handed, question, unit, later
):
    """At no time from now on: not by a wider role, not by a wider place, not by a longer period."""
    try:
        rules.may_hand_on(holder(*mine), rules.grants_of(roles()[handed.role], handed))
    except Forbidden:
        return
    at = NOW + later * DAY
    if holder(handed, at=at).may(question, unit=unit or None):
        assert holder(*mine, at=at).may(question, unit=unit or None)


def test_an_administrator_of_a_ward_cannot_make_one_of_the_city():
    ward = holder(rules.Held("administrator", "26734", "", NOW, None))
    with pytest.raises(Forbidden):
        rules.may_hand_on(ward, [Grant("*")])


def test_an_administrator_for_a_week_cannot_make_one_for_good():
    week = holder(rules.Held("administrator", "", "", NOW, NOW + 7 * DAY))
    with pytest.raises(Forbidden):
        rules.may_hand_on(week, [Grant("*")])


def test_who_manages_accounts_in_a_ward_cannot_reset_the_city_administrator():
    ward = holder(rules.Held("administrator", "26734", "", NOW, None))
    with pytest.raises(Forbidden):
        rules.may_manage(ward, "identity.accounts.manage", [Grant("*")])


def test_who_manages_accounts_in_a_ward_may_reset_its_operator():
    ward = holder(rules.Held("administrator", "26734", "", NOW, None))
    rules.may_manage(ward, "identity.accounts.manage", [Grant("context.write", "26734")])


def test_the_last_administrator_stays():
    with pytest.raises(Conflict):
        rules.keep_an_administrator([])


def test_a_scope_is_read_with_spaces_or_commas():
    assert rules.scope_patterns("context.read, context.* context.read") == ("context.read", "context.*")


@pytest.mark.parametrize("text", ["", "Context.read", "context.*.read", "context.", "**", "a b!"])
def test_a_scope_that_is_none_is_refused(text):
    with pytest.raises(BadInput):
        rules.scope_patterns(text)


def test_a_role_is_for_a_unit_or_an_organisation_not_both():
    with pytest.raises(BadInput):
        rules.one_scope("26734", "H29")


@pytest.mark.parametrize(("begin", "end"), [(NOW, NOW), (NOW - 3 * DAY, NOW - DAY), (NOW + DAY, NOW)])
def test_a_period_that_is_empty_or_over_is_refused(begin, end):
    with pytest.raises(DothiError):
        rules.validity(begin, end, NOW)
