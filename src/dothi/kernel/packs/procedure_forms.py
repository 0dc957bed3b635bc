"""The forms of procedures: pages of typed fields, shown and required as expressions say."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from dothi.kernel.packs.declarations import Choice, Declaration, Label
from dothi.kernel.packs.record_types import PropertyKey, Sensitivity

Name = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", description="Small letters and hyphens: in-review")
]
FieldKey = PropertyKey
# Plain text inside: a union of annotated types crashes the interpreter when it ends (msgspec 0.22).
Names = str | tuple[str, ...]
Expression = Annotated[str, Meta(min_length=1, description="A FEEL expression")]
FieldType = Literal[
    "text",
    "multiline",
    "integer",
    "number",
    "money",
    "boolean",
    "date",
    "datetime",
    "choice",
    "choices",
    "email",
    "phone",
    "personal-id",
    "place",
    "unit",
    "record",
    "group",
]
ValueType = Literal["text", "integer", "number", "money", "boolean", "date", "datetime", "list", "object"]


class FactType(Declaration, frozen=True, kw_only=True):
    """A typed value of a case beyond its forms: a decision's answer, a date, a sum of money in đồng."""

    type: ValueType
    label: Label
    sensitivity: Sensitivity = "internal"
    public: bool = False  # shown on the public timeline


class Repeat(Declaration, frozen=True, kw_only=True):
    """How often a field or group may be given."""

    min: Annotated[int, Meta(ge=0)] = 0
    max: Annotated[int, Meta(ge=1, le=200)] = 20


class Prefill(Declaration, frozen=True, kw_only=True):
    """Declare once: the value is read from a register, with consent, and its source is shown."""

    register: str
    property: str
    by: str | None = None  # the register's identifier that is looked up
    purpose: str | None = None
    of: Expression | None = None  # whose: an expression giving the identifier; the applicant's where absent


class FormField(Declaration, frozen=True, kw_only=True):
    """One question. ``when`` says whether it is asked, ``check`` (over ``value``) whether its answer may stand."""

    key: FieldKey
    label: Label
    type: FieldType = "text"
    required: bool | str = False  # or an expression
    when: Expression | None = None
    check: Expression | None = None
    error: Label | None = None  # what people are told when the answer does not fit
    help: Label | None = None
    choices: tuple[Choice, ...] = ()
    codes: str | None = None  # a code list whose values are the choices
    register: str | None = None  # of records: the register it names a record of
    by: str | None = None
    repeat: Repeat | None = None
    fields: tuple[FormField, ...] = ()  # of groups
    prefill: Prefill | None = None
    sensitivity: Sensitivity = "personal"
    widget: Name | None = None
    min: float | None = None
    max: float | None = None
    max_length: Annotated[int, Meta(ge=1, le=20_000)] | None = None
    pattern: str | None = None


class Page(Declaration, frozen=True, kw_only=True):
    """One step of a form: one thing a page."""

    key: Name
    label: Label
    fields: tuple[FormField, ...]
    when: Expression | None = None
    help: Label | None = None


class Form(Declaration, frozen=True, kw_only=True):
    """A form: its pages in order. Fields share one flat name space with all forms of the procedure."""

    label: Label
    pages: tuple[Page, ...]
