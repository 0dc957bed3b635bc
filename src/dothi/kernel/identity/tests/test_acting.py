"""What ``@action`` does for every module."""

from __future__ import annotations

import pytest
from django.db import connection

from dothi.core.errors import Forbidden
from dothi.kernel.identity import checks
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.identity.acting import Declared, _declared, action, note
from dothi.kernel.identity.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forget_test_actions():
    before = dict(_declared)
    yield
    _declared.clear()
    _declared.update(before)


def entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_an_action_runs_in_one_transaction():
    @action(permission="test.run", name="test.run")
    def run(*, by: Actor) -> bool:
        return connection.in_atomic_block

    assert run(by=SYSTEM)


def test_an_action_asks_for_its_permission_in_the_unit_it_touches(hierarchy):
    @action(permission="test.run", name="test.run", unit=lambda place, **_: place)
    def run(place: str, *, by: Actor) -> str:
        return place

    ward = Actor("account", "1", "", (Grant("test.run", "26734"),))
    assert run("26734", by=ward) == "26734"


def test_an_action_is_refused_in_another_unit(hierarchy):
    @action(permission="test.run", name="test.run", unit=lambda place, **_: place)
    def run(place: str, *, by: Actor) -> str:
        return place

    with pytest.raises(Forbidden):
        run("26740", by=Actor("account", "1", "", (Grant("test.run", "26734"),)))


def test_an_action_notes_what_it_did():
    @action(permission="test.run", name="test.run")
    def run(*, by: Actor) -> None:
        note(rows=3)

    run(by=SYSTEM)
    assert entry().detail == {"rows": 3}


def test_an_action_inside_another_keeps_its_notes_to_itself():
    @action(permission="test.run", name="test.inner")
    def inner(*, by: Actor) -> None:
        note(inner=1)

    @action(permission="test.run", name="test.outer")
    def outer(*, by: Actor) -> None:
        inner(by=by)
        note(outer=1)

    outer(by=SYSTEM)
    assert entry().detail == {"outer": 1}


def test_a_failed_action_leaves_neither_change_nor_audit():
    @action(permission="test.run", name="test.run")
    def run(*, by: Actor) -> None:
        raise ValueError("broken")

    before = AuditEntry.objects.count()
    with pytest.raises(ValueError, match="broken"):
        run(by=SYSTEM)
    assert AuditEntry.objects.count() == before


def test_a_permission_nobody_declared_is_found_by_the_check():
    _declared["test.run"] = Declared("test.run", "test.undeclared")
    assert any("test.undeclared" in str(each.msg) for each in checks.declared_permissions())


def test_every_permission_that_identity_asks_for_is_declared():
    wrong = [each.msg for each in checks.declared_permissions() if "identity." in str(each.msg)]
    assert wrong == []
