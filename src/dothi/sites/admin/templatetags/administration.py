"""How sizes, durations and pack colours are written on the pages of administration."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.core.clock import HCMC
from dothi.core.text import format_date, format_number
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
def to_second(value: datetime) -> str:
    """A moment to the second, for lists in which many fall into one minute: ``17:05:09 22/11/2026``."""
    return f"{value.astimezone(HCMC):%H:%M:%S} {format_date(value, language())}"


@register.filter
def last_day(valid_to: date) -> str:
    """The last day on which something held that ended with the beginning of ``valid_to``."""
    return format_date(valid_to - timedelta(days=1), language())


@register.filter
def lasting(text: str) -> str:
    """A pack's duration in the page's language: ``3 hours`` is ``3 giờ``."""
    amount, _space, unit = text.partition(" ")
    count = int(amount)
    words = {
        "second": ngettext("%(count)d second", "%(count)d seconds", count),
        "minute": ngettext("%(count)d minute", "%(count)d minutes", count),
        "hour": ngettext("%(count)d hour", "%(count)d hours", count),
        "day": ngettext("%(count)d day", "%(count)d days", count),
        "week": ngettext("%(count)d week", "%(count)d weeks", count),
    }
    return words[unit.removesuffix("s")] % {"count": count}


@register.filter
def value_kind(kind: str) -> str:
    """What values an attribute takes, in a word."""
    words = {
        "number": _("a number"), "integer": _("a whole number"), "text": _("text"), "boolean": _("yes or no"),
        "datetime": _("a time"), "object": _("a structure"), "list": _("a list"),
    }  # fmt: skip
    return words.get(kind, kind)


@register.simple_tag
def who(names: dict[str, str], reference: str | None) -> str:
    """A person by name where it is known, else the reference of the log."""
    return names.get(reference or "", reference or "–")


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
