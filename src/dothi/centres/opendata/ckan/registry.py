"""The actions there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dothi.centres.opendata.ckan.params import Params
from dothi.kernel.identity.access import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and in which language texts are wanted where there is room for one only."""

    actor: Actor
    language: str = "vi"


Handler = Callable[[Params, Caller], Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One action: what it does, and whether it may be asked with GET."""

    name: str
    handle: Handler
    cost: int = 1

    @property
    def help(self) -> str:
        """What it does, in a sentence."""
        return (self.handle.__doc__ or "").strip()


_actions: dict[str, Action] = {}


def action(name: str, *, cost: int = 1) -> Callable[[Handler], Handler]:
    """Make a function the action called ``name``."""

    def declare(handle: Handler) -> Handler:
        _actions[name] = Action(name, handle, cost)
        return handle

    return declare


def actions() -> dict[str, Action]:
    """Every action by its name."""
    return dict(sorted(_actions.items()))
