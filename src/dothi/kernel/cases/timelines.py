"""A case's history as people read it: what happened, when, by whom, and why a clock stood still."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from dothi.core.calendar.causes import shipped_causes
from dothi.kernel.cases.engine import Compiled, Entry
from dothi.kernel.cases.engine.compiled import text

_LABELS = {
    "opened": {"vi": "Đã nhận", "en": "Received"},
    "assigned": {"vi": "Phân công", "en": "Assigned"},
    "commented": {"vi": "Ý kiến", "en": "Comment"},
    "document": {"vi": "Giấy tờ", "en": "Document"},
    "clock": {"vi": "Thời hạn", "en": "Clock"},
    "timer": {"vi": "Hẹn giờ", "en": "Timer"},
    "message": {"vi": "Thông báo", "en": "Message"},
    "letter": {"vi": "Văn bản", "en": "Letter"},
    "payment": {"vi": "Thanh toán", "en": "Payment"},
    "linked": {"vi": "Liên kết", "en": "Linked"},
    "child": {"vi": "Việc liên quan", "en": "Related case"},
    "task": {"vi": "Phần việc", "en": "Task"},
    "migrated": {"vi": "Chuyển sang bản thủ tục mới", "en": "Moved to a new version"},
    "corrected": {"vi": "Đính chính", "en": "Corrected"},
    "planned": {"vi": "Tính lại thời hạn theo lịch", "en": "Planned anew by the calendar"},
}


class Paused(Struct, frozen=True, kw_only=True):
    """A clock that began to stand still, or goes on."""

    clock: str
    label: str
    cause: str
    resumed: bool = False


class Line(Struct, frozen=True, kw_only=True):
    """One line. ``actor`` and ``more`` are empty on the public timeline, and so is an internal ``note``."""

    seq: int
    at_us: int
    kind: str
    action: str
    label: str
    state: str
    state_label: str
    public: bool
    actor: str = ""
    note: str = ""
    cause: str = ""
    pauses: tuple[Paused, ...] = ()
    due_us: dict[str, int] = {}
    more: dict[str, Any] = {}


def lines(entries: list[Entry], compiled: Compiled, *, public: bool, language: str) -> list[Line]:
    """The lines of a history, oldest first."""
    return [
        _line(entry, compiled, public=public, language=language)
        for entry in entries
        if entry.public or not public
    ]


def _line(entry: Entry, compiled: Compiled, *, public: bool, language: str) -> Line:
    found = Line(
        seq=entry.seq,
        at_us=entry.at_us,
        kind=entry.kind,
        action=entry.action,
        label=_label(entry, compiled, language, public=public),
        state=entry.to_state,
        state_label=_state(entry.to_state, compiled, language, public=public),
        public=entry.public,
        pauses=_pauses(entry, compiled, language),
        due_us={
            key: clock.due_us
            for key, clock in entry.data.clocks.items()
            if clock is not None and clock.due_us is not None and (clock.public or not public)
        },
    )
    if public:
        return msgspec.structs.replace(found, note=entry.note if entry.kind == "commented" else "")
    return msgspec.structs.replace(
        found, actor=entry.actor, note=entry.note, cause=entry.cause or "", more=entry.data.more
    )


def _label(entry: Entry, compiled: Compiled, language: str, *, public: bool) -> str:
    row = compiled.table.get((entry.from_state, entry.action))
    if entry.kind == "acted" and row is not None:
        label = (row.declared.public_label if public else None) or row.declared.label
        return text(label)[language]
    known = _LABELS.get(entry.kind)
    return known[language] if known else entry.action


def _state(state: str, compiled: Compiled, language: str, *, public: bool) -> str:
    found = compiled.states.get(state)
    if found is None:
        return state
    label = (found.declared.public_label if public else None) or found.declared.label
    return text(label)[language]


def _pauses(entry: Entry, compiled: Compiled, language: str) -> tuple[Paused, ...]:
    found = []
    for key, clock in entry.data.clocks.items():
        if clock is None or not clock.pauses:
            continue
        last = clock.pauses[-1]
        if entry.at_us in (last.from_us, last.to_us):
            declared = compiled.procedure.clocks.get(key)
            label = text(declared.label)[language] if declared else key
            found.append(
                Paused(
                    clock=key,
                    label=label,
                    cause=_cause(last.cause, language),
                    resumed=last.to_us == entry.at_us,
                )
            )
    return tuple(found)


def _cause(key: str, language: str) -> str:
    """Why it stands still, in words; the key of a cause that nobody names."""
    known = shipped_causes().get(key)
    return known.label[language] if known else key
