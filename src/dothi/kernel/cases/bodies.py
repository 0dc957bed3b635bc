"""What the cases' API takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema

from dothi.kernel.cases import queries
from dothi.kernel.cases.views import CaseView

Word = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Note = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]


class OpenIn(Schema):
    """A new case. ``secret``: also give a secret by which its holder follows and acts as the applicant."""

    procedure: Word
    data: dict[str, Any] = Field(default_factory=dict)
    answers: dict[str, Any] | None = None
    unit: Word = ""
    organisation: Word = ""
    applicant: Word | None = None
    position: tuple[Lon, Lat] | None = None
    title: Word = ""
    note: Note = ""
    secret: bool = False


class ActIn(Schema):
    """An action's form and note; tasks are ended with ``data.outcome``."""

    data: dict[str, Any] = Field(default_factory=dict)
    note: Note = ""


class CaseOut(Schema):
    """A case as this reader may see it. Times are microseconds since 1970."""

    num: int
    id: str
    code: str
    kind: str
    procedure: str
    version: int
    state: str
    phase: Literal["open", "waiting", "done"]
    outcome: str
    rev: int
    unit: str
    organisation: str
    assignee: str
    title: str
    priority: int
    channel: str
    opened_us: int
    changed_us: int
    closed_us: int | None
    due_us: int | None
    warn_us: int | None
    late: bool
    simulated: bool
    position: list[float] | None
    data: dict[str, Any]
    facts: dict[str, Any]
    clocks: dict[str, Any]
    tasks: dict[str, Any]
    documents: dict[str, Any]
    payments: dict[str, Any]
    secret: str | None


class PageOut(Schema):
    """A page of a list; ``next`` is given back as ``after``."""

    items: list[CaseOut]
    next: str
    more: bool


class NearOut(Schema):
    """A case near by."""

    metres: float
    case: CaseOut


class CountsOut(Schema):
    """Numbers beside a list, each counted up to 1,001 only."""

    total: int
    late: int
    soon: int
    unassigned: int
    states: dict[str, int]
    kinds: dict[str, int]


class LoadOut(Schema):
    """The open work of one unit, organisation or person."""

    key: str
    open: int
    late: int
    soon: int


class OfferOut(Schema):
    """Something this reader could do."""

    action: str
    label: dict[str, str]
    enabled: bool
    why_not: dict[str, str] | None
    form: str | None
    note: str
    confirm: dict[str, str] | None
    task: str | None
    outcomes: list[Any]


class LineOut(Schema):
    """A line of the timeline."""

    seq: int
    at_us: int
    kind: str
    action: str
    label: str
    state: str
    state_label: str
    public: bool
    actor: str
    note: str
    pauses: list[dict[str, Any]]
    due_us: dict[str, int]


class ProcedureOut(Schema):
    """A published procedure."""

    key: str
    version: int
    kind: str
    label: dict[str, str]
    sector: str
    channels: list[str]
    audience: list[str]


def case_out(found: CaseView) -> dict[str, Any]:
    """The view as the API gives it. The applicant's reference is left out: it may name an account."""
    plain = queries.as_dict(found)
    snapshot: dict[str, Any] = plain.pop("snapshot") or {}
    del plain["applicant"]
    parts = {
        name: snapshot.get(name, {}) for name in ("data", "facts", "clocks", "tasks", "documents", "payments")
    }
    return {**plain, **parts}


def page_out(page: queries.Page) -> dict[str, Any]:
    """A page as the API gives it."""
    return {"items": [case_out(each) for each in page.items], "next": page.next, "more": page.more}
