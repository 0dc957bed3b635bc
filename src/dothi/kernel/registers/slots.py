"""How the value of an indexed property is written, so that texts sort as the values do."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dothi.core.text import fold

LONGEST = 100


def number(value: Any) -> str | None:
    """Sixteen hexadecimal digits that sort as numbers do."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    bits = struct.unpack(">Q", struct.pack(">d", float(value) + 0.0))[0]  # + 0.0: no negative zero
    bits = bits ^ 0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else bits | 1 << 63
    return f"{bits:016x}"


@lru_cache(maxsize=8192)  # most are codes
def text(value: Any) -> str | None:
    """Folded, cut after :data:`LONGEST` letters."""
    return fold(value)[:LONGEST].replace("\x00", "") if isinstance(value, str) else None


def truth(value: Any) -> str | None:
    """``0`` or ``1``."""
    return ("0", "1")[value] if isinstance(value, bool) else None


def moment(value: Any) -> str | None:
    """Dates and times as they are written (ISO 8601)."""
    return value[:LONGEST] if isinstance(value, str) else None


def encoder(kind: str) -> Callable[[Any], str | None]:
    """How values of a property of this kind are written."""
    if kind in ("number", "integer"):
        return number
    if kind == "boolean":
        return truth
    return moment if kind in ("date", "datetime") else text
