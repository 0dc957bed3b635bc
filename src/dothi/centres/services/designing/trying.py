"""A procedure tried out before anybody follows it: every path with its time and fees, or one by hand. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from dothi.core.calendar.allowance import Allowance
from dothi.core.errors import BadInput, Text, both
from dothi.kernel.cases.engine.compiled import Compiled, text
from dothi.kernel.cases.engine.examples import examples
from dothi.kernel.cases.engine.forms import CompiledForm
from dothi.kernel.cases.engine.types import EffectOrder, Refused, Snapshot
from dothi.kernel.cases.engine.walking import Path, begin, missed, take, walk, ways
from dothi.kernel.payments.fees.rules import compute
from dothi.kernel.payments.fees.tables import FeeTable

PATHS_MOST: Final = 200
STEPS_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of a path: what was done, and the state it led to."""

    done: Text
    state: Text


@dataclass(frozen=True, slots=True)
class Way:
    """One path: its steps, whether it ends, how long the law gives for it, and what it costs."""

    stops: tuple[Stop, ...]
    done: bool
    end: Text
    times: tuple[tuple[Text, Text], ...]  # clock, allowance
    fees: tuple[int, int] | None  # online, at the counter; None: nothing is asked for


@dataclass(frozen=True, slots=True)
class Walked:
    """All paths of a procedure, and the actions that none of them used."""

    ways: tuple[Way, ...]
    missed: tuple[tuple[Text, Text], ...]  # state, action
    more: bool


def every_way(compiled: Compiled, limit: int = PATHS_MOST) -> Walked:
    """The paths of a procedure with made-up valid answers."""
    found = list(walk(compiled, limit + 1))
    rows = missed(compiled, found)
    return Walked(
        tuple(_way(compiled, path) for path in found[:limit]),
        tuple(
            (_state(compiled, state), compiled.table[state, action].label) for state, action in sorted(rows)
        ),
        len(found) > limit,
    )


def _way(compiled: Compiled, path: Path) -> Way:
    stops = tuple(Stop(label_of(compiled, each.action), _state(compiled, each.state)) for each in path.steps)
    return Way(stops, path.done, _state(compiled, path.snapshot.state), _times(compiled, path.snapshot), _fees(compiled, path.snapshot))  # fmt: skip


def _state(compiled: Compiled, key: str) -> Text:
    return text(compiled.states[key].declared.label)


def label_of(compiled: Compiled, action: str) -> Text:
    """What a step is called, whatever kind it is."""
    kind, _, name = action.partition(".")
    if kind == "task" and name:
        for state in compiled.states.values():
            if name in state.tasks:
                return text(state.tasks[name].declared.label)
    if kind == "timer" and name:
        return both("Hết thời gian chờ", "The time is over")
    if kind == "child" and name:
        return both("Hồ sơ con có kết quả", "The other case is done")
    if action == "open":
        return both("Nộp hồ sơ", "Submit")
    return next((row.label for row in compiled.table.values() if row.key == action), both(action, action))


def _times(compiled: Compiled, case: Snapshot) -> tuple[tuple[Text, Text], ...]:
    declared = compiled.procedure.clocks
    return tuple(
        (text(declared[key].label), _allowance(clock.allowance))
        for key, clock in case.clocks.items()
        if key in declared
    )


def _allowance(given: str) -> Text:
    parsed = Allowance.parse(given)
    return both(parsed.text("vi"), parsed.text("en"))


def _fees(compiled: Compiled, case: Snapshot) -> tuple[int, int] | None:
    fees = compiled.procedure.fees
    if not case.payments or not isinstance(fees, Mapping):
        return None
    table = msgspec.convert(fees, FeeTable)
    facts: dict[str, Any] = {**case.data, **case.facts}
    online, counter = (compute(table, {**facts, "channel": each}).total for each in ("online", "counter"))
    return online, counter


class Taken(msgspec.Struct, frozen=True):
    """A step chosen by hand."""

    action: str
    data: dict[str, Any] = {}
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that can be tried next."""

    action: str
    outcome: str | None
    label: Text
    result: Text | None  # of tasks: which outcome
    form: CompiledForm | None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a walk by hand stands."""

    stops: tuple[Stop, ...]
    case: Snapshot | None
    state: Text | None
    orders: tuple[str, ...]  # what the last step ordered: message, letter …
    choices: tuple[Choice, ...]
    times: tuple[tuple[Text, Text], ...]
    fees: tuple[int, int] | None


def steps_of(written: str) -> list[Taken]:
    """The steps a page carried along; raises :class:`BadInput`."""
    try:
        made = msgspec.json.decode(written or "[]", type=list[Taken])
    except msgspec.DecodeError as error:
        raise BadInput(
            both("Không đọc được các bước.", "The steps cannot be read."), where="steps"
        ) from error
    if len(made) > STEPS_MOST:
        raise BadInput(both("Quá nhiều bước.", "Too many steps."), where="steps")
    return made


def stand(compiled: Compiled, taken: Sequence[Taken]) -> Stand:
    """The case after these steps; raises :class:`Refused` for one that cannot be taken."""
    case: Snapshot | None = None
    stops: list[Stop] = []
    orders: Sequence[EffectOrder] = ()
    for each in taken:
        outcome = begin(compiled, each.data) if case is None else take(compiled, case, each.action, each.data, each.outcome)  # fmt: skip
        case, orders = outcome.snapshot, outcome.effects
        stops.append(Stop(label_of(compiled, each.action), _state(compiled, case.state)))
    if case is None:
        return Stand((), None, None, (), (), (), None)
    return Stand(
        tuple(stops), case, _state(compiled, case.state), tuple(dict.fromkeys(each.kind for each in orders)),
        tuple(_choices(compiled, case)), _times(compiled, case), _fees(compiled, case),
    )  # fmt: skip


def _choices(compiled: Compiled, case: Snapshot) -> list[Choice]:
    made = []
    for action, outcome in ways(compiled, case):
        row = compiled.table.get((case.state, action))
        task = compiled.states[case.state].tasks.get(action.removeprefix("task."))
        results = {each.key: text(each.label) for each in task.declared.outcomes} if task else {}
        made.append(Choice(action, outcome, label_of(compiled, action), results.get(outcome or ""), row.form if row else None))  # fmt: skip
    return made


def example(form: CompiledForm) -> dict[str, Any]:
    """Valid answers to begin from; empty where none is found."""
    return next(examples(form), {})


__all__ = ["Refused", "Stand", "Taken", "Walked", "every_way", "example", "label_of", "stand", "steps_of"]
