"""The garbage collector during a start.

Importing makes hundreds of thousands of objects that all stay; looking through them again and again is a quarter
of a start's work. So the collector rests until a process is composed, and what is there by then is never looked
at again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def hold() -> None:
    """Let the collector rest."""
    gc.disable()


def settle() -> None:
    """Count all there is as permanent, and let the collector work from here on."""
    gc.freeze()
    gc.enable()


@contextmanager
def held() -> Iterator[None]:
    """A start: the collector rests for the length of a block."""
    hold()
    try:
        yield
    finally:
        settle()
