"""What waits for a signature: dossiers in a state from which an action writes a signed letter."""

from __future__ import annotations

from typing import Final

from dothi.centres.services import catalogue
from dothi.centres.services.acceptance import ACCEPT
from dothi.kernel.cases.filters import Filter
from dothi.kernel.packs.procedures import Action, Procedure

RETURN: Final = "return"


def actions(procedure: Procedure) -> dict[str, str]:
    """The states in which somebody signs, each with its action. The desk's own receipt is not one of them."""
    found: dict[str, str] = {}
    for key, state in procedure.states.items():
        for name, action in state.actions.items():
            if name != ACCEPT and key not in found and _signs(procedure, action):
                found[key] = name
    return found


def _signs(procedure: Procedure, action: Action) -> bool:
    letters = [each.letter for each in action.effects if each.letter is not None]
    return any(
        letter.template in procedure.letters and procedure.letters[letter.template].signed
        for letter in letters
    )


def waiting() -> tuple[Filter, dict[str, dict[str, str]]]:
    """The list of dossiers that may wait for a signature, and for each procedure the action by its state."""
    known = {each.key: actions(each.procedure) for each in catalogue.entries()}
    known = {key: states for key, states in known.items() if states}
    states = {state for each in known.values() for state in each}
    return Filter(
        kinds=("dossier",), procedures=tuple(sorted(known)), states=tuple(sorted(states)), phases=("open",)
    ), known
