"""How numbers, times, labels and icons are written on every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from dothi.core import clock, text
from dothi.sites.ui.icons import CONTROLS, maki_path
from dothi.sites.ui.shell import language

register = template.Library()
_STEPS = ((86400, "d"), (3600, "h"), (60, "m"))


@register.filter
def number(value: float | None, decimals: int | None = None) -> str:
    """``1.234,5`` in the page's language; a dash for nothing."""
    return "–" if value is None else text.format_number(value, decimals, language())


@register.filter
def moment(value: datetime | int | None) -> str:
    """A time in the city's zone; microseconds since 1970 are understood too."""
    if value is None:
        return "–"
    return text.format_datetime(clock.from_us(value) if isinstance(value, int) else value, language())


@register.filter
def day(value: date | None) -> str:
    """A day; a dash for nothing."""
    return "–" if value is None else text.format_date(value, language())


@register.filter
def hour(value: datetime) -> str:
    """``17:05``: the time of day in the city."""
    return f"{value.astimezone(clock.HCMC):%H:%M}"


@register.filter
def iso(value: datetime | int | None) -> str:
    """ISO 8601 in UTC, for ``<time datetime>``."""
    if value is None:
        return ""
    return clock.iso(clock.from_us(value) if isinstance(value, int) else value)


@register.filter
def ago(value: datetime | int | None) -> str:
    """How long ago, in the largest whole unit: ``12 minutes ago``."""
    if value is None:
        return ""
    us = value if isinstance(value, int) else clock.us(value)
    seconds = max(0, clock.now_us() - us) // 1_000_000
    return elapsed(seconds)


def elapsed(seconds: int) -> str:
    """``seconds`` as words, in the page's language."""
    size, unit = next((step for step in _STEPS if seconds >= step[0]), (1, "s"))
    count = seconds // size
    words = {
        "d": ngettext("%(count)s day ago", "%(count)s days ago", count),
        "h": ngettext("%(count)s hour ago", "%(count)s hours ago", count),
        "m": ngettext("%(count)s minute ago", "%(count)s minutes ago", count),
        "s": ngettext("%(count)s second ago", "%(count)s seconds ago", count),
    }
    return words[unit] % {"count": count}


@register.filter
def label(value: Any) -> str:
    """A bilingual label (a mapping, or anything with ``text(language)``) in the page's language."""
    if isinstance(value, Mapping):
        return str(value.get(language()) or value.get("vi") or "")
    return str(value.text(language())) if hasattr(value, "text") else str(value or "")


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key)


@register.simple_tag
def maki(name: str) -> SafeString:
    """A maki icon as inline SVG, in the colour of the text around it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 15 15" aria-hidden="true"><path d="{}"/></svg>', maki_path(name)
    )


@register.simple_tag
def control(name: str) -> SafeString:
    """One of our own icons as inline SVG."""
    return format_html('<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', CONTROLS[name])


@register.simple_tag
def shape(name: str, level: str = "normal") -> SafeString:
    """The sign of a level: a shape (defined once in the page) in the level's colour."""
    return format_html(
        '<svg class="shape {}" viewBox="0 0 16 16" aria-hidden="true"><use href="#shape-{}"/></svg>',
        level,
        name,
    )
