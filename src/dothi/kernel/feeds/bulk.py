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

    History first: when a crash comes between the two, doing it again adds nothing twice. What an entity holds of
    a later time stays: then all readings are past.
    """
    runs: list[Run] = []
    entities = [_split(item, context.entity(item.entity["id"]) or {}, runs) for item in items]
    added = context.append(runs, by=by)
    return context.upsert(entities, mode="update", by=by), added


def _split(item: Past, known: dict[str, Any], runs: list[Run]) -> Payload:
    """The entity with those newest readings that are news to it; all other readings go to ``runs``."""
    entity = dict(item.entity)
    for each in item.series:
        if not len(each.values):
            continue
        newest_us, held_us = int(each.times_us[-1]), _held(known.get(each.key))
        past = slice(None) if held_us > newest_us else slice(-1)
        runs.append(Run(entity["id"], each.key, each.unit, each.times_us[past], each.values[past]))
        if held_us < newest_us:
            at = clock.iso(clock.from_us(newest_us))
            entity[each.key] = prop(float(each.values[-1]), at=at, unit=each.unit or None)
    return entity


def _held(attribute: Any) -> int:
    """When the reading an entity holds was observed (µs); 0 when it holds none."""
    at = attribute.get("observedAt") if isinstance(attribute, dict) else None
    return clock.us(clock.parse_iso(at)) if isinstance(at, str) else 0
