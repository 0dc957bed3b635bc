"""What somebody can do with a case now, and why not what they cannot."""

from __future__ import annotations

from dothi.kernel.cases.engine import checking
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.compiled import Compiled, Transition, text
from dothi.kernel.cases.engine.moves import Move
from dothi.kernel.cases.engine.types import ActorFacts, Offer, Snapshot, TaskState


class _NoCalendar:
    """Offers do not move clocks."""

    def due_us(self, *_: object) -> int:
        raise AssertionError("an offer moves no clock")


_NONE: Calendar = _NoCalendar()


def available(compiled: Compiled, snapshot: Snapshot, actor: ActorFacts, now_us: int) -> list[Offer]:
    """The actions the actor plays a role for, in the order declared, then the open tasks they can end."""
    move = Move(compiled, snapshot, _NONE, now_us, actor)
    offers = [
        _offer(move, row) for row in compiled.by_state[snapshot.state] if checking.plays(actor, row.roles)
    ]
    tasks: dict[str, TaskState] = snapshot.tasks
    return offers + [
        _task(compiled, snapshot.state, key, each)
        for key, each in tasks.items()
        if each.state == "open" and checking.plays(actor, each.role)
    ]


def _offer(move: Move, row: Transition) -> Offer:
    declared = row.declared
    # A form's answers may be what the guard asks about: then only they can tell.
    waits = row.form is not None and row.guard is not None and bool(row.guard.roots & {"input", "data"})
    found = None if waits and not _blocked(move, row) else checking.objection(move, row)
    return Offer(
        action=row.key,
        label=row.label,
        enabled=found is None,
        code=found.code if found else None,
        why_not=found.detail if found else None,
        form=declared.form,
        note=declared.note,
        confirm=text(declared.confirm) if declared.confirm else None,
        to=declared.to,
    )


def _blocked(move: Move, row: Transition) -> bool:
    """Whether something else than the guard speaks against it."""
    found = checking.objection(move, row)
    return found is not None and found.code != "guard"


def _task(compiled: Compiled, state: str, key: str, task: TaskState) -> Offer:
    declared = compiled.states[state].tasks.get(key)
    labels = {each.key: text(each.label) for each in declared.declared.outcomes} if declared else {}
    return Offer(
        action=f"task.{key}",
        label=text(declared.declared.label) if declared else task.label or {"vi": key, "en": key},
        form=declared.declared.form if declared else None,
        task=key,
        outcomes=tuple((each, labels.get(each, {"vi": each, "en": each})) for each in task.outcomes),
    )
