"""Which types and attributes there are now."""

from __future__ import annotations

from collections.abc import Iterable

from dothi.core.clock import now_us
from dothi.engines.store.base import Session
from dothi.kernel.context.ld.model import Stored, load
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.schema import ANY_TYPE

_PIECE = 500
_LIVE = "e.gone = 0 AND (e.expires_us IS NULL OR e.expires_us > ?)"


def type_counts(session: Session, dictionary: Dictionary, tid: int) -> dict[str, int]:
    """IRI of each type → number of its entities."""
    rows = session.query(
        "SELECT nid, count(*) FROM entity_type WHERE tid = ? AND nid <> ? AND gone = 0 GROUP BY nid",
        (tid, ANY_TYPE),
    )
    return {dictionary.iri(session, nid): count for nid, count in rows}


def types(session: Session, dictionary: Dictionary, tid: int) -> list[str]:
    """IRIs of the types that have entities: one look-up for each, however many entities there are."""
    found: list[str] = []
    last = ANY_TYPE
    while rows := session.query(
        "SELECT nid FROM entity_type WHERE tid = ? AND nid > ? AND gone = 0 ORDER BY nid LIMIT 1", (tid, last)
    ):
        last = rows[0][0]
        found.append(dictionary.iri(session, last))
    return found


def attributes(session: Session, dictionary: Dictionary, tid: int, kind: str) -> dict[str, set[str]]:
    """IRI of each attribute some entity of the type has → attribute types it has there (those seen on the
    way)."""
    nid = dictionary.nids(session, (kind,)).get(kind)
    if nid is None:
        return {}
    noted = session.query("SELECT attribute FROM type_attribute WHERE tid = ? AND nid = ?", (tid, nid))
    open_names = {dictionary.iri(session, attribute) for (attribute,) in noted}
    found: dict[str, set[str]] = {}
    for stored in walk(session, tid, nid):
        for iri, instances in stored.attributes.items():
            found.setdefault(iri, set()).update(each.kind for each in instances)
        open_names.difference_update(stored.attributes)
        if not open_names:
            break
    return found


def walk(session: Session, tid: int, nid: int) -> Iterable[Stored]:
    """Every live entity of a type."""
    after = 0
    while True:
        rows = session.query(
            "SELECT e.eid, e.body FROM entity_type t JOIN entity e ON e.eid = t.eid "  # noqa: S608
            f"WHERE t.tid = ? AND t.nid = ? AND t.gone = 0 AND t.eid > ? AND {_LIVE} ORDER BY t.eid LIMIT ?",
            (tid, nid, after, now_us(), _PIECE),
        )
        for _, body in rows:
            yield load(body)
        if len(rows) < _PIECE:
            return
        after = rows[-1][0]


def attribute(
    session: Session, dictionary: Dictionary, tid: int, iri: str, kinds: Iterable[str]
) -> tuple[int, set[str], set[str]]:
    """Of the entities with these types: how many instances of an attribute, as which kinds, on which
    types."""
    nids = dictionary.nids(session, (iri,))
    noted = session.query(
        "SELECT nid FROM type_attribute WHERE tid = ? AND attribute = ?", (tid, nids.get(iri, -1))
    )
    candidates = {dictionary.iri(session, nid) for (nid,) in noted} & set(kinds)
    count, seen = 0, set[str]()
    of_kind: set[str] = set()
    types_with: set[str] = set()
    for kind in sorted(candidates):
        for stored in walk(session, tid, dictionary.nids(session, (kind,))[kind]):
            found = stored.attributes.get(iri)
            if found is None:
                continue
            types_with.add(kind)
            if stored.id not in seen:
                seen.add(stored.id)
                count += len(found)
                of_kind.update(each.kind for each in found)
    return count, of_kind, types_with
