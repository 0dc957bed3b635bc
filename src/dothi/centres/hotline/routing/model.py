"""A trained classifier as one compact value: it is read, asked and explained with numpy alone."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from dothi.centres.hotline.routing.texts import features
from dothi.core.errors import BadInput, both

Numbers = NDArray[np.float32]
FORM: Final = 1
WRITTEN_WEIGHT: Final = 0.7
"""How much the words as written count beside the folded ones (chosen on the development texts)."""
_MAGIC = b"dothi-routing\x00"


class Stored(Struct, frozen=True, kw_only=True):
    """What a model file holds."""

    form: int
    version: str
    made: str  # when, ISO
    categories: tuple[str, ...]
    terms: tuple[str, ...]
    idf: bytes  # float16, one a term
    weights: bytes  # int8, terms × categories
    scale: bytes  # float32, one a category
    bias: bytes  # float32
    temperature: float
    threshold: float
    precision: float  # what the threshold was chosen for
    texts: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A word or pair of words of the text, and how much it spoke for the category (sums to the score)."""

    words: str
    weight: float


class Model:
    """Categories with probabilities for a text, and the words that weighed most."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.version, self.categories, self.threshold = stored.version, stored.categories, stored.threshold
        self._index = {term: place for place, term in enumerate(stored.terms)}
        self._idf = np.frombuffer(stored.idf, np.float16).astype(np.float32)
        shape = (len(stored.terms), len(stored.categories))
        self._weights = np.frombuffer(stored.weights, np.int8).reshape(shape)
        self._scale = np.frombuffer(stored.scale, np.float32)
        self._bias = np.frombuffer(stored.bias, np.float32)

    @cached_property
    def by_category(self) -> dict[str, int]:
        """Category → its column."""
        return {key: place for place, key in enumerate(self.categories)}

    def _values(self, text: str) -> tuple[NDArray[np.intp], Numbers, list[str]]:
        places: list[int] = []
        values: list[float] = []
        terms: list[str] = []
        for block, weight in zip(features(text), (1.0, WRITTEN_WEIGHT), strict=True):
            known = [(term, self._index[term], n) for term, n in block.items() if term in self._index]
            parts = [(1 + math.log(n)) * float(self._idf[place]) for _, place, n in known]
            length = math.sqrt(sum(part * part for part in parts)) or 1.0
            places += [place for _, place, _ in known]
            values += [weight * part / length for part in parts]
            terms += [term for term, _, _ in known]
        return np.array(places, np.intp), np.array(values, np.float32), terms

    def logits(self, text: str) -> Numbers:
        """The score of each category, not yet calibrated."""
        places, values, _ = self._values(text)
        scores: Numbers = (values @ self._weights[places].astype(np.float32)) * self._scale + self._bias
        return scores

    def probabilities(self, text: str) -> dict[str, float]:
        """Each category with its calibrated probability, the likeliest first."""
        shares = softmax(self.logits(text) / self.stored.temperature)
        order = np.argsort(-shares, kind="stable")
        return {self.categories[place]: float(shares[place]) for place in order.tolist()}

    def reasons(self, text: str, category: str, most: int = 5) -> list[Reason]:
        """The words that spoke most for ``category``, against the mean of all categories."""
        places, values, terms = self._values(text)
        column = self.by_category[category]
        rows = self._weights[places].astype(np.float32) * self._scale
        parts = values * (rows[:, column] - rows.mean(axis=1))
        sums: dict[str, float] = {}
        for term, part in zip(terms, parts.tolist(), strict=True):
            sums[term[2:]] = sums.get(term[2:], 0.0) + part
        best = sorted((pair for pair in sums.items() if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
        return [Reason(words, round(weight, 3)) for words, weight in best[:most]]

    def to_bytes(self) -> bytes:
        """The model as a file."""
        return _MAGIC + zlib.compress(msgspec.msgpack.encode(self.stored), 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """The model in a file; raises :class:`BadInput` for anything else. Nothing in it is run."""
        try:
            if not data.startswith(_MAGIC):
                raise ValueError("no model")
            body = zlib.decompressobj().decompress(data[len(_MAGIC) :], 64 * 2**20)
            stored = msgspec.msgpack.decode(body, type=Stored)
            if stored.form != FORM:
                raise ValueError("another form")
            return cls(stored)
        except (ValueError, zlib.error, msgspec.MsgspecError) as error:
            raise BadInput(
                both(
                    "Tệp không phải mô hình phân loại của nền tảng này.",
                    "The file is not a routing model of this platform.",
                )
            ) from error


def softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Shares that sum to one, along the last axis."""
    wide = np.asarray(scores, np.float64)
    raised = np.exp(wide - wide.max(axis=-1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=-1, keepdims=True)
    return shares
