"""States and actions as a table: what a diagram shows, for those who do not see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dothi.centres.services.designing.bodies import text_of
from dothi.sites.designer.reads.parts import BUILT_IN


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a state."""

    action: str
    roles: str
    to: str
    when: str


@dataclass(frozen=True, slots=True)
class StateRow:
    """A state with its actions."""

    label: str
    phase: str
    first: bool
    steps: tuple[Step, ...]
    timers: int


def rows(body: dict[str, Any], language: str) -> list[StateRow]:
    """Every state in the order written, whatever is wrong in the body."""
    states = body.get("states")
    start = body.get("start")
    first = start.get("state") if isinstance(start, dict) else None
    return [
        StateRow(
            text_of(state, "label", language=language) or key, str(state.get("phase", "open")), key == first,
            tuple(_steps(body, state, language)), len(state.get("timers") or ()),
        )
        for key, state in (states.items() if isinstance(states, dict) else ())
        if isinstance(state, dict)
    ]  # fmt: skip


def _steps(body: dict[str, Any], state: dict[str, Any], language: str) -> list[Step]:
    found = state.get("actions")
    made = []
    for key, each in found.items() if isinstance(found, dict) else ():
        if not isinstance(each, dict):
            continue
        given = each.get("role", "")
        roles = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        targets = [each.get("to"), *(one.get("to") for one in each.get("branches") or () if isinstance(one, dict))]  # fmt: skip
        made.append(
            Step(
                text_of(each, "label", language=language) or key, ", ".join(role_name(body, str(one), language) for one in roles),
                ", ".join(dict.fromkeys(_state(body, str(to), language) for to in targets if to)), str(each.get("guard", "")),
            )
        )  # fmt: skip
    return made


def role_name(body: dict[str, Any], key: str, language: str) -> str:
    """What a role is called."""
    own = body.get("roles")
    found = text_of(own.get(key), "label", language=language) if isinstance(own, dict) else ""
    return found or BUILT_IN.get(key, {}).get(language, key)


def _state(body: dict[str, Any], key: str, language: str) -> str:
    states = body.get("states")
    return (text_of(states.get(key), "label", language=language) if isinstance(states, dict) else "") or key
