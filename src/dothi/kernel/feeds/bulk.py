"""Many past readings of an entity at once: all but the newest straight into history, the newest as the entity
itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dothi.core import clock
from dothi.kernel.context.history.append import Run
from dothi.kernel.feeds.base import Batch, Payload, Writer
from dothi.kernel.feeds.ngsi import prop
from dothi.kernel.identity.access import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one attribute: its name, unit ('' for none), observed times (µs, growing) and values."""

    key: str
    unit: str
    times_us: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Past:
    """An entity with its readings: ``entity`` holds id, type and whatever else it is to have at the end."""

    entity: dict[str, Any]
    series: Sequence[Series]


def write_past(context: Writer, items: Sequence[Past], *, by: Actor = SYSTEM) -> tuple[Batch, int]:
    """What the upsert of the entities came to, and how many past readings were new.

    History first: when a crash comes between the two, doing it again adds nothing twice.
    """
    runs = [
        Run(item.entity["id"], each.key, each.unit, each.times_us[:-1], each.values[:-1])
        for item in items
        for each in item.series
    ]
    added = context.append(runs, by=by)
    return context.upsert([_newest(context, item) for item in items], mode="update", by=by), added


def _newest(context: Writer, item: Past) -> Payload:
    """The entity with its newest readings, without those it holds already."""
    entity = dict(item.entity)
    known = context.entity(entity["id"]) or {}
    for each in item.series:
        if not len(each.values):
            continue
        at = clock.iso(clock.from_us(int(each.times_us[-1])))
        held = known.get(each.key)
        if isinstance(held, dict) and held.get("observedAt") == at:
            continue
        value = float(each.values[-1])
        entity[each.key] = prop(value, at=at, unit=each.unit or None)
    return entity
