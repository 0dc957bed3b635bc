"""How a state is shown: never by colour alone, always with a shape and a word."""

from __future__ import annotations

from typing import NamedTuple

SHAPES = {"normal": "circle", "info": "square", "warn": "diamond", "alert": "triangle", "critical": "hexagon"}
ORDER = tuple(reversed(SHAPES))


class Sign(NamedTuple):
    """A state in a word, with its level; grey (``normal``) is all well."""

    level: str
    word: str

    @property
    def shape(self) -> str:
        """The shape that always goes with the level."""
        return SHAPES[self.level]
