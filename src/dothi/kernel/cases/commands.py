"""What the writer is asked to do: open a case, act on one, or change it in one of the other ways there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dothi.kernel.cases.engine import Compiled, Outcome, Snapshot
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.types import ActorFacts, DocumentMeta
from dothi.kernel.identity.access import Actor

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A new case. ``links`` are (kind, id of the other case); ``answers`` those to the eligibility questions.

    ``documents`` None leaves the completeness of the documents unchecked. ``secret``: also make a secret by which
    its holder acts as the applicant; it stands in the answer once.
    """

    procedure: str
    data: Mapping[str, Any]
    by: Actor
    applicant: str | None = None
    unit: str | None = None
    organisation: str | None = None
    channel: str = "web"
    position: Point | None = None  # longitude, latitude
    title: str = ""
    priority: int = 0
    documents: Mapping[str, tuple[DocumentMeta, ...]] | None = None
    answers: Mapping[str, Any] | None = None
    links: Sequence[tuple[str, str]] = ()
    note: str = ""
    key: str | None = None
    at_us: int | None = None
    cause: str | None = None
    simulated: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An action of the procedure on a case, known by its id or number."""

    case: str | int
    action: str
    by: Actor
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    rev: int | None = None
    key: str | None = None
    at_us: int | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a change that is not the procedure's sees: the case, who changes it, when."""

    compiled: Compiled
    snapshot: Snapshot
    actor: ActorFacts
    by: Actor
    calendar: Calendar
    at_us: int
    key: str


Made = Callable[[Standing], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change made by the platform's own verbs (assign, comment, document, correct …): ``make`` gives the outcome.

    ``permission`` is asked for where the case is; None: ``make`` decides. ``name`` is part of the fingerprint of
    its idempotency key, with ``facts``.
    """

    case: str | int
    name: str
    by: Actor
    make: Made
    permission: str | None = None
    facts: Any = None
    rev: int | None = None
    key: str | None = None
    at_us: int | None = None
    links: Sequence[tuple[str, str]] = ()  # (kind, id of the other case) added
    unlinks: Sequence[tuple[str, str]] = ()
    position: Point | None = None
    title: str | None = None


Order = Open | Act | Change
