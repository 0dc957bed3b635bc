"""Decisions about orders, money that came in, and refunds, as pure functions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dothi.core.errors import BadInput, Conflict, both
from dothi.core.text import fold

CREATED, PENDING, PAID, REFUNDING = "created", "pending", "paid", "refunding"
REFUNDED, CANCELLED, EXPIRED = "refunded", "cancelled", "expired"
MOVES: Final[dict[str, frozenset[str]]] = {
    CREATED: frozenset({PENDING, PAID, CANCELLED, EXPIRED}),
    PENDING: frozenset({PAID, CANCELLED, EXPIRED}),
    # Money that was on its way when the order ran out still pays it.
    EXPIRED: frozenset({PAID}),
    PAID: frozenset({REFUNDING}),
    REFUNDING: frozenset({PAID, REFUNDED}),
    REFUNDED: frozenset(),
    CANCELLED: frozenset(),
}
PAYABLE: Final = frozenset({CREATED, PENDING, EXPIRED})


def may_move(state: str, to: str) -> bool:
    """Whether an order in ``state`` may become ``to``."""
    return to in MOVES[state]


def move(state: str, to: str) -> str:
    """``to``, or a refusal that says why not."""
    if not may_move(state, to):
        raise Conflict(
            both(
                f"Khoản thu đang ở trạng thái “{state}”, không thể chuyển sang “{to}”.",
                f"The order is {state}; it cannot become {to}.",
            ),
            state=state,
        )
    return to


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an amount that came in: this much pays the order, this much is owed back."""

    settles: int
    excess: int


def received(state: str, owed: int, amount: int) -> Received:
    """Whole orders are paid, once: less than is owed pays nothing, a second payment is owed back in full."""
    if amount <= 0:
        raise ValueError(f"{amount} đồng did not come in")
    if state in PAYABLE and amount >= owed > 0:
        return Received(owed, amount - owed)
    return Received(0, amount)


# --- the reference of an order: DT, eight letters or digits, and one that checks them ---

PREFIX: Final = "DT"
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: nobody reads them wrong
_VALUE: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_BODY: Final = 8
_MISREAD: Final = str.maketrans("OIL", "011")
_NOISE: Final = re.compile(r"[^0-9A-Z]+")
_FOUND: Final = re.compile(rf"(?=(DT[0-9A-Z]{{{_BODY + 1}}}))")


def _check(body: str) -> str:
    """A letter that any one wrong letter changes, and two neighbours that change places in 30 of 31 cases."""
    total = 0
    for letter in body:
        total = (total * 3 + _VALUE[letter] + 7) % 32
    return _ALPHABET[total * 5 % 32]


def new_code() -> str:
    """A fresh reference, such as ``DT7K2M9QX4C``; 40 bits of chance."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_BODY))
    return f"{PREFIX}{body}{_check(body)}"


def is_code(text: str) -> bool:
    """Whether ``text`` is a reference of ours with the right check letter."""
    body, check = text[len(PREFIX) : -1], text[-1:]
    whole = len(text) == len(PREFIX) + _BODY + 1 and text.startswith(PREFIX)
    return whole and set(body) <= _VALUE.keys() and _check(body) == check


def codes_in(content: str) -> Iterator[str]:
    """The references in what a payer or a bank wrote, whatever spaces, dots, case or O for 0 they put in.

    Banks join their own numbers and names to it, so any place may be the beginning of one; the check letter
    sorts out what only looks like one.
    """
    squeezed = _NOISE.sub("", fold(content).upper())
    seen: set[str] = set()
    for match in _FOUND.finditer(squeezed):
        code = PREFIX + match.group(1)[len(PREFIX) :].translate(_MISREAD)
        if is_code(code) and code not in seen:
            seen.add(code)
            yield code


# --- refunds ---


def may_refund(*, paid: int, refunded: int, waiting: int, amount: int) -> None:
    """Refuse a refund of nothing, or of more than is left of the payment."""
    left = paid - refunded - waiting
    if not 0 < amount <= left:
        raise BadInput(
            both(
                f"Chỉ có thể hoàn từ 1 đến {left} đồng của khoản này.",
                f"Of this payment, 1 to {left} đồng can be refunded.",
            ),
            where="amount",
        )


def may_approve(*, requested_by: str, by: str, kind: str) -> None:
    """A second person approves: not the one who asked, and not a program."""
    if kind != "account" or requested_by == by:
        raise Conflict(
            both(
                "Người duyệt phải là một người khác với người đề nghị hoàn tiền.",
                "A refund is approved by a person other than the one who asked for it.",
            )
        )


def after_refund(amount: int, refunded: int, still_waiting: bool) -> str:
    """The state of a paid order once so much of it went back."""
    if refunded >= amount:
        return REFUNDED
    return REFUNDING if still_waiting else PAID
