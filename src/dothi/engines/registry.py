"""The engines of this process, set once by whoever composes it (``dothi.serve.wiring``, or a test)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar

from dothi.engines.blob.base import BlobStore
from dothi.engines.bus.base import Bus
from dothi.engines.compute.base import Engine
from dothi.engines.lake.base import Lake
from dothi.engines.store.base import Store


class _Closes(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=_Closes)


class _Later(Generic[T]):
    """An engine that is opened when it is first asked for: most processes never touch the lake."""

    def __init__(self, opener: Callable[[], T]) -> None:
        self._opener = opener
        self._opened: T | None = None
        self._lock = Lock()

    def get(self) -> T:
        with self._lock:
            if self._opened is None:
                self._opened = self._opener()
            return self._opened

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None


_stores: dict[str, Store] = {}
_bus: list[Bus] = []
_lake: list[_Later[Lake]] = []
_compute: list[_Later[Engine]] = []
_blobs: list[_Later[BlobStore]] = []


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


def use_lake(opener: Callable[[], Lake]) -> None:
    """Make what ``opener`` opens the process's lake; it is called once, at the first use."""
    _lake[:] = [_Later(opener)]


def lake() -> Lake:
    """The process's lake, opened now if nobody has used it yet."""
    if not _lake:
        raise NotWired("no lake: call dothi.serve.wiring.configure() first")
    return _lake[0].get()


def use_compute(opener: Callable[[], Engine]) -> None:
    """Make what ``opener`` opens the process's query engine; it is called once, at the first use."""
    _compute[:] = [_Later(opener)]


def compute() -> Engine:
    """The process's query engine, opened now if nobody has used it yet."""
    if not _compute:
        raise NotWired("no query engine: call dothi.serve.wiring.configure() first")
    return _compute[0].get()


def use_blob(opener: Callable[[], BlobStore]) -> None:
    """Make what ``opener`` opens the process's place for files; it is called once, at the first use."""
    _blobs[:] = [_Later(opener)]


def blobs() -> BlobStore:
    """The process's place for files, opened now if nobody has used it yet."""
    if not _blobs:
        raise NotWired("no place for files: call dothi.serve.wiring.configure() first")
    return _blobs[0].get()


def close() -> None:
    """Close every engine of this process and forget it."""
    for files in _blobs:
        files.close()
    _blobs.clear()
    for each in _stores.values():
        each.close()
    for each_bus in _bus:
        each_bus.close()
    for engine in _compute:
        engine.close()
    for each_lake in _lake:
        each_lake.close()
    _stores.clear()
    _bus.clear()
    _lake.clear()
    _compute.clear()
