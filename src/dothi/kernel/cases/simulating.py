"""Generated cases, marked as simulated: for a demonstration, and for measuring lists over many. Nobody in them is real."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

import structlog

from dothi.core.clock import now_us
from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.cases import procedures
from dothi.kernel.cases.commands import Act, Open
from dothi.kernel.cases.engine.examples import examples
from dothi.kernel.cases.engine.forms import CompiledForm
from dothi.kernel.cases.performing import perform
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import audit
from dothi.kernel.packs.procedures import Procedure

log = structlog.get_logger()
TOGETHER: Final = 250
DAY_US: Final = 86_400_000_000
# A box around the city's middle, where generated cases lie.
WEST, SOUTH, EAST, NORTH = 106.60, 10.70, 106.80, 10.90


def simulate(
    count: int,
    *,
    by: Actor = SYSTEM,
    kinds: Sequence[Procedure] = (),
    units: Sequence[str] = (),
    organisations: Sequence[str] = (),
    days: float = 30,
    seed: int = 7,
    further: float = 0.5,
) -> Iterator[int]:
    """Open ``count`` cases over the last days and move a part of them on; yields how many there are so far.

    Each goes through the engine like any other. ``further``: the part that is moved once or more.
    """
    by.require("cases.configure")
    wanted = list(kinds) or procedures.all_published()
    if not wanted:
        raise BadInput(both("Chưa có thủ tục nào.", "There is no procedure."), where="procedures")
    pick, made = random.Random(seed), 0  # noqa: S311  the same seed, the same cases
    samples = {each.key: _samples(each) for each in wanted}
    while made < count:
        size = min(TOGETHER, count - made)
        orders = [_open(pick, wanted, samples, units, organisations, days, by) for _ in range(size)]
        results = perform(orders)
        there = [each for each in results if isinstance(each, CaseView)]
        if not there:
            first = next(each for each in results if isinstance(each, DothiError))
            raise first
        _move(pick, there, further)
        made += size
        yield made
    audit("cases.simulate", by=by, detail={"count": count})


def _samples(procedure: Procedure) -> list[dict[str, Any]]:
    """Valid answers to the first form of a procedure."""
    from dothi.kernel.cases.definitions import compiled_of

    form: CompiledForm | None = None
    if procedure.start.form:
        form = compiled_of(procedure).forms[procedure.start.form]
    return [{}] if form is None else list(examples(form, most=12)) or [{}]


def _open(
    pick: random.Random,
    kinds: Sequence[Procedure],
    samples: dict[str, list[dict[str, Any]]],
    units: Sequence[str],
    organisations: Sequence[str],
    days: float,
    by: Actor,
) -> Open:
    procedure = pick.choice(kinds)
    return Open(
        procedure=procedure.key,
        data=pick.choice(samples[procedure.key]),
        by=SYSTEM,
        applicant=f"simulated:{pick.randrange(10**9)}",
        unit=pick.choice(units) if units else None,
        organisation=pick.choice(organisations) if organisations else None,
        channel=pick.choice(["web", "phone", "counter"]),
        position=(pick.uniform(WEST, EAST), pick.uniform(SOUTH, NORTH)),
        title=f"{procedure.label.vi} (mô phỏng)",
        at_us=now_us() - int(pick.random() * days * DAY_US),
        simulated=True,
    )


def _move(pick: random.Random, cases: Sequence[CaseView], further: float) -> None:
    """Some of the cases go on by actions that ask for nothing; what is refused stays where it is."""
    orders = []
    for case in cases:
        if pick.random() >= further:
            continue
        declared = procedures.published(case.procedure)
        simple = [
            key
            for key, action in declared.states[case.state].actions.items()
            if action.form is None and action.to is not None
        ]
        if simple:
            orders.append(
                Act(case=case.num, action=pick.choice(simple), by=SYSTEM, note="mô phỏng · simulated")
            )
    perform(orders)
