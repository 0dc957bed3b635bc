"""The codes people know cases by: a pattern of the procedure, filled from a row of numbers without gaps by intent."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from dothi.core.clock import HCMC, from_us
from dothi.core.text import fold

# Circular 01/2018/TT-VPCP, article 19: the code of the organisation, the day, a number of that day.
DOSSIER: Final = "{org}-{yymmdd}-{seq:04}"
_OTHERS: Final = "{kind}-{yymmdd}-{seq:05}"
_SEQ: Final = re.compile(r"\{seq(?::0?(\d+))?\}")


def pattern_of(kind: str, declared: str | None) -> str:
    """The pattern of a procedure's codes."""
    return declared or (DOSSIER if kind == "dossier" else _OTHERS)


def prefix(pattern: str, *, kind: str, organisation: str, unit: str, opened_us: int) -> str:
    """The pattern with all but its number filled in: codes with one prefix are numbered together."""
    day = _day(opened_us // 3_600_000_000)
    filled = {
        "{org}": organisation or unit or "0",
        "{unit}": unit or "0",
        "{kind}": _short(kind),
        "{yymmdd}": day,
        "{yy}": day[:2],
        "{yymm}": day[:4],
    }
    for hole, value in filled.items():
        pattern = pattern.replace(hole, value)
    return pattern if _SEQ.search(pattern) else pattern + "-{seq}"


def code(prefix: str, number: int) -> str:
    """The code with this number."""
    return _SEQ.sub(lambda found: f"{number:0{int(found[1] or 1)}d}", prefix, count=1)


@lru_cache(maxsize=64)
def _day(hour: int) -> str:
    return from_us(hour * 3_600_000_000).astimezone(HCMC).strftime("%y%m%d")


@lru_cache(maxsize=64)
def _short(kind: str) -> str:
    """``report`` → ``R``, ``security-incident`` → ``SI``."""
    return "".join(part[:1] for part in fold(kind).split("-")).upper() or "C"
