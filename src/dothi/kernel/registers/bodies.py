"""What goes over HTTP to and from the registers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

BULK_AT_MOST = 5_000


class SeenOut(Schema):
    """A record as this reader sees it. Properties named in ``masked`` are masked; others may be absent."""

    id: UUID
    type: str
    label: str
    data: dict[str, Any]
    masked: list[str]
    unit: str
    state: str
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    seq: int
    op: str
    schema_version: int = Field(alias="schema")
    simulated: bool
    origins: dict[str, str]
    merged_from: UUID | None


class PageOut(Schema):
    """Records in order; ``next`` asks for those behind them (empty: that was all)."""

    items: list[SeenOut]
    next: str
    more: bool


class EntryOut(Schema):
    """One version: who recorded what of which days, when and why."""

    seq: int
    op: str
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    actor: str
    reason: str
    source: str
    data: dict[str, Any] | None
    origins: dict[str, str]


class HistoryOut(Schema):
    """A record through its days, and everything recorded of it."""

    id: UUID
    segments: list[SeenOut]
    entries: list[EntryOut]


class LinkOut(Schema):
    """A link from (``outward``) or to a record."""

    property: str
    kind: str
    type: str
    id: UUID | None
    label: str
    outward: bool


class ChangeOut(Schema):
    """One change of the feed: from ``valid_from`` to ``valid_to`` the record says ``data`` (null: nothing holds)."""

    seq: int
    id: UUID
    type: str
    op: str
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    data: dict[str, Any] | None
    unit: str
    simulated: bool
    actor: str
    reason: str
    source: str


class ReadingOut(Schema):
    """That someone read personal data of a record."""

    id: int
    at: datetime
    actor: str
    purpose: str
    how: str
    fields: list[str]
    case: str


class RecordIn(Schema):
    """A new record."""

    data: dict[str, Any]
    valid_from: date | None = None
    reason: str = ""
    source: str = ""


class ChangeIn(Schema):
    """A merge patch of a record (null removes), or all of it with ``replace``."""

    changes: dict[str, Any]
    reason: str
    source: str = ""
    replace: bool = False


class RevisionIn(ChangeIn):
    """What is different from ``valid_from`` on."""

    valid_from: date
    valid_to: date | None = None


class CorrectionIn(ChangeIn):
    """What was recorded wrongly of the days around ``valid_on`` (null: today), and ``throughout`` of others that say so."""

    valid_on: date | None = None
    throughout: bool = False


class EndIn(Schema):
    """From ``on`` nothing holds any more."""

    on: date
    reason: str
    source: str = ""


class MergeIn(Schema):
    """The record in the path is the one that stays; ``loser`` is the same."""

    loser: UUID
    reason: str
    data: dict[str, Any] | None = None
    origins: dict[str, UUID] = Field(default_factory=dict)


class ReasonIn(Schema):
    """Why."""

    reason: str


class BulkIn(Schema):
    """Some thousands of rows at once; files go through the import."""

    rows: list[dict[str, Any]] = Field(max_length=BULK_AT_MOST)
    mode: Literal["create", "upsert"] = "create"
    valid_from: date | None = None
    reason: str = ""
    source: str = ""
    all_or_nothing: bool = False


class Done(Schema):
    """The version a change recorded."""

    id: UUID
    seq: int


class DisposalIn(Schema):
    """Records whose time is over, and the decision that lets them go."""

    ids: list[UUID] = Field(min_length=1, max_length=1_000)
    decision: str = Field(min_length=1, max_length=300)
