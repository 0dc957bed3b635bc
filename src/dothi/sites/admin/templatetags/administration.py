"""How sizes, durations and pack colours are written on the pages of administration."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dothi.core.clock import HCMC
from dothi.core.text import format_number
from dothi.sites.ui.shell import language

register = template.Library()


@register.filter
def size(count: int | None) -> str:
    """Bytes as people read them: ``12,3 MB``."""
    if count is None:
        return "–"
    amount, unit = float(count), "B"
    for bigger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, bigger
    return f"{format_number(amount, 0 if unit == 'B' else 1, language())} {unit}"


@register.filter
def took(seconds: float) -> str:
    """A duration: ``0,3 s``, ``2 min 05 s``."""
    if seconds < 60:
        return f"{format_number(seconds, 1, language())} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{format_number(minutes, 0, language())} min {rest:02d} s"


@register.filter
def percent(share: float | None) -> str:
    """A share of 1: ``37 %``; a dash for one that is not known."""
    return "–" if share is None else f"{format_number(share * 100, 0, language())} %"


@register.filter
def last_line(text: str) -> str:
    """The end of a trace, which says what went wrong."""
    return text.strip().rpartition("\n")[2]


@register.filter
def clock_second(value: datetime) -> str:
    """A moment to the second, for lists in which many fall into one minute."""
    return f"{value.astimezone(HCMC):%H:%M:%S}"


@register.simple_tag
def sample(shape: str, colour: str) -> SafeString:
    """A pack's own sign: its shape filled with its colour (an attribute: the policy forbids inline styles)."""
    return format_html(
        '<svg class="sample" viewBox="0 0 16 16" fill="{}" aria-hidden="true"><use href="#shape-{}"/></svg>',
        colour,
        shape,
    )


@register.simple_tag
def shape_word(shape: str) -> str:
    """What a shape is called, for those who cannot see it."""
    words = {
        "circle": _("circle"), "square": _("square"), "diamond": _("diamond"), "triangle": _("triangle"),
        "hexagon": _("hexagon"), "star": _("star"),
    }  # fmt: skip
    return words.get(shape, shape)
