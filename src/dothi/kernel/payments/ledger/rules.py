"""What an entry must be, as pure functions: balanced, within the chart, chained to the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dothi.core.money import vnd
from dothi.kernel.payments.ledger.chart import CHART, INCOME


class Unbalanced(ValueError):
    """An entry whose lines do not sum to zero, or that is no entry at all: a fault of the program."""


@dataclass(frozen=True, slots=True)
class Line:
    """An amount on an account: debit above zero, credit below."""

    account: str
    amount: int


def checked(lines: Sequence[Line]) -> list[Line]:
    """The lines of one entry, one a account, none of zero; raises :class:`Unbalanced`."""
    sums: dict[str, int] = {}
    for line in lines:
        if line.account not in CHART:
            raise Unbalanced(f"there is no account {line.account!r}")
        sums[line.account] = sums.get(line.account, 0) + vnd(line.amount)
    if left := sum(sums.values()):
        raise Unbalanced(f"an entry sums to {left}, not to zero")
    kept = [Line(account, amount) for account, amount in sums.items() if amount]
    if len(kept) < 2:
        raise Unbalanced("an entry moves something between two accounts at least")
    return kept


def digest(previous: str, facts: Mapping[str, Any], lines: Sequence[Line]) -> str:
    """SHA-256 over the digest before and all an entry says: a change of any entry breaks all behind it."""
    body = msgspec.json.encode(
        [previous, sorted(facts.items()), [[line.account, line.amount] for line in lines]]
    )
    return hashlib.sha256(body).hexdigest()


def income(kinds: Mapping[str, int]) -> list[Line]:
    """Credits of what was earned: amounts by the kind of the fee."""
    return [Line(INCOME[kind], -amount) for kind, amount in kinds.items() if amount]


def proportion(kinds: Mapping[str, int], part: int) -> dict[str, int]:
    """``part`` of a whole given by kind, to the đồng: what rounding leaves goes to the last kind."""
    whole = sum(kinds.values())
    if not 0 <= part <= whole:
        raise Unbalanced(f"{part} is not a part of {whole}")
    shares: dict[str, int] = {}
    left, rest = part, whole
    for kind, amount in kinds.items():
        shares[kind] = left * amount // rest if rest else 0
        left, rest = left - shares[kind], rest - amount
    return shares
