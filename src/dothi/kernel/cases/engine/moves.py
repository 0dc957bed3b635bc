"""One move of a case in the making: what it changes, and the names its expressions see meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from dothi.core.clock import HCMC, from_us
from dothi.kernel.cases.engine import clocks
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.compiled import Compiled, CompiledState, word
from dothi.kernel.cases.engine.expressions import Expression, plain, typed
from dothi.kernel.cases.engine.types import (
    ActorFacts,
    ChildState,
    ClockState,
    DocumentMeta,
    Patch,
    PaymentState,
    Snapshot,
    TaskState,
)

MAPPINGS: Final = ("data", "facts", "clocks", "tasks", "waiting_for", "documents", "payments", "timers")


class Move:
    """Collects the patch of one entry. Every change is seen at once by the expressions that follow."""

    def __init__(
        self,
        compiled: Compiled,
        case: Snapshot,
        calendar: Calendar,
        at_us: int,
        actor: ActorFacts,
        note: str = "",
    ) -> None:
        self.compiled = compiled
        self.case = case
        self.calendar = calendar
        self.at_us = at_us
        self.actor = actor
        self.note = note
        self.input: Mapping[str, Any] = {}
        self.changed: dict[str, dict[str, Any]] = {}
        self.given: dict[str, Any] = {}
        self.once: tuple[str, ...] = ()
        self.more: dict[str, Any] = {}
        self.orders: list[tuple[str, dict[str, Any]]] = []
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.entered: CompiledState | None = None
        self._now: dict[str, Any] = {}  # names as expressions see them, built when asked for

    # what stands now
    def current(self, name: str) -> dict[str, Any]:
        """A mapping of the case with this move's changes in it."""
        kept: dict[str, Any] = getattr(self.case, name)
        changes = self.changed.get(name)
        if not changes:
            return kept
        return {key: value for key, value in {**kept, **changes}.items() if value is not None}

    def standing(self, name: str) -> Any:
        """A single value of the case (state, unit …) with this move's changes in it."""
        return self.given[name] if name in self.given else getattr(self.case, name)

    # changes
    def put(self, name: str, values: Mapping[str, Any]) -> None:
        """Change some keys of a mapping of the case; None takes a key away."""
        if values:
            self.changed.setdefault(name, {}).update(values)
            self._now.clear()

    def give(self, **values: Any) -> None:
        """Change single values of the case."""
        self.given.update(values)
        self._now.clear()

    def clock(self, key: str) -> ClockState | None:
        """A clock as it stands now."""
        changes = self.changed.get("clocks", {})
        found: ClockState | None = changes[key] if key in changes else self.case.clocks.get(key)
        return found

    def start_clocks(self, keys: Iterable[str]) -> None:
        """Start clocks that do not run yet (or ran out their course before)."""
        for key in keys:
            clock = self.clock(key)
            if clock is None or clock.stopped_us is not None:
                declared = self.compiled.procedure.clocks[key]
                varies = self.compiled.varies.get(key)
                allowance = (self.value(varies) if varies is not None else None) or declared.allowance
                self.put("clocks", {key: clocks.started(declared, allowance, self.at_us, self.calendar)})

    def stop_clocks(self, keys: Iterable[str]) -> None:
        """Stop clocks that have not stopped yet."""
        for key in keys:
            clock = self.clock(key)
            if clock is not None and clock.stopped_us is None:
                self.put("clocks", {key: clocks.stopped(clock, self.at_us)})

    def hold_clocks(self, keys: Iterable[str], cause: str) -> None:
        """Let running clocks stand still."""
        for key in keys:
            clock = self.clock(key)
            if clock is not None and clock.running:
                self.put("clocks", {key: clocks.held(clock, self.at_us, cause)})

    def resume_clocks(self, keys: Iterable[str]) -> None:
        """Let clocks that stand still go on."""
        for key in keys:
            clock = self.clock(key)
            if clock is not None and clock.paused:
                declared = self.compiled.procedure.clocks[key]
                self.put("clocks", {key: clocks.resumed(declared, clock, self.at_us, self.calendar)})

    def extend_clock(self, key: str, by: str) -> None:
        """Give a clock more time."""
        clock = self.clock(key)
        if clock is not None and clock.stopped_us is None:
            declared = self.compiled.procedure.clocks[key]
            longer = clocks.extended(
                declared, clock, by, self.at_us, self.actor.reference, self.note, self.calendar
            )
            self.put("clocks", {key: longer})

    # expressions
    def holds(self, expression: Expression | None) -> bool:
        """Whether a condition is true; no condition is."""
        return expression is None or expression.holds(self.names(expression.roots))

    def value(self, expression: Expression) -> Any:
        """What an expression says now, as JSON data."""
        return plain(expression.value(self.names(expression.roots)))

    def names(self, wanted: Iterable[str]) -> dict[str, Any]:
        """The names an expression may use, those ``wanted``."""
        now = self._now
        for name in wanted:
            if name not in now and name in _NAMES:
                now[name] = _NAMES[name](self)
        return now

    def patch(self) -> Patch:
        """What the entry of this move says it changes."""
        values: dict[str, Any] = {"once": self.once, "more": self.more, **self.changed, **self.given}
        return Patch(**values)


def _case(move: Move) -> dict[str, Any]:
    case = move.case
    return {
        "id": case.id,
        "code": case.code,
        "kind": case.kind,
        "procedure": case.procedure,
        "state": move.standing("state"),
        "phase": move.standing("phase"),
        "outcome": case.outcome,
        "channel": case.channel,
        "unit": move.standing("unit"),
        "organisation": move.standing("organisation"),
        "assignee": move.standing("assignee"),
        "applicant": move.standing("applicant"),
        "simulated": case.simulated,
        "opened": _time(case.opened_us),
        "entered": _time(case.entered_us or case.opened_us),
        "once": sorted(case.once),
    }


def _time(us: int) -> datetime:
    return from_us(us).astimezone(HCMC)


def _actor(move: Move) -> dict[str, Any]:
    actor = move.actor
    return {
        "reference": actor.reference,
        "kind": actor.kind,
        "roles": sorted(actor.roles),
        "is_applicant": actor.is_applicant,
        "unit": actor.unit,
        "organisation": actor.organisation,
    }


def _documents(move: Move) -> dict[str, int]:
    """How many usable documents of each kind there are."""
    there: dict[str, tuple[DocumentMeta, ...]] = move.current("documents")
    counts = {word(each.key): 0 for each in move.compiled.procedure.documents}
    return counts | {word(key): usable(metas) for key, metas in there.items()}


def usable(metas: Iterable[DocumentMeta]) -> int:
    """How many of these documents were not refused."""
    return sum(each.state != "refused" for each in metas)


def _payments(move: Move) -> dict[str, Any]:
    there: dict[str, PaymentState] = move.current("payments")
    asked = sum(each.amount for each in there.values() if each.state in ("asked", "paid"))
    paid = sum(each.amount for each in there.values() if each.state == "paid")
    return {"asked": asked, "paid": paid, "due": asked - paid, "settled": asked == paid}


def _tasks(move: Move) -> dict[str, Any]:
    there: dict[str, TaskState] = move.current("tasks")
    states = {word(key): {"state": each.state, "outcome": each.outcome} for key, each in there.items()}
    return {**move.compiled.no_tasks, **states}


def _children(move: Move) -> list[dict[str, Any]]:
    there: dict[str, ChildState] = move.current("waiting_for")
    return [
        {
            "procedure": each.procedure,
            "state": each.state,
            "outcome": each.outcome,
            "done": each.state == "done",
        }
        for each in there.values()
    ]


def _waiting(move: Move) -> int:
    """How many cases this one waits for."""
    return sum(each.state != "done" for each in move.current("waiting_for").values())


def _clocks(move: Move) -> dict[str, Any]:
    there: dict[str, ClockState] = move.current("clocks")
    states = {
        word(key): {
            "started": True,
            "running": each.running,
            "paused": each.paused,
            "late": each.missed_us is not None
            or (each.running and each.due_us is not None and move.at_us > each.due_us),
            "extended": bool(each.extensions),
            "due": _time(each.due_us) if each.due_us is not None else None,
        }
        for key, each in there.items()
    }
    return {**move.compiled.no_clocks, **states}


_NAMES: Final[dict[str, Callable[[Move], Any]]] = {
    "data": lambda move: typed(move.current("data"), move.compiled.times),
    "facts": lambda move: typed(move.current("facts"), move.compiled.times),
    "case": _case,
    "actor": _actor,
    "now": lambda move: _time(move.at_us),
    "today": lambda move: _time(move.at_us).date(),
    "documents": _documents,
    "payments": _payments,
    "tasks": _tasks,
    "children": _children,
    "waiting": _waiting,
    "clocks": _clocks,
    "input": lambda move: typed(move.input, move.compiled.times),
    "note": lambda move: move.note,
}
