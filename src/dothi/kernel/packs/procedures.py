"""What a pack declares of a procedure: one file is one kind of case, from the first form to the last letter.

A declaration reads like the regulation it implements. Everything a person sees is in both languages; every
condition is one FEEL expression (:mod:`dothi.core.feel`); every period is an allowance
(:mod:`dothi.core.calendar`). ``kernel/cases/engine`` compiles it to a transition table.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dothi.kernel.packs.declarations import Declaration, Label
from dothi.kernel.packs.procedure_forms import (
    Expression,
    FactType,
    FieldKey,
    Form,
    Name,
    Names,
)
from dothi.kernel.packs.record_types import Sensitivity

Phase = Literal["open", "waiting", "done"]
BUILT_IN_ROLES = frozenset({"applicant", "anyone", "system"})
OPENING = "open"
"""The name of the first act of every case, where documents and clocks name an action."""
AllowanceText = Annotated[str, Meta(description="For example '15 working days', '5 minutes'", min_length=3)]


class Role(Declaration, frozen=True, kw_only=True):
    """A part somebody plays in the procedure, and the permission it takes (``cases.act.<role>``)."""

    label: Label
    permission: str | None = None


class Agency(Declaration, frozen=True, kw_only=True):
    """Who handles the case: the unit of this level around its place, or one organisation."""

    level: Literal["ward", "city", "country"] = "ward"
    organisation: str | None = None


class Question(Declaration, frozen=True, kw_only=True):
    """One question before the form: ``when`` (over the answers) says who may go on, ``refuse`` why not."""

    key: FieldKey
    ask: Label
    when: Expression
    refuse: Label


class Start(Declaration, frozen=True, kw_only=True):
    """How a case begins."""

    state: Name
    form: Name | None = None
    role: Names = "applicant"
    guard: Expression | None = None
    refuse: Label | None = None  # what people are told when the guard says no
    eligibility: tuple[Question, ...] = ()
    effects: tuple[Effect, ...] = ()


class OnceOnly(Declaration, frozen=True, kw_only=True):
    """Where a register holds what the document would prove: it is not asked for again."""

    register: str
    by: str | None = None
    purpose: str | None = None
    of: Expression | None = None  # the identifier looked up; the applicant's where absent


class DocumentType(Declaration, frozen=True, kw_only=True):
    """A document of the case. ``for`` names the acts that need it (``open`` is the first)."""

    key: Name
    label: Label
    required: bool = True
    when: Expression | None = None  # required only when this holds
    accept: tuple[str, ...] = ("pdf", "jpg", "png")
    max_mb: Annotated[int, Meta(ge=1, le=2000)] = 20
    at_most: Annotated[int, Meta(ge=1, le=100)] = 10
    copies: int | None = None
    form_of: Literal["original", "certified", "copy", "electronic"] = "electronic"
    help: Label | None = None
    once_only: OnceOnly | None = None
    sensitivity: Sensitivity = "personal"
    for_: tuple[Name, ...] = field(default=(OPENING,), name="for")


class ClockType(Declaration, frozen=True, kw_only=True):
    """A period that counts: it starts and stops with states entered or actions done."""

    allowance: AllowanceText
    label: Label
    varies: Expression | None = None  # another allowance for some cases; null leaves it
    starts_on: tuple[Name, ...]
    stops_on: tuple[Name, ...] = ()  # every clock stops when the case is done
    warn_at: Annotated[float, Meta(gt=0, lt=1)] = 0.8
    basis: Label | None = None
    public: bool = True


class SetFact(Declaration, frozen=True, kw_only=True):
    """``decide``: ask a decision table and keep its answer under ``into``."""

    table: Name
    into: FieldKey


class SendMessage(Declaration, frozen=True, kw_only=True):
    """``message``: a text of ``messages`` to somebody of the case."""

    template: Name
    to: str = "applicant"  # applicant, assignee, organisation, subscribers or a role


class MakeLetter(Declaration, frozen=True, kw_only=True):
    """``letter``: a letter of ``letters``, signed by ``sign_role`` where it is signed."""

    template: Name
    sign_role: Name | None = None


class OpenCase(Declaration, frozen=True, kw_only=True):
    """``open``: another case; with ``wait`` this one waits until that one is done."""

    procedure: Name
    link: Literal["child_of", "caused_by", "duplicate_of", "related_to"] = "child_of"
    data: dict[str, Expression] = field(default_factory=dict)
    organisation: Expression | None = None
    wait: bool = False


class RequestPayment(Declaration, frozen=True, kw_only=True):
    """``request_payment``: ask for the fees of the procedure (or only these)."""

    fees: tuple[str, ...] = ()


class Refund(Declaration, frozen=True, kw_only=True):
    """``refund``: give back what was paid."""

    reason: Label | None = None


class WriteRecord(Declaration, frozen=True, kw_only=True):
    """``register``: write a record of a base register."""

    type: str
    operation: Literal["create", "revise", "end"] = "create"
    by: Expression | None = None  # which record is revised or ended
    values: dict[str, Expression] = field(default_factory=dict)
    valid_from: Expression | None = None


class Assign(Declaration, frozen=True, kw_only=True):
    """``assign``: who has the case from now on; each an expression."""

    organisation: Expression | None = None
    unit: Expression | None = None
    account: Expression | None = None
    role: Name | None = None  # the next person on duty in this role; nobody yet


class TaskItem(Declaration, frozen=True, kw_only=True):
    """A piece of work beside others in a state, done with one of its outcomes."""

    key: Name
    label: Label
    role: Names
    organisation: Expression | None = None
    when: Expression | None = None  # only needed when this holds
    outcomes: tuple[Outcome, ...] = ()
    form: Name | None = None
    within: AllowanceText | None = None


class Outcome(Declaration, frozen=True, kw_only=True):
    """One way a task can end."""

    key: Name
    label: Label


class Publish(Declaration, frozen=True, kw_only=True):
    """``publish``: show something of the case to everybody, by kind, with values computed now."""

    kind: Name
    values: dict[str, Expression] = field(default_factory=dict)


class Happened(Declaration, frozen=True, kw_only=True):
    """``event``: a further event for whoever listens, ``vn.dothi.cases.<type>``."""

    type: Name


EFFECTS = (
    "set",
    "decide",
    "message",
    "letter",
    "open",
    "request_payment",
    "refund",
    "register",
    "assign",
    "task",
    "publish",
    "event",
)
AT_ONCE = frozenset({"set", "decide", "assign", "task"})
"""Effects that happen in the same step; the others are ordered and carried out after it is durable."""


class Effect(Declaration, frozen=True, kw_only=True):
    """Something that follows from a move: exactly one kind, perhaps only ``when`` a condition holds."""

    when: Expression | None = None
    set: dict[FieldKey, Expression] | None = None
    decide: SetFact | None = None
    message: SendMessage | None = None
    letter: MakeLetter | None = None
    open: OpenCase | None = None
    request_payment: RequestPayment | None = None
    refund: Refund | None = None
    register: WriteRecord | None = None
    assign: Assign | None = None
    task: TaskItem | None = None
    publish: Publish | None = None
    event: Happened | None = None

    @property
    def kind(self) -> str:
        """Which of :data:`EFFECTS` it is."""
        return next(name for name in EFFECTS if getattr(self, name) is not None)


class Branch(Declaration, frozen=True, kw_only=True):
    """Where an action leads when ``when`` holds; the first that holds counts, else the action's ``to``."""

    when: Expression
    to: Name
    label: Label | None = None


class Extends(Declaration, frozen=True, kw_only=True):
    """A clock gets more time: ``by`` an allowance, or as the form's ``field`` (a number of ``unit``) says."""

    clock: Name
    by: AllowanceText | None = None
    field: FieldKey | None = None
    unit: Literal["working days", "days", "working hours", "hours"] = "working days"
    max_once: bool = True


class Action(Declaration, frozen=True, kw_only=True):
    """Something a role can do in a state. Without ``to`` the case stays where it is."""

    label: Label
    to: Name | None = None
    role: Names
    guard: Expression | None = None
    refuse: Label | None = None  # what people are told when the guard says no
    form: Name | None = None
    note: Literal["none", "optional", "required"] = "optional"
    pauses: tuple[Name, ...] = ()
    pause_cause: Name = "supplement"  # why, of core.calendar's catalogue; timelines show it beside the pause
    resumes: tuple[Name, ...] = ()
    extends: Extends | None = None
    once: bool | Literal["unless-reason"] = False  # or again, where the reason is given
    paid: bool = False  # the fees asked for must have been paid
    effects: tuple[Effect, ...] = ()
    confirm: Label | None = None
    branches: tuple[Branch, ...] = ()
    public: bool = True
    public_label: Label | None = None
    outcome: Name | None = None  # how the case ended, where the state alone does not say it


class Timer(Declaration, frozen=True, kw_only=True):
    """What happens by itself while a case stays in a state: ``after`` a period, or when a ``clock`` says so."""

    after: AllowanceText | None = None
    clock: Name | None = None
    at: Literal["due", "warn"] | float = "due"  # or a fraction of the clock's allowance
    when: Expression | None = None
    do: Name | None = None
    effects: tuple[Effect, ...] = ()


class Join(Declaration, frozen=True, kw_only=True):
    """When work beside this is finished enough (``all``, ``any`` or an expression), and the action then done."""

    join: str = "all"
    then: Name


class Tasks(Declaration, frozen=True, kw_only=True):
    """Work in parallel while the case is in a state."""

    items: tuple[TaskItem, ...]
    join: str = "all"
    then: Name


class Automatic(Declaration, frozen=True, kw_only=True):
    """A step nobody takes: on entering the state, the first whose condition holds is done at once."""

    do: Name
    when: Expression | None = None


class State(Declaration, frozen=True, kw_only=True):
    """Where a case can be."""

    label: Label
    phase: Phase = "open"
    public_label: Label | None = None
    outcome: Name | None = None  # of done states: accepted, refused, withdrawn, answered …
    actions: dict[Name, Action] = field(default_factory=dict)
    on_enter: tuple[Effect, ...] = ()
    automatic: tuple[Automatic, ...] = ()
    timers: tuple[Timer, ...] = ()
    tasks: Tasks | None = None
    children: Join | None = None  # for cases opened with ``wait``


class Template(Declaration, frozen=True, kw_only=True):
    """A text with ``{{ placeholders }}`` in both languages."""

    vi: str
    en: str

    def text(self, language: str) -> str:
        """The text in ``language``."""
        return self.en if language == "en" else self.vi


class Letter(Declaration, frozen=True, kw_only=True):
    """A letter of the procedure, written in Markdown with ``{{ placeholders }}``."""

    label: Label
    template: Template
    signed: bool = False


class Message(Declaration, frozen=True, kw_only=True):
    """A short message: e-mail and push take the subject, SMS the text."""

    subject: Template
    text: Template


class Result(Declaration, frozen=True, kw_only=True):
    """What the applicant holds in the end."""

    key: Name
    label: Label
    letter: Name | None = None
    register: str | None = None


class Migration(Declaration, frozen=True, kw_only=True):
    """How a running case of an older version goes on under this one."""

    states: dict[str, str] = field(default_factory=dict)  # old → new; the others keep their name
    data: dict[FieldKey, Expression] = field(default_factory=dict)
    drop: tuple[FieldKey, ...] = ()  # data that this version no longer keeps, knowingly


class Procedure(Declaration, frozen=True, kw_only=True):
    """procedures/*.yaml: a kind of case and everything that can happen to it."""

    key: Name
    kind: Name  # dossier, report, incident, request, task or another
    label: Label
    version: Annotated[int, Meta(ge=1)]
    sector: Name
    agency: Agency = Agency()
    description: Label | None = None
    code: str | None = None  # the national code of the procedure
    basis: Label | None = None
    life_events: tuple[Name, ...] = ()
    audience: tuple[Literal["citizen", "business", "internal"], ...] = ("citizen",)
    channels: tuple[Name, ...] = ("web", "counter")
    code_pattern: str | None = None  # of case codes: "{org}-{yymmdd}-{seq:04}"
    roles: dict[Name, Role] = field(default_factory=dict)
    facts: dict[FieldKey, FactType] = field(default_factory=dict)
    forms: dict[Name, Form] = field(default_factory=dict)
    start: Start
    documents: tuple[DocumentType, ...] = ()
    fees: dict[str, Any] | str | None = None  # a fee table, or the key of one
    pay_at: Literal["submit", "accept", "result"] = "submit"
    clocks: dict[Name, ClockType] = field(default_factory=dict)
    decisions: dict[Name, dict[str, Any]] = field(default_factory=dict)
    states: dict[Name, State]
    letters: dict[Name, Letter] = field(default_factory=dict)
    messages: dict[Name, Message] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    migrate_from: dict[str, Migration] = field(default_factory=dict)


def names(given: str | tuple[str, ...]) -> tuple[str, ...]:
    """One name or several, as several."""
    return (given,) if isinstance(given, str) else given
