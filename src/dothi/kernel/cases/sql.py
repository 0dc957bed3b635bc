"""Small parts of SQL that both databases share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def many(values: Sequence[Any]) -> tuple[str, list[Any]]:
    """Holes and values of ``IN (…)``, padded to a power of two so that few statements are prepared."""
    size = 1 << (len(values) - 1).bit_length()
    return ", ".join("?" * size), [*values, *([values[-1]] * (size - len(values)))]
