"""/entities and /entityOperations/query: create, and query by all the language has."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from dothi.engines.store.base import Session
from dothi.kernel.context import operations
from dothi.kernel.context.http.answers import GEO_JSON, Answer, Header, text
from dothi.kernel.context.http.api import Api, refuse_types
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.shown import Show
from dothi.kernel.context.ld import params, params_write
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.errors import InvalidRequest
from dothi.kernel.context.ld.params import QueryEntities
from dothi.kernel.context.reading import select
from dothi.kernel.context.reading.compile import Parts, selection
from dothi.kernel.context.reading.select import Page

PREFIX = "/ngsi-ld/v1"
_MAX_CHEAP_OFFSET = 1000


async def post(api: Api, call: Call) -> Answer:
    """Create (5.6.1)."""
    terms = await api.terms(call, call.body)
    params_write.plain_write(call.parameters())
    parsed = parse_entity(call.body, terms)
    await api.change_one(call, operations.create(parsed), creates=True)
    return Answer(201, b"", ((b"location", text(f"{PREFIX}/entities/{parsed.id}")),))


async def get(api: Api, call: Call) -> Answer:
    """Query (5.7.2)."""
    terms = await api.terms(call)
    asked = api.prepared(("entities", call.query_string, terms, call.accept == GEO_JSON), lambda: (
        params.query_entities(call.parameters(), terms, geojson=call.accept == GEO_JSON)
    ))  # fmt: skip
    return await answer(api, call, terms, [asked])


async def post_query(api: Api, call: Call) -> Answer:
    """Query by POST (5.7.2, 6.23)."""
    terms = await api.terms(call, call.body)
    asked = params.query_body(decoded(call.body), call.parameters(), terms, geojson=call.accept == GEO_JSON)
    return await answer(api, call, terms, asked)


def decoded(body: bytes) -> object:
    """A JSON body; InvalidRequest with the position when it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from None


async def answer(api: Api, call: Call, terms: TermMap, asked: Sequence[QueryEntities]) -> Answer:
    """The page of entities that any of the queries means."""
    first = asked[0]
    for each in asked:
        if each.select.types is not None:
            refuse_types(call, each.select.types.mentions)
    show = Show(api, call, terms, first.form, first.geometry)
    cheap = len(asked) == 1 and _cheap(call, first)

    def find(session: Session) -> Answer:
        tid = api.tid(session, call)
        chosen = [selection(session, api.dictionary, tid, parts_of(call, each.select)) for each in asked]
        page = select.page_of_any(session, chosen, limit=first.limit, offset=first.offset, count=first.count)
        return show.listed(show.many(session, page.found), page_headers(call, first, page))

    return await api.ask(find, cheap=cheap)


def _cheap(call: Call, asked: QueryEntities) -> bool:
    """Whether a page is a few look-ups: by type or id only, near the beginning, without a count."""
    chosen = asked.select
    tests = (chosen.matches_id, chosen.attrs, chosen.q, chosen.geo, chosen.scopes)
    plain = all(test is None for test in tests) and not asked.count and call.visible is None
    return plain and asked.offset <= _MAX_CHEAP_OFFSET and asked.limit <= _MAX_CHEAP_OFFSET


def parts_of(call: Call, chosen: params.Selection) -> Parts:
    """The conditions of a request for the store."""
    return Parts(
        types=chosen.types,
        ids=chosen.ids,
        id_pattern=chosen.matches_id,
        attrs=chosen.attrs,
        q=chosen.q,
        scope_q=chosen.scopes,
        geo=chosen.geo,
        visible=call.visible,
    )


def page_headers(call: Call, asked: QueryEntities | params.QueryTemporal, page: Page) -> list[Header]:
    """Links to the pages before and after, and the count."""
    headers: list[Header] = []
    if page.total is not None:
        headers.append((b"ngsild-results-count", str(page.total).encode()))
    if asked.limit and page.more:
        headers.append(_link(call, asked.offset + asked.limit, asked.limit, "next"))
    if asked.limit and asked.offset > 0:
        headers.append(_link(call, max(asked.offset - asked.limit, 0), asked.limit, "prev"))
    return headers


def _link(call: Call, offset: int, limit: int, rel: str) -> Header:
    query = call.parameters() | {"offset": str(offset), "limit": str(limit)}
    path = PREFIX + "/" + "/".join(call.parts)
    return (b"link", text(f'<{path}?{urlencode(query)}>;rel="{rel}";type="{call.accept}"'))
