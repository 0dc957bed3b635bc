"""What Decision 766/QĐ-TTg measures of one case, as a function of the case alone: written as it moves, provable by replay."""

from __future__ import annotations

from typing import Final, NamedTuple

from dothi.kernel.cases.engine import Compiled, Snapshot
from dothi.kernel.cases.models import NEVER

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
