"""Every role × action × place, asserted against a table that is computed another way than the code decides."""

from __future__ import annotations

from itertools import product

import pytest

from dothi.core.errors import DothiError
from dothi.kernel.cases import actions, queries
from dothi.kernel.cases.commands import Act
from dothi.kernel.cases.engine import Refused
from dothi.kernel.cases.tests.conftest import CITIZEN, CITY, ORG, OTHER, REPORT, WARD, someone
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM

STATES = {"new": [], "dispatched": ["dispatch"], "answered": ["dispatch", "answer"]}
FORMS = {"answer": {"answer": "xong"}, "rate": {"rating": 4}}
PLACES = {"city": {}, "area": {"unit": CITY}, "ward": {"unit": WARD}, "other ward": {"unit": OTHER},
          "organisation": {"organisation": ORG}, "other organisation": {"organisation": "H29.8"}}  # fmt: skip
HERE = {"city", "area", "ward", "organisation"}
HOLDINGS = ("nothing", "read", "operator", "department", "both")
GRANTS = {
    "nothing": (),
    "read": ("cases.read",),
    "operator": ("cases.read", "cases.act.operator"),
    "department": ("cases.read", "cases.act.department"),
    "both": ("cases.act.*",),
}
PLAYS = {"operator": {"operator"}, "department": {"department"}, "both": {"operator", "department"}}


def expected(state: str, action: str, holding: str, place: str) -> str:
    """done, refused (seen but not allowed) or hidden."""
    declared = REPORT["states"][state]["actions"][action]
    plays = PLAYS.get(holding, set()) if place in HERE else set()
    if declared["role"] in plays:
        return "done"
    return "refused" if place in HERE and holding in ("read", "operator", "department") else "hidden"


def happened(result: object) -> str:
    if isinstance(result, Refused):
        return "refused"
    return "hidden" if isinstance(result, DothiError) else "done"


def reached(state: str, count: int) -> list[int]:
    """``count`` cases in a state."""
    made = [
        actions.open_case("test-report", data={"what": "x"}, by=CITIZEN, unit=WARD, organisation=ORG).num
        for _ in range(count)
    ]
    for action in STATES[state]:
        actions.perform([Act(case=num, action=action, by=SYSTEM, data=FORMS.get(action, {})) for num in made])
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_every_role_action_and_place_is_decided_as_declared(state):
    names = REPORT["states"][state]["actions"]
    table = list(product(names, HOLDINGS, PLACES))
    nums = reached(state, len(table))
    orders = [
        Act(
            case=num, action=action, by=someone(*GRANTS[holding], id=f"x{num}", **PLACES[place]),
            data=FORMS.get(action, {}), note="vì sao",
        )
        for num, (action, holding, place) in zip(nums, table, strict=True)
    ]  # fmt: skip
    found = {cell: happened(result) for cell, result in zip(table, actions.perform(orders), strict=True)}
    assert found == {cell: expected(state, *cell) for cell in table}


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_an_applicant_does_what_is_theirs_and_a_stranger_nothing(state):
    for action, declared in REPORT["states"][state]["actions"].items():
        (num,) = reached(state, 1)
        data = FORMS.get(action, {})
        mine, theirs = (
            happened(actions.perform([Act(case=num, action=action, by=by, data=data, note="x")])[0])
            for by in (CITIZEN, ANONYMOUS)
        )
        assert mine == ("done" if declared["role"] == "applicant" else "refused")
        assert theirs == "hidden"


@pytest.mark.django_db
@pytest.mark.parametrize(("holding", "place"), list(product(HOLDINGS, PLACES)))
def test_offers_are_what_can_be_done(holding, place):
    (num,) = reached("new", 1)
    by = someone(*GRANTS[holding], id="x", **PLACES[place])
    allowed = {a for a in REPORT["states"]["new"]["actions"] if expected("new", a, holding, place) == "done"}
    try:
        offered = {each.action for each in queries.available(num, by=by)}
    except DothiError:
        offered = set()
    assert offered == (allowed if holding != "both" else set())
