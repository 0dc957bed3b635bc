"""How alike two values are, in levels: 0 differs, the highest is the same as written, -1 one of them is missing.

Every comparison prepares a value once (the forms of ``vietnamese``) and compares many prepared pairs at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import distance, fuzz, process

from dothi.kernel.registers.linkage import vietnamese
from dothi.kernel.registers.normalise import compact, phone

Forms = tuple[str, ...]
Levels = NDArray[np.int8]
MISSING: Final = -1


class Comparison(NamedTuple):
    """One way to compare. ``m`` and ``u`` are what is expected of a level before anything was learned:

    how often it is seen of two records of one thing, and of two different ones; index is the level.
    """

    prepare: Callable[[str], Forms]
    levels: Callable[[Sequence[Forms], Sequence[Forms]], Levels]
    m: tuple[float, ...]
    u: tuple[float, ...]
    tells: int  # the level from which on two values count as one value, whose rarity then tells more


def prepared(comparison: Comparison, value: Any) -> Forms:
    """The forms of a property's value; none for what is missing or no plain value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ()
    return comparison.prepare(str(value))


def _column(forms: Sequence[Forms], index: int) -> list[str]:
    return [each[index] for each in forms]


def _same(left: Sequence[Forms], right: Sequence[Forms], index: int) -> NDArray[np.bool_]:
    pairs = zip(left, right, strict=True)
    return np.fromiter((a[index] == b[index] for a, b in pairs), np.bool_, len(left))


def _alike(
    left: Sequence[Forms], right: Sequence[Forms], index: int, scorer: Any = fuzz.ratio
) -> NDArray[np.float32]:
    if not left:
        return np.zeros(0, np.float32)
    return np.asarray(
        process.cpdist(_column(left, index), _column(right, index), scorer=scorer, dtype=np.float32)
    )


def names(left: Sequence[Forms], right: Sequence[Forms]) -> Levels:
    """5 as written, 4 without diacritics, 3 in another order or by sound, 2 shortened or a letter off, 1 near."""
    alike = _alike(left, right, 2)
    found = np.where(alike >= 75, 1, 0).astype(np.int8)
    middle = np.flatnonzero(alike >= 55).tolist()
    close = [place for place in middle if alike[place] >= 93 or shortened(left[place][1], right[place][1])]
    found[close] = 2
    found[_same(left, right, 3)] = 3
    found[_same(left, right, 1)] = 4
    found[_same(left, right, 0)] = 5
    return found


def shortened(left: str, right: str) -> bool:
    """Whether one name is the other with words left out or cut to initials: ``nguyen v an``, ``nguyen an``."""
    short, long = sorted((left.split(), right.split()), key=lambda words: (len(words), len("".join(words))))
    if len(short) < 2:
        return False
    whole, rest = 0, list(long)
    for word in short:
        hit = next(
            (each for each in rest if each == word or (len(word) <= 2 and each.startswith(word))), None
        )
        if hit is None:
            return False
        whole += hit == word
        rest = rest[rest.index(hit) + 1 :]
    return whole >= 2 or (whole == 1 and len(short) == len(long))


def titles(left: Sequence[Forms], right: Sequence[Forms]) -> Levels:
    """4 as written, 3 the same without legal form and order, 2 nearly, 1 somewhat."""
    alike = _alike(left, right, 2)
    held = _alike(left, right, 2, fuzz.token_set_ratio)
    found = np.where(alike >= 75, 1, 0).astype(np.int8)
    found[(alike >= 91) | ((held >= 99) & (alike >= 70))] = 2
    found[_same(left, right, 3)] = 3
    found[_same(left, right, 0)] = 4
    return found


def days(left: Sequence[Forms], right: Sequence[Forms]) -> Levels:
    """5 the same, 4 day and month changed places, 3 a digit off, 2 one side knows only the year, 1 the year, 0 differs."""
    if not left:
        return np.zeros(0, np.int8)
    a, b = (np.array([list(each[0].encode()) for each in side], np.int16) for side in (left, right))
    off = (a != b).sum(axis=1)
    year = (a[:, :4] == b[:, :4]).all(axis=1)
    swapped = year & (a[:, 4:6] == b[:, 6:]).all(axis=1) & (a[:, 6:] == b[:, 4:6]).all(axis=1)
    turned = (off == 2) & (np.sort(a, axis=1) == np.sort(b, axis=1)).all(axis=1)
    known = (a[:, 4:] != ord("0")).any(axis=1) & (b[:, 4:] != ord("0")).any(axis=1)
    found = np.where(year, np.where(known, 1, 2), 0).astype(np.int8)
    found[known & ((off == 1) | turned)] = 3
    found[known & swapped] = 4
    found[known & (off == 0)] = 5
    return found


def addresses(left: Sequence[Forms], right: Sequence[Forms]) -> Levels:
    """4 the same number and words, 3 the same number and much the same words, 2 only the words, 1 somewhat."""
    held = _alike(left, right, 2, fuzz.token_set_ratio)
    number = _same(left, right, 0)
    found = np.where(held >= 60, 1, 0).astype(np.int8)
    found[held >= 88] = 2
    found[number & (held >= 75)] = 3
    found[number & _same(left, right, 2)] = 4
    return found


def codes(left: Sequence[Forms], right: Sequence[Forms]) -> Levels:
    """2 the same, 1 a sign wrong, missing, too many, or two changed places, 0 differs."""
    off = _alike(left, right, 0, distance.OSA.distance)
    return np.where(off == 0, 2, np.where(off <= 1, 1, 0)).astype(np.int8)


def exact(left: Sequence[Forms], right: Sequence[Forms]) -> Levels:
    """1 the same, 0 not."""
    return _same(left, right, 0).astype(np.int8)


def _one(normal: Callable[[str], str]) -> Callable[[str], Forms]:
    def forms(text: str) -> Forms:
        value = normal(text)
        return (value,) if value else ()

    return forms


COMPARISONS: Final[dict[str, Comparison]] = {
    "name": Comparison(
        vietnamese.name_forms, names,
        (0.01, 0.03, 0.09, 0.07, 0.2, 0.6), (0.96, 0.035, 0.004, 0.0003, 0.0002, 0.0005), 3,
    ),
    "title": Comparison(
        vietnamese.title_forms, titles, (0.03, 0.07, 0.15, 0.25, 0.5), (0.985, 0.012, 0.002, 0.0005, 0.0005), 3
    ),
    "date": Comparison(
        vietnamese.day_forms, days, (0.02, 0.01, 0.15, 0.05, 0.04, 0.73), (0.978, 0.0165, 0.002, 0.003, 0.0001, 0.0004), 9
    ),
    "address": Comparison(
        vietnamese.address_forms, addresses, (0.15, 0.1, 0.1, 0.25, 0.4), (0.93, 0.06, 0.009, 0.0005, 0.0005), 4
    ),
    "phone": Comparison(_one(phone), codes, (0.25, 0.05, 0.7), (0.9994, 0.0003, 0.0003), 9),
    "code": Comparison(_one(compact), codes, (0.1, 0.08, 0.82), (0.9999, 0.00001, 0.000001), 9),
    "exact": Comparison(_one(compact), exact, (0.03, 0.97), (0.5, 0.5), 9),
}  # fmt: skip
