"""Decisions of the warehouse on plain data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dothi.core.errors import BadInput, Conflict, Forbidden, Unauthenticated
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.warehouse import rules
from dothi.kernel.warehouse.licences import LICENCES, licence
from dothi.kernel.warehouse.rules import Kept
from dothi.kernel.warehouse.tests.conftest import actor

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def kept(*states):
    """Versions 1, 2, 3 … of these states, each ten days younger than the one before."""
    return [
        Kept(number, state, NOW - timedelta(days=10 * (len(states) - number)))
        for number, state in enumerate(states, 1)
    ]


@pytest.mark.parametrize(
    ("retention", "gone"),
    [
        ({}, []),
        ({"versions": 2}, [1, 2]),
        ({"versions": 1}, [1, 2, 3]),
        ({"versions": 0}, [1, 2, 3]),
        ({"days": 15}, [1, 2]),
        ({"versions": 2, "days": 25}, [1]),
        ({"versions": 9, "days": 1}, []),
    ],
)
def test_a_version_goes_when_no_limit_keeps_it(retention, gone):
    versions = kept("superseded", "withdrawn", "superseded", "published")
    assert sorted(rules.expired(versions, retention, NOW)) == gone


def test_what_serves_and_what_is_not_finished_never_goes():
    assert rules.expired(kept("published", "candidate", "failed"), {"versions": 0, "days": 0}, NOW) == []


@pytest.mark.parametrize(
    ("access", "state", "who", "may"),
    [
        ("open", "published", ANONYMOUS, True),
        ("open", "superseded", ANONYMOUS, True),
        ("open", "draft", ANONYMOUS, False),
        ("open", "withdrawn", ANONYMOUS, False),
        ("shared", "published", ANONYMOUS, False),
        ("shared", "published", actor("warehouse.read"), True),
        ("shared", "published", actor("warehouse.read", unit="1"), False),
        ("internal", "published", actor("warehouse.read"), False),
        ("internal", "published", actor("warehouse.read.internal"), True),
    ],
)
def test_who_may_read(access, state, who, may):
    assert rules.may_read(who, access=access, state=state, unit="") is may
    if not may:
        with pytest.raises((Forbidden, Unauthenticated)):
            rules.require_read(who, access=access, state=state, unit="")


def test_a_column_is_seen_by_who_holds_its_permission():
    columns = [{"name": name, "sensitivity": name} for name in ("open", "internal", "personal", "sensitive")]
    assert rules.visible_columns(ANONYMOUS, columns, unit="") == ["open"]
    assert rules.visible_columns(actor("warehouse.read.personal"), columns, unit="") == ["open", "personal"]
    assert len(rules.visible_columns(actor("warehouse.read.*"), columns, unit="")) == 4


def test_only_what_was_published_is_withdrawn():
    rules.may_withdraw("superseded")
    with pytest.raises(Conflict):
        rules.may_withdraw("failed")


def test_columns_that_came_went_or_changed_are_named():
    old = [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]
    new = [{"name": "b", "type": "number"}, {"name": "c", "type": "date"}]
    assert rules.column_changes(old, new) == {
        "columns_added": ["c"], "columns_removed": ["a"], "columns_retyped": ["b"],
    }  # fmt: skip


def test_licences_have_names_in_both_languages_and_open_ones_an_address():
    for each in LICENCES.values():
        assert each.label("vi")
        assert each.label("en")
        assert each.url or not each.is_open
    with pytest.raises(BadInput):
        licence("nonsense")
