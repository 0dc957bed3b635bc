"""How money, labels and reasons are written on the pages of payments."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from dothi.core import money as amounts

register = template.Library()


def language() -> str:
    """The page's language: ``vi`` or ``en``."""
    return "en" if (get_language() or "").startswith("en") else "vi"


@register.filter
def money(amount: int) -> str:
    """``75.000 đ`` in the page's language."""
    return amounts.show(amount, language())


@register.filter
def in_words(amount: int) -> str:
    """The amount in Vietnamese words, as on a receipt."""
    return amounts.words(amount)


@register.filter
def said(text: Mapping[str, str]) -> str:
    """A text in both languages, in the page's."""
    return str(text.get(language()) or text.get("vi") or "")
