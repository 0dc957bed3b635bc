"""Reads a distribution of a dataset that a DCAT catalogue describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import rdflib
from rdflib.namespace import DCAT, DCTERMS, RDF

from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import DcatSource, SourceDeclaration
from dothi.kernel.pipelines.sources.base import Portion, Position, Task
from dothi.kernel.pipelines.sources.http.client import Answer, Client
from dothi.kernel.pipelines.sources.http.extractor import download

_SYNTAX: Final = {
    "text/turtle": "turtle",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
}
_SUFFIX: Final = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".nt": "nt"}


class DcatExtractor:
    """Finds the distribution, then reads its file."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.dcat
        assert spec is not None
        answer = Client(spec.catalogue).get(spec.catalogue, headers={"Accept": ", ".join(_SYNTAX)})
        url = distribution(graph_of(answer), spec)
        task.say(f"Bản phân phối: {url}", f"The distribution is {url}")
        yield from download(Client(url), url, spec.format, spec.options, position, task)


def graph_of(answer: Answer) -> rdflib.Graph:
    """The catalogue; raises :class:`BadInput` for what cannot be read."""
    media = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    path = answer.url.partition("?")[0]
    syntax = _SYNTAX.get(media) or next((s for end, s in _SUFFIX.items() if path.endswith(end)), "turtle")
    if syntax == "json-ld" and _names_contexts(answer.document()):
        raise BadInput(
            both(
                "Danh mục JSON-LD dẫn tới @context ở nơi khác; hãy dùng Turtle hoặc RDF/XML.",
                "The JSON-LD catalogue names a remote @context; use Turtle or RDF/XML.",
            ),
            where="dcat.catalogue",
        )
    try:
        return rdflib.Graph().parse(data=answer.body, format=syntax, publicID=answer.url)
    except Exception as error:  # its parsers raise whatever they meet
        why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise BadInput(
            both(f"Không đọc được danh mục: {why}", f"The catalogue cannot be read: {why}"),
            where="dcat.catalogue",
        ) from None


def _names_contexts(document: Any) -> bool:
    """Whether reading it would fetch addresses that the document chooses."""
    if isinstance(document, dict):
        given = document.get("@context")
        parts = given if isinstance(given, list) else [given]
        if any(isinstance(part, str) for part in parts):
            return True
        return any(_names_contexts(value) for value in document.values())
    return isinstance(document, list) and any(_names_contexts(value) for value in document)


def distribution(graph: rdflib.Graph, spec: DcatSource) -> str:
    """The address of the distribution in the asked format; raises :class:`BadInput`."""
    found = [each for each in graph.subjects(RDF.type, DCAT.Dataset) if _is(graph, each, spec.dataset)]
    if not found:
        raise BadInput(
            both(f"Danh mục không có “{spec.dataset}”.", f"The catalogue has no dataset '{spec.dataset}'."),
            where="dcat.dataset",
        )
    for each in sorted(graph.objects(found[0], DCAT.distribution), key=str):
        url = graph.value(each, DCAT.downloadURL) or graph.value(each, DCAT.accessURL)
        if url is not None and _has_format(graph, each, str(url), spec.format):
            return str(url)
    raise BadInput(
        both(f"Không có bản {spec.format}.", f"There is no distribution as {spec.format}."),
        where="dcat.format",
    )


def _is(graph: rdflib.Graph, dataset: Any, wanted: str) -> bool:
    names = [dataset, *graph.objects(dataset, DCTERMS.identifier), *graph.objects(dataset, DCTERMS.title)]
    return any(str(name) == wanted for name in names)


def _has_format(graph: rdflib.Graph, distribution: Any, url: str, format: str) -> bool:
    named = [*graph.objects(distribution, DCTERMS["format"]), *graph.objects(distribution, DCAT.mediaType)]
    words = [str(each).lower().rstrip("/").rpartition("/")[2] for each in named]
    return format.lower() in words or url.partition("?")[0].lower().endswith(f".{format.lower()}")


EXTRACTOR = DcatExtractor()
