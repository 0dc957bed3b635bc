"""Looking for pairs: all records of a type, or those that changed since. Brings numpy with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import msgspec
import numpy as np
from django.db import transaction
from django.db.models import Max, Q

from dothi.core.clock import now_us
from dothi.kernel.packs.linkage_types import Linkage
from dothi.kernel.registers.linkage import blocking, linking, weighing
from dothi.kernel.registers.linkage.declared import digest, linkage
from dothi.kernel.registers.linkage.linking import Plan
from dothi.kernel.registers.linkage.models import Candidate, Key, Learned
from dothi.kernel.registers.models import Record, Version
from dothi.kernel.registers.schemas import brought_up
from dothi.kernel.registers.types import kind

CHUNK: Final = 2_000
CHANGED_AT_MOST: Final = 5_000  # beyond it everything is looked at anew
DECISIONS_AT_MOST: Final = 20_000
Rows = Iterator[tuple[int, dict[str, Any]]]
Weighed = tuple[int, int, float, float, str]  # the records' numbers, probability, weight, levels


def plan_of(declared: Linkage) -> Plan:
    """The declaration as the arithmetic takes it."""
    rules = []
    for rule in declared.block:
        parts = (part.partition(":") for part in rule)
        rules.append(tuple((form, property) for form, _, property in parts))
    return Plan(tuple((each.property, each.way) for each in declared.compare), tuple(rules))


def rows(type: str, nums: Iterable[int] | None = None) -> Rows:
    """Number and data of the active records of a type (of these only), in the order of their numbers."""
    found = Record.objects.filter(type=type, state=Record.ACTIVE, current__isnull=False)
    if nums is not None:
        for chunk in _chunks(sorted(set(nums))):
            yield from _data(type, found.filter(num__in=chunk).order_by("num").values_list("num", "current"))
        return
    last = -1
    while page := list(found.filter(num__gt=last).order_by("num").values_list("num", "current")[:CHUNK]):
        last = page[-1][0]
        yield from _data(type, page)


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(values)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _data(type: str, page: Iterable[tuple[int, int | None]]) -> Rows:
    pairs = list(page)
    versions = {
        seq: (data, schema)
        for seq, data, schema in Version.objects.filter(seq__in=[seq for _, seq in pairs]).values_list(
            "seq", "data", "schema"
        )
    }
    for num, seq in pairs:
        data, schema = versions.get(seq or 0, (None, 1))
        if data is not None:
            yield num, brought_up(kind(type), msgspec.json.decode(data), schema)


def everything(type: str) -> tuple[Learned, list[Weighed]]:
    """Look at all records: learn, keep their keys, weigh every pair. Nothing of the candidates is written yet."""
    declared = linkage(type)
    plan, seq = plan_of(declared), _last(type)
    nums: list[int] = []

    def data() -> Iterator[Mapping[str, Any]]:
        for num, each in rows(type):
            nums.append(num)
            yield each

    table = linking.table(plan, data())
    found = linking.link(plan, table)
    found.model.curve = _curve(type)
    probability = weighing.probability(found.model, found.weight)
    _keep_keys(type, nums, table)
    learned = Learned(
        type=type,
        seq=seq,
        records=len(nums),
        pairs=len(found.weight),
        left_out=found.left_out,
        model=msgspec.to_builtins(found.model, str_keys=True),
        plan=digest(declared),
        learned_us=now_us(),
    )
    picked = np.flatnonzero(probability >= declared.review)
    return learned, _weighed(nums, found.pairs, found.levels, found.weight, probability, picked)


def _last(type: str) -> int:
    return Version.objects.filter(type=type).aggregate(last=Max("seq"))["last"] or 0


def _weighed(
    nums: list[int], pairs: Any, levels: Any, weight: Any, probability: Any, picked: Any
) -> list[Weighed]:
    return [
        (
            nums[pairs[0][place]],
            nums[pairs[1][place]],
            float(probability[place]),
            float(weight[place]),
            ",".join(map(str, levels[place].tolist())),
        )
        for place in picked
    ]


def _curve(type: str) -> list[tuple[float, float]]:
    """What people found of pairs the model was this sure of."""
    decided = Candidate.objects.filter(type=type, state__in=(Candidate.SAME, Candidate.DIFFERENT))
    told = list(decided.order_by("-decided_us").values_list("weight", "state")[:DECISIONS_AT_MOST])
    before = Learned.objects.filter(type=type).first()
    if before is None or len(told) < 100:
        return []
    model = msgspec.convert({**before.model, "curve": []}, weighing.Model, strict=False)
    probability = weighing.probability(model, np.array([weight for weight, _ in told]))
    return weighing.curve(probability, np.array([state == Candidate.SAME for _, state in told]))


def _keep_keys(type: str, nums: list[int], table: linking.Table) -> None:
    """Exchange the keys of a type, in short transactions: others go on writing meanwhile."""
    while old := list(Key.objects.filter(type=type).values_list("pk", flat=True)[: CHUNK * 5]):
        Key.objects.filter(pk__in=old).delete()
    made = (
        Key(record_id=num, type=type, rule=rule, value=value)
        for rule, values in enumerate(table.keys)
        for num, value in zip(nums, values.tolist(), strict=True)
        if value
    )
    for chunk in _chunks(made):
        Key.objects.bulk_create(chunk)


def changed(type: str, learned: Learned) -> tuple[int, list[int]]:
    """The last change, and the records that changed since they were looked at."""
    last = _last(type)
    since = Version.objects.filter(type=type, seq__gt=learned.seq, seq__lte=last)
    return last, list(since.values_list("record_id", flat=True).distinct()[: CHANGED_AT_MOST + 1])


def some(type: str, learned: Learned, nums: list[int]) -> list[Weighed]:
    """Weigh these records against all others by what was learned; their keys are kept anew.

    How rare a value is is not known here: pairs of common names weigh as the usual ones until the next full look.
    """
    declared = linkage(type)
    plan = plan_of(declared)
    model = msgspec.convert(learned.model, weighing.Model, strict=False)
    own = dict(rows(type, nums))
    partners = _partners(type, plan, nums, own)
    every = own | dict(rows(type, {num for pair in partners for num in pair} - own.keys()))
    order = {num: place for place, num in enumerate(sorted(every))}
    pairs = sorted((order[a], order[b]) for a, b in partners if a in order and b in order)
    if not pairs:
        return []
    table = linking.table(plan, (every[num] for num in order))
    left, right = np.array(pairs, np.int64).T
    levels = linking.levels(plan, table, (left, right))
    weight = weighing.weights(model, levels)
    probability = weighing.probability(model, weight)
    picked = np.flatnonzero(probability >= declared.review)
    return _weighed(list(order), (left, right), levels, weight, probability, picked)


def _partners(
    type: str, plan: Plan, nums: list[int], own: Mapping[int, Mapping[str, Any]]
) -> set[tuple[int, int]]:
    """The pairs of changed records and those with an equal key; blocks too large are left out as in a full look."""
    found: set[tuple[int, int]] = set()
    with transaction.atomic():
        Key.objects.filter(record_id__in=nums).delete()
        for rule, parts in enumerate(plan.block):
            keys = {num: key for num, data in own.items() if (key := blocking.key_of(parts, data))}
            Key.objects.bulk_create(Key(record_id=n, type=type, rule=rule, value=k) for n, k in keys.items())
            sharing: dict[int, list[int]] = {}
            for chunk in _chunks(sorted(set(keys.values()))):
                equal = Key.objects.filter(type=type, rule=rule, value__in=chunk).values_list(
                    "value", "record_id"
                )
                for value, num in equal:
                    sharing.setdefault(value, []).append(num)
            for num, key in keys.items():
                block = sharing[key]
                if len(block) <= blocking.LARGEST:
                    found.update((min(num, each), max(num, each)) for each in block if each != num)
    return found


def keep(type: str, weighed: Iterable[Weighed], nums: Iterable[int] | None = None) -> int:
    """Let the waiting candidates be these (of these records only); what was decided stays. How many are new."""
    waiting = Candidate.objects.filter(type=type, state=Candidate.OPEN)
    if nums is not None:
        touched = list(nums)
        waiting = waiting.filter(Q(left_id__in=touched) | Q(right_id__in=touched))
    there = {(left, right): pk for pk, left, right in waiting.values_list("pk", "left_id", "right_id")}
    decided = Candidate.objects.filter(type=type).exclude(state=Candidate.OPEN)
    known = set(decided.values_list("left_id", "right_id"))
    new, again, at = [], [], now_us()
    for left, right, probability, weight, levels in weighed:
        if (left, right) in known:
            continue
        facts = {"probability": probability, "weight": weight, "levels": levels}
        pk = there.pop((left, right), None)
        if pk is None:
            new.append(Candidate(type=type, left_id=left, right_id=right, found_us=at, **facts))
        else:
            again.append(Candidate(pk=pk, **facts))
    for chunk in _chunks(there.values()):
        Candidate.objects.filter(pk__in=chunk).delete()
    Candidate.objects.bulk_create(new, batch_size=CHUNK)
    Candidate.objects.bulk_update(again, ["probability", "weight", "levels"], batch_size=500)
    return len(new)
