"""The steps of a case: open it, act on it, fire its timers, and note what happened to it elsewhere.

Pure: the same case, command and calendar give the same outcome, down to the hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import structs

from dothi.core.errors import both
from dothi.kernel.cases.engine import checking, effects, entering, history
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.compiled import Compiled, CompiledJoin, Transition
from dothi.kernel.cases.engine.moves import Move
from dothi.kernel.cases.engine.types import (
    SYSTEM,
    ActorFacts,
    Command,
    DocumentMeta,
    EffectOrder,
    Entry,
    EntryKind,
    Outcome,
    Refused,
    Snapshot,
    TimerPlan,
)
from dothi.kernel.packs.procedures import OPENING

EVENTS: Final = "vn.dothi.cases."
AT_MOST: Final = 32
"""Moves that may follow from one command by themselves."""


class Steps:
    """The outcome of one command in the making: entries sealed one after another."""

    def __init__(self, compiled: Compiled, snapshot: Snapshot, calendar: Calendar) -> None:
        self.compiled = compiled
        self.before = snapshot
        self.case = snapshot
        self.calendar = calendar
        self.entries: list[Entry] = []
        self.orders: list[EffectOrder] = []
        self.events: list[tuple[str, dict[str, Any]]] = []

    def move(self, at_us: int, actor: ActorFacts, note: str = "") -> Move:
        """A new move from where the case stands."""
        return Move(self.compiled, self.case, self.calendar, at_us, actor, note)

    def commit(
        self,
        move: Move,
        kind: EntryKind,
        action: str,
        *,
        public: bool = False,
        key: str = "",
        cause: str | None = None,
    ) -> None:
        """Seal the move as an entry and go on from the case after it."""
        entering.plan(move)
        case = self.case
        seq = case.seq + 1
        entry = Entry(
            seq=seq,
            kind=kind,
            action=action,
            from_state=case.state,
            to_state=move.given.get("state", case.state),
            at_us=move.at_us,
            actor=move.actor.reference,
            note=move.note,
            public=public,
            data=move.patch(),
            key=key,
            cause=cause,
            prev_hash=case.head,
        )
        sealed = history.seal(entry)
        self.entries.append(sealed)
        self.case = history.apply(case, sealed) if case.seq else history.first(sealed)
        self.orders += [
            EffectOrder(
                id=f"{case.id}:{seq}:{index}", kind=each, case=case.id, at_us=move.at_us, values=values
            )
            for index, (each, values) in enumerate(move.orders)
        ]
        self._tell(move, sealed, case)

    def _tell(self, move: Move, entry: Entry, before: Snapshot) -> None:
        """The events of one entry: identifiers and the state, never what people wrote."""
        found: list[tuple[str, dict[str, Any]]] = []
        if entry.kind == "opened":
            found.append(("opened", {}))
        elif move.entered is not None:
            found.append(("moved", {"action": entry.action, "from": entry.from_state}))
        if before.phase != "done" and self.case.phase == "done":
            found.append(("closed", {"outcome": self.case.outcome}))
        elif before.phase == "done" and self.case.phase != "done":
            found.append(("reopened", {}))
        about = self.facts()
        self.events += [(EVENTS + name, {**about, **more}) for name, more in [*found, *move.events]]

    def facts(self) -> dict[str, Any]:
        """What every event says of the case."""
        case = self.case
        return {
            "id": case.id,
            "code": case.code,
            "kind": case.kind,
            "procedure": case.procedure,
            "state": case.state,
            "unit": case.unit,
            "organisation": case.organisation,
        }

    def take(
        self,
        transition: Transition,
        move: Move,
        *,
        key: str = "",
        cause: str | None = None,
    ) -> None:
        """Do an action that nothing speaks against, and what follows from it by itself."""
        _act(move, transition)
        public = transition.declared.public
        self.commit(move, "acted", transition.key, public=public, key=key, cause=cause)
        self.settle(move)

    def settle(self, move: Move) -> None:
        """Automatic steps and joins that this move made possible."""
        if len(self.entries) > AT_MOST:
            raise Refused(
                "too-many-steps",
                both("Thủ tục tự chạy vòng, cần sửa khai báo.", "The procedure goes round by itself."),
            )
        state = self.compiled.states[self.case.state]
        if move.entered is not None:
            for when, action in state.automatic:
                probe = self.move(move.at_us, SYSTEM)
                if probe.holds(when) and self._follow(probe, action, "automatic"):
                    return
        joins = ((state.join, "tasks", "join"), (state.children, "waiting_for", "children"))
        for join, name, cause in joins:
            if join is None or not self._due(move, join, name):
                continue
            probe = self.move(move.at_us, SYSTEM)
            if joined(probe, join, name, frozenset(state.tasks)) and self._follow(probe, join.then, cause):
                return

    def _due(self, move: Move, join: CompiledJoin, name: str) -> bool:
        """Whether to look at a join: one that leaves the state, always; another when its work has changed."""
        row = self.compiled.table.get((self.case.state, join.then))
        leaves = row is not None and (row.to is not None or bool(row.branches))
        return leaves or (move.entered is None and name in move.changed)

    def _follow(self, move: Move, action: str, cause: str) -> bool:
        """An action done by the procedure itself: no role is asked for, the guard is. Whether it was done."""
        transition = self.compiled.table.get((self.case.state, action))
        if transition is None or not move.holds(transition.guard):
            return False
        self.take(transition, move, cause=cause)
        return True

    def outcome(self) -> Outcome:
        """Everything that came of the command."""
        before, after = self.before.timers, self.case.timers
        if before is after:
            plan = TimerPlan()
        else:
            plan = TimerPlan(
                set=tuple((name, at) for name, at in after.items() if before.get(name) != at),
                cancel=tuple(name for name in before if name not in after),
            )
        return Outcome(
            snapshot=self.case,
            entries=tuple(self.entries),
            effects=tuple(self.orders),
            timers=plan,
            events=tuple(self.events),
        )


def joined(move: Move, join: CompiledJoin, name: str, keys: frozenset[str]) -> bool:
    """Whether the work beside is finished enough."""
    if join.when is not None:
        return move.holds(join.when)
    there = move.current(name)
    states = [each.state for key, each in there.items() if name != "tasks" or key in keys or each.label]
    needed = [state for state in states if state != "cancelled"]
    if join.rule == "any":
        return not needed or "done" in needed
    return all(state == "done" for state in needed)


def _act(move: Move, transition: Transition) -> None:
    declared = transition.declared
    if declared.once:
        move.once = (transition.key,)
    move.hold_clocks(declared.pauses, declared.pause_cause)
    move.resume_clocks(declared.resumes)
    move.stop_clocks(transition.stops)
    move.start_clocks(transition.starts)
    if declared.extends is not None:
        more = declared.extends
        by = more.by or f"{int(move.input.get(more.field or '', 0) or 0)} {more.unit}"
        move.extend_clock(more.clock, by)
    effects.run(move, transition.effects)
    to = next((to for when, to in transition.branches if move.holds(when)), transition.to)
    if to is not None:
        entering.enter(move, move.compiled.states[to], declared.outcome)


def blank(
    compiled: Compiled, *, id: str, at_us: int, code: str = "", channel: str = "web", simulated: bool = False
) -> Snapshot:
    """A case before its first entry."""
    procedure = compiled.procedure
    return Snapshot(
        id=id,
        procedure=procedure.key,
        version=procedure.version,
        kind=procedure.kind,
        code=code,
        channel=channel,
        simulated=simulated,
        state="",
        phase="",
        opened_us=at_us,
        rev=0,
        seq=0,
    )


def open_case(
    compiled: Compiled,
    *,
    id: str,
    at_us: int,
    actor: ActorFacts,
    calendar: Calendar,
    data: Mapping[str, Any] | None = None,
    code: str = "",
    applicant: str | None = None,
    unit: str | None = None,
    organisation: str | None = None,
    channel: str = "web",
    documents: Mapping[str, tuple[DocumentMeta, ...]] | None = None,
    answers: Mapping[str, Any] | None = None,
    note: str = "",
    key: str = "",
    cause: str | None = None,
    simulated: bool = False,
    more: Mapping[str, Any] | None = None,
) -> Outcome:
    """A new case: its form checked, its first state entered; raises :class:`Refused`.

    ``answers`` are those to the questions of eligibility, where they were asked. ``documents`` are what is
    handed in with it; None leaves their completeness unchecked (an import, a case opened by another case).
    ``more`` is kept with the entry (a title, a place).
    """
    procedure = compiled.procedure
    bare = blank(compiled, id=id, at_us=at_us, code=code, channel=channel, simulated=simulated)
    steps = Steps(compiled, bare, calendar)
    move = steps.move(at_us, actor, note)
    move.give(unit=unit, organisation=organisation, applicant=applicant)
    move.more = dict(more or {})
    move.put("documents", dict(documents or {}))
    form = compiled.forms[procedure.start.form] if procedure.start.form else None
    checking.opening(move, form, data or {}, answers, documents is not None)
    effects.run(move, compiled.start_effects)
    entering.enter(move, compiled.states[procedure.start.state])
    case = {"id": id, "procedure": procedure.key, "version": procedure.version, "kind": procedure.kind}
    move.give(case={**case, "code": code, "channel": channel, "simulated": simulated})
    steps.commit(move, "opened", OPENING, public=True, key=key, cause=cause)
    steps.settle(move)
    return steps.outcome()


def step(compiled: Compiled, snapshot: Snapshot, command: Command, calendar: Calendar) -> Outcome:
    """What comes of ``command``; raises :class:`Refused` and changes nothing.

    ``task.<key>`` ends a piece of work (``data.outcome``), ``timer.<name>`` fires a timer (actor system).
    """
    checking.same(compiled, snapshot, command.rev)
    steps = Steps(compiled, snapshot, calendar)
    action = command.action
    if action.startswith("task."):
        _finish(steps, command)
    elif action.startswith("timer."):
        _fire(steps, command)
    else:
        transition = checking.transition(compiled, snapshot, action)
        move = steps.move(command.at_us, command.actor, command.note)
        checking.act(move, transition, command.data)
        steps.take(transition, move, key=command.key, cause=command.cause)
    return steps.outcome()


def _finish(steps: Steps, command: Command) -> None:
    """A piece of work is done, with its outcome."""
    key = command.action[5:]
    move = steps.move(command.at_us, command.actor, command.note)
    state = checking.task(move, key, command.data)
    outcome = command.data.get("outcome")
    done = structs.replace(
        state,
        state="done",
        outcome=outcome if isinstance(outcome, str) else None,
        done_us=command.at_us,
        done_by=command.actor.reference,
        note=command.note,
    )
    move.put("tasks", {key: done})
    if f"task.{key}.due" in move.case.timers:
        move.put("timers", {f"task.{key}.due": None})
    steps.commit(move, "task", command.action, key=command.key, cause=command.cause)
    steps.settle(move)


def _fire(steps: Steps, command: Command) -> None:
    """A timer's time has come."""
    name = command.action[6:]
    move = steps.move(command.at_us, command.actor, command.note)
    checking.timer(move, name)
    kind, _, rest = name.partition(".")
    move.put("timers", {name: None})
    if kind == "clock":
        _ring(steps, move, rest, command)
    elif kind == "task":
        move.events.append(("task-late", {"task": rest.rpartition(".")[0]}))
        steps.commit(move, "timer", command.action, key=command.key, cause=command.cause)
    else:
        state = steps.compiled.states[kind]
        timer = next(each for each in state.timers if each.name == name)
        holds = move.holds(timer.when)
        if holds:
            effects.run(move, timer.effects)
        steps.commit(move, "timer", command.action, key=command.key, cause=command.cause)
        if holds and timer.declared.do is not None:
            steps._follow(steps.move(command.at_us, SYSTEM), timer.declared.do, name)


def _ring(steps: Steps, move: Move, rest: str, command: Command) -> None:
    """A clock warns, or has run out."""
    key, _, what = rest.rpartition(".")
    clock = move.clock(key)
    assert clock is not None
    if what == "warn":
        move.put("clocks", {key: structs.replace(clock, warned=True)})
        move.events.append(("clock-warned", {"clock": key}))
    else:
        move.put("clocks", {key: structs.replace(clock, missed_us=clock.due_us)})
        move.events.append(("clock-missed", {"clock": key}))
    steps.commit(move, "clock", command.action, public=clock.public, key=command.key, cause=command.cause)
