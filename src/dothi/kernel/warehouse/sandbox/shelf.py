"""Rows kept ready for the next query over them, as descriptors of Arrow files, up to a number of bytes."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Shelf:
    """The last used descriptors. What is given out is a copy that its taker closes; from many threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, tuple[int, int]] = OrderedDict()
        self._bytes = 0

    def take(self, key: Hashable, make: Callable[[], int]) -> int:
        """A descriptor of what ``key`` names, made when it is not kept. The caller closes it.

        Two callers may make the same at once; the first is kept.
        """
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return os.dup(self._held[key][0])
        made = make()
        size = os.fstat(made).st_size
        with self._lock:
            if key not in self._held and size <= self._most // 2:
                self._held[key] = (os.dup(made), size)
                self._bytes += size
                self._shrink()
        return made

    def _shrink(self) -> None:
        while self._bytes > self._most:
            _, (descriptor, size) = self._held.popitem(last=False)
            os.close(descriptor)
            self._bytes -= size

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            for descriptor, _ in self._held.values():
                os.close(descriptor)
            self._held.clear()
            self._bytes = 0
