"""Which order a line of a bank statement pays: by the reference in the payer's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dothi.kernel.payments.rules import PAYABLE, codes_in

NO_REFERENCE: Final = "no-reference"
UNKNOWN: Final = "unknown-reference"
SEVERAL: Final = "several-references"
TOO_LITTLE: Final = "too-little"


@dataclass(frozen=True, slots=True)
class Owing:
    """What matching needs to know of an order."""

    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class Match:
    """The order's reference, or (empty) why a person must look."""

    code: str = ""
    reason: str = ""


def match(content: str, amount: int, orders: Mapping[str, Owing]) -> Match:
    """``orders``: those of the references found in ``content``, by reference.

    Less than is owed is left to a person: an order is paid whole. More than is owed, or money for one that
    is paid already, is matched: what is too much is owed back.
    """
    found = list(codes_in(content))
    known = [code for code in found if code in orders]
    if not found:
        return Match(reason=NO_REFERENCE)
    if not known:
        return Match(reason=UNKNOWN)
    if len(known) > 1:
        return Match(reason=SEVERAL)
    owing = orders[known[0]]
    if owing.state in PAYABLE and amount < owing.amount:
        return Match(reason=TOO_LITTLE)
    return Match(known[0])
