"""What happens when a case enters a state, and which timers stand afterwards."""

from __future__ import annotations

from msgspec import structs

from dothi.kernel.cases.engine import clocks, effects
from dothi.kernel.cases.engine.compiled import CompiledState, CompiledTimer
from dothi.kernel.cases.engine.moves import Move
from dothi.kernel.cases.engine.types import ClockState, TaskState


def enter(move: Move, state: CompiledState, outcome: str | None = None) -> None:
    """The case comes into ``state``: clocks, timers and tasks of the old one end, those of the new begin."""
    _leave(move)
    declared = state.declared
    move.entered = state
    move.give(state=state.key)
    if declared.phase != move.case.phase:
        move.give(phase=declared.phase)
    ended = (outcome or declared.outcome) if state.done else None
    if ended != move.case.outcome:
        move.give(outcome=ended)
    move.stop_clocks(state.stops)
    move.start_clocks(state.starts)
    if state.done:
        move.stop_clocks(move.current("clocks"))
    for timer in state.timers:
        if timer.declared.after is not None:
            due = move.calendar.due_us((timer.declared.after,), move.at_us, (), 1.0)
            move.put("timers", {timer.name: due})
    effects.run(move, state.on_enter)
    for task in state.tasks.values():
        effects.open_task(move, task)


def _leave(move: Move) -> None:
    """The timers of the state left are gone; work not done in it is not needed any more."""
    timers = {name: None for name in move.case.timers if not name.startswith("clock.")}
    move.put("timers", timers)
    tasks: dict[str, TaskState] = move.case.tasks
    open_ones = {key: each for key, each in tasks.items() if each.state == "open"}
    move.put("tasks", {key: structs.replace(each, state="cancelled") for key, each in open_ones.items()})


def plan(move: Move) -> None:
    """Set and cancel the timers that depend on clocks, where a clock or the state has changed."""
    changed = move.changed.get("clocks", {})
    for key in changed:
        clock = move.clock(key)
        _set(move, f"clock.{key}.warn", None if clock is None or clock.warned else clock.warn_us, clock)
        missed = clock is not None and clock.missed_us is not None and clock.missed_us == clock.due_us
        _set(move, f"clock.{key}.due", None if clock is None or missed else clock.due_us, clock)
    state = move.entered or move.compiled.states.get(move.case.state)
    if state is None:
        return
    for timer in state.timers:
        watched = timer.declared.clock
        if watched is not None and (move.entered is not None or _planned_anew(move, watched)):
            clock = move.clock(watched)
            _set(move, timer.name, None if clock is None else _moment(move, timer, clock), clock)


def _planned_anew(move: Move, key: str) -> bool:
    """Whether a clock's times are others now. That it has warned or run out moves nothing: who waits for it still does."""
    before, after = move.case.clocks.get(key), move.clock(key)
    if before is None or after is None:
        return before is not after
    return (before.due_us, before.warn_us, before.running) != (after.due_us, after.warn_us, after.running)


def _set(move: Move, name: str, at_us: int | None, clock: ClockState | None) -> None:
    if clock is None or not clock.running:
        at_us = None
    standing = move.changed.get("timers", {}).get(name, move.case.timers.get(name))
    if standing != at_us:
        move.put("timers", {name: at_us})


def _moment(move: Move, timer: CompiledTimer, clock: ClockState) -> int | None:
    """When a timer of a clock fires; a moment that has passed already is not waited for."""
    at = timer.declared.at
    if at == "due":
        moment = clock.due_us
    elif at == "warn":
        moment = clock.warn_us
    else:
        moment = clocks.moment(clock, float(at), move.calendar) if clock.running else None
    return moment if moment is None or moment > move.at_us or move.entered is not None else None
