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

    def __init__(self, api: Api, call: Call, terms: TermMap, form: Form, geometry: str = "") -> None:
        self._api = api
        self.terms = terms
        self.form = form
        self._media = media = call.accept
        self._geometry = geometry
        # GeoJSON carries its @context unless the client would rather not (6.3.15).
        within = media == LD_JSON or (
            media == GEO_JSON and b"body=json" not in call.headers.get(b"prefer", b"")
        )
        self._context = context_member(api, terms) if within else None
        self.shape = api.rendered.shape(terms, form, media, geometry, within)
        self._headers = self.headers()
        nothing: Any = {} if media != LD_JSON else {"@context": self._context}
        self._nothing = b"" if media == GEO_JSON else encode(nothing)

    def one(self, stored: Stored) -> bytes:
        """One entity; empty when it has nothing of what is asked for."""
        if self.form.attrs is not None and self.form.attrs.isdisjoint(stored.attributes):
            return b""
        if self._media == GEO_JSON:
            return encode(feature(stored, self.terms, self.form, geometry=self._geometry))
        body = render(stored, self.terms, self.form, self._context)
        return b"" if body == self._nothing else body

    def linked(self, stored: Stored, shown: dict[str, Any]) -> bytes:
        """One entity that was shown as plain Python, with those it points to."""
        if self._media == GEO_JSON:
            found = feature(stored, self.terms, self.form, geometry=self._geometry)
            return encode(found | {"properties": {k: v for k, v in shown.items() if k != "id"}})
        return encode(shown if self._context is None else shown | {"@context": self._context})

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
            if body:
                yield body

    def headers(self) -> list[Header]:
        """Content type, and the Link header where the body does not name its @context."""
        headers = [(b"content-type", self._media.encode())]
        return headers if self._context is not None else [*headers, link_of(self._api, self.terms)]

    def single(self, body: bytes, extra: Sequence[Header] = ()) -> Answer:
        """An answer of one entity."""
        if self._media == GEO_JSON and self._context is not None:
            body = body[:-1] + self._suffix()
        return Answer(200, body, [*self._headers, *extra])

    def _suffix(self) -> bytes:
        return b',"@context":' + encode(self._context) + b"}"

    def listed(self, joined: bytes, extra: Sequence[Header] = ()) -> Answer:
        """An answer of many."""
        if self._media != GEO_JSON:
            return Answer(200, b"[" + joined + b"]", [*self._headers, *extra])
        after = b"}" if self._context is None else self._suffix()
        body = b'{"type":"FeatureCollection","features":[' + joined + b"]" + after
        return Answer(200, body, [*self._headers, *extra])


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
