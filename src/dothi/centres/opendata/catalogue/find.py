"""One search over the segments of the index: words, facets, a box; ranked, counted and cut into pages. No Django."""

from __future__ import annotations

import base64
import binascii
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.catalogue.segment import EXACT, FACETS, PAIR, Mask, Scores, Segment, words
from dothi.core.errors import BadInput, both
from dothi.core.text import fold

Order = Literal["relevance", "modified", "issued", "title", "key"]
ORDERS: Final = ("relevance", "modified", "issued", "title", "key")
MOST: Final = 1000
MOST_WORDS: Final = 16
PREFIX, SPELLING, NEIGHBOURS = 0.6, 0.5, 0.6
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for. ``facets``: name → accepted values (any of them); several facets must all fit.

    ``without``: values that must not be there; ``keys``: only these datasets.
    """

    text: str = ""
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bbox: Box | None = None
    order: Order | None = None
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    keys: frozenset[str] | None = None

    @property
    def sorting(self) -> Order:
        """The order asked for; else the most fitting first when there are words, the newest when not."""
        return self.order or ("relevance" if words(self.text) else "modified")


@dataclass(frozen=True, slots=True)
class Found:
    """One page: the datasets, how many there are in all, facet values with counts, where the next page begins."""

    listings: list[Listing]
    matched: int
    facets: dict[str, dict[str, int]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A segment and which of its datasets are still current."""

    segment: Segment
    alive: Mask


Rank = tuple[float | str, str]


@dataclass(frozen=True, slots=True)
class _Hits:
    """The datasets of a segment that fit, with what they are sorted by: numbers, or None for texts."""

    segment: Segment
    slots: NDArray[np.intp]
    numbers: NDArray[np.float64] | None

    def rank(self, place: int, order: Order) -> Rank:
        each = self.segment.prepared[self.slots[place]]
        if self.numbers is not None:
            return float(self.numbers[place]), each.listing.key
        return each.order if order == "title" else "", each.listing.key

    def first(self, most: int, order: Order, behind: Rank | None) -> list[tuple[Rank, Listing]]:
        """The ``most`` lowest in rank that come behind ``behind``."""
        places: NDArray[np.intp] = np.arange(len(self.slots))
        if self.numbers is not None:
            if behind is not None:
                places = places[self.numbers >= float(behind[0])]
            if len(places) > most:  # ties with the last one stay in
                places = places[self.numbers[places] <= self._threshold(places, most, behind)]
        ranked = ((self.rank(place, order), place) for place in places.tolist())
        kept = nsmallest(most, (each for each in ranked if behind is None or each[0] > behind))
        return [(rank, self.segment.prepared[self.slots[place]].listing) for rank, place in kept]

    def _threshold(self, places: NDArray[np.intp], most: int, behind: Rank | None) -> float:
        assert self.numbers is not None
        values = self.numbers[places]
        same = 0 if behind is None else int((values == float(behind[0])).sum())
        last = min(most + same, len(values)) - 1
        return float(np.partition(values, last)[last])


def find(
    parts: Sequence[Part], question: Question, *, after: str | None = None, limit: int = 20, skip: int = 0
) -> Found:
    """The page of ``limit`` (1 to 1,000) datasets behind the cursor ``after``, or behind the first ``skip``."""
    if not 1 <= limit <= MOST:
        raise BadInput(both(f"Mỗi trang từ 1 đến {MOST}.", f"A page has 1 to {MOST}."), where="limit")
    _known(question)
    hits: list[_Hits] = []
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    factors = _factors(parts, question)
    for part in parts:
        scores = _scores(part.segment, question, factors)
        base = part.alive & (scores > 0) & _elsewhere(part.segment, question)
        fits = {
            name: part.segment.facets[name].having(given, part.segment.size)
            for name, given in _given(question)
        }
        matched = base & _all(fits.values(), part.segment.size)
        for name in FACETS:
            others = [mask for each, mask in fits.items() if each != name]
            counts[name].update(part.segment.facets[name].count(base & _all(others, part.segment.size)))
        hits.append(_hits(part, matched, scores, question.sorting))
    behind = None if after is None else _behind(after, question.sorting)
    skip = skip if behind is None else 0
    ranked = [pair for each in hits for pair in each.first(skip + limit + 1, question.sorting, behind)]
    page = sorted(ranked, key=lambda pair: pair[0])[skip : skip + limit + 1]
    return Found(
        [listing for _, listing in page[:limit]],
        sum(len(each.slots) for each in hits),
        {name: dict(counted.most_common()) for name, counted in counts.items()},
        _cursor(page[limit - 1][0], question.sorting) if len(page) > limit else None,
    )


def _known(question: Question) -> None:
    for name in (*question.facets, *question.without):
        if name not in FACETS:
            known = ", ".join(FACETS)
            raise BadInput(
                both(
                    f"Không có bộ lọc “{name}”; có: {known}.",
                    f"There is no facet '{name}'; there are: {known}.",
                ),
                where=name,
            )


def _given(question: Question) -> list[tuple[str, Sequence[str]]]:
    return [(name, values) for name, values in question.facets.items() if values]


def _all(masks: object, size: int) -> Mask:
    result = np.ones(size, dtype=bool)
    for mask in masks:  # type: ignore[attr-defined]
        result &= mask
    return result


def _elsewhere(segment: Segment, question: Question) -> Mask:
    """Which datasets fit what is neither a word nor a facet."""
    mask = np.ones(segment.size, dtype=bool)
    if question.bbox is not None:
        mask &= segment.inside(question.bbox)
    for name, values in question.without.items():
        mask &= ~segment.facets[name].having(values, segment.size)
    if question.keys is not None:
        mask &= np.array([key in question.keys for key in segment.slots], dtype=bool)
    return mask


def _factors(parts: Sequence[Part], question: Question) -> list[float]:
    """How much each word of the question says: rare ones more."""
    total = sum(part.segment.size for part in parts) or 1
    return [
        math.log(1 + total / (1 + sum(part.segment.frequency(fold(word)) for part in parts)))
        for word in words(question.text)[:MOST_WORDS]
    ]


def _scores(segment: Segment, question: Question, factors: Sequence[float]) -> Scores:
    """How well each dataset fits the words: zero where one of them is missing, one everywhere without words."""
    typed = words(question.text)[:MOST_WORDS]
    if not typed:
        return np.ones(segment.size, dtype=np.float32)
    total = np.zeros(segment.size, dtype=np.float32)
    every = np.ones(segment.size, dtype=bool)
    last = ""
    for word, factor in zip(typed, factors, strict=True):
        plain = fold(word)
        score = np.zeros(segment.size, dtype=np.float32)
        segment.weigh(plain, score, factor)
        for longer in segment.starting(plain):
            segment.weigh(longer, score, factor * PREFIX)
        every &= score > 0
        total += score
        for token, share in ((EXACT + word, SPELLING), (f"{last}{PAIR}{plain}", NEIGHBOURS)):
            extra = np.zeros(segment.size, dtype=np.float32)
            segment.weigh(token, extra, factor * share)
            total += extra
        last = plain
    return np.where(every, total, np.float32(0))


def _hits(part: Part, matched: Mask, scores: Scores, order: Order) -> _Hits:
    segment, slots = part.segment, np.nonzero(matched)[0]
    if order == "relevance":
        return _Hits(segment, slots, -np.round(scores[slots].astype(float), 3))
    if order == "modified":
        return _Hits(segment, slots, -segment.modified[slots])
    if order == "issued":
        return _Hits(segment, slots, -segment.issued[slots])
    return _Hits(segment, slots, None)


def _cursor(rank: Rank, order: Order) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([order, *rank])).decode().rstrip("=")


def _behind(after: str, order: Order) -> Rank:
    """The rank a cursor stands for; it stays good when its own dataset is gone."""
    stale = BadInput(both("Con trỏ trang không hợp lệ.", "The page cursor is not valid here."), where="after")
    kind = str if order in ("title", "key") else float
    try:
        plain = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
        given, value, key = msgspec.json.decode(plain, type=tuple[str, kind, str])  # type: ignore[valid-type]
    except (msgspec.DecodeError, binascii.Error, ValueError):
        raise stale from None
    if given != order:
        raise stale
    return value, key
