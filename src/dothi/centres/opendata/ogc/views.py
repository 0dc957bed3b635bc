"""What each address of ``/ogc`` answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import unquote

from dothi.centres.opendata.ogc import documents, openapi, params, registry
from dothi.centres.opendata.ogc.base import CRS84
from dothi.centres.opendata.ogc.call import Call, Document, kept
from dothi.centres.opendata.ogc.tiles import views as tiles
from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse.http.answers import Answer, Header

_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}"
_COLLECTIONS: Final = 1000


def answer(path: str, query: bytes, headers: Sequence[Header], actor: Actor) -> Answer:
    """Answer a request; raises the error it is refused with."""
    call = Call(query, headers, path, actor)
    for pattern, view in _ROUTES:
        found = pattern.fullmatch(path)
        if found is not None:
            if view not in _OTHER_FORMS and call.form not in ("json", "html"):
                raise BadInput(both("Có: json, html.", "There are: json, html."), where="f")
            return view(call, *(unquote(part) for part in found.groups()))
    raise NotFound(both("Không có địa chỉ này.", "There is no such address."))


def landing(call: Call) -> Answer:
    """The landing page."""
    params.only(call.pairs)
    return call.answer(documents.landing(call.base, call.language), "application/json")


def conformance(call: Call) -> Answer:
    """What of the standards is implemented."""
    params.only(call.pairs)
    return call.answer(documents.conformance(), "application/json", title="Conformance")


def api(call: Call) -> Answer:
    """The OpenAPI document."""
    params.only(call.pairs)
    document = openapi.document(call.base, call.language)
    if call.form == "html":
        return call.answer(openapi.outline(document), "", title=str(document["info"]["title"]))
    return call.answer(document, documents.OPENAPI)


def collections(call: Call) -> Answer:
    """The collections the reader may see: a thousand a page."""
    plain = params.only(call.pairs, frozenset({"limit", "after"}))
    most = min(params.limit(plain["limit"]) if plain.get("limit") else _COLLECTIONS, _COLLECTIONS)
    every = [each for each in registry.collections(call.reader) if (each.item_type, each.id) > _behind(call)]
    every.sort(key=lambda each: (each.item_type, each.id))
    shown = every[:most]
    cursor = f"{shown[-1].item_type}:{shown[-1].id}" if len(every) > most else ""
    document = documents.collections(call.base, shown, call.language, call.following(cursor))
    return call.answer(document, "application/json", title=documents.TITLE[call.language])


def _behind(call: Call) -> tuple[str, str]:
    kind, _, id = call.after.partition(":")
    return kind, id


def collection(call: Call, id: str) -> Answer:
    """One collection."""
    params.only(call.pairs)
    about = registry.opened(id, call.reader).whole
    return call.answer(documents.collection(call.base, about, call.language), "application/json")


def queryables(call: Call, id: str) -> Answer:
    """What may be asked for."""
    params.only(call.pairs)
    about = registry.opened(id, call.reader).about
    return call.answer(documents.queryables(call.base, about, call.language), documents.SCHEMA)


def items(call: Call, id: str) -> Answer:
    """A page of features."""
    opened = registry.opened(id, call.reader, call.after)

    def make() -> tuple[Document, Sequence[Header]]:
        question = params.question(call.pairs, opened.about)
        found = opened.features(question)
        following = call.following(found.next)
        document = documents.features(
            call.base, opened.about, found.features, call.url, following, found.matched
        )
        crs: Header = (b"content-crs", f"<{CRS84}>".encode())
        return document, [crs, (b"link", f'<{following}>; rel="next"'.encode())] if following else [crs]

    title = documents.said(opened.about.title, call.language)
    return kept(call, opened, lambda: _made(call, make, title))


def item(call: Call, id: str, feature: str) -> Answer:
    """One feature."""
    params.only(call.pairs)
    opened = registry.opened(id, call.reader)

    def make() -> tuple[Document, Sequence[Header]]:
        found = opened.feature(feature)
        if found is None:
            raise NotFound(both("Không có đối tượng này.", "There is no such feature."))
        crs: Header = (b"content-crs", f"<{CRS84}>".encode())
        return documents.feature(call.base, opened.about, found, call.url), [crs]

    return kept(call, opened, lambda: _made(call, make, feature))


def _made(call: Call, make: Callable[[], tuple[Document, Sequence[Header]]], title: str) -> Answer:
    document, more = make()
    if call.form == "html" and "features" not in document:
        document = {"features": [document], "links": document["links"]}
    return call.answer(document, documents.GEOJSON, more, title)


View = Callable[..., Answer]
_OTHER_FORMS: set[View] = {tiles.tileset, tiles.tile}
_ROUTES: list[tuple[re.Pattern[str], View]] = [
    (re.compile(r"/?"), landing),
    (re.compile(r"/conformance/?"), conformance),
    (re.compile(r"/api/?"), api),
    (re.compile(r"/collections/?"), collections),
    (re.compile(rf"/collections/({_ID})/?"), collection),
    (re.compile(rf"/collections/({_ID})/queryables/?"), queryables),
    (re.compile(rf"/collections/({_ID})/items/?"), items),
    (re.compile(rf"/collections/({_ID})/items/([^/]+)"), item),
    (re.compile(rf"/collections/({_ID})/tiles/?"), tiles.tilesets),
    (re.compile(rf"/collections/({_ID})/tiles/({_ID})/?"), tiles.tileset),
    (re.compile(rf"/collections/({_ID})/tiles/({_ID})/([^/]+)/([^/]+)/([^/]+)"), tiles.tile),
    (re.compile(r"/tileMatrixSets/?"), tiles.matrices),
    (re.compile(rf"/tileMatrixSets/({_ID})/?"), tiles.matrix_set),
]
