"""What waits to be accepted: dossiers in a state from which the one-stop desk accepts them."""

from __future__ import annotations

from typing import Final

from dothi.centres.services import catalogue
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.filters import Filter

# The actions of an intake, named alike in every procedure.
ACCEPT: Final = "accept"
ASK: Final = "supplement"
REFUSE: Final = "refuse-intake"
CLOCK: Final = "accept"
MISSING: Final = "missing"  # the question of the form in which everything that is missing is said


def procedures() -> dict[str, frozenset[str]]:
    """The procedures that are accepted at a desk, each with the states from which they are."""
    found = {
        each.key: frozenset(key for key, state in each.states.items() if ACCEPT in state.actions)
        for each in (entry.procedure for entry in catalogue.entries())
    }
    return {key: states for key, states in found.items() if states}


def waiting(*, procedure: str = "", unit: str = "", channel: str = "", assignee: str = "") -> Filter:
    """The list of dossiers that wait to be accepted, the first due first."""
    known = procedures()
    chosen = {procedure: known[procedure]} if procedure in known else known
    return Filter(
        kinds=("dossier",), procedures=tuple(sorted(chosen)), states=tuple(sorted(set().union(*chosen.values()))),
        phases=("open",), unit=unit, channel=channel, assignee=assignee,
    )  # fmt: skip


def question(compiled: Compiled, form: str | None) -> str:
    """The question of a form in which what is missing is said; empty where it has none."""
    keys = compiled.forms[form].keys if form else ()
    return MISSING if MISSING in keys else ""
