"""How the figures of cases are written."""

from __future__ import annotations

from django import template

from dothi.kernel.cases.facts766 import MEASURES, Totals

register = template.Library()


@register.filter
def figure(counts: Totals, measure: str) -> int:
    """One figure of a row by its name."""
    return int(getattr(counts, measure)) if measure in MEASURES else 0
