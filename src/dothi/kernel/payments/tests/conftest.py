"""An installation that offers everything, some people, and orders to pay."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from dothi.core import config
from dothi.core.clock import now
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.packs.declarations import Label
from dothi.kernel.payments import orders
from dothi.kernel.payments.fees.tables import BillLine
from dothi.kernel.payments.models import Attempt, Order
from dothi.kernel.payments.providers.vnpay.messages import Shop

WARD, OTHER = "26734", "26740"
SHOP = Shop("DOTHI001", "K7Q2M9XV4C8T3R5W1Z6Y0PJHNBDFGSLA")
TOKEN = "a-token-of-the-bank-for-tests"
SETTINGS = {
    "VNPAY_TERMINAL": SHOP.terminal,
    "VNPAY_SECRET": SHOP.secret,
    "VIETQR_BANK": "970436",
    "VIETQR_ACCOUNT": "1017595600",
    "VIETQR_NAME": "UBND PHUONG SAI GON",
    "VIETQR_TOKEN": TOKEN,
}


@pytest.fixture(autouse=True)
def everything_offered(monkeypatch) -> Iterator[None]:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"DOTHI_{name}", value)
    config.current.cache_clear()
    yield
    config.current.cache_clear()


@pytest.fixture
def setting(monkeypatch) -> Callable[..., None]:
    """``setting(public_url="https://…")`` for this test."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"DOTHI_{name.upper()}", value)
        config.current.cache_clear()

    return change


def someone(id: str, *patterns: str, unit: str | None = WARD) -> Actor:
    return Actor("account", id, id, tuple(Grant(each, unit) for each in patterns))


CASHIER = someone("an", "payments.read", "payments.take", "payments.refund")
ACCOUNTANT = someone("binh", "payments.*")
CITY_ACCOUNTANT = someone("chi", "payments.*", unit=None)

_numbers = itertools.count(1)


def line(amount: int = 75_000, kind: str = "charge", quantity: int = 1, item: str = "permit") -> BillLine:
    return BillLine(
        item=item, label=Label(vi="Lệ phí", en="Charge"), kind=kind, quantity=quantity, unit_price=amount
    )


def make_order(amount: int = 75_000, *, subject: str = "", purpose: str = "fee", unit: str = WARD, lines=None,
               days: float = 5, key: str = "") -> Order:  # fmt: skip
    number = next(_numbers)
    return orders.create(
        subject or f"case:{number}",
        purpose,
        lines or [line(amount)],
        unit=unit,
        organisation="",
        expires=now() + timedelta(days=days),
        idempotency_key=key or f"key-{number}",
        by=SYSTEM,
    )


def attempt(order: Order, provider: str = "vnpay") -> Attempt:
    return orders.start_attempt(order, provider, by=SYSTEM).attempt
