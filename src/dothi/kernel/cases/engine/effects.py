"""What follows from a move: at once in the same entry (set, decide, assign, task), or ordered for later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from dothi.kernel.cases.engine.compiled import CompiledEffect, CompiledTask, text
from dothi.kernel.cases.engine.moves import Move
from dothi.kernel.cases.engine.types import ChildState, TaskState
from dothi.kernel.packs.procedures import Assign, OpenCase, SetFact, TaskItem


def run(move: Move, effects: Iterable[CompiledEffect]) -> None:
    """Each effect whose condition holds, in the order declared."""
    for effect in effects:
        if effect.when is not None and not move.holds(effect.when):
            continue
        at_once = _AT_ONCE.get(effect.kind)
        if at_once is not None:
            at_once(move, effect)
        else:
            _order(move, effect)


def _set(move: Move, effect: CompiledEffect) -> None:
    for name, expression in effect.values.items():
        move.put("facts", {name: move.value(expression)})


def _decide(move: Move, effect: CompiledEffect) -> None:
    declared: SetFact = effect.declared
    table = move.compiled.decisions[declared.table]
    answer, rules = table.answer(move.names(table.roots))
    move.put("facts", {declared.into: answer})
    decided = {**move.more.get("decided", {}), declared.into: {"table": declared.table, "rules": list(rules)}}
    move.more = {**move.more, "decided": decided}


def _assign(move: Move, effect: CompiledEffect) -> None:
    declared: Assign = effect.declared
    given: dict[str, Any] = {name: move.value(each) for name, each in effect.more.items()}
    found = {("assignee" if name == "account" else name): value for name, value in given.items()}
    if declared.role is not None:
        found |= {"role": declared.role, "assignee": found.get("assignee")}
    elif "organisation" in found and "assignee" not in found:
        found["assignee"] = None  # another house: nobody there has taken it yet
    move.give(**found)
    move.events.append(("assigned", {}))


def _task(move: Move, effect: CompiledEffect) -> None:
    assert effect.task is not None
    open_task(move, effect.task, added=True)


_AT_ONCE = {"set": _set, "decide": _decide, "assign": _assign, "task": _task}


def open_task(move: Move, task: CompiledTask, *, added: bool = False) -> None:
    """A piece of work begins, where its condition holds."""
    if not move.holds(task.when):
        return
    declared: TaskItem = task.declared
    due = None
    if declared.within is not None:
        due = move.calendar.due_us((declared.within,), move.at_us, (), 1.0)
        move.put("timers", {f"task.{declared.key}.due": due})
    state = TaskState(
        opened_us=move.at_us,
        label=text(declared.label) if added else None,
        role=tuple(sorted(task.roles)),
        organisation=move.value(task.organisation) if task.organisation else None,
        outcomes=task.outcomes,
        due_us=due,
    )
    move.put("tasks", {declared.key: state})


def order_id(move: Move) -> str:
    """The name of the next order of this move: the same whenever the same step is computed."""
    return f"{move.case.id}:{move.case.seq + 1}:{len(move.orders)}"


def _order(move: Move, effect: CompiledEffect) -> None:
    declared = effect.declared
    values: dict[str, Any] = {}
    for name in declared.__struct_fields__:
        if name in effect.more:
            values[name] = move.value(effect.more[name])
        elif name in ("values", "data"):
            values[name] = {key: move.value(each) for key, each in effect.values.items()}
        else:
            values[name] = msgspec.to_builtins(getattr(declared, name))
    if isinstance(declared, OpenCase) and declared.wait:
        move.put("waiting_for", {order_id(move): ChildState(procedure=declared.procedure)})
    if effect.kind == "event":
        move.events.append((declared.type, {}))
        return
    move.orders.append((effect.kind, values))
