"""Which entities a query means: candidates from the type or the spatial index, then what needs their
bodies."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from dothi.core.clock import now_us
from dothi.engines.store.base import Row, Session
from dothi.kernel.context.ld.model import Stored, load
from dothi.kernel.context.storage.cells import Box, cover
from dothi.kernel.context.storage.schema import ANY_TYPE
from dothi.kernel.context.storage.sql import marks, padded, query_in

MAX_CANDIDATES = 20_000  # from here on walking the type in order is cheaper than visiting what the box gives
_PIECE = 500
_FIELDS = "e.eid, e.modified_us, e.body"
_LIVE = "e.gone = 0 AND (e.expires_us IS NULL OR e.expires_us > ?)"
_NOWHERE = (1, 0)


class Selection(Struct, frozen=True):
    """A compiled query. ``nids``: any of these types (None: all entities; empty: none can match).

    ``matches`` is asked of every candidate's body; ``box`` limits candidates to those whose location may
    touch it.
    """

    tid: int = 0
    nids: tuple[int, ...] | None = None
    eids: tuple[int, ...] | None = None
    box: Box | None = None
    matches: Callable[[Stored], bool] | None = None

    @property
    def cheap(self) -> bool:
        """Whether a page of it costs a few index look-ups."""
        return self.matches is None and self.box is None


class Found(NamedTuple):
    """An entity of the answer; ``stored`` is there when it had to be read."""

    eid: int
    modified_us: int
    stored: Stored | None


class Page(NamedTuple):
    """A part of an answer: the entities, whether more follow, how many there are in all (when asked)."""

    found: list[Found]
    more: bool
    total: int | None


def page(
    session: Session,
    selection: Selection,
    *,
    limit: int,
    offset: int = 0,
    after: int = 0,
    count: bool = False,
) -> Page:
    """Entities in order of their number: skip ``offset``, at most ``limit``, those past ``after``."""
    if selection.nids == () or selection.eids == ():
        return Page([], False, 0 if count else None)
    if selection.cheap and selection.eids is None:
        return _plain_page(session, selection, limit, offset, after, count)
    found: list[Found] = []
    seen = 0
    for candidate in matching(session, selection, after):
        if offset <= seen < offset + limit:
            found.append(candidate)
        seen += 1
        if seen > offset + limit and not count:
            break
    return Page(found, seen > offset + limit, seen if count else None)


def _plain_page(
    session: Session, selection: Selection, limit: int, offset: int, after: int, count: bool
) -> Page:
    source, first = _source(selection)
    now = now_us()
    rows = session.query(
        f"SELECT e.eid, e.modified_us {source} AND t.eid > ? AND {_LIVE} ORDER BY t.eid LIMIT ? OFFSET ?",
        (*first, after, now, limit + 1, offset),
    )
    total = None
    if count:
        total = session.query(f"SELECT count(*) {source} AND {_LIVE}", (*first, now))[0][0]
    return Page([Found(eid, modified, None) for eid, modified in rows[:limit]], len(rows) > limit, total)


def _source(selection: Selection) -> tuple[str, tuple[int, ...]]:
    """FROM … WHERE over the type index."""
    nids = selection.nids or (ANY_TYPE,)
    if len(nids) == 1:
        return (
            "FROM entity_type t JOIN entity e ON e.eid = t.eid WHERE t.tid = ? AND t.nid = ? AND t.gone = 0",
            (
                selection.tid,
                nids[0],
            ),
        )
    given = padded(nids)
    inner = (
        f"SELECT DISTINCT eid FROM entity_type WHERE tid = ? AND nid IN ({marks(len(given))}) AND gone = 0"  # noqa: S608
    )
    return f"FROM ({inner}) t JOIN entity e ON e.eid = t.eid WHERE 1 = 1", (selection.tid, *given)


def matching(session: Session, selection: Selection, after: int = 0) -> Iterator[Found]:
    """Every entity that matches, in order of its number."""
    matches = selection.matches
    for eid, modified, body in _candidates(session, selection, after):
        stored = load(body)
        if matches is None or matches(stored):
            yield Found(eid, modified, stored)


def _candidates(session: Session, selection: Selection, after: int) -> Iterator[Row]:
    if selection.eids is not None:
        yield from _by_number(session, sorted(set(selection.eids)), selection, after)
        return
    if selection.box is not None:
        near = _near(session, selection.box, selection)
        if near is not None:
            yield from _by_number(session, near, selection, after)
            return
    yield from _walk(session, selection, after)


def _by_number(session: Session, eids: Sequence[int], selection: Selection, after: int) -> Iterator[Row]:
    """The live ones of ``eids`` (ascending) that have one of the types."""
    wanted = None if selection.nids is None else {str(nid) for nid in selection.nids}
    now = now_us()
    ahead = [eid for eid in eids if eid > after]
    for start in range(0, len(ahead), _PIECE):
        given = padded(ahead[start : start + _PIECE])
        rows = session.query(
            f"SELECT {_FIELDS}, e.types FROM entity e "  # noqa: S608
            f"WHERE e.eid IN ({marks(len(given))}) AND e.tid = ? AND {_LIVE} "
            "ORDER BY e.eid",
            (*given, selection.tid, now),
        )
        for eid, modified, body, types in rows:
            if wanted is None or not wanted.isdisjoint(types.split(",")):
                yield eid, modified, body


def _near(session: Session, box: Box, selection: Selection) -> list[int] | None:
    """Numbers of the entities whose location may touch ``box``; None when they are too many."""
    ranges = padded(cover(box).ranges)
    values = ", ".join(["(CAST(? AS bigint), CAST(? AS bigint))", *["(?, ?)"] * (len(ranges) - 1)])
    kind, nids = "", selection.nids
    if nids is not None and len(nids) == 1:
        kind = "JOIN entity_type t ON t.tid = p.tid AND t.nid = ? AND t.gone = 0 AND t.eid = p.eid "
    rows = session.query(
        f"WITH r (low, high) AS (VALUES {values}) SELECT p.eid FROM r CROSS JOIN place p {kind}"  # noqa: S608
        "WHERE p.tid = ? AND p.cell BETWEEN r.low AND r.high "
        "AND p.x0 <= ? AND p.x1 >= ? AND p.y0 <= ? AND p.y1 >= ? LIMIT ?",
        (
            *(end for pair in ranges for end in pair),
            *(nids if kind and nids else ()),
            selection.tid, box.x1, box.x0, box.y1, box.y0, MAX_CANDIDATES + 1,
        ),
    )  # fmt: skip
    return None if len(rows) > MAX_CANDIDATES else sorted({row[0] for row in rows})


def _walk(session: Session, selection: Selection, after: int) -> Iterator[Row]:
    """The type index in order, by pages."""
    source, first = _source(selection)
    inside, edges = "", tuple[float, ...]()
    if (box := selection.box) is not None:
        inside, edges = (
            "AND e.x0 <= ? AND e.x1 >= ? AND e.y0 <= ? AND e.y1 >= ? ",
            (box.x1, box.x0, box.y1, box.y0),
        )
    now = now_us()
    while True:
        rows = session.query(
            f"SELECT {_FIELDS} {source} AND t.eid > ? AND {_LIVE} {inside}ORDER BY t.eid LIMIT ?",
            (*first, after, now, *edges, _PIECE),
        )
        yield from rows
        if len(rows) < _PIECE:
            return
        after = rows[-1][0]


def by_number(session: Session, eid: int) -> Stored | None:
    """One live entity."""
    rows = session.query(f"SELECT body FROM entity e WHERE e.eid = ? AND {_LIVE}", (eid, now_us()))  # noqa: S608
    return load(rows[0][0]) if rows else None


def bodies(session: Session, eids: Sequence[int]) -> dict[int, Stored]:
    """The bodies of entities that are there, by number."""
    return {
        eid: load(body)
        for eid, body in query_in(session, "SELECT eid, body FROM entity WHERE gone = 0 AND eid", eids)
    }


def complete(session: Session, found: Sequence[Found]) -> list[Stored]:
    """The entities of a page with their bodies."""
    missing = bodies(session, [each.eid for each in found if each.stored is None])
    return [stored for each in found if (stored := each.stored or missing.get(each.eid)) is not None]


def page_of_any(
    session: Session, chosen: Sequence[Selection], *, limit: int, offset: int, count: bool
) -> Page:
    """A page of the entities that match any of several selections, each once."""
    if len(chosen) == 1:
        return page(session, chosen[0], limit=limit, offset=offset, count=count)
    runs = [matching(session, each) for each in chosen if each.nids != () and each.eids != ()]
    found: list[Found] = []
    seen, last = 0, 0
    for each in heapq.merge(*runs, key=lambda candidate: candidate.eid):
        if each.eid == last:
            continue
        last = each.eid
        if offset <= seen < offset + limit:
            found.append(each)
        seen += 1
        if seen > offset + limit and not count:
            break
    return Page(found, seen > offset + limit, seen if count else None)
