"""Which pairs are looked at: those whose records share a key. Keys are made of a record, pairs of equal keys.

A rule is a list of ``form:property``; a record's key by it joins the forms, and is missing when one of them is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dothi.kernel.registers.linkage.vietnamese import address_forms, day_forms, name_forms, title_forms
from dothi.kernel.registers.normalise import compact, phone

Rule = Sequence[tuple[str, str]]  # (form, property)
LARGEST: Final = 200  # a key that more records share tells nothing and costs the square of them
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def _sounds(text: str) -> str:
    return (name_forms(text) or ("",))[-1]


def _core(text: str) -> str:
    return (title_forms(text) or ("",))[-1]


def _initials(text: str) -> str:
    forms = name_forms(text)
    return "".join(sorted(word[0] for word in forms[-1].split())) if forms else ""


def _year(text: str) -> str:
    return (day_forms(text) or ("",))[0][:4]


def _day(text: str) -> str:
    """The same for a date and the one with day and month changed; none for a year alone."""
    forms = day_forms(text)
    if not forms or forms[0].endswith("0000"):
        return ""
    return forms[0][:4] + "".join(sorted((forms[0][4:6], forms[0][6:])))


def _door(text: str) -> str:
    """House number and the first words of the street."""
    forms = address_forms(text)
    return f"{forms[0]} {' '.join(forms[1].split()[:2])}" if forms and forms[0] and forms[1] else ""


FORMS: Final[dict[str, Callable[[str], str]]] = {
    "same": compact,
    "phone": phone,
    "sounds": _sounds,
    "core": _core,
    "initials": _initials,
    "year": _year,
    "day": _day,
    "door": _door,
}


def key_of(rule: Rule, data: Mapping[str, Any]) -> int:
    """The record's key by this rule as a number of 63 bits, never 0; 0 when it has none."""
    parts = []
    for form, property in rule:
        value = data.get(property)
        part = FORMS[form](str(value)) if isinstance(value, str | int | float) else ""
        if not part:
            return 0
        parts.append(part)
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def pairs_of(keys: NDArray[np.int64], largest: int = LARGEST) -> tuple[Pairs, int]:
    """All pairs of places with equal keys other than 0, and how many records were left out in blocks too large."""
    if not len(keys):
        return (np.zeros(0, np.int64), np.zeros(0, np.int64)), 0
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[begins, len(ordered)])
    real = ordered[begins] != 0
    left_out = int(sizes[real & (sizes > largest)].sum())
    lefts, rights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes[real & (sizes > 1) & (sizes <= largest)]):
        rows = order[begins[real & (sizes == size)][:, None] + np.arange(size)]
        a, b = np.triu_indices(size, 1)
        lefts.append(rows[:, a].ravel())
        rights.append(rows[:, b].ravel())
    left, right = np.concatenate(lefts), np.concatenate(rights)
    return (np.minimum(left, right), np.maximum(left, right)), left_out


def union(found: Sequence[Pairs], count: int) -> Pairs:
    """Every pair once, of several rules over ``count`` records."""
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    both = np.unique(np.concatenate([left * count + right for left, right in found]))
    return both // count, both % count
