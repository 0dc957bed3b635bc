"""The icons a pack may name: maki's (CC0), which the map draws."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def icons() -> frozenset[str]:
    """The names of all maki icons (8.2.0)."""
    return frozenset((files("dothi.kernel.packs") / "maki.txt").read_text(encoding="utf-8").split())
