"""How likely an open case is to be decided late: what happened to finished cases of its procedure from the same state.

No more than counting: of the finished cases that were in this state at least as long as this one is now, the share
that then took longer than this one has left. Elapsed time with its pauses, weekends and holidays. Where too few were
like it, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from dothi.core.clock import now_us
from dothi.kernel.cases.models import SEQ_BITS
from dothi.kernel.cases.reading import reading
from dothi.kernel.cases.views import CaseView

ENOUGH: Final = 30  # finished cases that were in the state
ALIKE: Final = 10  # of them, those that were in it as long as this case is
LEARNT_FROM: Final = 500  # finished cases of a procedure, the newest
Remaining = Mapping[tuple[str, str], NDArray[np.int64]]


class Chance(NamedTuple):
    """The share of cases like this one that were decided late, and how many cases that is counted from."""

    late: float
    of: int


class Stay(NamedTuple):
    """A finished case in a state: from when, and when the case was decided. Microseconds."""

    procedure: str
    state: str
    entered_us: int
    decided_us: int


def learn(stays: Iterable[Stay]) -> Remaining:
    """The times from entering a state to the decision, sorted, by procedure and state."""
    found: dict[tuple[str, str], list[int]] = {}
    for each in stays:
        if each.decided_us >= each.entered_us:
            found.setdefault((each.procedure, each.state), []).append(each.decided_us - each.entered_us)
    return {key: np.sort(np.asarray(times, dtype=np.int64)) for key, times in found.items()}


def chance(times: NDArray[np.int64] | None, waited_us: int, until_us: int) -> Chance | None:
    """The chance that more than ``until_us`` pass from entering the state, when ``waited_us`` have; None: too few cases."""
    if times is None or len(times) < ENOUGH:
        return None
    alike = len(times) - int(np.searchsorted(times, waited_us, side="right"))
    if alike < ALIKE:
        return None
    late = len(times) - int(np.searchsorted(times, max(until_us, waited_us), side="right"))
    return Chance(late / alike, alike)


class _Clock(Struct, frozen=True):
    stopped_us: int | None = None
    public: bool = True


class _Patch(Struct, frozen=True):
    clocks: dict[str, _Clock | None] = {}


class _Line(Struct, frozen=True):
    from_state: str
    to_state: str
    at_us: int
    data: _Patch = _Patch()


_line: Final = msgspec.json.Decoder(_Line).decode


def predicted(cases: Sequence[CaseView]) -> dict[int, Chance]:
    """The chance of each open case (by its number) to be decided late; cases that stand still or are too rare are left out."""
    asked = [each for each in cases if each.phase == "open" and each.due_us is not None]
    if not asked:
        return {}
    known = learn(
        _finished(sorted({each.procedure for each in asked}), simulated=any(each.simulated for each in asked))
    )
    since = _entered(asked)
    now, found = now_us(), dict[int, Chance]()
    for each in asked:
        entered = since.get(each.num, each.opened_us)
        assert each.due_us is not None
        made = chance(known.get((each.procedure, each.state)), now - entered, each.due_us - entered)
        if made is not None:
            found[each.num] = made
    return found


def _finished(procedures: Sequence[str], *, simulated: bool) -> list[Stay]:
    stays: list[Stay] = []
    sql = (
        "SELECT num FROM cases_fact766 WHERE procedure = ? AND closed_us IS NOT NULL AND simulated <= ?"
        " ORDER BY closed_us DESC LIMIT ?"
    )
    for procedure in procedures:
        with reading() as (session, _):
            nums = [num for (num,) in session.query(sql, (procedure, int(simulated), LEARNT_FROM))]
        for lines in _histories(nums).values():
            stays += _stays(procedure, lines)
    return stays


def _stays(procedure: str, lines: Sequence[_Line]) -> list[Stay]:
    """Every state a finished case was in before it was decided: the last stop of its public clocks."""
    stops = [
        clock.stopped_us
        for line in lines
        for clock in line.data.clocks.values()
        if clock is not None and clock.public and clock.stopped_us is not None
    ]
    if not stops:
        return []
    decided = max(stops)
    return [
        Stay(procedure, line.to_state, line.at_us, decided)
        for line in lines
        if line.to_state != line.from_state and line.at_us < decided
    ]


def _entered(cases: Sequence[CaseView]) -> dict[int, int]:
    """When each case came into the state it is in."""
    found = {}
    for num, lines in _histories([each.num for each in cases]).items():
        moves = [line.at_us for line in lines if line.to_state != line.from_state]
        if moves:
            found[num] = moves[-1]
    return found


def _histories(nums: Sequence[int]) -> dict[int, list[_Line]]:
    """The lines of each case, oldest first. One stretch of the table a case: an expression on the key has no index."""
    found: dict[int, list[_Line]] = {}
    sql = "SELECT body FROM cases_entry WHERE key >= ? AND key < ? ORDER BY key"
    with reading() as (session, _):
        for num in nums:
            rows = session.query(sql, (num << SEQ_BITS, (num + 1) << SEQ_BITS))
            found[num] = [_line(bytes(body)) for (body,) in rows]
    return found
