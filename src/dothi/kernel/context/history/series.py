"""One attribute's numbers over time, for charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dothi.core.clock import us
from dothi.engines.store.base import Session
from dothi.kernel.context.history.aggregate import edges_of, points, summarise
from dothi.kernel.context.history.chunks import Floats, Times
from dothi.kernel.context.history.read import Reader
from dothi.kernel.context.history.window import Window
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.positions import Dialect


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers over time. With buckets: the start of each, its mean (NaN when empty), least, greatest and
    count."""

    times_us: Times
    values: Floats
    min: Floats
    max: Floats
    count: Times
    unit: str


def moment(at: datetime | int) -> int:
    """µs since 1970 of an aware time, or as given."""
    return us(at) if isinstance(at, datetime) else int(at)


def read(
    session: Session, dialect: Dialect, dictionary: Dictionary, urn: str, iri: str, start: int, end: int,
    buckets: int | None, dataset: str = "",
) -> Series:  # fmt: skip
    """The numbers of an attribute (IRI) of an entity from ``start`` to before ``end``."""
    eid = dictionary.eid(session, 0, urn)
    nid = dictionary.nids(session, (iri,)).get(iri)
    window = Window(start, end)
    if eid is None or nid is None:
        return _empty()
    reader = Reader(session, dialect, dictionary)
    if buckets is None:
        runs = reader.history([eid], [nid], window)[eid].get(nid, [])
        times, values, unit = points([run for run in runs if run.dataset == dataset])
        return Series(times, values, values, values, np.ones(len(times), np.int64), unit)
    edges = edges_of(window, buckets)
    found, unit = summarise(session, eid, nid, dataset, reader.tail([eid], [nid]), window, edges)
    return Series(edges[:-1], found.mean, found.low, found.high, found.count, unit)


def _empty() -> Series:
    none = np.empty(0)
    return Series(np.empty(0, np.int64), none, none, none, np.empty(0, np.int64), "")
