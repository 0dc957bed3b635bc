"""What may speak against a command: its revision, the role, the guard, the form, documents, payment, the note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dothi.core.errors import Text, both
from dothi.kernel.cases.engine.compiled import Compiled, NeededDocument, Transition, text
from dothi.kernel.cases.engine.forms import CompiledForm, validate_form
from dothi.kernel.cases.engine.moves import Move, usable
from dothi.kernel.cases.engine.types import ENGINE, ActorFacts, Refused, Snapshot, TaskState
from dothi.kernel.packs.procedures import names

NOT_NOW: Final = both("Chưa đủ điều kiện để thực hiện bước này.", "The conditions for this step are not met.")


def plays(actor: ActorFacts, roles: Iterable[str]) -> bool:
    """Whether the actor plays one of these parts."""
    for role in roles:
        if role == "anyone" or role in actor.roles:
            return True
        if role == "applicant" and actor.is_applicant:
            return True
        if role == "system" and actor.kind == ENGINE:
            return True
    return False


def same(compiled: Compiled, snapshot: Snapshot, rev: int | None) -> None:
    """The case is of this procedure's version, and as the caller saw it."""
    if snapshot.procedure != compiled.key or snapshot.version != compiled.version:
        raise Refused(
            "wrong-version",
            both(
                f"Hồ sơ theo {snapshot.procedure} bản {snapshot.version}.",
                f"The case follows {snapshot.procedure} version {snapshot.version}.",
            ),
        )
    if rev is not None and rev != snapshot.rev:
        raise Refused(
            "conflict",
            both(
                "Hồ sơ vừa được người khác thay đổi. Hãy xem lại rồi thực hiện.",
                "Somebody has just changed the case. Look at it again, then act.",
            ),
            rev=snapshot.rev,
        )


def transition(compiled: Compiled, snapshot: Snapshot, action: str) -> Transition:
    """The row of the table for ``action`` where the case stands."""
    found = compiled.table.get((snapshot.state, action))
    if found is None:
        label = compiled.states[snapshot.state].declared.label
        raise Refused(
            "unknown-action",
            both(
                f"Ở bước “{label.vi}” không có thao tác “{action}”.",
                f"There is no action “{action}” in “{label.en}”.",
            ),
            state=snapshot.state,
        )
    return found


def objection(move: Move, row: Transition) -> Refused | None:
    """Why nobody can do this action now, whoever they are; None when it can be done."""
    declared = row.declared
    if declared.once and row.key in move.case.once and not _again(move, row):
        if declared.once == "unless-reason":
            return Refused(
                "already-done",
                both(
                    "Việc này đã làm một lần; làm lại phải ghi rõ lý do.",
                    "This was done once; it is done again only with the reason given.",
                ),
            )
        return Refused("already-done", both("Việc này chỉ được làm một lần.", "This can be done only once."))
    if declared.extends is not None and declared.extends.max_once:
        clock = move.clock(declared.extends.clock)
        if clock is not None and clock.extensions:
            return Refused(
                "already-done",
                both("Đã gia hạn một lần, không gia hạn thêm.", "It was extended once already."),
            )
    if row.guard is not None and not move.holds(row.guard):
        return Refused("guard", text(declared.refuse) if declared.refuse else NOT_NOW)
    return _papers(move, row.documents) or (_fees(move) if declared.paid else None)


def _again(move: Move, row: Transition) -> bool:
    """Whether what is done once may be done again: its declaration allows it and the reason is there."""
    return row.declared.once == "unless-reason" and bool(move.note.strip())


def _papers(move: Move, needed: Iterable[NeededDocument]) -> Refused | None:
    there = move.current("documents") if needed else {}
    missing = [
        each.declared
        for each in needed
        if not usable(there.get(each.declared.key, ())) and move.holds(each.when)
    ]
    if not missing:
        return None
    return Refused(
        "documents-missing",
        both(
            "Còn thiếu: " + ", ".join(each.label.vi for each in missing) + ".",
            "Still missing: " + ", ".join(each.label.en for each in missing) + ".",
        ),
        missing=[each.key for each in missing],
    )


def _fees(move: Move) -> Refused | None:
    if all(each.state != "asked" for each in move.current("payments").values()):
        return None
    return Refused("not-paid", both("Chưa nộp phí, lệ phí.", "The fees have not been paid."))


def act(move: Move, row: Transition, data: Mapping[str, Any]) -> None:
    """Everything that must hold for an action; its answers become data of the case."""
    _role(move.actor, row.roles)
    if row.form is not None:
        cleaned = _form(move, row.form, data)
        move.input = cleaned
        move.put("data", cleaned)
    found = objection(move, row)
    if found is not None:
        raise found
    if row.declared.note == "required" and not move.note.strip():
        raise Refused("needs-note", both("Hãy ghi lý do.", "Give the reason."))


def _role(actor: ActorFacts, roles: Iterable[str]) -> None:
    if not plays(actor, roles):
        raise Refused(
            "wrong-role",
            both("Bạn không có vai trò để làm việc này.", "You do not have the role for this."),
            roles=sorted(roles),
        )


def _form(move: Move, form: CompiledForm, data: Mapping[str, Any]) -> dict[str, Any]:
    cleaned, errors = validate_form(form, data, move=move)
    if errors:
        raise Refused(
            "form-invalid",
            both(f"Có {len(errors)} mục cần sửa.", f"{len(errors)} answers need to be corrected."),
            errors,
        )
    return cleaned


def opening(
    move: Move,
    form: CompiledForm | None,
    data: Mapping[str, Any],
    answers: Mapping[str, Any] | None,
    documents: bool,
) -> None:
    """Everything that must hold for a new case."""
    compiled = move.compiled
    start = compiled.procedure.start
    _role(move.actor, names(start.role))
    if answers is not None:
        reasons = ineligible(compiled, answers)
        if reasons:
            raise Refused("not-eligible", reasons[0], reasons=reasons)
    if form is not None:
        move.put("data", _form(move, form, data))
    if compiled.start_guard is not None and not move.holds(compiled.start_guard):
        raise Refused("guard", text(start.refuse) if start.refuse else NOT_NOW)
    found = _papers(move, compiled.start_documents) if documents else None
    if found is not None:
        raise found


def ineligible(compiled: Compiled, answers: Mapping[str, Any]) -> list[Text]:
    """Why somebody who answered so cannot use this procedure; empty when they can."""
    start = compiled.procedure.start
    reasons: list[Text] = []
    for question, expression in zip(start.eligibility, compiled.eligibility, strict=True):
        if question.key in answers and not expression.holds(dict(answers)):
            reasons.append(text(question.refuse))
    return reasons


def task(move: Move, key: str, data: Mapping[str, Any]) -> TaskState:
    """Everything that must hold to end a piece of work; its answers become data of the case."""
    state: TaskState | None = move.case.tasks.get(key)
    if state is None or state.state != "open":
        raise Refused("unknown-action", both("Không có việc này đang mở.", "There is no such open task."))
    _role(move.actor, state.role)
    outcome = data.get("outcome")
    if state.outcomes and outcome not in state.outcomes:
        raise Refused(
            "unknown-outcome",
            both("Hãy chọn kết quả của việc này.", "Choose the outcome of this task."),
            outcomes=list(state.outcomes),
        )
    declared = move.compiled.states[move.case.state].tasks.get(key)
    if declared is not None and declared.form is not None:
        cleaned = _form(move, declared.form, {k: v for k, v in data.items() if k != "outcome"})
        move.input = cleaned
        move.put("data", cleaned)
    return state


def timer(move: Move, name: str) -> None:
    """The timer stands and its time has come; only the platform fires it."""
    if move.actor.kind != ENGINE:
        raise Refused("wrong-role", both("Chỉ hệ thống làm việc này.", "Only the system does this."))
    due = move.case.timers.get(name)
    if due is None or due > move.at_us:
        raise Refused(
            "unknown-timer", both("Hẹn giờ không còn hiệu lực.", "The timer does not stand any more.")
        )
