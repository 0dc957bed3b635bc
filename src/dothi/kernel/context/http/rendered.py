"""Entities already rendered, by their number, when they were changed, and how they are shown."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from itertools import islice

MAX_BYTES = 64 * 1024 * 1024
MAX_SHAPES = 10_000
Key = tuple[Hashable, ...]


class Rendered:
    """A bounded cache. An entity that changes has another key: nothing ever needs to be taken out."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._kept: dict[Key, bytes] = {}
        self._shapes: dict[Hashable, int] = {}
        self._bytes = 0
        self._max = max_bytes
        self._gate = threading.Lock()
        self._next = 0

    def shape(self, *how: Hashable) -> int:
        """A number for a way of showing entities."""
        number = self._shapes.get(how)
        if number is None:
            with self._gate:
                if len(self._shapes) >= MAX_SHAPES:
                    self._shapes.clear()
                self._next += 1
                number = self._shapes[how] = self._next
        return number

    def get(self, key: Key) -> bytes | None:
        """What is kept under ``key``."""
        return self._kept.get(key)

    def put(self, key: Key, value: bytes) -> None:
        """Keep ``value``; the oldest make room."""
        with self._gate:
            if key not in self._kept:
                self._bytes += len(value)
            self._kept[key] = value
            if self._bytes > self._max:
                for old in list(islice(self._kept, len(self._kept) // 4 + 1)):
                    self._bytes -= len(self._kept.pop(old))
