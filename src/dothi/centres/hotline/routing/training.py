"""Training: multinomial logistic regression on tf-idf, calibrated on texts left out in turn. Needs scikit-learn (extra ``hotline``)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dothi.centres.hotline.routing.evaluation import Labelled
from dothi.centres.hotline.routing.model import FORM, WRITTEN_WEIGHT, Model, Stored, softmax
from dothi.centres.hotline.routing.texts import features
from dothi.core.clock import now
from dothi.core.errors import DothiError, both

STRENGTH: Final = 30.0
"""Inverse of the penalty (scikit-learn's C), chosen on the development texts."""
FOLDS: Final = 4
PRECISION: Final = 0.9
"""The share of decided texts that should be right; the threshold is chosen for it."""


class NoTrainer(DothiError):
    """scikit-learn is not installed; asking a model does not need it."""

    kind = "no-trainer"
    title = both("Chưa cài thư viện huấn luyện", "The training library is not installed")


def train(
    whole: Sequence[Labelled],
    hints: Sequence[Labelled] = (),
    *,
    version: str,
    precision: float = PRECISION,
    note: str = "",
    seed: int = 1022,
) -> Model:
    """A model from ``whole`` texts and ``hints`` (words and phrases of a category, which calibrate nothing).

    Every category of either is one of the model's. The temperature and the threshold come from the scores of
    whole texts by models that had not seen them, so they are not flattered by what was learned by heart.
    """
    scores, true, keys = _left_out(whole, hints, seed)
    temperature = _temperature(scores, true)
    threshold = _threshold(softmax(scores / temperature), true, precision)
    terms, idf = _terms([*whole, *hints])
    weights, bias = _fit([*whole, *hints], terms, idf, keys)
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return Model(
        Stored(
            form=FORM,
            version=version,
            made=now().isoformat(timespec="seconds"),
            categories=tuple(keys),
            terms=tuple(terms),
            idf=idf.astype(np.float16).tobytes(),
            weights=np.round(weights / scale).astype(np.int8).tobytes(),
            scale=scale.astype(np.float32).tobytes(),
            bias=bias.astype(np.float32).tobytes(),
            temperature=temperature,
            threshold=threshold,
            precision=precision,
            texts=len(whole) + len(hints),
            note=note,
        )
    )


def _left_out(
    whole: Sequence[Labelled], hints: Sequence[Labelled], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.intp], list[str]]:
    """The score of every whole text by a model that was trained without it."""
    keys = sorted({row.category for row in (*whole, *hints)})
    order = list(range(len(whole)))
    random.Random(seed).shuffle(order)  # noqa: S311  (which text is left out when is no secret)
    scores = np.zeros((len(whole), len(keys)))
    for fold in range(FOLDS):
        out = set(order[fold::FOLDS])
        rows = [row for place, row in enumerate(whole) if place not in out] + list(hints)
        terms, idf = _terms(rows)
        weights, bias = _fit(rows, terms, idf, keys)
        places = sorted(out)
        asked = _matrix([whole[place].text for place in places], terms, idf)
        scores[places] = asked @ weights + bias
    column = {key: place for place, key in enumerate(keys)}
    return scores, np.array([column[row.category] for row in whole], np.intp), keys


def _terms(rows: Iterable[Labelled]) -> tuple[list[str], NDArray[np.float64]]:
    """The words, and the pairs of words that are there at least twice, each with how rare it is."""
    counts: Counter[str] = Counter()
    total = 0
    for row in rows:
        total += 1
        for block in features(row.text):
            counts.update(block.keys())
    terms = sorted(term for term, count in counts.items() if count > 1 or " " not in term)
    return terms, np.array([np.log((1 + total) / (1 + counts[term])) + 1 for term in terms])


def _matrix(texts: Sequence[str], terms: Sequence[str], idf: NDArray[np.float64]) -> Any:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped, unused-ignore]

    index = {term: place for place, term in enumerate(terms)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, text in enumerate(texts):
        for block, weight in zip(features(text), (1.0, WRITTEN_WEIGHT), strict=True):
            known = [(index[term], n) for term, n in block.items() if term in index]
            parts = np.array([(1 + np.log(n)) * idf[place] for place, n in known])
            length = float(np.sqrt((parts**2).sum())) or 1.0
            rows += [row] * len(known)
            columns += [place for place, _ in known]
            values += (weight * parts / length).tolist()
    return csr_matrix((values, (rows, columns)), shape=(len(texts), len(terms)))


def _fit(
    rows: Sequence[Labelled], terms: Sequence[str], idf: NDArray[np.float64], keys: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (terms × categories) and biases; a category nobody wrote of stays out of reach."""
    try:
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise NoTrainer(
            both(
                "Hãy cài gói bổ sung: pip install 'dothi[hotline]'.",
                "Install the extra: pip install 'dothi[hotline]'.",
            )
        ) from error
    present = sorted({row.category for row in rows})
    if len(present) < 3:
        raise ValueError("a classifier needs texts of at least three categories")
    learned = LogisticRegression(C=STRENGTH, max_iter=150, tol=1e-3)
    learned.fit(_matrix([row.text for row in rows], terms, idf), [row.category for row in rows])
    weights, bias = np.zeros((len(terms), len(keys))), np.full(len(keys), -20.0)
    columns = [keys.index(key) for key in learned.classes_]
    weights[:, columns], bias[columns] = learned.coef_.T, learned.intercept_
    return weights, bias


def _temperature(scores: NDArray[np.float64], true: NDArray[np.intp]) -> float:
    """The divisor that makes the probabilities of the true categories likeliest (golden section on its log)."""

    def loss(log_t: float) -> float:
        shares = softmax(scores / np.exp(log_t))[np.arange(len(true)), true]
        return float(-np.log(np.maximum(shares, 1e-12)).mean())

    low, high, ratio = -3.0, 3.0, (5**0.5 - 1) / 2
    for _ in range(40):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if loss(a) < loss(b) else (a, high)
    return float(np.exp((low + high) / 2))


def _threshold(shares: NDArray[np.float64], true: NDArray[np.intp], precision: float) -> float:
    """The lowest probability from which on the decided texts are right often enough."""
    best, right = shares.max(axis=1), shares.argmax(axis=1) == true
    order = np.argsort(-best)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= precision)
    return float(best[order][enough[-1]]) if len(enough) else 0.99
