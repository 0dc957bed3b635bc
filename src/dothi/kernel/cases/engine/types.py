"""What the engine takes and gives: a case as it stands, a command, an entry of its history, what follows.

Everything is plain JSON data inside (dates are ISO texts, times are microseconds since 1970), so that an entry
read back from the store is equal to the one written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import UNSET, Struct, UnsetType, field

from dothi.core.errors import DothiError, Text, both

EntryKind = Literal[
    "opened",
    "acted",
    "assigned",
    "commented",
    "document",
    "clock",
    "timer",
    "message",
    "letter",
    "payment",
    "linked",
    "child",
    "task",
    "migrated",
    "corrected",
    "planned",
]
ENGINE: Final = "system"
"""The kind of actor that fires timers, joins and automatic steps."""


class ActorFacts(Struct, frozen=True, kw_only=True):
    """Who acts, as far as the rules need to know; the roles are those held for this case already."""

    reference: str
    kind: str = "account"  # account, applicant, client, system …
    roles: frozenset[str] = frozenset()
    is_applicant: bool = False
    unit: str | None = None
    organisation: str | None = None


SYSTEM: Final = ActorFacts(reference="system", kind=ENGINE, roles=frozenset({"system"}))


class Pause(Struct, frozen=True, omit_defaults=True):
    """A time in which a clock does not count, and why."""

    from_us: int
    to_us: int | None = None
    cause: str = "other"


class Extension(Struct, frozen=True):
    """More time given to a clock: the allowance added, when, by whom, and why."""

    by: str
    at_us: int
    actor: str
    reason: str = ""


class ClockState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One clock of a case. ``due_us`` is unknown (None) while it stands still."""

    allowance: str
    started_us: int
    due_us: int | None = None
    warn_us: int | None = None
    stopped_us: int | None = None
    missed_us: int | None = None  # the moment it ran out while it was running
    warned: bool = False
    public: bool = True
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()

    @property
    def running(self) -> bool:
        """Whether time counts now."""
        return self.stopped_us is None and not self.paused

    @property
    def paused(self) -> bool:
        """Whether it stands still and will go on."""
        return self.stopped_us is None and bool(self.pauses) and self.pauses[-1].to_us is None


class TaskState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One piece of work beside others."""

    opened_us: int
    state: Literal["open", "done", "cancelled"] = "open"
    label: dict[str, str] | None = None  # of tasks added on the way, which the state does not declare
    role: tuple[str, ...] = ()
    organisation: str | None = None
    outcomes: tuple[str, ...] = ()
    outcome: str | None = None
    done_us: int | None = None
    done_by: str | None = None
    due_us: int | None = None
    note: str = ""


class ChildState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Another case this one waits for, known by the order that opens it until it is there."""

    procedure: str
    case: str | None = None
    state: Literal["ordered", "open", "done"] = "ordered"
    outcome: str | None = None


class DocumentMeta(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A document of the case, or the register's data that stands in its place (``once_only``)."""

    id: str
    name: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    state: Literal["quarantine", "clean", "refused"] = "clean"
    once_only: bool = False
    public: bool = False
    at_us: int = 0


class PaymentState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A payment asked for: its sum in đồng, and how it stands."""

    amount: int
    state: Literal["asked", "paid", "cancelled", "refunding", "refunded"] = "asked"
    at_us: int = 0
    reference: str = ""


class Snapshot(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A case as it stands after its last entry; equal to the replay of all its entries."""

    id: str
    procedure: str
    version: int
    kind: str
    state: str
    phase: str
    opened_us: int
    code: str = ""
    rev: int = 1
    seq: int = 1  # of the last entry
    head: str = ""  # its hash
    channel: str = "web"
    outcome: str | None = None
    closed_us: int | None = None
    entered_us: int = 0  # when the state was entered
    data: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    unit: str | None = None
    organisation: str | None = None
    assignee: str | None = None
    role: str | None = None  # who is to take it, where nobody has it yet
    applicant: str | None = None
    simulated: bool = False
    clocks: dict[str, ClockState] = {}
    tasks: dict[str, TaskState] = {}
    once: frozenset[str] = frozenset()
    waiting_for: dict[str, ChildState] = {}
    documents: dict[str, tuple[DocumentMeta, ...]] = {}
    payments: dict[str, PaymentState] = {}
    timers: dict[str, int] = {}  # name → when it fires


class Patch(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What an entry changes. Mappings are merged by key, a null removes the key; what is absent stays."""

    case: dict[str, Any] | None = None  # the first entry only: what never changes
    state: str | None = None
    phase: str | None = None
    outcome: str | UnsetType | None = UNSET
    data: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    unit: str | UnsetType | None = UNSET
    organisation: str | UnsetType | None = UNSET
    assignee: str | UnsetType | None = UNSET
    role: str | UnsetType | None = UNSET
    applicant: str | UnsetType | None = UNSET
    clocks: dict[str, ClockState | None] = {}
    tasks: dict[str, TaskState | None] = {}
    once: tuple[str, ...] = ()
    waiting_for: dict[str, ChildState | None] = {}
    documents: dict[str, tuple[DocumentMeta, ...] | None] = {}
    payments: dict[str, PaymentState | None] = {}
    timers: dict[str, int | None] = {}
    procedure: str | None = None
    version: int | None = None
    more: dict[str, Any] = {}  # what the entry tells beside what it changes: a link, a comment's id


class Entry(Struct, frozen=True, kw_only=True):
    """One line of a case's history; ``hash`` seals it to all lines before."""

    seq: int
    kind: EntryKind
    action: str
    from_state: str
    to_state: str
    at_us: int
    actor: str
    note: str = ""
    public: bool = False
    data: Patch = Patch()
    prev_hash: str = ""
    hash: str = ""
    key: str = ""  # the command's idempotency key
    cause: str | None = None  # what made it happen, where it was not the actor: a timer, a join, an event


class Command(Struct, frozen=True, kw_only=True):
    """What somebody wants done with a case."""

    action: str
    at_us: int
    actor: ActorFacts
    data: dict[str, Any] = {}
    note: str = ""
    rev: int | None = None
    key: str = ""
    cause: str | None = None


class EffectOrder(Struct, frozen=True, kw_only=True):
    """Something to be carried out after the step is durable, at least once; ``id`` makes it idempotent."""

    id: str
    kind: str
    case: str
    at_us: int
    values: dict[str, Any] = {}


class TimerPlan(Struct, frozen=True):
    """Timers to set (name, when) and names to cancel."""

    set: tuple[tuple[str, int], ...] = ()
    cancel: tuple[str, ...] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """What a step gives: the case after it, its entries, what is to be carried out, timers, events."""

    snapshot: Snapshot
    entries: tuple[Entry, ...]
    effects: tuple[EffectOrder, ...] = ()
    timers: TimerPlan = TimerPlan()
    events: tuple[tuple[str, dict[str, Any]], ...] = ()


class Offer(Struct, frozen=True, kw_only=True):
    """An action somebody has a role for: whether it can be done now, and if not, why."""

    action: str
    label: Text
    enabled: bool = True
    code: str | None = None
    why_not: Text | None = None
    form: str | None = None
    note: str = "optional"
    confirm: Text | None = None
    to: str | None = None
    task: str | None = None
    outcomes: tuple[tuple[str, dict[str, str]], ...] = ()


class Refused(DothiError):
    """A command that the rules do not allow; ``code`` is stable, the text tells people what to do.

    Codes: unknown-action, wrong-role, guard, conflict, form-invalid, needs-note, already-done, not-eligible,
    documents-missing, not-paid, unknown-timer, unknown-outcome, unknown-clock, too-many-steps, wrong-version.
    """

    kind, status = "refused", 409
    title = both("Chưa thực hiện được", "Cannot be done")

    def __init__(
        self, code: str, text: Text, errors: Mapping[str, Text] | None = None, **members: Any
    ) -> None:
        if errors:
            members["errors"] = dict(errors)
        super().__init__(text, code=code, **members)
        self.code = code
        self.errors: dict[str, Text] = dict(errors or {})
        self.status = _STATUS.get(code, 409)  # type: ignore[misc]


_STATUS: Final = {
    "unknown-action": 404,
    "wrong-role": 403,
    "form-invalid": 422,
    "needs-note": 422,
    "not-eligible": 422,
    "documents-missing": 422,
    "unknown-outcome": 422,
    "not-paid": 402,
}


class MigrationProof(Struct, frozen=True, kw_only=True):
    """Whether a running case can go on under another version, and what that does to it."""

    ok: bool
    from_version: int
    to_version: int
    from_state: str
    to_state: str | None
    lost: tuple[str, ...] = ()
    new: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, str] = field(default_factory=dict)  # clock → kept, dropped, started
    reasons: tuple[Text, ...] = ()
