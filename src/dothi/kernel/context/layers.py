"""All entities of one type as a map draws them; only what changed since the last time is read again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from dothi.core.clock import now_us
from dothi.engines.store.base import Store
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.model import Instance, Stored
from dothi.kernel.context.reading.select import bodies
from dothi.kernel.context.storage.dictionary import Dictionary

Shown = tuple[str, str | None, float, float, dict[str, Any], int | None, bool]
"""id, name, longitude, latitude, {short attribute name: value}, observed at (µs) or None, simulated."""
MAX_LAYERS = 64


class _Layer(Struct):
    """What was read last: eid → (modified_us, shown)."""

    rows: dict[int, tuple[int, Shown]] = {}


class Layers:
    """Layers already read, kept fresh by the time each entity was changed."""

    def __init__(self, store: Store, dictionary: Dictionary, terms: TermMap) -> None:
        self._store = store
        self._dictionary = dictionary
        self._terms = terms
        self._kept: dict[tuple[str, tuple[str, ...]], _Layer] = {}
        self._gate = threading.Lock()

    def read(self, type: str, attrs: Sequence[str]) -> list[Shown]:
        """The layer as it is now."""
        key = (type, tuple(attrs))
        iri = self._terms.iri(type)
        with self._store.read() as session:
            nid = self._dictionary.nids(session, (iri,)).get(iri)
            if nid is None:
                return []
            rows = session.query(
                "SELECT e.eid, e.modified_us, e.x0, e.y0, e.x1, e.y1 "
                "FROM entity_type t JOIN entity e ON e.eid = t.eid "
                "WHERE t.tid = 0 AND t.nid = ? AND t.gone = 0 AND e.gone = 0 AND e.x0 IS NOT NULL "
                "AND (e.expires_us IS NULL OR e.expires_us > ?) ORDER BY t.eid",
                (nid, now_us()),
            )
            old = self._kept[key].rows if key in self._kept else {}
            stale = [row[0] for row in rows if row[0] not in old or old[row[0]][0] != row[1]]
            fresh = bodies(session, stale)
        wanted = [(name, self._terms.iri(name)) for name in attrs]
        now: dict[int, tuple[int, Shown]] = {}
        for eid, modified, x0, y0, x1, y1 in rows:
            if eid in fresh:
                now[eid] = (modified, self._shown(fresh[eid], (x0 + x1) / 2, (y0 + y1) / 2, wanted))
            elif eid in old:
                now[eid] = old[eid]
        with self._gate:
            if len(self._kept) >= MAX_LAYERS and key not in self._kept:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = _Layer(now)
        return [shown for _, shown in now.values()]

    def _shown(self, stored: Stored, lon: float, lat: float, wanted: Sequence[tuple[str, str]]) -> Shown:
        values: dict[str, Any] = {}
        observed: int | None = None
        for name, iri in wanted:
            instance = _default(stored, iri)
            if instance is not None:
                values[name] = instance.value
                if instance.observed_us is not None:
                    observed = max(observed or 0, instance.observed_us)
        if observed is None:
            times = [
                each.observed_us for group in stored.attributes.values() for each in group if each.observed_us
            ]
            observed = max(times, default=None)
        provenance = _default(stored, self._terms.iri("provenance"))
        simulated = provenance is not None and provenance.value == "simulated"
        return (
            stored.id,
            _name(_default(stored, self._terms.iri("name"))),
            lon,
            lat,
            values,
            observed,
            simulated,
        )


def _default(stored: Stored, iri: str) -> Instance | None:
    return next((each for each in stored.attributes.get(iri, ()) if not each.dataset), None)


def _name(instance: Instance | None) -> str | None:
    """A name as text: of several languages the Vietnamese one."""
    if instance is None:
        return None
    value = instance.value
    if isinstance(value, dict):
        value = value.get("vi") or next(iter(value.values()), None)
    return value if isinstance(value, str) else None
