"""Every way in, tried by everyone: what is not allowed is refused, by permission and by unit, and nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dothi.core.errors import DothiError, Forbidden, NotFound, Unauthenticated
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.registers import actions, merging, migrating, queries, readings
from dothi.kernel.registers.bulk import bulk
from dothi.kernel.registers.finding import page, search
from dothi.kernel.registers.models import Identifier, Link, Merge, Reading, Record, Version
from dothi.kernel.registers.tests.conftest import OTHER, WARD, someone

pytestmark = pytest.mark.django_db
ROW = {"full_name": "B", "unit": WARD}
Door = Callable[[Any, Actor], Any]

WRITES: dict[str, tuple[str, Door]] = {
    "create": ("write", lambda r, by: actions.create("owner", ROW, by=by)),
    "revise": (
        "write",
        lambda r, by: actions.revise(r[0], {"note": "x"}, valid_from=date(2025, 1, 1), by=by, reason="r"),
    ),
    "correct": ("write", lambda r, by: actions.correct(r[0], {"note": "x"}, by=by, reason="r")),
    "end": ("write", lambda r, by: actions.end(r[0], on=date(2025, 1, 1), by=by, reason="r")),
    "merge": ("merge", lambda r, by: merging.merge(r[0], r[1], by=by, reason="r")),
    "unmerge": ("merge", lambda r, by: merging.unmerge(r[2], by=by, reason="r")),
    "bulk": ("import", lambda r, by: _all(bulk("owner", [ROW], by=by))),
}
READS: dict[str, tuple[str, Door]] = {
    "get": ("read", lambda r, by: queries.get("owner", r[0].id, by=by)),
    "history": ("read", lambda r, by: queries.history("owner", r[0].id, by=by)),
    "links": ("read", lambda r, by: queries.links("owner", r[0].id, by=by)),
    "page": ("read", lambda r, by: page("owner", by=by, unit=WARD)),
    "search": ("read", lambda r, by: search("owner", "a", by=by, unit=WARD)),
    "readings": ("readings", lambda r, by: readings.of("owner", r[0].id, by=by)),
}
CITY_ONLY: dict[str, tuple[str, Door]] = {
    "changes": ("feed", lambda r, by: queries.changes("owner", by=by)),
    "migrate": ("migrate", lambda r, by: migrating.migrate_schema("owner", by=by)),
    "readings of a reader": ("readings", lambda r, by: readings.by_reader("account:1", by=by)),
}
ALL = {**WRITES, **READS, **CITY_ONLY}


def _all(report: Any) -> Any:
    """A row refused for its unit is a refusal."""
    if report.failed:
        raise Forbidden(report.errors[0].faults[0].text)
    return report


def permission(verb: str) -> str:
    return "registers.readings" if verb == "readings" else f"registers.{verb}.owner"


@pytest.fixture
def records(owner):
    """Two records of a ward, and a merge of two others there."""
    made = [owner(name, unit=WARD, valid_from=date(2020, 1, 1)) for name in ("A", "B", "C", "D")]
    return made[0], made[1], merging.merge(made[2], made[3], by=SYSTEM, reason="same")


def counts() -> list[int]:
    tables = (Record, Version, Identifier, Link, Merge, Reading, OutboxEvent)
    return [table.objects.count() for table in tables]


@pytest.mark.parametrize("door", ALL)
def test_nobody_comes_in(records, door):
    before = counts()
    with pytest.raises(Unauthenticated):
        ALL[door][1](records, ANONYMOUS)
    assert counts() == before


@pytest.mark.parametrize("door", ALL)
def test_every_other_right_together_is_not_enough(records, door):
    verb, enter = ALL[door]
    others = {"read", "personal", "sensitive", "write", "import", "merge", "migrate", "feed", "readings"} - {
        verb
    }
    before = counts()
    with pytest.raises(Forbidden):
        enter(records, someone(*map(permission, others)))
    assert counts() == before


@pytest.mark.parametrize("door", ALL)
def test_the_right_for_another_type_is_none(records, door):
    verb, enter = ALL[door]
    if verb != "readings":
        with pytest.raises(Forbidden):
            enter(records, someone(f"registers.{verb}.tree", f"registers.{verb}.own"))


@pytest.mark.parametrize("door", {**WRITES, **READS})
def test_the_right_in_another_ward_is_none(records, door):
    verb, enter = ALL[door]
    before = counts()
    with pytest.raises(Forbidden):
        enter(records, someone(permission(verb), unit=OTHER))
    assert counts() == before


@pytest.mark.parametrize("door", {**WRITES, **READS})
@pytest.mark.parametrize("unit", [None, "79", WARD])
def test_the_right_there_or_above_is_enough(records, door, unit):
    verb, enter = ALL[door]
    enter(records, someone(permission(verb), unit=unit))


@pytest.mark.parametrize("door", CITY_ONLY)
def test_what_concerns_all_needs_the_right_everywhere(records, door):
    verb, enter = ALL[door]
    with pytest.raises(Forbidden):
        enter(records, someone(permission(verb), unit=WARD))
    enter(records, someone(permission(verb)))


@pytest.mark.parametrize("door", ALL)
def test_a_token_does_no_more_than_its_scope(records, door):
    verb, enter = ALL[door]
    narrow = Actor("token", "1", "", (Grant("*"),), within=(Grant("context.*"),))
    with pytest.raises(Forbidden):
        enter(records, narrow)
    enter(records, Actor("token", "1", "", (Grant("*"),), within=(Grant(permission(verb)),)))


@pytest.mark.parametrize("door", {**WRITES, **READS})
def test_a_record_that_is_not_there_is_not_found_by_who_may_do_all(db, door):
    from dothi.core.ids import uuid7

    nothing = (Record(id=uuid7(), type="owner"), Record(id=uuid7(), type="owner"), 0)
    if door in ("create", "bulk", "page", "search"):
        return
    with pytest.raises(NotFound):
        ALL[door][1](nothing, SYSTEM)


@pytest.mark.parametrize(
    ("how", "ask"),
    [
        ("record", lambda r, by: queries.get("owner", r.id, by=by, purpose="residence")),
        ("history", lambda r, by: queries.history("owner", r.id, by=by, purpose="residence")),
        ("list", lambda r, by: page("owner", by=by, purpose="residence")),
        ("search", lambda r, by: search("owner", "nguyen", by=by, purpose="residence")),
        (
            "identifier",
            lambda r, by: queries.by_identifier("owner", "id-card", "1111", by=by, purpose="residence"),
        ),
    ],
)
def test_every_way_to_read_in_clear_is_logged_once_a_record(owner, how, ask):
    made = owner(card="1111")
    ask(made, someone("registers.read.*", "registers.personal.*"))
    kept = Reading.objects.get()
    assert (kept.how, kept.record_id, kept.purpose) == (how, made.pk, "residence")


def test_what_cannot_be_logged_is_not_shown(owner, monkeypatch):
    made = owner(card="1111")

    def broken(*_: Any, **__: Any) -> None:
        raise DothiError("the log is full")

    monkeypatch.setattr(readings.Reading.objects, "bulk_create", broken)
    with pytest.raises(DothiError):
        queries.get("owner", made.id, by=someone("registers.*"), purpose="residence")
