"""Attribute instances as points of columnar history, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from msgspec import UNSET, Raw, Struct, UnsetType

from dothi.kernel.context.history.chunks import FLOAT, INTEGER, JSON, OBSERVED, VALUE, Chunk, join
from dothi.kernel.context.ld.model import Instance
from dothi.kernel.context.ld.names import time_text

_EXACT = 2**53  # whole numbers up to here are exact in eight bytes of floating point
_encode = msgspec.json.Encoder().encode
_instance = msgspec.json.Decoder(Instance).decode


class Point(NamedTuple):
    """One instance ready for its column."""

    kind: int
    unit: str
    time: int
    modified: int
    value: float | bytes


class _Plain(Struct, forbid_unknown_fields=True):
    """A numeric Property with nothing more to it than fits in columns."""

    type: Literal["Property"]
    value: int | float
    unitCode: str | UnsetType = UNSET  # noqa: N815  (the standard's name)
    observedAt: str = ""  # noqa: N815
    datasetId: str = ""  # noqa: N815


_plain = msgspec.json.Decoder(_Plain).decode


def point(instance: Instance) -> Point:
    """The point that ``instance`` becomes."""
    observed = 0 if instance.observed_us is None else OBSERVED
    time = instance.modified_us if instance.observed_us is None else instance.observed_us
    number = instance.number
    if number is not None and -_EXACT <= number <= _EXACT:
        try:
            unit = _plain(instance.body).unitCode
        except msgspec.ValidationError:
            unit = ""  # it says more than a number: kept whole
        if unit != "":
            kind = INTEGER if number.__class__ is int else FLOAT
            return Point(kind | observed, unit or "", time, instance.modified_us, float(number))
    return Point(JSON | observed, "", time, instance.modified_us, _encode(instance))


def gather(eid: int, nid: int, instances: Iterable[Instance]) -> list[Chunk]:
    """Instances of one attribute as one run for each dataset, kind and unit."""
    columns: dict[tuple[str, int, str], tuple[list[int], list[int], list[float | bytes]]] = {}
    for instance in instances:
        kind, unit, time, modified, value = point(instance)
        times, written, values = columns.setdefault((instance.dataset, kind, unit), ([], [], []))
        times.append(time)
        written.append(modified)
        values.append(value)
    return [
        Chunk(
            eid, nid, dataset, kind, unit, np.array(times, np.int64), np.array(written, np.int64),
            values if kind & VALUE == JSON else np.array(values, np.float64),  # type: ignore[arg-type]
        ).ordered()
        for (dataset, kind, unit), (times, written, values) in columns.items()
    ]  # fmt: skip


def instances(chunk: Chunk) -> Iterator[Instance]:
    """The instances of a run, as they were (a number's ``createdAt`` is when it was written)."""
    if isinstance(chunk.values, list):
        yield from map(_instance, chunk.values)
        return
    head = '{"type":"Property","value":'
    tail = f',"unitCode":{_encode(chunk.unit).decode()}' if chunk.unit else ""
    if chunk.dataset:
        tail += f',"datasetId":{_encode(chunk.dataset).decode()}'
    whole, observed = chunk.kind & VALUE == INTEGER, bool(chunk.kind & OBSERVED)
    for time, modified, value in zip(
        chunk.times.tolist(), chunk.modified.tolist(), chunk.values.tolist(), strict=True
    ):
        number: int | float = int(value) if whole else value
        at = f',"observedAt":"{time_text(time)}"' if observed else ""
        body = f"{head}{_encode(number).decode()}{at}{tail}}}"
        yield Instance(
            Raw(body.encode()), chunk.dataset, time if observed else None, number, False, modified, modified
        )


def merged(parts: list[Chunk]) -> list[Chunk]:
    """Runs of the same series joined."""
    by_series: dict[tuple[int, int, str, int, str], list[Chunk]] = {}
    for part in parts:
        by_series.setdefault(part.series, []).append(part)
    return [join(group) for group in by_series.values()]
