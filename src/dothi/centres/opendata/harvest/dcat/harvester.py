"""Reads the datasets of a DCAT catalogue, page by page where it has pages (Hydra)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import rdflib
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from dothi.centres.opendata.harvest.base import READABLE, Getter, Remote, licence, plain, themes
from dothi.core.errors import BadInput, both
from dothi.kernel.pipelines.sources.dcat.extractor import graph_of

_ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8"
_HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
_VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
_MOST_PAGES = 10_000


class DcatHarvester:
    """A catalogue of one document or many."""

    def read(self, client: Getter, url: str) -> Iterator[Remote]:
        seen: set[str] = set()
        here: str | None = url
        while here is not None and len(seen) < _MOST_PAGES:
            seen.add(here)
            graph = graph_of(client.get(here, headers={"Accept": _ACCEPT}))
            found = sorted(graph.subjects(RDF.type, DCAT.Dataset), key=str)
            if not found and len(seen) == 1 and (None, RDF.type, DCAT.Catalog) not in graph:
                raise BadInput(both(f"{url} không phải danh mục DCAT.", f"{url} is no DCAT catalogue."))
            yield from (remote(graph, each, url) for each in found)
            link = next(iter(graph.objects(None, _HYDRA.next)), None)
            following = None if link is None else client.following(here, str(link))
            here = None if following in seen else following


def remote(graph: rdflib.Graph, dataset: Any, catalogue: str) -> Remote:
    """A dataset in our words."""
    title, english = _text(graph, dataset, DCTERMS.title)
    publisher = graph.value(dataset, DCTERMS.publisher)
    contact = graph.value(dataset, DCAT.contactPoint)
    forms = sorted(graph.objects(dataset, DCAT.distribution), key=str)
    licences = [
        graph.value(dataset, DCTERMS.license),
        *(graph.value(each, DCTERMS.license) for each in forms),
    ]
    identifier = graph.value(dataset, DCTERMS.identifier)
    email = "" if contact is None else str(graph.value(contact, _VCARD.hasEmail) or "")
    name = "" if publisher is None else _text(graph, publisher, FOAF.name)[0]
    return Remote(
        str(identifier or dataset),
        plain(title or identifier or dataset, 300),
        plain(_text(graph, dataset, DCTERMS.description)[0]),
        str(graph.value(dataset, DCAT.landingPage) or dataset),
        tuple(dict.fromkeys(plain(each, 100) for each in graph.objects(dataset, DCAT.keyword))),
        themes(graph.objects(dataset, DCAT.theme)),
        licence(*licences),
        plain(name, 200),
        plain(email.removeprefix("mailto:"), 254),
        english=english,
        source=_source(graph, forms, str(identifier or dataset), catalogue),
    )


def _text(graph: rdflib.Graph, node: Any, property: Any) -> tuple[str, bool]:
    """A text in Vietnamese, else in no language, else in English, else any; and whether it is English."""
    found = list(graph.objects(node, property))
    for language in ("vi", None, "en"):
        for each in found:
            if (getattr(each, "language", None) or None) == language:
                return str(each), language == "en"
    return (str(found[0]), False) if found else ("", False)


def _source(graph: rdflib.Graph, forms: list[Any], id: str, catalogue: str) -> dict[str, Any]:
    for wanted in READABLE:
        for each in forms:
            named = [*graph.objects(each, DCTERMS["format"]), *graph.objects(each, DCAT.mediaType)]
            words = {str(name).lower().rstrip("/").rpartition("/")[2] for name in named}
            if wanted in words:
                return {"dcat": {"catalogue": catalogue, "dataset": id, "format": wanted}}
    return {}


HARVESTER = DcatHarvester()
