"""Fee tables as they are declared: what is due, how much, for whom it is let off, and by which text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from dothi.kernel.packs.declarations import Declaration, Label

Vnd = Annotated[int, Meta(ge=0, le=10**12)]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Percent = Annotated[int, Meta(ge=1, le=100)]
Channel = Literal["online", "counter"]
Kind = Literal["fee", "charge", "other"]
Plain = str | int | bool


class Test(Declaration, frozen=True, kw_only=True):
    """A condition on one fact; every part that is given must hold."""

    is_: Plain | None = None
    one_of: tuple[Plain, ...] | None = None
    at_least: int | None = None
    below: int | None = None


Conditions = Mapping[str, Test | Plain]
"""By the fact's name: a plain value it must equal, or a :class:`Test`. All must hold; none: always."""


class Prices(Declaration, frozen=True, kw_only=True):
    """A price that depends on how the request comes in."""

    online: Vnd
    counter: Vnd


class Share(Declaration, frozen=True, kw_only=True):
    """A part of a sum of money: ``per_mille`` of the fact ``of`` (5 is 0.5 %), of what is ``above`` an amount."""

    of: str
    per_mille: Annotated[int, Meta(ge=1, le=1000)]
    above: Vnd = 0


class Item(Declaration, frozen=True, kw_only=True):
    """One fee (phí) or charge (lệ phí): a price, or a share of a sum. ``per``: the fact that counts it, such as
    ``copies``; the first ``free`` of them cost nothing.
    """

    key: Key
    label: Label
    kind: Kind = "charge"
    vnd: Vnd | Prices | None = None
    share: Share | None = None
    per: str | None = None
    free: Annotated[int, Meta(ge=0)] = 0
    most: Vnd | None = None
    when: Conditions = field(default_factory=dict)


class Exemption(Declaration, frozen=True, kw_only=True):
    """Who pays less, or nothing: ``percent`` off the items named (none: off all)."""

    key: Key
    label: Label
    percent: Percent = 100
    items: tuple[Key, ...] = ()
    when: Conditions
    basis: str = ""


class FeeTable(Declaration, frozen=True, kw_only=True):
    """The fees of one procedure or service, by one legal text, for a time."""

    key: Key
    label: Label
    items: tuple[Item, ...]
    exemptions: tuple[Exemption, ...] = ()
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class Reason(Declaration, frozen=True, kw_only=True):
    """Why a line costs less: the exemption, in both languages, with its legal text."""

    key: str
    vi: str
    en: str
    percent: int
    basis: str = ""


class BillLine(Declaration, frozen=True, kw_only=True):
    """A line of a bill. ``amount`` = ``quantity`` × ``unit_price`` − ``reduction``, never below zero."""

    item: str
    label: Label
    kind: Kind = "charge"
    quantity: int = 1
    unit_price: int
    reduction: int = 0
    reasons: tuple[Reason, ...] = ()

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price - self.reduction


class Bill(Declaration, frozen=True, kw_only=True):
    """What is due for some facts, line by line."""

    table: str
    lines: tuple[BillLine, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)
