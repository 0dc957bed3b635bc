"""Entities as answers: rendered (or taken from the cache), with the @context where the media type wants
it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dothi.engines.store.base import Session
from dothi.kernel.context.http.answers import GEO_JSON, JSON, LD_JSON, Answer, Header, encode, text
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.ld import core_context
from dothi.kernel.context.ld.context import TermMap, link_header
from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.ld.render import Form, feature, render
from dothi.kernel.context.reading.select import Found, bodies


def context_member(api: Api, terms: TermMap) -> Any:
    """The value of ``@context`` in an answer: what was given, and the core one unless that brings it
    along."""
    source = api.library.packs_url if terms is api.contexts.packs else terms.source
    if source is None:
        return core_context.URL
    if terms.definitions.holds_core:
        return source
    return [*(source if isinstance(source, list) else [source]), core_context.URL]


def link_of(api: Api, terms: TermMap) -> Header:
    """The Link header of a JSON answer."""
    url = terms.url or api.library.url_of(terms)
    return (b"link", text(link_header(url)))


class Show:
    """How the entities of one answer are shown."""

    def __init__(self, api: Api, media: str, terms: TermMap, form: Form, geometry: str = "") -> None:
        self._api = api
        self._terms = terms
        self._form = form
        self._media = media
        self._geometry = geometry
        self.shape = api.rendered.shape(terms, form, media, geometry)
        self._headers = self.headers()

    def one(self, stored: Stored) -> bytes:
        """One entity."""
        if self._media == GEO_JSON:
            return encode(feature(stored, self._terms, self._form, geometry=self._geometry))
        context = context_member(self._api, self._terms) if self._media == LD_JSON else None
        return render(stored, self._terms, self._form, context)

    def kept(self, eid: int, modified_us: int) -> bytes | None:
        """One entity, when it was shown like this before."""
        return self._api.rendered.get((eid, modified_us, self.shape))

    def keep(self, eid: int, modified_us: int, stored: Stored) -> bytes:
        """One entity, kept for the next time."""
        shown = self.one(stored)
        self._api.rendered.put((eid, modified_us, self.shape), shown)
        return shown

    def many(self, session: Session, found: Sequence[Found]) -> bytes:
        """The entities of a page, joined by commas. A page nobody changed anything on is one look-up."""
        page = (self.shape, tuple([each[:2] for each in found]))
        joined = self._api.rendered.get(page)
        if joined is None:
            joined = b",".join(self._each(session, found))
            self._api.rendered.put(page, joined)
        return joined

    def _each(self, session: Session, found: Sequence[Found]) -> Iterator[bytes]:
        shown = {each.eid: self.kept(each.eid, each.modified_us) for each in found}
        read = bodies(
            session, [each.eid for each in found if shown[each.eid] is None and each.stored is None]
        )
        for each in found:
            body, stored = shown[each.eid], each.stored or read.get(each.eid)
            if body is None and stored is not None:
                body = self.keep(each.eid, each.modified_us, stored)
            if body is not None:
                yield body

    def headers(self) -> list[Header]:
        """Content type, and the Link header where the body does not name its @context."""
        headers = [(b"content-type", self._media.encode())]
        return headers if self._media == LD_JSON else [*headers, link_of(self._api, self._terms)]

    def single(self, body: bytes, extra: Sequence[Header] = ()) -> Answer:
        """An answer of one entity."""
        return Answer(200, body, [*self._headers, *extra])

    def listed(self, joined: bytes, extra: Sequence[Header] = ()) -> Answer:
        """An answer of many."""
        before, after = (
            (b'{"type":"FeatureCollection","features":[', b"]}") if self._media == GEO_JSON else (b"[", b"]")
        )
        return Answer(200, before + joined + after, [*self._headers, *extra])


def plain(api: Api, call: Call, terms: TermMap, value: Any, extra: Sequence[Header] = ()) -> Answer:
    """A document that is no entity (discovery), with its @context."""
    if call.accept == LD_JSON and isinstance(value, dict):
        value = value | {"@context": context_member(api, terms)}
    elif call.accept == LD_JSON:
        value = [each | {"@context": context_member(api, terms)} for each in value]
    headers: list[Header] = [(b"content-type", call.accept.encode())]
    if call.accept == JSON:
        headers.append(link_of(api, terms))
    return Answer(200, encode(value), [*headers, *extra])
