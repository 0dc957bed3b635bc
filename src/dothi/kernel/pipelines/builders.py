"""Functions of the platform that make rows, found by name: ``builder: {name: units-now}``.

    @builder("units-now")
    def units_now(building: Building) -> pa.Table: ...

A module with builders is made known once (:func:`module`) and imported when one of its builders first runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from dothi.core.errors import NotFound, both

if TYPE_CHECKING:
    import pyarrow as pa

    Made: TypeAlias = pa.Table | Iterable[pa.RecordBatch | pa.Table]


@dataclass(frozen=True, slots=True)
class Building:
    """What a builder is given: the declared arguments, and a folder for what it needs on the way."""

    args: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    say: Callable[[str, str], None] = lambda vi, en: None
    check: Callable[[], None] = lambda: None


Builder = Callable[[Building], "Made"]
_builders: dict[str, Builder] = {}
_modules: list[str] = []


def builder(name: str) -> Callable[[Builder], Builder]:
    """Make a function the builder called ``name``."""

    def declare(function: Builder) -> Builder:
        known = _builders.get(name)
        if known is not None and known is not function and known.__module__ != function.__module__:
            raise ValueError(f"two builders are called {name!r}")
        _builders[name] = function
        return function

    return declare


def module(name: str) -> None:
    """Make a module with builders known; it is imported when a builder is first looked for."""
    if name not in _modules:
        _modules.append(name)


def find(name: str) -> Builder:
    """The builder called ``name``; raises :class:`NotFound`."""
    if name not in _builders:
        for each in _modules:
            import_module(each)
    if name not in _builders:
        raise NotFound(both(f"Không có hàm dựng “{name}”.", f"There is no builder '{name}'."))
    return _builders[name]
