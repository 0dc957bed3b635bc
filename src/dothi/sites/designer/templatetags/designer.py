"""Sums of money and kinds of orders in the page's language."""

from __future__ import annotations

from typing import Final

from django import template

from dothi.core import money
from dothi.sites.ui.shell import language

register = template.Library()
_ORDERS: Final = {
    "message": ("tin nhắn", "a message"), "letter": ("văn bản", "a letter"), "open": ("hồ sơ khác", "another case"),
    "request_payment": ("yêu cầu nộp phí", "a request for payment"), "refund": ("hoàn phí", "a refund"), "register": ("ghi sổ đăng ký", "a record of a register"),
    "publish": ("công khai", "a publication"), "event": ("sự kiện", "an event"),
}  # fmt: skip


@register.filter
def dong(amount: int) -> str:
    """A sum in đồng."""
    return money.show(amount, language())


@register.filter
def order_word(kind: str) -> str:
    """What a step ordered."""
    return _ORDERS.get(kind, (kind, kind))[language() == "en"]
