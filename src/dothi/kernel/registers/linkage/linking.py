"""Many records at a time, without a database: forms and keys of each, pairs, levels, what was learned, probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dothi.kernel.registers.linkage import blocking, weighing
from dothi.kernel.registers.linkage.blocking import Pairs, Rule
from dothi.kernel.registers.linkage.comparing import COMPARISONS, MISSING, Forms, prepared
from dothi.kernel.registers.linkage.weighing import Floats, Levels, Model

RANDOM_PAIRS: Final = 1_000_000
ENOUGH_TO_LEARN: Final = 2_000  # records; below it the expectations of the comparisons are used
AT_ONCE: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared, in what way, and the rules by which pairs are found."""

    compare: tuple[tuple[str, str], ...]  # (property, comparison)
    block: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def ways(self) -> list[str]:
        """The comparison of each column."""
        return [way for _, way in self.compare]

    def held(self, rule: Rule) -> list[int]:
        """The columns whose properties the rule holds equal."""
        names = {property for _, property in rule}
        return [column for column, (property, _) in enumerate(self.compare) if property in names]


@dataclass(slots=True)
class Table:
    """Records prepared: of each column the different forms and which of them a record has; the keys by rule."""

    forms: list[list[Forms]]
    codes: list[NDArray[np.int64]]
    keys: list[NDArray[np.int64]]
    count: int


def table(plan: Plan, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Prepare records given as their data."""
    known: list[dict[Forms, int]] = [{(): 0} for _ in plan.compare]
    remembered: list[dict[Any, int]] = [{} for _ in plan.compare]
    codes: list[list[int]] = [[] for _ in plan.compare]
    keys: list[list[int]] = [[] for _ in plan.block]
    count = 0
    for row in rows:
        count += 1
        for column, (property, way) in enumerate(plan.compare):
            codes[column].append(_code(known[column], remembered[column], way, row.get(property)))
        for place, rule in enumerate(plan.block):
            keys[place].append(blocking.key_of(rule, row))
    return Table(
        [list(each) for each in known],
        [np.array(each, np.int64) for each in codes],
        [np.array(each, np.int64) for each in keys],
        count,
    )


def _code(known: dict[Forms, int], remembered: dict[Any, int], way: str, value: Any) -> int:
    if value is None or isinstance(value, dict | list):
        return 0
    code = remembered.get(value)
    if code is None:
        forms = prepared(COMPARISONS[way], value)
        code = remembered[value] = known.setdefault(forms, len(known))
    return code


def levels(plan: Plan, prepared_: Table, pairs: Pairs) -> Levels:
    """The level of every column for every pair; each different pair of values is compared once."""
    found = np.full((len(pairs[0]), len(plan.compare)), MISSING, np.int8)
    for column, way in enumerate(plan.ways):
        code, forms = prepared_.codes[column], prepared_.forms[column]
        left, right = code[pairs[0]], code[pairs[1]]
        both = np.flatnonzero((left > 0) & (right > 0))
        if not len(both):
            continue
        joined = np.minimum(left, right)[both] * len(forms) + np.maximum(left, right)[both]
        unique, which = np.unique(joined, return_inverse=True)
        compared = [
            _compared(way, forms, unique[begin : begin + AT_ONCE]) for begin in range(0, len(unique), AT_ONCE)
        ]
        found[both, column] = np.concatenate(compared)[which]
    return found


def _compared(way: str, forms: list[Forms], joined: NDArray[np.int64]) -> NDArray[np.int8]:
    left = [forms[place] for place in (joined // len(forms)).tolist()]
    right = [forms[place] for place in (joined % len(forms)).tolist()]
    return COMPARISONS[way].levels(left, right)


def found_pairs(prepared_: Table) -> tuple[Pairs, list[Pairs], int]:
    """All pairs once, those of each rule, and how many times a record was left out of a block too large."""
    told = [blocking.pairs_of(keys) for keys in prepared_.keys]
    each = [pairs for pairs, _ in told]
    return blocking.union(each, prepared_.count), each, sum(left for _, left in told)


def learned(plan: Plan, prepared_: Table, every: Pairs, each: Sequence[Pairs], all_levels: Levels) -> Model:
    """The model of these records; the expected one when they are too few."""
    model = weighing.expected(plan.ways, prepared_.count)
    if prepared_.count < ENOUGH_TO_LEARN:
        return model
    u = weighing.observed(plan.ways, levels(plan, prepared_, _random_pairs(prepared_.count)))
    place = every[0] * prepared_.count + every[1]
    by_rule = [
        (plan.held(rule), all_levels[np.searchsorted(place, pairs[0] * prepared_.count + pairs[1])])
        for rule, pairs in zip(plan.block, each, strict=True)
    ]
    return weighing.train(model, u, by_rule, all_levels)


def _random_pairs(count: int) -> Pairs:
    chance = np.random.default_rng(20_250_701)
    left, right = chance.integers(0, count, (2, RANDOM_PAIRS))
    apart = left != right
    return left[apart], right[apart]


def value_shares(plan: Plan, prepared_: Table) -> dict[int, Floats]:
    """Of each column whose rarity tells: the share of records with the value, in the value's last form."""
    shares = {}
    for column, way in enumerate(plan.ways):
        if COMPARISONS[way].tells >= len(COMPARISONS[way].u):
            continue
        last: dict[str, int] = {}
        groups = np.array(
            [last.setdefault(each[-1] if each else "", len(last)) for each in prepared_.forms[column]]
        )
        of_record = groups[prepared_.codes[column]]
        counts = np.bincount(of_record, minlength=len(last)).astype(np.float64)
        counts[groups[0]] = 0  # missing
        shares[column] = (counts / max(counts.sum(), 1))[of_record]
    return shares


def _agreeing(plan: Plan, found: Levels, column: int) -> NDArray[np.bool_]:
    return np.asarray(found[:, column] >= COMPARISONS[plan.ways[column]].tells)


def usual_shares(plan: Plan, found: Levels, shares: Mapping[int, Floats], pairs: Pairs) -> dict[int, float]:
    """How common the values are that pairs agree on: the geometric mean by column."""
    usual = {}
    for column, share in shares.items():
        told = share[pairs[0]][_agreeing(plan, found, column)]
        if len(told):
            usual[column] = float(np.exp(np.log(np.maximum(told, weighing.LEAST)).mean()))
    return usual


def evidence(plan: Plan, model: Model, found: Levels, shares: Mapping[int, Floats], pairs: Pairs) -> Floats:
    """The weight of each pair in bits, rarity included."""
    total = weighing.weights(model, found)
    for column, usual in model.usual.items():
        if column in shares:
            both = np.maximum(shares[column][pairs[0]], shares[column][pairs[1]])
            total += weighing.rarer(both, _agreeing(plan, found, column), usual)
    return total


@dataclass(slots=True)
class Linked:
    """Every pair that was looked at, with its levels, weight and probability."""

    pairs: Pairs
    levels: Levels
    weight: Floats
    probability: Floats
    model: Model
    shares: dict[int, Floats]
    left_out: int


def link(plan: Plan, prepared_: Table, model: Model | None = None) -> Linked:
    """Find pairs, compare them, learn (without a ``model``), weigh."""
    every, each, left_out = found_pairs(prepared_)
    found = levels(plan, prepared_, every)
    shares = value_shares(plan, prepared_)
    if model is None:
        model = learned(plan, prepared_, every, each, found)
        model.usual = usual_shares(plan, found, shares, every) if model.trained else {}
    weight = evidence(plan, model, found, shares, every)
    return Linked(every, found, weight, weighing.probability(model, weight), model, shares, left_out)
