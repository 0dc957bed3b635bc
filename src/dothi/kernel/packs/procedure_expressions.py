"""The expressions, periods and decision tables of procedures, read as the engine will read them."""

from __future__ import annotations

from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.source import Source, Steps


def allowance(source: Source, text: str, steps: Steps) -> None:
    """A period that the calendar understands."""


def check(source: Source, declared: Procedure) -> None:
    """Every expression of a procedure."""
