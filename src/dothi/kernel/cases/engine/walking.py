"""Every way through a procedure, walked with made-up valid answers: for tests, simulation and comparison."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dothi.core.calendar import Allowance
from dothi.core.clock import us
from dothi.core.errors import both
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.compiled import Compiled, NeededDocument, word
from dothi.kernel.cases.engine.examples import examples
from dothi.kernel.cases.engine.moves import Move, usable
from dothi.kernel.cases.engine.records import Recorder
from dothi.kernel.cases.engine.steps import blank, open_case, step
from dothi.kernel.cases.engine.types import (
    SYSTEM,
    ActorFacts,
    ChildState,
    Command,
    DocumentMeta,
    Entry,
    Outcome,
    Pause,
    PaymentState,
    Refused,
    Snapshot,
)

HOUR: Final = 3_600_000_000
OPENED: Final = us(datetime(2026, 1, 5, 2, tzinfo=UTC))
AMOUNT: Final = 10_000
LONGEST: Final = 60
"""Steps of one path; a procedure that can go round is left after so many."""


class Elapsed:
    """A calendar in which all time counts: enough to walk and to draw, not to promise a day to anybody."""

    def due_us(
        self, allowances: tuple[str, ...], started_us: int, pauses: tuple[Pause, ...], part: float
    ) -> int:
        parsed = [Allowance.parse(each) for each in allowances]
        whole = sum(each.unit.microseconds * each.milli // 1000 for each in parsed)
        held = sum(each.to_us - each.from_us for each in pauses if each.to_us is not None)
        return started_us + int(whole * part) + held


@dataclass(frozen=True, slots=True)
class Taken:
    """One step of a path: what was done, where it led, and the entries it wrote."""

    action: str
    state: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """One way through a procedure, from the opening to where nothing new follows."""

    steps: tuple[Taken, ...]
    snapshot: Snapshot

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The history of the case that went this way."""
        return tuple(entry for taken in self.steps for entry in taken.entries)

    @property
    def states(self) -> tuple[str, ...]:
        """The states it came through, in order."""
        return tuple(entry.to_state for entry in self.entries)

    @property
    def done(self) -> bool:
        """Whether it led to an end."""
        return self.snapshot.phase == "done"

    def rows(self) -> Iterator[tuple[str, str]]:
        """The rows (state, action) of the table that it used."""
        for entry in self.entries:
            if entry.kind == "acted":
                yield entry.from_state, entry.action


def walk(compiled: Compiled, limit: int = 500, calendar: Calendar | None = None) -> Iterator[Path]:
    """Every path: each step from each situation (state, tasks, choices made) is taken once.

    Paths end at an end, or where they come into a situation that was walked on from already.
    """
    walker = _Walker(compiled, calendar or Elapsed())
    yield from walker.paths(limit)


def missed(compiled: Compiled, paths: Iterable[Path]) -> set[tuple[str, str]]:
    """The rows (state, action) of the table that none of the paths used."""
    used = {row for path in paths for row in path.rows()}
    return set(compiled.table) - used


def drive(steps: Iterable[tuple[str, str | None]], compiled: Compiled, start: Snapshot) -> Snapshot:
    """Take these steps (action, outcome of a task) from ``start`` with made-up answers; the case after them."""
    walker = _Walker(compiled, Elapsed())
    case = start
    for action, outcome in steps:
        found = next(
            (
                each.snapshot
                for name, given, each in walker.onward(case)
                if (name, given) == (action, outcome)
            ),
            None,
        )
        if found is None:
            raise LookupError(f"{action} cannot be done in {case.state}")
        case = found
    return case


def begin(compiled: Compiled, data: dict[str, Any]) -> Outcome:
    """A case opened with these answers and every document, to be walked by hand; raises :class:`Refused`."""
    return _Walker(compiled, Elapsed()).opened(data)


def ways(compiled: Compiled, case: Snapshot) -> list[tuple[str, str | None]]:
    """What can be tried next: (action, outcome of a task), timers and cases waited for among them."""
    walker = _Walker(compiled, Elapsed())
    found = [(row.key, None) for row in compiled.by_state[case.state]]
    return list(dict.fromkeys([*((name, given) for name, given, _ in walker.onward(case)), *found]))


def take(
    compiled: Compiled, case: Snapshot, action: str, data: dict[str, Any], outcome: str | None = None
) -> Outcome:
    """One step by hand with these answers, its documents handed in and its fees paid; raises :class:`Refused`."""
    walker, at = _Walker(compiled, Elapsed()), case.entered_us + HOUR
    row = compiled.table.get((case.state, action))
    if row is not None:
        ready = walker.prepared(case, row.documents, at, paid=row.declared.paid)
        command = Command(action=action, at_us=at, actor=walker.actor, data=data, note="Ví dụ")
        return walker.elsewhere(_joined(ready, step(compiled, ready.snapshot, command, walker.calendar)))
    for name, given, each in walker.onward(case):
        if (name, given) == (action, outcome):
            return each
    raise Refused("unknown-action", both("Bước này chưa làm được.", "This step cannot be taken now."))


class _Walker:
    def __init__(self, compiled: Compiled, calendar: Calendar) -> None:
        self.compiled = compiled
        self.calendar = calendar
        roles = frozenset({*compiled.procedure.roles, "anyone", "system"})
        self.actor = ActorFacts(reference="walker", roles=roles, is_applicant=True)
        self.looked_at = _looked_at(compiled)

    def paths(self, limit: int) -> Iterator[Path]:
        seen: set[Any] = set()
        waiting: deque[Path] = deque(self.starts())
        count = 0
        while waiting and count < limit:
            path = waiting.popleft()
            here = self.situation(path.snapshot)
            fresh = here not in seen and len(path.steps) < LONGEST
            seen.add(here)
            following = self.after(path) if fresh else []
            waiting.extend(following)
            if not following:
                count += 1
                yield path

    def after(self, path: Path) -> list[Path]:
        """The path with each step that can follow, each leading somewhere else once."""
        found: dict[Any, Path] = {}
        for action, given, outcome in self.onward(path.snapshot):
            taken = Taken(action, outcome.snapshot.state, outcome.entries)
            key = (action, given, self.situation(outcome.snapshot))
            found.setdefault(key, Path((*path.steps, taken), outcome.snapshot))
        return list(found.values())

    def situation(self, case: Snapshot) -> Any:
        """What decides on how a case can go on."""
        return (
            case.state,
            tuple(sorted(key for key, each in case.tasks.items() if each.state == "open")),
            tuple(
                sorted((key, each.outcome) for key, each in case.tasks.items() if word(key) in self.looked_at)
            ),
            tuple(sorted(case.once)),
            _waiting(case),
            tuple(sorted(key for key, each in case.clocks.items() if each.extensions)),
            tuple(repr(case.facts.get(name, case.data.get(name))) for name in self.looked_at),
        )

    def starts(self) -> Iterator[Path]:
        start = self.compiled.procedure.start
        form = self.compiled.forms[start.form] if start.form else None
        found: dict[Any, Path] = {}
        bare = blank(self.compiled, id="walk", at_us=OPENED)
        move = Move(self.compiled, bare, self.calendar, OPENED, self.actor)
        for data in examples(form, move) if form else [{}]:
            try:
                outcome = self.opened(data)
            except Refused:
                continue
            taken = Taken("open", outcome.snapshot.state, outcome.entries)
            found.setdefault(self.situation(outcome.snapshot), Path((taken,), outcome.snapshot))
        return iter(found.values())

    def opened(self, data: dict[str, Any]) -> Outcome:
        documents = {
            each.declared.key: (_paper(each.declared.key),) for each in self.compiled.start_documents
        }
        outcome = open_case(
            self.compiled,
            id="walk",
            code="WALK-1",
            at_us=OPENED,
            actor=self.actor,
            calendar=self.calendar,
            data=data,
            documents=documents,
            unit="26740",
            applicant="walker",
            simulated=True,
        )
        return self.elsewhere(outcome)

    def elsewhere(self, outcome: Outcome) -> Outcome:
        """What other parts of the platform would do with the orders: ask for the payment."""
        at = outcome.snapshot.opened_us if outcome.snapshot.rev == 1 else outcome.entries[-1].at_us
        for order in outcome.effects:
            if order.kind == "request_payment":
                recorder = Recorder(self.compiled, outcome.snapshot, self.calendar, at, SYSTEM)
                asked = recorder.payment("fees", PaymentState(amount=AMOUNT, at_us=at))
                outcome = _joined(outcome, asked)
        return outcome

    def onward(self, case: Snapshot) -> Iterator[tuple[str, str | None, Outcome]]:
        """Each step that can be taken now: (its name, the outcome of a task, what comes of it)."""
        at = case.entered_us + HOUR
        yield from self.worked(case, at)
        if self.between(case):
            return
        for row in self.compiled.by_state[case.state]:
            if _waiting(case) and any(each.kind == "open" and each.declared.wait for each in row.effects):
                continue  # one case waited for shows what many would
            ready = self.prepared(case, row.documents, at, paid=row.declared.paid)
            move = Move(self.compiled, ready.snapshot, self.calendar, at, self.actor, "Ví dụ")
            for data in examples(row.form, move) if row.form else [{}]:
                found = self.tried(ready, row.key, data, at)
                if found is not None:
                    yield row.key, None, found
        for name, due in case.timers.items():
            if not name.startswith(("clock.", "task.")):
                found = self.tried(_nothing(case), f"timer.{name}", {}, max(at, due), SYSTEM)
                if found is not None:
                    yield f"timer.{name}", None, found
        for order, child in case.waiting_for.items():
            if child.state != "done":
                recorder = Recorder(self.compiled, case, self.calendar, at, SYSTEM)
                done = ChildState(procedure=child.procedure, case="child", state="done", outcome="answered")
                yield f"child.{child.procedure}", None, recorder.child(order, done)

    def worked(self, case: Snapshot, at: int) -> Iterator[tuple[str, str | None, Outcome]]:
        """Work beside others is done in the order declared: another order leads to the same."""
        open_ones = [(key, task) for key, task in case.tasks.items() if task.state == "open"]
        for key, task in open_ones[:1]:
            yield from self.finished(case, key, task.outcomes, at)

    def between(self, case: Snapshot) -> bool:
        """Whether some work of the state is done and some is not: what else can be done then could before."""
        tasks = [case.tasks[key] for key in self.compiled.states[case.state].tasks if key in case.tasks]
        states = {each.state for each in tasks if each.opened_us >= case.entered_us}
        return {"open", "done"} <= states

    def finished(
        self, case: Snapshot, key: str, outcomes: tuple[str, ...], at: int
    ) -> Iterator[tuple[str, str | None, Outcome]]:
        task = self.compiled.states[case.state].tasks.get(key)
        move = Move(self.compiled, case, self.calendar, at, self.actor)
        answers = next(examples(task.form, move)) if task and task.form else {}
        for outcome in outcomes or (None,):
            data = answers if outcome is None else {**answers, "outcome": outcome}
            found = self.tried(_nothing(case), f"task.{key}", data, at)
            if found is not None:
                yield f"task.{key}", outcome, found

    def prepared(
        self, case: Snapshot, documents: tuple[NeededDocument, ...], at: int, *, paid: bool
    ) -> Outcome:
        """The case with the documents handed in and the fees paid that a step needs."""
        outcome = _nothing(case)
        for each in documents:
            if not usable(outcome.snapshot.documents.get(each.declared.key, ())):
                recorder = Recorder(self.compiled, outcome.snapshot, self.calendar, at, self.actor)
                outcome = _joined(outcome, recorder.document(each.declared.key, (_paper(each.declared.key),)))
        for name, payment in case.payments.items() if paid else ():
            if payment.state == "asked":
                recorder = Recorder(self.compiled, outcome.snapshot, self.calendar, at, SYSTEM)
                settled = PaymentState(amount=payment.amount, state="paid", at_us=at)
                outcome = _joined(outcome, recorder.payment(name, settled))
        return outcome

    def tried(
        self, before: Outcome, action: str, data: dict[str, Any], at: int, actor: ActorFacts | None = None
    ) -> Outcome | None:
        command = Command(action=action, at_us=at, actor=actor or self.actor, data=data, note="Ví dụ")
        try:
            outcome = step(self.compiled, before.snapshot, command, self.calendar)
        except Refused:
            return None
        return self.elsewhere(_joined(before, outcome))


def _looked_at(compiled: Compiled) -> tuple[str, ...]:
    """The data and facts that conditions of steps look at; the rest does not decide on ways."""
    texts = [row.guard.text for row in compiled.table.values() if row.guard is not None]
    texts += [when.text for row in compiled.table.values() for when, _ in row.branches]
    for state in compiled.states.values():
        texts += [when.text for when, _ in state.automatic if when is not None]
        texts += [task.when.text for task in state.tasks.values() if task.when is not None]
        texts += [timer.when.text for timer in state.timers if timer.when is not None]
        joins = (state.join, state.children)
        texts += [join.when.text for join in joins if join is not None and join.when is not None]
    every = " ".join(texts)
    fields = {key for form in compiled.forms.values() for key in form.keys}
    tasks = {
        word(key)
        for state in compiled.states.values()
        for key in state.tasks
        if f"tasks.{word(key)}" in every
    }
    return tuple(sorted({key for key in {*fields, *compiled.procedure.facts} if key in every} | tasks))


def _waiting(case: Snapshot) -> int:
    return sum(each.state != "done" for each in case.waiting_for.values())


def _paper(key: str) -> DocumentMeta:
    return DocumentMeta(id=f"vi-du-{key}", name=f"{key}.pdf", media_type="application/pdf", size=1)


def _nothing(case: Snapshot) -> Outcome:
    return Outcome(snapshot=case, entries=())


def _joined(first: Outcome, second: Outcome) -> Outcome:
    return Outcome(
        snapshot=second.snapshot,
        entries=(*first.entries, *second.entries),
        effects=second.effects,
        events=(*first.events, *second.events),
    )
