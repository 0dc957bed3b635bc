"""The expressions, periods and decision tables of procedures, read as the engine will read them."""

from __future__ import annotations

from dothi.core.calendar import Allowance, BadAllowance
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.source import Source, Steps


def allowance(source: Source, text: str, steps: Steps) -> None:
    """A period that the calendar understands."""
    try:
        Allowance.parse(text)
    except BadAllowance as error:
        source.report(steps, "not-an-allowance", value=text, error=error)


def check(source: Source, declared: Procedure) -> None:
    """Every expression of a procedure."""
