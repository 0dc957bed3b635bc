"""How likely two records are one: Fellegi and Sunter (1969), its probabilities learned by expectation-maximisation.

``m``: how often a level of agreement is seen of two records of one thing. Pairs of two different things come into
view in several ways (they share a name and a year; they live at one door; they use one phone), and what else agrees
depends on the way. So what is seen of them is a mixture, one part a blocking rule, learned together with ``m``:
without it two people of one household, or of one common name, look like one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dothi.kernel.registers.linkage.comparing import COMPARISONS

Levels = NDArray[np.int8]  # one row a pair, one column a comparison
Floats = NDArray[np.float64]
ROUNDS: Final = 200
ENOUGH: Final = 1e-7
LEAST: Final = 1e-7
BELIEVED: Final = (
    100.0  # the expectations count as much as this many pairs, so that one class stays "the same"
)


@dataclass(slots=True)
class Part:
    """One way in which two different things come to be compared: its share of such pairs, its levels by column."""

    share: float
    u: list[list[float]]
    fixed: dict[int, list[float]] = field(default_factory=dict)  # columns that are not learned


@dataclass(slots=True)
class Model:
    """What was learned. ``ways`` names the comparison of each column; ``prior``: the share of pairs that are one.

    ``usual``: by column, how common the values of agreeing pairs are (geometric mean); rarer ones tell more.
    ``curve``: points (probability of the model, share found to be one by people) that the answer is bent by.
    """

    ways: list[str]
    m: list[list[float]]
    parts: list[Part]
    prior: float
    trained: bool = False
    usual: dict[int, float] = field(default_factory=dict)
    curve: list[tuple[float, float]] = field(default_factory=list)


def expected(ways: Sequence[str], records: int) -> Model:
    """The model before anything was learned: the expectations of each comparison; one record in ten there twice."""
    known = [COMPARISONS[way] for way in ways]
    m = [_shares(np.array(each.m)).tolist() for each in known]
    u = [_shares(np.array(each.u)).tolist() for each in known]
    return Model(list(ways), m, [Part(1.0, u)], min(0.02, 0.2 / max(records, 4)))


def _shares(counts: Floats) -> Floats:
    floored = np.maximum(counts, LEAST)
    return np.asarray(floored / floored.sum())


def observed(ways: Sequence[str], levels: Levels) -> list[list[float]]:
    """The shares of the levels in these pairs, one list a column."""
    found = []
    for column, way in enumerate(ways):
        size = len(COMPARISONS[way].u)
        counts = _counted(levels[:, column], np.ones(len(levels)), size)
        found.append(_shares(counts + 50 * np.array(COMPARISONS[way].u)).tolist())
    return found


def patterns(levels: Levels) -> tuple[Levels, NDArray[np.int64], NDArray[np.int64]]:
    """The different rows, how often each is there, and which of them each row is."""
    code = np.zeros(len(levels), np.int64)
    for column in range(levels.shape[1]):
        code = code * 16 + (levels[:, column] + 1)
    _, first, which, counts = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    return levels[first], counts, which


def _log2(shares: Sequence[Sequence[float]], levels: Levels) -> Floats:
    """log2 of how likely each row is; what is missing says nothing."""
    total = np.zeros(len(levels))
    for column, each in enumerate(shares):
        bits = np.log2(np.array(each))
        total += np.where(levels[:, column] >= 0, bits[levels[:, column]], 0.0)
    return np.asarray(total)


def weights(model: Model, levels: Levels) -> Floats:
    """The evidence of each row in bits: how much likelier it is of one thing than of two."""
    chance = np.stack([_log2(part.u, levels) + np.log2(max(part.share, 1e-12)) for part in model.parts])
    return np.asarray(_log2(model.m, levels) - np.logaddexp2.reduce(chance, axis=0))


def probability(model: Model, evidence: Floats) -> Floats:
    """The evidence and the prior as a probability, bent by the curve of what people found."""
    odds = np.clip(evidence + np.log2(model.prior / (1 - model.prior)), -100, 100)
    plain = 1 / (1 + np.exp2(-odds))
    if not model.curve:
        return np.asarray(plain)
    x, y = np.array(model.curve).T
    return np.asarray(np.interp(plain, x, y))


def train(
    model: Model, u: list[list[float]], by_rule: Sequence[tuple[Sequence[int], Levels]], levels: Levels
) -> Model:
    """Learn from all pairs that were found. ``u``: the levels of random pairs; ``by_rule``: of each rule the columns

    it holds equal and the levels of its pairs, from which the parts begin.
    """
    parts = [_begin(model.ways, u, held, own) for held, own in by_rule if len(own) >= 20]
    if len(levels) < 500 or not parts:
        return model
    for part in parts:
        part.share = 1 / len(parts)
    found = Model(model.ways, [list(each) for each in model.m], parts, 0.3, trained=True, curve=model.curve)
    rows, counts, _ = patterns(levels)
    for _round in range(ROUNDS):
        before = found.prior
        _improve(found, model, rows, counts)
        if abs(before - found.prior) < ENOUGH:
            break
    return found


def _begin(ways: Sequence[str], u: list[list[float]], held: Sequence[int], levels: Levels) -> Part:
    """A part begins as random pairs that happen to fulfil the rule: no lower level than its pairs have.

    Identifiers it leaves free stay as in random pairs: two different things do not share one, however they met.
    """
    begun, fixed = [], {}
    for column, way in enumerate(ways):
        before = np.array(u[column])
        there = levels[levels[:, column] >= 0, column]
        if column in held and len(there):
            lowest = int(np.quantile(there, 0.02))
            before = _shares(np.where(np.arange(len(before)) >= lowest, before, 0.0))
        elif way == "code":
            fixed[column] = before.tolist()
        begun.append(before.tolist())
    return Part(1.0, begun, fixed)


def _improve(found: Model, before: Model, rows: Levels, counts: NDArray[np.int64]) -> None:
    """One round: share every pattern out between "one" and the parts, then count again."""
    logs = [_log2(found.m, rows) + np.log2(found.prior)]
    logs += [
        _log2(part.u, rows) + np.log2(max(part.share * (1 - found.prior), 1e-12)) for part in found.parts
    ]
    stacked = np.stack(logs)
    shared = np.exp2(stacked - np.logaddexp2.reduce(stacked, axis=0)) * counts
    found.prior = float(np.clip(shared[0].sum() / counts.sum(), 1e-5, 0.98))
    for column in range(rows.shape[1]):
        own = _counted(rows[:, column], shared[0], len(found.m[column]))
        found.m[column] = _shares(own + BELIEVED * np.array(before.m[column])).tolist()
    others = shared[1:].sum()
    for part, share in zip(found.parts, shared[1:], strict=True):
        part.share = float(share.sum() / others)
        part.u = [
            part.fixed.get(c) or _shares(_counted(rows[:, c], share, len(u)) + 0.1).tolist()
            for c, u in enumerate(part.u)
        ]


def _counted(column: NDArray[np.int8], weight: NDArray[Any], size: int) -> Floats:
    there = column >= 0
    return np.asarray(np.bincount(column[there], weight[there], size), np.float64)


def rarer(shares: Floats, tells: NDArray[np.bool_], usual: float) -> Floats:
    """Bits to add where both have one value: log2 of the usual share by the value's own; within ±5 bits."""
    bits = np.clip(np.log2(usual / np.maximum(shares, LEAST)), -5, 5)
    return np.where(tells, bits, 0.0)


def curve(probabilities: Floats, same: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """The rising curve nearest to what people decided (pool adjacent violators); empty below 100 decisions."""
    if len(same) < 100 or same.all() or not same.any():
        return []
    order = np.argsort(probabilities, kind="stable")
    pools: list[list[float]] = []  # [sum of answers, number, sum of probabilities]
    for place in order:
        pools.append([float(same[place]), 1.0, float(probabilities[place])])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    points = [(total / number, answers / number) for answers, number, total in pools]
    return [(0.0, 0.0), *points, (1.0, 1.0)]
