"""Which cases a reader may list: all, or those of some units and organisations, and always their own."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from dothi.engines.store.base import Session
from dothi.kernel.cases import access
from dothi.kernel.cases.delegations import with_delegations
from dothi.kernel.cases.filters import Filter
from dothi.kernel.identity.access import Actor

LOOK_EVERY_S: Final = 10.0


class Scope(NamedTuple):
    """The units and organisations whose cases may be listed."""

    units: tuple[str, ...]
    organisations: tuple[str, ...]


_there: dict[str, tuple[float, tuple[str, ...]]] = {}


def scope(session: Session, by: Actor, asked: Filter) -> Scope | None:
    """None: everything the filter leaves. Raises when the reader may list nothing at all."""
    if asked.assignee == by.reference or (asked.applicant and access.is_applicant(by, asked.applicant)):
        return None
    by = with_delegations(by)
    if access.may(by, access.READ, asked.unit, asked.organisation):
        return None
    if not by.may_somewhere(access.READ):
        by.require(access.READ)
    units = {*_values(session, "unit"), *(grant.unit for grant in by.grants if grant.unit)}
    organisations = {
        *_values(session, "organisation"),
        *(grant.organisation for grant in by.grants if grant.organisation),
    }
    return Scope(
        tuple(sorted(each for each in units if by.may(access.READ, unit=each))),
        tuple(sorted(each for each in organisations if by.may(access.READ, organisation=each))),
    )


def forget() -> None:
    """Look up which units and organisations have cases at the next question."""
    _there.clear()


def _values(session: Session, column: str) -> tuple[str, ...]:
    """The units (or organisations) that have cases, by skipping through their index."""
    known = _there.get(column)
    if known is not None and time.monotonic() - known[0] < LOOK_EVERY_S:
        return known[1]
    sql = (
        f"WITH RECURSIVE found(v) AS (SELECT min({column}) FROM cases_case UNION ALL"  # noqa: S608
        f" SELECT (SELECT min({column}) FROM cases_case WHERE {column} > found.v) FROM found"
        " WHERE found.v IS NOT NULL) SELECT v FROM found WHERE v <> ''"
    )
    values = tuple(value for (value,) in session.query(sql))
    _there[column] = time.monotonic(), values
    return values
