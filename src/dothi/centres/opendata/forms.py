"""What the API of open data takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

Line = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
Prose = Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")]


class FoundOut(Schema):
    """A page of datasets, how many there are, how many each facet value has, where the next page begins."""

    matched: int
    datasets: list[dict[str, Any]]
    facets: dict[str, list[dict[str, Any]]]
    next: str | None


class ChangeOut(Schema):
    """Something that happened in the catalogue."""

    id: int
    dataset: str
    kind: str
    version: int
    title_vi: str
    title_en: str
    note: str
    at: datetime


class RequestIn(Schema):
    """A question for data that is not published. Name and address are never shown."""

    title: Line
    text: Prose
    purpose: Prose = ""
    name: Line = ""
    email: Line = ""
    unit: Line = ""


class RequestOut(Schema):
    """A request as everybody sees it."""

    id: UUID
    title: str
    text: str
    state: str
    answer: str
    dataset: str
    supporters: int
    created_at: datetime
    answered_at: datetime | None


class RequestSentOut(RequestOut):
    """A request just sent: the code of its case and, once, the secret to follow it by without an account."""

    code: str
    secret: str


class AnswerIn(Schema):
    """What became of a request or report."""

    state: Line
    answer: Prose = ""
    dataset: Line = ""
    mended_in: int = 0


class ReportIn(Schema):
    """Something wrong in a dataset: which column and row, and what."""

    dataset: Line
    text: Prose
    column: Line = ""
    row: Line = ""
    name: Line = ""
    email: Line = ""


class ReportOut(Schema):
    """A report as its sender sees it."""

    id: UUID
    dataset: str
    version: int
    column: str
    row: str
    text: str
    state: str
    answer: str
    mended_in: int
    created_at: datetime


class ReportSentOut(ReportOut):
    """A report just sent: the code of its case and, once, the secret to follow it by without an account."""

    code: str
    secret: str


class ReportFullOut(ReportOut):
    """A report as whoever answers it sees it."""

    case: str


class ReuseIn(Schema):
    """Something made with the city's data."""

    title: Line
    text: Prose
    url: Line
    author: Line
    datasets: list[Line]
    kind: Line = "application"
    email: Line = ""


class ReuseOut(Schema):
    """A reuse as the gallery shows it."""

    id: UUID
    title: str
    text: str
    url: str
    kind: str
    author: str
    datasets: list[str]
    state: str
    created_at: datetime


class JudgeIn(Schema):
    """Whether a reuse is shown, or why not."""

    show: bool
    reason: Prose = ""


class SubscribeIn(Schema):
    """What to follow, and how to be told."""

    via: Literal["email", "webhook"]
    address: Line
    dataset: Line = ""
    theme: Line = ""
    publisher: Line = ""
    language: Literal["vi", "en"] = "vi"


class SubscriptionOut(Schema):
    """One's own subscription."""

    id: UUID
    channel: str
    address: str
    dataset: str
    theme: str
    publisher: str
    state: str
    sent: int
    last_sent_at: datetime | None
    created_at: datetime


class SubscribedOut(Schema):
    """What follows: ``unconfirmed`` until the letter is answered; a webhook's secret, shown this once."""

    state: str
    secret: str = ""


class TokenIn(Schema):
    """The token of a confirmation or farewell link."""

    token: Line


class AcceptedIn(Schema):
    """A finding that may be published all the same, and why."""

    column: Line
    kind: Line
    reason: Prose


class SubmitIn(Schema):
    """What goes with a request for publication."""

    accepted: tuple[AcceptedIn, ...] = ()
    quasi: tuple[Line, ...] = ()
    note: Prose = ""


class ReasonIn(Schema):
    """Why; ``successor``: the dataset that takes the place of a superseded one."""

    reason: Prose = ""
    successor: Line = ""


class PublicationOut(Schema):
    """Where a dataset is on its way to the public."""

    dataset: str
    unit: str
    organisation: str
    state: str
    round: int
    version: int
    findings: list[dict[str, Any]]
    anonymity: dict[str, Any]
    accepted: list[dict[str, Any]]
    submitted_by: str
    submitted_at: datetime | None
    screened_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    published_at: datetime | None
    reason: str
    successor: str


class StepOut(Schema):
    """One step of a publication."""

    before: str
    after: str
    version: int
    by: str
    note: str
    at: datetime


class HarvestIn(Schema):
    """Another catalogue: its kind and address, how our keys begin, what it is called, who answers for the drafts."""

    kind: Literal["ckan", "dcat", "ogc"]
    url: Annotated[str, Field(max_length=1000, pattern=r"^https?://")]
    prefix: Annotated[str, Field(min_length=2, max_length=40)]
    label: Annotated[str, Field(min_length=2, max_length=200)]
    unit: Line = ""


class RefusedOut(Schema):
    """A dataset there that could not be taken, and why."""

    id: str
    why: str


class HarvestOut(Schema):
    """How far a harvest is; our keys by what became of them; ``sources``: declarations by which a pack can read the rows."""

    id: str
    state: str
    url: str
    seen: int
    attempts: int
    error: dict[str, str]
    counts: dict[str, int]
    added: list[str]
    changed: list[str]
    same: list[str]
    kept: list[str]
    gone: list[str]
    refused: list[RefusedOut]
    sources: list[dict[str, Any]]
