"""/temporal/entities and /temporal/entityOperations/query: entities over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

from dothi.engines.store.base import Session
from dothi.kernel.context.history.read import Reader
from dothi.kernel.context.http.answers import LD_JSON, Answer, Header, encode
from dothi.kernel.context.http.api import Api, refuse_types
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.entities import RESULTS_COUNT, decoded, page_links
from dothi.kernel.context.http.shown import context_member, link_of
from dothi.kernel.context.http.temporal_shown import Asked, Shower, window_of
from dothi.kernel.context.ld import params
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import BadRequestData, ResourceNotFound
from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.ld.names import is_uri
from dothi.kernel.context.ld.params import QueryTemporal, Selection
from dothi.kernel.context.ld.projection import MEMBERS
from dothi.kernel.context.ld.render import Form
from dothi.kernel.context.reading import past
from dothi.kernel.context.reading.past import Past, Question


def urn_of(call: Call) -> str:
    """The entity id in the path."""
    urn = call.parts[2]
    if not is_uri(urn):
        raise BadRequestData(f"{urn!r} is not a URI such as urn:ngsi-ld:Camera:7", where="entityId")
    return urn


async def get(api: Api, call: Call) -> Answer:
    """Retrieve (5.7.3)."""
    urn = urn_of(call)
    terms = await api.terms(call)
    asked = params.retrieve_temporal(call.parameters(), terms)

    def find(session: Session) -> Answer:
        eid = api.dictionary.eid(session, api.tid(session, call), urn)
        head = past.heads(session, api.dictionary, [] if eid is None else [eid]).get(eid or 0)
        if (
            eid is None
            or head is None
            or (call.visible is not None and not call.visible.issuperset(head.types))
        ):
            raise ResourceNotFound(f"there is no entity {urn}")
        reader = Reader(session, api.store.dialect, api.dictionary)
        nids = _shown(api, session, asked.form)
        runs = reader.history([eid], nids, window_of(asked.time), last=asked.time.last_n)[eid]
        if not runs and reader.forgotten(eid):
            raise ResourceNotFound(f"there is no history of {urn}")
        if not runs and asked.form.attrs is not None and not reader.history([eid], nids)[eid]:
            raise ResourceNotFound(f"{urn} never had one of the attributes asked for")
        shown = _shower(api, call, session, terms, asked).show(Past(eid, head, runs))
        if shown == _nothing(api, call, terms):
            raise ResourceNotFound(f"the history of {urn} has nothing of what is asked for")
        return _single(api, call, terms, shown)

    return await api.ask(find, cheap=False)


def _shown(api: Api, session: Session, form: Form) -> Collection[int] | None:
    """The attributes that are rendered; None for all."""
    wanted = form.attrs if form.attrs is not None else form.pick
    if wanted is None or wanted <= MEMBERS:  # only of the head: whoever has a history
        return None
    return set(api.dictionary.nids(session, wanted).values())


def _nothing(api: Api, call: Call, terms: TermMap) -> bytes:
    """An entity of which nothing is shown."""
    return encode({"@context": context_member(api, terms)}) if call.accept == LD_JSON else b"{}"


def _shower(api: Api, call: Call, session: Session, terms: TermMap, asked: Asked) -> Shower:
    context = context_member(api, terms) if call.accept == LD_JSON else None
    return Shower(session, api.dictionary, terms, asked, context)


def _single(api: Api, call: Call, terms: TermMap, body: bytes, extra: Sequence[Header] = ()) -> Answer:
    headers: list[Header] = [(b"content-type", call.accept.encode())]
    if call.accept != LD_JSON:
        headers.append(link_of(api, terms))
    return Answer(200, body, [*headers, *extra])


async def query(api: Api, call: Call) -> Answer:
    """Query (5.7.4)."""
    terms = await api.terms(call)
    return await _answer(api, call, terms, [params.query_temporal(call.parameters(), terms)])


async def post_query(api: Api, call: Call) -> Answer:
    """Query by POST (6.24)."""
    terms = await api.terms(call, call.body)
    return await _answer(
        api, call, terms, params.query_temporal_body(decoded(call.body), call.parameters(), terms)
    )


async def _answer(api: Api, call: Call, terms: TermMap, asked: Sequence[QueryTemporal]) -> Answer:
    first = asked[0]
    for each in asked:
        if each.select.types is not None:
            refuse_types(call, each.select.types.mentions)

    def find(session: Session) -> Answer:
        tid = api.tid(session, call)
        reader = Reader(session, api.store.dialect, api.dictionary)
        shower = _shower(api, call, session, terms, first)
        shown, window = _shown(api, session, first.form), window_of(first.time)
        runs = (
            past.ask(
                session,
                reader,
                api.dictionary,
                tid,
                _question(api, call, session, tid, each.select),
                window,
                shown,
                first.time.last_n if each.select.q is None and each.select.geo is None else None,
            )
            for each in asked
        )
        bodies: list[bytes] = []
        seen: set[int] = set()
        for found in chain.from_iterable(runs):
            if found.eid in seen:
                continue
            if first.offset <= len(seen) < first.offset + first.limit:
                bodies.append(shower.show(found))
            seen.add(found.eid)
            if len(seen) > first.offset + first.limit and not first.count:
                break
        extra = page_links(call, first, more=len(seen) > first.offset + first.limit)
        if first.count:
            extra.append((RESULTS_COUNT, str(len(seen)).encode()))
        return _single(api, call, terms, b"[" + b",".join(bodies) + b"]", extra)

    return await api.ask(find, cheap=False)


def _question(api: Api, call: Call, session: Session, tid: int, chosen: Selection) -> Question:
    nids = None
    if chosen.types is not None:
        nids = sorted(api.dictionary.nids(session, chosen.types.any_of).values())
    eids = None
    if chosen.ids is not None:
        eids = list(api.dictionary.eids(session, tid, list(chosen.ids)).values())
    return Question(nids, eids, _head_test(call, chosen), chosen.attrs, _points_test(chosen))


def _head_test(call: Call, chosen: Selection) -> past.Test:
    def test(head: Stored) -> bool:
        return (
            (chosen.types is None or chosen.types(head.types))
            and (chosen.matches_id is None or chosen.matches_id(head.id))
            and (chosen.scopes is None or chosen.scopes(head.scopes))
            and (call.visible is None or call.visible.issuperset(head.types))
        )

    return test


def _points_test(chosen: Selection) -> past.Test | None:
    """A condition holds when some point in the window fulfils it."""
    q, geo = chosen.q, chosen.geo
    if q is None and geo is None:
        return None
    return lambda stored: (q is None or q(stored)) and (geo is None or geo(stored))
