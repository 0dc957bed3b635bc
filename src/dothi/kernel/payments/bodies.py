"""What the HTTP API takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema

Words = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class LineOut(Schema):
    """A fee or charge of an order."""

    item: str
    kind: str
    label: dict[str, str]
    quantity: int
    unit_price: int
    reduction: int
    amount: int
    reasons: list[dict[str, Any]]


class OrderOut(Schema):
    """An order as its payer sees it."""

    id: UUID
    code: str
    subject: str
    purpose: str
    unit: str
    organisation: str
    amount: int
    refunded: int
    state: str
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    lines: list[LineOut]


class ProviderOut(Schema):
    """A way to pay."""

    key: str
    label: dict[str, str]
    simulated: bool


class AttemptIn(Schema):
    """How somebody wants to pay, and where to be taken after it."""

    provider: Annotated[str, Field(max_length=20)]
    return_url: Words = ""


class AttemptOut(Schema):
    """Where the payer goes now."""

    attempt: UUID
    reference: str
    expires_at: datetime
    url: str


class CreditIn(Schema):
    """A credit of the account, as the bank reports it."""

    number: Annotated[str, Field(min_length=1, max_length=80)]
    at: datetime | None = None
    amount: Annotated[int, Field(gt=0, strict=True)]
    content: Words = ""


class CreditsIn(Schema):
    """Credits of the account."""

    lines: Annotated[list[CreditIn], Field(min_length=1, max_length=1000)]


class TakenOut(Schema):
    """What became of the credits."""

    matched: int
    unmatched: int
    known: int


class BankLineOut(Schema):
    """A credit that waits for a person."""

    id: int
    number: str
    at: datetime
    amount: int
    content: str
    reason: str


class AssignIn(Schema):
    """Which order a credit is for."""

    order: UUID
    note: Words = ""


class CounterIn(Schema):
    """Money taken at the desk."""

    method: Literal["cash", "card"]
    payer: Annotated[str, Field(max_length=200)] = ""
    slip: Annotated[str, Field(max_length=60)] = ""


class ReceiptOut(Schema):
    """The receipt's number and address."""

    id: UUID
    number: str
    amount: int
    url: str


class DayIn(Schema):
    """What a cashier counted."""

    unit: Annotated[str, Field(max_length=20)]
    counted: Annotated[int, Field(ge=0, strict=True)]
    note: Words = ""


class DayOut(Schema):
    """A cashier's closed day."""

    unit: str
    day: date
    expected: int
    counted: int
    card: int
    note: str


class RefundIn(Schema):
    """What to send back, and why. ``amount`` none: all that is left of the payment."""

    payment: UUID
    amount: Annotated[int, Field(gt=0, strict=True)] | None = None
    reason: Words
    idempotency_key: Annotated[str, Field(max_length=200)] = ""


class NoteIn(Schema):
    """A person's words."""

    note: Words = ""


class HandIn(Schema):
    """How a person gave money back."""

    how: Literal["cash", "transfer"]
    proof: Annotated[str, Field(min_length=1, max_length=100)]


class RefundOut(Schema):
    """A refund and where it stands."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    amount: int
    reason: str
    state: str
    requested_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
    answer: str


class BalanceOut(Schema):
    """An account of the trial balance."""

    account: str
    label: dict[str, str]
    debit: int
    credit: int
    amount: int


class ProblemOut(Schema):
    """What an administrator should know about a provider's settings."""

    provider: str
    level: str
    setting: str
    text: dict[str, str]


class ReconciliationOut(Schema):
    """The outcome of a comparison."""

    id: UUID
    provider: str
    day: date
    theirs_count: int
    theirs_amount: int
    ours_count: int
    ours_amount: int
    agreed: int
    settled_at: datetime | None


class DifferenceOut(Schema):
    """A difference and what was made of it."""

    id: int
    kind: str
    reference_no: str
    provider_no: str
    theirs: int | None
    ours: int | None
    state: str
    note: str


class SettleIn(Schema):
    """What came to the bank for a day."""

    received: Annotated[int, Field(ge=0, strict=True)]
