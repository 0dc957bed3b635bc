"""How good a model is on texts it has not seen: per category, calibration, what it leaves to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from dothi.centres.hotline.routing.model import Model

STEPS: Final = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
BINS: Final = 10


class Labelled(Struct, frozen=True):
    """A text and the category it is of, as somebody decided."""

    text: str
    category: str


class PerCategory(Struct, frozen=True):
    """What was found of one category."""

    category: str
    texts: int
    precision: float
    recall: float
    f1: float


class Reliability(Struct, frozen=True):
    """What was said with a probability in a tenth, and how often it was so."""

    said: float
    true: float
    texts: int


class Point(Struct, frozen=True):
    """At a threshold: the share of texts decided, and how many of those rightly."""

    threshold: float
    coverage: float
    precision: float


class Evaluation(Struct, frozen=True, kw_only=True):
    """What a person looks at before a model is promoted."""

    version: str
    texts: int
    accuracy: float
    macro_f1: float
    top3: float
    calibration_error: float
    threshold: float
    coverage: float
    precision: float
    categories: tuple[PerCategory, ...]
    reliability: tuple[Reliability, ...]
    curve: tuple[Point, ...]
    confusions: tuple[tuple[str, str, int], ...]  # is, taken for, how often: most often first


def evaluate(model: Model, rows: Iterable[Labelled]) -> Evaluation:
    """The evaluation of ``model`` on ``rows``; raises :class:`ValueError` when there are none."""
    asked = list(rows)
    if not asked:
        raise ValueError("an evaluation needs texts")
    answers = [model.probabilities(row.text) for row in asked]
    chosen = [next(iter(answer.items())) for answer in answers]
    right = [key == row.category for (key, _), row in zip(chosen, asked, strict=True)]
    per = _categories([row.category for row in asked], [key for key, _ in chosen])
    bins = _reliability([p for _, p in chosen], right)
    curve = tuple(_point(step, [p for _, p in chosen], right) for step in STEPS)
    at = _point(model.threshold, [p for _, p in chosen], right)
    return Evaluation(
        version=model.version,
        texts=len(asked),
        accuracy=sum(right) / len(asked),
        macro_f1=sum(each.f1 for each in per) / len(per),
        top3=sum(row.category in list(answer)[:3] for row, answer in zip(asked, answers, strict=True))
        / len(asked),
        calibration_error=sum(each.texts * abs(each.said - each.true) for each in bins) / len(asked),
        threshold=model.threshold,
        coverage=at.coverage,
        precision=at.precision,
        categories=per,
        reliability=bins,
        curve=curve,
        confusions=_confusions([row.category for row in asked], [key for key, _ in chosen]),
    )


def _categories(true: Sequence[str], said: Sequence[str]) -> tuple[PerCategory, ...]:
    there, given = Counter(true), Counter(said)
    hit = Counter(each for each, other in zip(true, said, strict=True) if each == other)
    found = []
    for key in sorted(there):
        precision = hit[key] / given[key] if given[key] else 0.0
        recall = hit[key] / there[key]
        f1 = 2 * precision * recall / (precision + recall) if hit[key] else 0.0
        found.append(PerCategory(key, there[key], precision, recall, f1))
    return tuple(found)


def _reliability(said: Sequence[float], right: Sequence[bool]) -> tuple[Reliability, ...]:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for p, ok in zip(said, right, strict=True):
        bins.setdefault(min(int(p * BINS), BINS - 1), []).append((p, ok))
    return tuple(
        Reliability(sum(p for p, _ in part) / len(part), sum(ok for _, ok in part) / len(part), len(part))
        for _, part in sorted(bins.items())
    )


def _point(threshold: float, said: Sequence[float], right: Sequence[bool]) -> Point:
    decided = [ok for p, ok in zip(said, right, strict=True) if p >= threshold]
    return Point(threshold, len(decided) / len(right), sum(decided) / len(decided) if decided else 1.0)


def _confusions(true: Sequence[str], said: Sequence[str]) -> tuple[tuple[str, str, int], ...]:
    pairs = Counter(pair for pair in zip(true, said, strict=True) if pair[0] != pair[1])
    return tuple((a, b, n) for (a, b), n in sorted(pairs.items(), key=lambda item: (-item[1], item[0])))
