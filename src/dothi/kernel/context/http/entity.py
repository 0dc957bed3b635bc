"""/entities/{id}: one entity."""

from __future__ import annotations

from dothi.core.clock import now_us
from dothi.engines.store.base import Session
from dothi.kernel.context import operations
from dothi.kernel.context.http.answers import GEO_JSON, NO_CONTENT, NOT_MODIFIED, Answer
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.join import Linked
from dothi.kernel.context.http.shown import Show
from dothi.kernel.context.ld import params, params_write
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.errors import BadRequestData, ResourceNotFound
from dothi.kernel.context.ld.model import Stored, load
from dothi.kernel.context.ld.names import is_uri
from dothi.kernel.context.ld.params import RetrieveEntity

_ROW = (
    "SELECT modified_us, types, body FROM entity "
    "WHERE eid = ? AND gone = 0 AND (expires_us IS NULL OR expires_us > ?)"
)


def urn_of(call: Call) -> str:
    """The entity id in the path."""
    urn = call.parts[1]
    if not is_uri(urn):
        raise BadRequestData(f"{urn!r} is not a URI such as urn:ngsi-ld:Camera:7", where="entityId")
    return urn


async def get(api: Api, call: Call) -> Answer:
    """Retrieve (5.7.1)."""
    urn = urn_of(call)

    def prepare(terms: TermMap) -> tuple[RetrieveEntity, Show]:
        asked = params.retrieve_entity(call.parameters(), terms, geojson=call.accept == GEO_JSON)
        return asked, Show(api, call, terms, asked.form, asked.geometry)

    asked, show = await api.prepared("entity", call, prepare)
    types = asked.types

    def find(session: Session) -> Answer:
        eid = api.dictionary.eid(session, api.tid(session, call), urn)
        rows = session.query(_ROW, (eid, now_us())) if eid is not None else []
        if not rows or eid is None:
            raise ResourceNotFound(f"there is no entity {urn}")
        modified, _, body = rows[0]
        if asked.join.mode is not None:
            return _linked(
                Linked(api, session, call, show.terms, asked.form, asked.join), show, _checked(load(body))
            )
        tag = f'"{eid:x}-{modified:x}-{show.shape:x}"'.encode()
        shown = show.kept(eid, modified)
        if shown is None or call.visible is not None or types is not None:
            stored = _checked(load(body))
            shown = shown or show.keep(eid, modified, stored)
        if not shown:
            raise ResourceNotFound(f"{urn} has nothing of what is asked for")
        if call.headers.get(b"if-none-match") == tag:
            return Answer(NOT_MODIFIED, b"", ((b"etag", tag),))
        return show.single(shown, ((b"etag", tag),))

    def _checked(stored: Stored) -> Stored:
        _may_see(call, stored, urn)
        if types is not None and not types(stored.types):
            raise ResourceNotFound(f"{urn} has none of the types asked for")
        return stored

    return await api.ask(find, cheap=asked.join.mode is None)


def _linked(linked: Linked, show: Show, stored: Stored) -> Answer:
    """One entity with those it points to; an array when they stand beside it."""
    bodies = [show.linked(*each) for each in linked.show([stored])]
    return show.single(bodies[0]) if len(bodies) == 1 else show.listed(b",".join(bodies))


def _may_see(call: Call, stored: Stored, urn: str) -> None:
    if call.visible is not None and not call.visible.issuperset(stored.types):
        raise ResourceNotFound(f"there is no entity {urn} that may be read without a token")


async def put(api: Api, call: Call) -> Answer:
    """Replace (5.6.18)."""
    urn = urn_of(call)
    terms = await api.terms(call, call.body)
    wanted = params_write.target(call.parameters(), terms)
    parsed = parse_entity(call.body, terms, kind="fragment")
    _same_id(parsed.id, urn)
    operations.refuse_nulls(parsed)
    await api.change_one(call, operations.typed(operations.replace(urn, parsed), wanted.types))
    return NO_CONTENT


async def patch(api: Api, call: Call) -> Answer:
    """Merge (5.6.17)."""
    urn = urn_of(call)
    terms = await api.terms(call, call.body)
    wanted = params_write.merge_entity(call.parameters(), terms)
    parsed = parse_entity(call.body, terms, kind="merge", simplified=wanted.simplified)
    _same_id(parsed.id, urn)
    command = operations.merge_patch(urn, parsed, lang=wanted.lang, observed_us=wanted.observed_us)
    await api.change_one(call, operations.typed(command, wanted.target.types))
    return NO_CONTENT


async def delete(api: Api, call: Call) -> Answer:
    """Delete (5.6.6)."""
    urn = urn_of(call)
    wanted = params_write.target(call.parameters(), await api.terms(call))
    await api.change_one(call, operations.typed(operations.delete(urn), wanted.types))
    return NO_CONTENT


def _same_id(given: str, urn: str) -> None:
    if given and given != urn:
        raise BadRequestData(f"is {given}, but the path names {urn}", where="id")
