"""Entities over time: whose history is asked for, and the history of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from dothi.engines.store.base import Session
from dothi.kernel.context.history.points import instances
from dothi.kernel.context.history.read import Reader, Runs
from dothi.kernel.context.history.window import Window
from dothi.kernel.context.ld.model import Stored, load
from dothi.kernel.context.storage import schema
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.sql import query_in

_AT_ONCE = 50
_EACH = (schema.LIVE, schema.DELETED, schema.NEVER)


Test = Callable[[Stored], bool]


class Past(NamedTuple):
    """An entity's head (no attributes) and its runs in the window."""

    eid: int
    head: Stored
    runs: Runs


class Question(NamedTuple):
    """Whose history: ``nids`` types (None: any), ``eids`` (None: any), ``head`` a test of id, types and
    scopes,
    ``attributes`` (IRIs) one of which must have points, ``matches`` a test of the entity with all its
    points."""

    nids: Sequence[int] | None
    eids: Sequence[int] | None
    head: Test | None
    attributes: Collection[str] | None
    matches: Test | None


def heads(session: Session, dictionary: Dictionary, eids: Sequence[int]) -> dict[int, Stored]:
    """The heads of entities that are there or were."""
    rows = query_in(
        session,
        "SELECT e.eid, u.urn, e.gone, e.types, e.created_us, e.modified_us, e.body FROM entity e "
        "JOIN urn u ON u.eid = e.eid WHERE e.eid",
        eids,
    )
    return {row[0]: _head(session, dictionary, *row[1:]) for row in rows}


def _head(
    session: Session,
    dictionary: Dictionary,
    urn: str,
    gone: int,
    types: str,
    created: int,
    modified: int,
    body: bytes,
) -> Stored:
    if gone == schema.LIVE:
        stored = load(body)
        return Stored(stored.id, stored.types, stored.scopes, stored.created_us, stored.modified_us)
    return Stored(
        urn,
        tuple(dictionary.iri(session, int(nid)) for nid in types.split(",") if nid),
        (),
        created,
        modified,
    )


def ask(
    session: Session, reader: Reader, dictionary: Dictionary, tid: int, question: Question, window: Window,
    shown: Collection[int] | None, last: int | None,
) -> Iterator[Past]:  # fmt: skip
    """Every entity with points in the window that the question means, in a fixed order.

    ``shown``: attributes that will be rendered (None: all); others are read only when a test needs them.
    """
    wanted = None if question.matches is not None or question.attributes is not None else shown
    for eids in _candidates(session, tid, question):
        found = heads(session, dictionary, eids)
        chosen = [
            eid for eid in eids if eid in found and (question.head is None or question.head(found[eid]))
        ]
        histories = reader.history(chosen, wanted, window, last=last)
        for eid in chosen:
            runs = histories[eid]
            if runs and _holds(session, dictionary, question, found[eid], runs):
                kept = runs if shown is None else {nid: each for nid, each in runs.items() if nid in shown}
                if kept:
                    yield Past(eid, found[eid], kept)


def _holds(session: Session, dictionary: Dictionary, question: Question, head: Stored, runs: Runs) -> bool:
    if question.attributes is not None:
        nids = dictionary.nids(session, question.attributes).values()
        if not any(nid in runs for nid in nids):
            return False
    if question.matches is None:
        return True
    attributes = {
        dictionary.iri(session, nid): [each for run in group for each in instances(run)]
        for nid, group in runs.items()
    }
    return question.matches(
        Stored(head.id, head.types, head.scopes, head.created_us, head.modified_us, attributes)
    )


def _candidates(session: Session, tid: int, question: Question) -> Iterator[list[int]]:
    if question.eids is not None:
        eids = sorted(set(question.eids))
        for start in range(0, len(eids), _AT_ONCE):
            yield eids[start : start + _AT_ONCE]
        return
    seen: set[int] = set()
    for nid in question.nids if question.nids is not None else (schema.ANY_TYPE,):
        for gone in _EACH:
            for eids in _of_type(session, tid, nid, gone):
                fresh = [eid for eid in eids if eid not in seen]
                seen.update(fresh)
                yield fresh


def _of_type(session: Session, tid: int, nid: int, gone: int) -> Iterator[list[int]]:
    after = 0
    while True:
        rows = session.query(
            "SELECT eid FROM entity_type WHERE tid = ? AND nid = ? AND gone = ? AND eid > ? "
            "ORDER BY eid LIMIT ?",
            (tid, nid, gone, after, _AT_ONCE),
        )
        if rows:
            yield [row[0] for row in rows]
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0]
