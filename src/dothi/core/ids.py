"""Identifiers that sort by the time they were made (UUIDv7, RFC 9562)."""

from __future__ import annotations

import os
import threading
import time
import uuid

_TAIL_BITS = 74
_lock = threading.Lock()
_last = [0, 0]  # milliseconds, tail


def _forget() -> None:
    """A forked child must not go on counting from its parent's tail, nor wait for its parent's lock."""
    global _lock
    _lock = threading.Lock()
    _last[:] = [0, 0]


os.register_at_fork(after_in_child=_forget)


def _next() -> tuple[int, int]:
    """Milliseconds and a 74-bit tail, greater than every pair given before in this process.

    Within one millisecond the tail grows by a random step (RFC 9562, 6.2, method 2), so that ids are ordered
    and still cannot be guessed. Real time, not the clock of tests: an id is not a statement about time.
    """
    ms = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    with _lock:
        if ms > _last[0]:
            # The highest bit stays free: room to count up within the millisecond.
            _last[:] = [ms, noise >> (80 - _TAIL_BITS + 1)]
        else:
            _last[1] += 1 + (noise & 0xFFFFFFFF)
            if _last[1] >> _TAIL_BITS:
                _last[:] = [_last[0] + 1, noise >> (80 - _TAIL_BITS + 1)]
        return _last[0], _last[1]


def uuid7() -> uuid.UUID:
    """A new id, greater than every id this process made before."""
    ms, tail = _next()
    value = ms << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & ((1 << 62) - 1)
    return uuid.UUID(int=value)


def uuid7_str() -> str:
    """A new id as text."""
    return str(uuid7())


def uuid7s(count: int) -> list[uuid.UUID]:
    """``count`` new ids in order, one look at the clock and one at the system's randomness for all of them."""
    if count < 1:
        return []
    noise = os.urandom(4 * count)
    with _lock:
        ms = max(time.time_ns() // 1_000_000, _last[0] + 1)
        tail = int.from_bytes(os.urandom(10), "big") >> (80 - _TAIL_BITS + 1)
        made = []
        for start in range(0, 4 * count, 4):
            tail += 1 + int.from_bytes(noise[start : start + 4], "big")
            high = ms << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62
            made.append(uuid.UUID(int=high | tail & ((1 << 62) - 1)))
        _last[:] = [ms, tail]
    return made
