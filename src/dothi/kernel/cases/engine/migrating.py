"""A running case goes on under another version of its procedure, when it can be shown that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import structs

from dothi.core.errors import Text, both
from dothi.core.feel import ANY
from dothi.kernel.cases.engine import effects
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.compiled import Compiled, CompiledState
from dothi.kernel.cases.engine.expressions import FeelError, compile_expression
from dothi.kernel.cases.engine.forms import field_of, single
from dothi.kernel.cases.engine.moves import Move
from dothi.kernel.cases.engine.steps import Steps
from dothi.kernel.cases.engine.types import (
    SYSTEM,
    ActorFacts,
    MigrationProof,
    Outcome,
    Refused,
    Snapshot,
    TaskState,
)
from dothi.kernel.packs import procedure_scope
from dothi.kernel.packs.procedures import Migration

_NO_CHANGE: Final = Migration()


class _NoCalendar:
    def due_us(self, *_: object) -> int:
        return 0


_NONE: Final[Calendar] = _NoCalendar()


def migrate(old: Compiled, new: Compiled, snapshot: Snapshot) -> MigrationProof:
    """Whether ``snapshot`` (under ``old``) can go on under ``new``; what it keeps, loses and gains, and why not."""
    rule = new.procedure.migrate_from.get(str(old.version), _NO_CHANGE)
    to_state = rule.states.get(snapshot.state, snapshot.state)
    state = new.states.get(to_state)
    reasons: list[Text] = []
    if (old.key, snapshot.version) != (new.key, old.version):
        reasons.append(both("Hồ sơ không theo thủ tục này.", "The case does not follow this procedure."))
    if state is None:
        reasons.append(
            both(f"Bản mới không có trạng thái “{to_state}”.", f"The new version has no state “{to_state}”.")
        )
    elif (state.declared.phase == "done") != (snapshot.phase == "done"):
        reasons.append(
            both("Hồ sơ sẽ bị đóng hoặc mở lại.", "The case would be closed or reopened by the change.")
        )
    given = _computed(new, snapshot, rule, reasons)
    lost = _lost(new, snapshot, rule, given)
    reasons += [
        both(f"Mất dữ liệu “{name}”.", f"The data “{name}” would be lost.")
        for name in lost
        if name not in rule.drop
    ]
    _fit(new, snapshot, given, lost, reasons)
    clocks = _clocks(new, snapshot, state, reasons) if state is not None else {}
    if state is not None and state.children is None and _waits(snapshot):
        reasons.append(
            both("Trạng thái mới không chờ hồ sơ con.", "The new state does not wait for other cases.")
        )
    return MigrationProof(
        ok=not reasons,
        from_version=snapshot.version,
        to_version=new.version,
        from_state=snapshot.state,
        to_state=to_state if state is not None else None,
        lost=tuple(lost),
        new=given,
        clocks=clocks,
        reasons=tuple(reasons),
    )


def _computed(new: Compiled, snapshot: Snapshot, rule: Migration, reasons: list[Text]) -> dict[str, Any]:
    move = Move(new, snapshot, _NONE, snapshot.entered_us, SYSTEM)
    scope = {**procedure_scope.scope(new.procedure), "data": ANY, "facts": ANY}  # the old version's names
    found: dict[str, Any] = {}
    for name, text in rule.data.items():
        try:
            found[name] = move.value(compile_expression(text, scope))
        except FeelError as error:
            reasons.append(error.detail)
    return found


def _lost(new: Compiled, snapshot: Snapshot, rule: Migration, given: Mapping[str, Any]) -> list[str]:
    fields = {key for form in new.forms.values() for key in form.keys}
    data = [name for name in snapshot.data if name not in fields]
    facts = [name for name in snapshot.facts if name not in new.procedure.facts]
    return sorted({*data, *facts} - set(given))


def _fit(
    new: Compiled, snapshot: Snapshot, given: Mapping[str, Any], lost: list[str], reasons: list[Text]
) -> None:
    """What is kept must still be an answer to its question."""
    for name, value in {**snapshot.data, **given}.items():
        field = field_of(new.forms.values(), name)
        if field is None or name in lost or value is None:
            continue
        _, wrong = single(field, value)
        if wrong is not None:
            label = field.declared.label
            reasons.append(both(f"{label.vi}: {wrong['vi']}", f"{label.en}: {wrong['en']}"))


def _clocks(new: Compiled, snapshot: Snapshot, state: CompiledState, reasons: list[Text]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, clock in snapshot.clocks.items():
        if key in new.procedure.clocks:
            found[key] = "kept"
        else:
            found[key] = "dropped"
            if clock.stopped_us is None and clock.public:
                reasons.append(
                    both(f"Mất thời hạn “{key}” đang chạy.", f"The running clock “{key}” would be lost.")
                )
    for key in state.starts:
        if key not in snapshot.clocks:
            found[key] = "started"
    return found


def _waits(snapshot: Snapshot) -> bool:
    return any(each.state != "done" for each in snapshot.waiting_for.values())


def migrated(
    old: Compiled,
    new: Compiled,
    snapshot: Snapshot,
    *,
    at_us: int,
    actor: ActorFacts,
    calendar: Calendar,
    note: str = "",
    key: str = "",
) -> Outcome:
    """The case under the new version, with the proof in its history; raises :class:`Refused` without one."""
    proof = migrate(old, new, snapshot)
    if not proof.ok or proof.to_state is None:
        raise Refused("wrong-version", proof.reasons[0], reasons=list(proof.reasons))
    steps = Steps(new, snapshot, calendar)
    move = steps.move(at_us, actor, note)
    state = new.states[proof.to_state]
    _renewed(move, new, state, proof)
    move.give(version=new.version, procedure=new.key)
    move.more = {
        "from": proof.from_version,
        "to": proof.to_version,
        "lost": list(proof.lost),
        "new": proof.new,
        "clocks": proof.clocks,
    }
    move.events.append(("migrated", {"from": proof.from_version, "to": proof.to_version}))
    steps.commit(move, "migrated", "migrate", key=key)
    return steps.outcome()


def _renewed(move: Move, new: Compiled, state: CompiledState, proof: MigrationProof) -> None:
    """Data, clocks, tasks and timers as the new version has them; the effects of entering do not run again."""
    facts = {name: value for name, value in proof.new.items() if name in new.procedure.facts}
    move.put("data", {name: None for name in proof.lost if name in move.case.data})
    move.put("data", {name: value for name, value in proof.new.items() if name not in facts})
    move.put("facts", {name: None for name in proof.lost if name in move.case.facts} | facts)
    if state.key != move.case.state:
        move.give(state=state.key)
    if state.declared.phase != move.case.phase:
        move.give(phase=state.declared.phase)
    move.put("clocks", {key: None for key, what in proof.clocks.items() if what == "dropped"})
    move.start_clocks([key for key, what in proof.clocks.items() if what == "started"])
    _tasks(move, state)
    move.put("timers", {name: None for name in move.case.timers if not name.startswith("task.")})
    move.entered = state
    for name in move.current("clocks"):
        move.put("clocks", {name: move.clock(name)})  # their timers are planned anew
    for timer in state.timers:
        if timer.declared.after is not None:
            due = move.calendar.due_us((timer.declared.after,), move.case.entered_us, (), 1.0)
            move.put("timers", {timer.name: max(due, move.at_us)})


def _tasks(move: Move, state: CompiledState) -> None:
    tasks: dict[str, TaskState] = move.case.tasks
    for key, each in tasks.items():
        if each.state == "open" and key not in state.tasks and each.label is None:
            move.put("tasks", {key: structs.replace(each, state="cancelled")})
    for key, task in state.tasks.items():
        if key not in tasks:
            effects.open_task(move, task)
