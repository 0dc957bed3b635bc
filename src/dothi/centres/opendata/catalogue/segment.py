"""An immutable part of the search index: words to datasets, facet values to datasets, places. No Django here.

Texts are folded (no diacritics); a word typed with diacritics is looked up folded and the exact spelling ranks
higher. Weights: title before keywords before publisher and columns before the description.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dothi.centres.opendata.catalogue.listing import Listing, Words
from dothi.core.text import collation_key, fold, nfc

Mask = NDArray[np.bool_]
Scores = NDArray[np.float32]
_WORD = re.compile(r"[^\W_]+")
_plain = lru_cache(maxsize=65536)(fold)  # descriptions are made of few syllables
TITLE, KEYWORD, COLUMN, BODY = 8.0, 5.0, 2.0, 1.0
EXACT = "="  # before a word with its diacritics
PAIR = "_"  # between the two syllables of a pair
MOST_EXPANSIONS = 200

Facet = Callable[[Listing, Sequence[str]], Iterable[str]]
FACETS: dict[str, Facet] = {
    "theme": lambda each, _: each.themes,
    "publisher": lambda each, _: (each.publisher,) if each.publisher else (),
    "unit": lambda each, _: (each.unit,) if each.unit else (),
    "licence": lambda each, _: (each.licence,),
    "format": lambda _, formats: formats,
    "frequency": lambda each, _: (each.frequency,),
    "access": lambda each, _: (each.access,),
    "provenance": lambda each, _: (each.provenance,),
    "keyword": lambda each, _: {word.vi for word in each.keywords if word.vi},
}


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, diacritics kept."""
    return _WORD.findall(nfc(text).lower())


@lru_cache(maxsize=65536)  # labels and names come again and again
def _split(text: str, pairs: bool) -> tuple[str, ...]:
    """The tokens of a text: words folded, words as they are spelt, and neighbours in pairs."""
    found: list[str] = []
    last = ""
    for word in words(text):
        plain = _plain(word)
        found.append(plain)
        if plain != word:
            found.append(EXACT + word)
        if pairs and last:
            found.append(f"{last}{PAIR}{plain}")
        last = plain
    return tuple(found)


def _fields(each: Listing) -> Iterator[tuple[Words, float]]:
    """Its texts, the lightest first."""
    yield each.description, BODY
    for column in each.columns:
        yield Words(column.name.replace("_", " ")), COLUMN
        yield column.label, COLUMN
    yield each.publisher_label, COLUMN
    for keyword in each.keywords:
        yield keyword, KEYWORD
    yield Words(each.key.replace("-", " ")), KEYWORD
    yield each.title, TITLE


def tokens(each: Listing) -> dict[str, float]:
    """Every token of a listing with the weight of the heaviest text it stands in."""
    found: dict[str, float] = {}
    for text, weight in _fields(each):
        found.update(dict.fromkeys(_split(text.vi, weight >= KEYWORD), weight))
        if text.en and text.en != text.vi:
            found.update(dict.fromkeys(_split(text.en, weight >= KEYWORD), weight))
    return found


@dataclass(frozen=True, slots=True)
class Prepared:
    """A listing made ready for the index, once."""

    listing: Listing
    formats: tuple[str, ...]
    tokens: Mapping[str, float]
    order: str

    @classmethod
    def of(cls, listing: Listing, formats: tuple[str, ...]) -> Prepared:
        """``listing`` with its words, and its title's place in the dictionary."""
        return cls(listing, formats, tokens(listing), collation_key(listing.title.text("vi")))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Facet values as (dataset, value) pairs, so that counting them is one pass over two arrays."""

    slots: NDArray[np.int32]
    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def count(self, mask: Mask) -> dict[str, int]:
        """How many datasets of ``mask`` have each value; values that none has are left out."""
        counts = np.bincount(self.codes[mask[self.slots]], minlength=len(self.values))
        return {value: int(n) for value, n in zip(self.values, counts, strict=True) if n}

    def having(self, wanted: Iterable[str], size: int) -> Mask:
        """The datasets with one of the ``wanted`` values."""
        mask = np.zeros(size, dtype=bool)
        codes = [self.values.index(value) for value in wanted if value in self.values]
        if codes:
            mask[self.slots[np.isin(self.codes, codes)]] = True
        return mask


class Segment:
    """The index of some datasets. Never changed after it was made: a newer one is put in its place."""

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        self.prepared = tuple(prepared)
        self.size = len(self.prepared)
        self.slots = {each.listing.key: slot for slot, each in enumerate(self.prepared)}
        self._postings = _postings(self.prepared)
        self._vocabulary = sorted(self._postings)
        self.facets = {name: _pairs(self.prepared, of) for name, of in FACETS.items()}
        self.boxes = _boxes(self.prepared)
        self.modified = np.array([each.listing.modified.timestamp() for each in self.prepared], dtype=float)
        self.issued = np.array([each.listing.issued.timestamp() for each in self.prepared], dtype=float)

    def starting(self, prefix: str) -> list[str]:
        """The words of the vocabulary that begin with ``prefix``."""
        at, found = bisect_left(self._vocabulary, prefix), []
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(prefix):
            if PAIR not in self._vocabulary[at]:
                found.append(self._vocabulary[at])
                if len(found) >= MOST_EXPANSIONS:
                    break
            at += 1
        return found

    def frequency(self, token: str) -> int:
        """In how many datasets the word stands."""
        found = self._postings.get(token)
        return 0 if found is None else len(found[0])

    def weigh(self, token: str, into: Scores, factor: float) -> None:
        """Raise the score of the datasets with the word to its weight times ``factor``, where that is more."""
        found = self._postings.get(token)
        if found is not None:
            slots, weights = found
            into[slots] = np.maximum(into[slots], weights * np.float32(factor))

    def inside(self, bbox: tuple[float, float, float, float]) -> Mask:
        """The datasets whose box meets (west, south, east, north); those without a box do not."""
        west, south, east, north = bbox
        box = self.boxes
        return (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)


def _postings(prepared: Sequence[Prepared]) -> dict[str, tuple[NDArray[np.int32], Scores]]:
    gathered: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for slot, each in enumerate(prepared):
        for token, weight in each.tokens.items():
            slots, weights = gathered[token]
            slots.append(slot)
            weights.append(weight)
    return {
        token: (np.array(slots, dtype=np.int32), np.array(weights, dtype=np.float32))
        for token, (slots, weights) in gathered.items()
    }


def _pairs(prepared: Sequence[Prepared], of: Facet) -> Pairs:
    codes: dict[str, int] = {}
    pairs = [
        (slot, codes.setdefault(value, len(codes)))
        for slot, each in enumerate(prepared)
        for value in of(each.listing, each.formats)
    ]
    table: NDArray[Any] = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    return Pairs(table[:, 0].copy(), table[:, 1].copy(), tuple(codes))


def _boxes(prepared: Sequence[Prepared]) -> NDArray[np.float64]:
    nowhere = (np.nan,) * 4
    boxes = [each.listing.spatial or nowhere for each in prepared]
    return np.array(boxes, dtype=float).reshape(-1, 4)
