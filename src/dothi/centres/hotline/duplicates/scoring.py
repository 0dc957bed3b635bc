"""From how two reports compare to a probability that they are of one matter: a logistic model of ten numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from dothi.centres.hotline.duplicates.reports import Compared
from dothi.kernel.packs.reports import DuplicateSettings

FEATURES: Final = (
    "constant", "distance", "distance on premises", "distance in an area", "age", "same address",
    "another house", "another number in the street", "another category", "words in common",
)  # fmt: skip
# The public requests of Los Angeles cannot teach these (three days of a week, no words, one category a request), so
# they are set by hand: like words multiply the odds by eleven at most, a neighbouring category halves them, a week takes a third.
BY_HAND: Final = {4: -0.5, 8: -0.7, 9: 3.0}
LEARNED: Final = tuple(place for place in range(len(FEATURES)) if place not in BY_HAND)


class Weights(Struct, frozen=True, kw_only=True):
    """A model: one weight a feature, and the probability from which a duplicate is suggested."""

    weights: tuple[float, ...]
    threshold: float
    note: str = ""

    def probability(self, compared: Compared, settings: DuplicateSettings) -> float:
        """How probable it is that the two reports are of one matter."""
        z = sum(w * x for w, x in zip(self.weights, compared.vector(settings), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def fit(
    vectors: Sequence[Sequence[float]], same: Sequence[bool], *, ridge: float = 0.1, note: str = ""
) -> Weights:
    """The weights that explain the labels best, kept small by ``ridge``; the threshold stays at a half."""
    x: NDArray[Any] = np.asarray(vectors, np.float64)[:, LEARNED]
    y = np.asarray(same, np.float64)
    w = np.zeros(len(LEARNED))
    penalty = ridge * np.eye(len(LEARNED))
    penalty[0, 0] = 1e-6
    for _ in range(60):  # Newton's steps: a few suffice
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + penalty, x.T @ (y - p) - penalty @ w)
        w = w + step
        if float(np.abs(step).max()) < 1e-9:
            break
    weights = [BY_HAND.get(place, 0.0) for place in range(len(FEATURES))]
    for place, value in zip(LEARNED, w.tolist(), strict=True):
        weights[place] = round(value, 4)
    return Weights(weights=tuple(weights), threshold=0.5, note=note)


class Quality(Struct, frozen=True):
    """How right the suggestions from a threshold on are, each pair counted for as many as it stands for."""

    threshold: float
    precision: float
    recall: float


def quality(
    probabilities: Sequence[float], same: Sequence[bool], stand_for: Sequence[float], threshold: float
) -> Quality:
    """Precision and recall over the pairs the labelled ones stand for."""
    said = [p >= threshold for p in probabilities]
    hit = sum(n for s, t, n in zip(said, same, stand_for, strict=True) if s and t)
    given = sum(n for s, n in zip(said, stand_for, strict=True) if s)
    there = sum(n for t, n in zip(same, stand_for, strict=True) if t)
    return Quality(threshold, hit / given if given else 1.0, hit / there if there else 1.0)


def choose(
    probabilities: Sequence[float], same: Sequence[bool], stand_for: Sequence[float], precision: float = 0.92
) -> Quality:
    """The threshold with the highest recall among those that are precise enough, else the most precise one."""
    steps = [quality(probabilities, same, stand_for, step / 50) for step in range(5, 50)]
    enough = [each for each in steps if each.precision >= precision]
    return (
        max(enough, key=lambda q: (q.recall, q.threshold))
        if enough
        else max(steps, key=lambda q: q.precision)
    )
