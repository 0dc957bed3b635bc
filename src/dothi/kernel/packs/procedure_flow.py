"""Where a declared procedure can go: used by its checks and by whoever draws it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dothi.kernel.packs.procedures import Procedure


def targets(procedure: Procedure) -> dict[str, set[str]]:
    """State → the states one action leads to."""
    return {
        key: {
            to
            for action in state.actions.values()
            for to in (action.to, *(branch.to for branch in action.branches))
            if to is not None
        }
        for key, state in procedure.states.items()
    }


def reached(start: Iterable[str], ways: Mapping[str, Iterable[str]]) -> set[str]:
    """Everything that can be reached from ``start``, which is in it."""
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            waiting += ways.get(state, ())
    return seen


def backwards(ways: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """The same ways, walked from their ends."""
    found: dict[str, set[str]] = {}
    for origin, ends in ways.items():
        for end in ends:
            found.setdefault(end, set()).add(origin)
    return found
