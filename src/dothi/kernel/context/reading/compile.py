"""From the parts of a query, as compiled by the language, to a selection the store can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from dothi.engines.store.base import Session
from dothi.kernel.context.ld.geo import GeoQuery
from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.ld.query import Query
from dothi.kernel.context.ld.selection import ScopeQuery, TypeSelection
from dothi.kernel.context.reading.select import Selection, by_number
from dothi.kernel.context.storage.boxes import LOCATION
from dothi.kernel.context.storage.cells import Box
from dothi.kernel.context.storage.dictionary import Dictionary

Test = Callable[[Stored], bool]


class Parts(Struct, frozen=True):
    """What a query asks; None: not asked. ``attrs``: entities with any of these attributes (IRIs).

    ``visible``: types (IRIs) the reader may see (None: all); an entity with any other type is not shown.
    """

    types: TypeSelection | None = None
    ids: Iterable[str] | None = None
    id_pattern: Callable[[str], bool] | None = None
    attrs: frozenset[str] | None = None
    q: Query | None = None
    scope_q: ScopeQuery | None = None
    geo: GeoQuery | None = None
    box: Box | None = None
    visible: frozenset[str] | None = None


def selection(session: Session, dictionary: Dictionary, tid: int, parts: Parts) -> Selection:
    """The selection of ``parts`` in a tenant."""
    nids: tuple[int, ...] | None = None
    tests = _tests(session, dictionary, tid, parts)
    if parts.types is not None:
        known = dictionary.nids(session, parts.types.any_of)
        nids = tuple(sorted(known.values()))
        if any(len(group) > 1 for group in parts.types.alternatives):
            types = parts.types
            tests.insert(0, lambda stored: types(stored.types))
    elif parts.visible is not None:
        nids = tuple(sorted(dictionary.nids(session, parts.visible).values()))
    eids = None
    if parts.ids is not None:
        eids = tuple(dictionary.eids(session, tid, list(parts.ids)).values())
    return Selection(tid, nids, eids, _box(parts), _all(tests))


def _box(parts: Parts) -> Box | None:
    if parts.box is not None:
        return parts.box
    if parts.geo is None or parts.geo.geoproperty != LOCATION:
        return None
    limits = parts.geo.bbox()
    return None if limits is None else Box(*limits)


def _tests(session: Session, dictionary: Dictionary, tid: int, parts: Parts) -> list[Test]:
    """Cheap ones first."""
    tests: list[Test] = []
    visible, pattern, attrs, scope_q = parts.visible, parts.id_pattern, parts.attrs, parts.scope_q
    if visible is not None:
        tests.append(lambda stored: visible.issuperset(stored.types))
    if pattern is not None:
        tests.append(lambda stored: pattern(stored.id))
    if attrs is not None:
        tests.append(lambda stored: not attrs.isdisjoint(stored.attributes))
    if scope_q is not None:
        tests.append(lambda stored: scope_q(stored.scopes))
    if parts.q is not None:
        tests.append(_query_test(session, dictionary, tid, parts.q))
    if parts.geo is not None:
        tests.append(parts.geo)
    return tests


def _query_test(session: Session, dictionary: Dictionary, tid: int, q: Query) -> Test:
    if not q.link_depth:
        return q

    def linked(urn: str) -> Stored | None:
        from_there = dictionary.eid(session, tid, urn)
        return None if from_there is None else by_number(session, from_there)

    return lambda stored: q(stored, linked)


def _all(tests: Sequence[Test]) -> Test | None:
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    return lambda stored: all(test(stored) for test in tests)
