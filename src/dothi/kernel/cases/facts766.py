"""What Decision 766/QĐ-TTg measures of one case, as a function of the case alone: written as it moves, provable by replay."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from dothi.core.clock import now_us
from dothi.kernel.cases.engine import Compiled, Snapshot
from dothi.kernel.cases.models import NEVER
from dothi.kernel.cases.reading import reading

KINDS: Final = frozenset({"dossier", "report", "request"})
ONLINE: Final = frozenset({"web", "app", "api"})
SATISFIED_FROM: Final = 4  # of 5


class Facts(NamedTuple):
    """Of one case, in the order of the table's columns behind its number. ``on_time`` is None while it is open."""

    procedure: str
    unit: str
    organisation: str
    opened_us: int
    due_us: int
    closed_us: int | None
    published: int
    on_time: int | None
    digitised: int
    online: int
    rating: int | None
    simulated: int


def facts(compiled: Compiled, case: Snapshot) -> Facts:
    """The facts of a case as it stands.

    On time: no public clock had run out when the case was closed. Digitised: every document handed in is there as
    a file or as a register's data, none refused. Published: its applicant can follow it (a public clock or step).
    """
    public = [clock for clock in case.clocks.values() if clock.public]
    missed = [clock for clock in public if clock.missed_us is not None]
    dues = [clock.due_us for clock in public if clock.due_us is not None]
    metas = [meta for group in case.documents.values() for meta in group]
    rating = case.facts.get("rating", case.data.get("rating"))
    return Facts(
        procedure=case.procedure,
        unit=case.unit or "",
        organisation=case.organisation or "",
        opened_us=case.opened_us,
        due_us=min(dues, default=NEVER),
        closed_us=case.closed_us,
        published=int(_followed(compiled)),
        on_time=None if case.closed_us is None else int(not missed),
        digitised=int(all(meta.state != "refused" and bool(meta.sha256 or meta.once_only) for meta in metas)),
        online=int(case.channel in ONLINE),
        rating=rating if type(rating) is int and 1 <= rating <= 5 else None,
        simulated=int(case.simulated),
    )


def _followed(compiled: Compiled) -> bool:
    declared = compiled.procedure
    return any(clock.public for clock in declared.clocks.values()) or any(
        action.public for state in declared.states.values() for action in state.actions.values()
    )


class Totals(NamedTuple):
    """What Decision 766 counts of a period, by one key. Rates are for whoever shows them: n of how many."""

    key: str
    received: int
    closed: int
    on_time: int
    late: int
    open_late: int
    online: int
    digitised: int
    published: int
    rated: int
    satisfied: int


_RECEIVED: Final = "opened_us >= ? AND opened_us < ?"
_CLOSED: Final = "closed_us >= ? AND closed_us < ?"
Measure = Literal[
    "received",
    "closed",
    "on_time",
    "late",
    "open_late",
    "online",
    "digitised",
    "published",
    "rated",
    "satisfied",
]
MEASURES: Final[dict[str, tuple[str, str]]] = {
    "received": (_RECEIVED, ""), "closed": (_CLOSED, ""), "on_time": (_CLOSED, "on_time = 1"), "late": (_CLOSED, "on_time = 0"),
    "open_late": (_RECEIVED, "closed_us IS NULL AND due_us < ?"), "online": (_RECEIVED, "online = 1"),
    "digitised": (_CLOSED, "digitised = 1"), "published": (_RECEIVED, "published = 1"),
    "rated": (_CLOSED, "rating IS NOT NULL"), "satisfied": (_CLOSED, f"rating >= {SATISFIED_FROM}"),
}  # fmt: skip


def behind(
    period: tuple[int, int],
    measure: Measure,
    *,
    unit: str = "",
    organisation: str = "",
    simulated: bool = False,
    limit: int = 200,
) -> list[int]:
    """The numbers of the cases that a figure of :func:`totals` counts, the newest first."""
    span, extra = MEASURES[measure]
    conditions, params = ["simulated <= ?", span], [int(simulated), *period]
    if extra:
        conditions.append(extra)
        params += [now_us()] if "?" in extra else []
    given: list[str | int] = list(params)
    for column, value in (("unit", unit), ("organisation", organisation)):
        if value:
            conditions.append(f"{column} = ?")
            given.append(value)
    sql = f"SELECT num FROM cases_fact766 WHERE {' AND '.join(conditions)} ORDER BY num DESC LIMIT ?"  # noqa: S608
    with reading() as (session, _):
        return [int(num) for (num,) in session.query(sql, [*given, limit])]


def totals(
    period: tuple[int, int],
    *,
    by: Literal["organisation", "unit", "procedure", ""] = "",
    unit: str = "",
    organisation: str = "",
    procedure: str = "",
    simulated: bool = False,
) -> list[Totals]:
    """The facts of a period (from, to in microseconds): received in it, closed in it; grouped ``by`` or all together.

    ``unit``, ``organisation``, ``procedure`` narrow. Simulated cases are only counted when asked for.
    """
    start, end = period
    conditions, params = ["simulated <= ?"], [int(simulated)]
    for column, value in (("unit", unit), ("organisation", organisation), ("procedure", procedure)):
        if value:
            conditions.append(f"{column} = ?")
            params.append(value)  # type: ignore[arg-type]
    key = by or "''"
    sums, given = [], []
    for span, extra in MEASURES.values():
        sums.append(f"sum(CASE WHEN {span}{' AND ' + extra if extra else ''} THEN 1 ELSE 0 END)")
        given += [start, end, *([now_us()] if "?" in extra else [])]
    sql = (
        f"SELECT {key}, {', '.join(sums)} FROM cases_fact766 WHERE {' AND '.join(conditions)}"  # noqa: S608
        f" AND (({_RECEIVED}) OR ({_CLOSED})){f' GROUP BY {key}' if by else ''} ORDER BY 1"
    )
    with reading() as (session, _):
        found = session.query(sql, [*given, *params, start, end, start, end])
    return [Totals(row[0], *(int(each or 0) for each in row[1:])) for row in found]
