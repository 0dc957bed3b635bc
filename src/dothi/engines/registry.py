"""The engines of this process, set once by whoever composes it (``dothi.serve.wiring``, or a test)."""

from __future__ import annotations

from dothi.engines.bus.base import Bus
from dothi.engines.store.base import Store

_stores: dict[str, Store] = {}
_bus: list[Bus] = []


class NotWired(RuntimeError):
    """An engine was asked for before the process was composed."""


def use_store(name: str, store: Store) -> None:
    """Make ``store`` the one that :func:`store` gives for ``name`` (``city`` or ``context``)."""
    _stores[name] = store


def store(name: str) -> Store:
    """The store called ``name``: ``city`` (Django's own database) or ``context`` (the live city)."""
    try:
        return _stores[name]
    except KeyError:
        raise NotWired(f"no store {name!r}: call dothi.serve.wiring.configure() first") from None


def use_bus(bus: Bus) -> None:
    """Make ``bus`` the process's message bus."""
    _bus[:] = [bus]


def bus() -> Bus:
    """The process's message bus."""
    if not _bus:
        raise NotWired("no bus: call dothi.serve.wiring.configure() first")
    return _bus[0]


def close() -> None:
    """Close every engine of this process and forget it."""
    for each in _stores.values():
        each.close()
    for each_bus in _bus:
        each_bus.close()
    _stores.clear()
    _bus.clear()
