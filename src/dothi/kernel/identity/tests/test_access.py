"""Who may do what, where."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import Forbidden, Unauthenticated
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant, pattern_covers, register_covers

names = st.lists(
    st.sampled_from(["context", "identity", "read", "write", "roles"]), min_size=1, max_size=3
).map(".".join)
patterns = st.one_of(st.just("*"), names, names.map(lambda name: f"{name}.*"))
units = st.sampled_from([None, "79", "26734", "26740"])
organisations = st.sampled_from([None, "H29", "H30"])
grants = st.builds(Grant, patterns, units, organisations)


@pytest.fixture(autouse=True)
def wards_in_the_city(hierarchy):
    """Wards 26734 and 26740 lie in city 79."""


def actor(*given: Grant, within: tuple[Grant, ...] | None = None) -> Actor:
    return Actor("account", "1", "An", given, within)


def test_nobody_may_anything_by_default():
    assert not actor().may("context.read")


def test_a_pattern_gives_all_below_it():
    assert actor(Grant("context.*")).may("context.entities.write")


def test_a_pattern_does_not_give_a_name_that_only_begins_alike():
    assert not actor(Grant("context.*")).may("contextual.read")


def test_a_pattern_does_not_give_its_own_stem():
    assert not pattern_covers("context.*", "context")


def test_a_grant_in_the_city_holds_in_its_wards():
    assert actor(Grant("context.write", unit="79")).may("context.write", unit="26734")


def test_a_grant_in_a_ward_does_not_hold_in_another():
    assert not actor(Grant("context.write", unit="26734")).may("context.write", unit="26740")


def test_a_grant_in_a_ward_is_not_one_for_the_whole_city():
    assert not actor(Grant("context.write", unit="26734")).may("context.write")


def test_a_grant_in_a_ward_is_enough_to_be_shown_the_link():
    assert actor(Grant("context.write", unit="26734")).may_somewhere("context.write")


def test_a_grant_of_an_organisation_holds_for_it_wherever_it_works():
    assert actor(Grant("cases.answer", organisation="H29")).may(
        "cases.answer", unit="26734", organisation="H29"
    )


def test_a_grant_of_an_organisation_does_not_hold_for_another():
    assert not actor(Grant("cases.answer", organisation="H29")).may("cases.answer", organisation="H30")


def test_a_visitor_is_asked_to_sign_in():
    with pytest.raises(Unauthenticated):
        ANONYMOUS.require("context.write")


def test_someone_signed_in_is_told_which_permission_is_missing():
    with pytest.raises(Forbidden, match=r"context\.write.*26734"):
        actor().require("context.write", unit="26734")


def test_the_platform_itself_may_everything():
    assert SYSTEM.may("whatever.there-is", unit="26734")


def test_a_grant_that_ends_is_not_held_for_good():
    ending = Grant("context.*", until=datetime(2026, 1, 1, tzinfo=UTC))
    assert not actor(ending).holds("context.*", until=None)


@given(grants, grants, units, organisations, names)
def test_a_token_may_nothing_that_its_owner_may_not(owner, limit, unit, organisation, name):
    token = actor(owner, within=(limit,))
    if token.may(name, unit=unit, organisation=organisation):
        assert actor(owner).may(name, unit=unit, organisation=organisation)
        assert actor(limit).may(name, unit=unit, organisation=organisation)


@given(patterns, patterns, names)
def test_what_a_covered_pattern_gives_the_outer_one_gives_too(outer, inner, name):
    if pattern_covers(outer, inner) and pattern_covers(inner, name):
        assert pattern_covers(outer, name)


@given(patterns)
def test_a_pattern_covers_itself(pattern):
    assert pattern_covers(pattern, pattern)


@given(grants, names, units, organisations)
def test_what_holds_everywhere_holds_in_each_place(grant, name, unit, organisation):
    if actor(grant).may(name):
        assert actor(grant).may(name, unit=unit, organisation=organisation)


def test_the_hierarchy_can_be_registered():
    register_covers(lambda outer, inner: (outer, inner) == ("A", "B"))
    assert actor(Grant("x.y", unit="A")).may("x.y", unit="B")
