"""Two lists of one day compared: what agrees, what one side lacks, what differs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dothi.kernel.payments.base import Settled

MISSING_HERE: Final = "missing-here"  # the provider has it, we do not
MISSING_THERE: Final = "missing-there"  # we have it, the provider does not
AMOUNT: Final = "amount"
TWICE: Final = "twice-in-file"


@dataclass(frozen=True, slots=True)
class Ours:
    """A transaction as the ledger has it."""

    reference: str
    provider_no: str
    amount: int


@dataclass(frozen=True, slots=True)
class Differs:
    """One thing the sides do not agree on."""

    kind: str
    reference: str
    provider_no: str
    theirs: int | None
    ours: int | None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """The outcome: how many transactions agree and their sum, and all differences."""

    agreed: int
    agreed_amount: int
    differences: tuple[Differs, ...]


def compare(theirs: Sequence[Settled], ours: Sequence[Ours]) -> Compared:
    """Compare by the provider's own number. Transactions of the file that were not paid are passed over."""
    paid = [each for each in theirs if each.paid]
    here = {each.provider_no: each for each in ours}
    there: dict[str, Settled] = {}
    found: list[Differs] = []
    agreed = agreed_amount = 0
    for each in paid:
        mine = here.get(each.provider_no)
        if each.provider_no in there:
            found.append(_differs(TWICE, each, mine))
            continue
        there[each.provider_no] = each
        if mine is None:
            found.append(_differs(MISSING_HERE, each, None))
        elif mine.amount != each.amount:
            found.append(_differs(AMOUNT, each, mine))
        else:
            agreed, agreed_amount = agreed + 1, agreed_amount + each.amount
    found += [
        Differs(MISSING_THERE, each.reference, each.provider_no, None, each.amount)
        for each in ours
        if each.provider_no not in there
    ]
    return Compared(agreed, agreed_amount, tuple(found))


def _differs(kind: str, their: Settled, mine: Ours | None) -> Differs:
    ours = None if mine is None else mine.amount
    return Differs(kind, their.reference, their.provider_no, their.amount, ours, their.paid_at)
