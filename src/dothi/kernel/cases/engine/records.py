"""What happens to a case beside its actions: noted in the same history, by the same rules of replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from dothi.core.errors import both
from dothi.kernel.cases.engine import clocks
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import field_of, single
from dothi.kernel.cases.engine.moves import Move
from dothi.kernel.cases.engine.steps import Steps
from dothi.kernel.cases.engine.types import (
    ActorFacts,
    ChildState,
    DocumentMeta,
    EntryKind,
    Outcome,
    PaymentState,
    Refused,
    Snapshot,
)


class Recorder:
    """Notes one thing after another for one moment and actor; each call gives the outcome so far.

    >>> Recorder(compiled, snapshot, calendar, at_us, actor).assign(organisation="H29.7.1")
    """

    def __init__(
        self, compiled: Compiled, snapshot: Snapshot, calendar: Calendar, at_us: int, actor: ActorFacts
    ) -> None:
        self._steps = Steps(compiled, snapshot, calendar)
        self._at_us = at_us
        self._actor = actor

    def _move(self, note: str = "") -> Move:
        return self._steps.move(self._at_us, self._actor, note)

    def _done(
        self,
        move: Move,
        kind: EntryKind,
        action: str,
        *,
        public: bool = False,
        key: str = "",
        cause: str | None = None,
    ) -> Outcome:
        self._steps.commit(move, kind, action, public=public, key=key, cause=cause)
        self._steps.settle(move)
        return self._steps.outcome()

    def assign(
        self,
        *,
        unit: str | UnsetType | None = UNSET,
        organisation: str | UnsetType | None = UNSET,
        assignee: str | UnsetType | None = UNSET,
        role: str | UnsetType | None = UNSET,
        action: str = "assign",
        note: str = "",
        key: str = "",
    ) -> Outcome:
        """Who has the case from now on; ``action`` says how: assign, take, hand-over, delegate."""
        move = self._move(note)
        given = {"unit": unit, "organisation": organisation, "assignee": assignee, "role": role}
        move.give(**{name: value for name, value in given.items() if value is not UNSET})
        move.events.append(("assigned", {}))
        return self._done(move, "assigned", action, key=key)

    def comment(self, comment: str, *, public: bool = False, key: str = "", **more: Any) -> Outcome:
        """A remark, internal or for the applicant too. ``more`` is kept with the entry (an id, a reply-to)."""
        move = self._move(comment)
        move.more = more
        move.events.append(("commented", {"public": public}))
        return self._done(move, "commented", "comment", public=public, key=key)

    def document(
        self,
        kind: str,
        documents: Sequence[DocumentMeta],
        *,
        action: str = "add",
        note: str = "",
        public: bool = False,
        key: str = "",
    ) -> Outcome:
        """The documents of one kind as they are from now on (added, replaced, refused, taken away)."""
        move = self._move(note)
        move.put("documents", {kind: tuple(documents) or None})
        move.events.append(("document-added", {"document": kind}))
        return self._done(move, "document", action, public=public, key=key)

    def payment(
        self, name: str, payment: PaymentState, *, note: str = "", public: bool = True, key: str = ""
    ) -> Outcome:
        """A payment asked for, paid, refunded."""
        move = self._move(note)
        move.put("payments", {name: payment})
        move.events.append(("payment", {"payment": name, "state": payment.state}))
        return self._done(move, "payment", payment.state, public=public, key=key)

    def linked(
        self,
        kind: str,
        other: str,
        *,
        action: str = "link",
        note: str = "",
        public: bool = False,
        key: str = "",
    ) -> Outcome:
        """A link to another case made or taken away: duplicate_of, child_of, caused_by …"""
        move = self._move(note)
        move.more = {"link": kind, "case": other}
        move.events.append(("linked", {"link": kind, "case": other}))
        return self._done(move, "linked", action, public=public, key=key)

    def child(self, order: str, child: ChildState, *, key: str = "") -> Outcome:
        """A case this one waits for was opened, or is done; a join may follow."""
        move = self._move()
        move.put("waiting_for", {order: child})
        return self._done(move, "child", child.state, key=key, cause=order)

    def noted(
        self,
        kind: EntryKind,
        action: str,
        *,
        note: str = "",
        public: bool = False,
        key: str = "",
        cause: str | None = None,
        **more: Any,
    ) -> Outcome:
        """Something to remember that changes nothing: a message delivered, a letter signed."""
        move = self._move(note)
        move.more = more
        return self._done(move, kind, action, public=public, key=key, cause=cause)

    def correct(self, data: Mapping[str, Any], *, note: str, key: str = "") -> Outcome:
        """Data of the case put right, with a reason; each value must fit its question."""
        if not note.strip():
            raise Refused("needs-note", both("Hãy ghi lý do sửa.", "Give the reason for the correction."))
        move = self._move(note)
        move.put("data", _corrected(move, data))
        return self._done(move, "corrected", "correct", key=key)

    def hold(self, clock: str, cause: str, *, note: str = "", key: str = "") -> Outcome:
        """A clock stands still, outside of any action."""
        self._known(clock)
        move = self._move(note)
        move.hold_clocks((clock,), cause)
        return self._done(move, "clock", "hold", public=True, key=key, cause=clock)

    def resume(self, clock: str, *, note: str = "", key: str = "") -> Outcome:
        """A clock goes on, outside of any action."""
        self._known(clock)
        move = self._move(note)
        move.resume_clocks((clock,))
        return self._done(move, "clock", "resume", public=True, key=key, cause=clock)

    def extend(self, clock: str, by: str, *, note: str, once: bool = True, key: str = "") -> Outcome:
        """More time for a clock, with a reason; once unless said otherwise."""
        self._known(clock)
        standing = self._steps.case.clocks[clock]
        if not note.strip():
            raise Refused("needs-note", both("Hãy ghi lý do gia hạn.", "Give the reason for the extension."))
        if once and standing.extensions:
            raise Refused("already-done", both("Đã gia hạn một lần.", "It was extended once already."))
        move = self._move(note)
        move.extend_clock(clock, by)
        return self._done(move, "clock", "extend", public=True, key=key, cause=clock)

    def replan(self, *, cause: str = "calendar") -> Outcome:
        """Due times counted anew after the calendar changed; nothing is noted where nothing moved."""
        move = self._move()
        declared = self._steps.compiled.procedure.clocks
        for name, clock in self._steps.case.clocks.items():
            if clock.running and clock.missed_us is None and name in declared:
                again = clocks.planned(declared[name], clock, self._steps.calendar)
                if again != clock:
                    move.put("clocks", {name: again})
        if not move.changed:
            return self._steps.outcome()
        return self._done(move, "planned", "replan", cause=cause)

    def _known(self, clock: str) -> None:
        standing = self._steps.case.clocks.get(clock)
        if standing is None or standing.stopped_us is not None:
            raise Refused(
                "unknown-clock", both("Không có thời hạn này đang chạy.", "There is no such clock.")
            )


def _corrected(move: Move, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values as their questions take them; None takes an answer away."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, value in data.items():
        field = field_of(move.compiled.forms.values(), name)
        if field is None:
            errors[name] = both("Thủ tục không có mục này.", "The procedure has no such field.")
        elif value is None:
            cleaned[name] = None
        else:
            found, wrong = single(field, value)
            if wrong is not None:
                errors[name] = wrong
            else:
                cleaned[name] = found
    if errors:
        raise Refused(
            "form-invalid", both("Dữ liệu sửa không hợp lệ.", "The corrected data does not fit."), errors
        )
    return cleaned
