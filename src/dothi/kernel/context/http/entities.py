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
from dothi.kernel.context.http.join import Linked
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
RESULTS_COUNT = b"ngsild-results-count"
_MAX_CHEAP_OFFSET = 1000


async def post(api: Api, call: Call) -> Answer:
    """Create (5.6.1)."""
    params_write.plain_write(call.parameters())
    terms = await api.terms(call, call.body)
    parsed = parse_entity(call.body, terms)
    await api.change_one(call, operations.create(parsed), creates=True)
    return Answer(201, b"", ((b"location", text(f"{PREFIX}/entities/{parsed.id}")),))


async def get(api: Api, call: Call) -> Answer:
    """Query (5.7.2)."""

    def prepare(terms: TermMap) -> Asking:
        geojson = call.accept == GEO_JSON
        return Asking(api, call, terms, [params.query_entities(call.parameters(), terms, geojson=geojson)])

    return await answer(api, call, await api.prepared("entities", call, prepare))


async def post_query(api: Api, call: Call) -> Answer:
    """Query by POST (5.7.2, 6.23)."""
    terms = await api.terms(call, call.body)
    asked = params.query_body(decoded(call.body), call.parameters(), terms, geojson=call.accept == GEO_JSON)
    return await answer(api, call, Asking(api, call, terms, asked))


def decoded(body: bytes) -> object:
    """A JSON body; InvalidRequest with the position when it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from None


class Asking:
    """A compiled query and how its entities are shown; may be used for the same request again."""

    def __init__(self, api: Api, call: Call, terms: TermMap, queries: Sequence[QueryEntities]) -> None:
        self.queries = queries
        self.first = queries[0]
        self.show = Show(api, call, terms, self.first.form, self.first.geometry)
        self.cheap = len(queries) == 1 and _cheap(self.first)
        self._links: dict[bool, list[Header]] = {}

    def headers(self, call: Call, page: Page) -> list[Header]:
        """Links to the pages around, and the count."""
        links = self._links.get(page.more)
        if links is None:
            links = self._links[page.more] = page_links(call, self.first, more=page.more)
        return links if page.total is None else [*links, (RESULTS_COUNT, str(page.total).encode())]


async def answer(api: Api, call: Call, asking: Asking) -> Answer:
    """The page of entities that any of the queries means."""
    first, show = asking.first, asking.show
    if call.visible is not None:
        for each in asking.queries:
            if each.select.types is not None:
                refuse_types(call, each.select.types.mentions)

    def find(session: Session) -> Answer:
        tid = api.tid(session, call)
        chosen = [
            selection(session, api.dictionary, tid, parts_of(call, each.select)) for each in asking.queries
        ]
        page = select.page_of_any(session, chosen, limit=first.limit, offset=first.offset, count=first.count)
        if first.join.mode is None:
            return show.listed(show.many(session, page.found), asking.headers(call, page))
        linked = Linked(api, session, call, show.terms, first.form, first.join)
        shown = linked.show(select.complete(session, page.found))
        return show.listed(b",".join(show.linked(*each) for each in shown), asking.headers(call, page))

    return await api.ask(find, cheap=asking.cheap and call.visible is None)


def _cheap(asked: QueryEntities) -> bool:
    """Whether a page is a few look-ups: by type or id only, near the beginning, without a count."""
    chosen = asked.select
    tests = (chosen.matches_id, chosen.attrs, chosen.q, chosen.geo, chosen.scopes)
    plain = all(test is None for test in tests) and not asked.count and asked.join.mode is None
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


def page_links(call: Call, asked: QueryEntities | params.QueryTemporal, *, more: bool) -> list[Header]:
    """Link headers of the pages before and after."""
    headers: list[Header] = []
    if asked.limit and more:
        headers.append(_link(call, asked.offset + asked.limit, asked.limit, "next"))
    if asked.limit and asked.offset > 0:
        headers.append(_link(call, max(asked.offset - asked.limit, 0), asked.limit, "prev"))
    return headers


def _link(call: Call, offset: int, limit: int, rel: str) -> Header:
    query = call.parameters() | {"offset": str(offset), "limit": str(limit)}
    path = PREFIX + "/" + "/".join(call.parts)
    return (b"link", text(f'<{path}?{urlencode(query)}>;rel="{rel}";type="{call.accept}"'))
