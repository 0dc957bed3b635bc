"""A small model of RDF: nodes with types and properties. One description, three forms. No Django, no rdflib."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

PREFIXES: Final = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "locn": "http://www.w3.org/ns/locn#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Ref(NamedTuple):
    """Points at a node by its IRI."""

    iri: str


class Text(NamedTuple):
    """A literal: with a language, or with a datatype (``xsd:date``), or plain."""

    value: str
    language: str = ""
    datatype: str = ""


@dataclass(slots=True)
class Node:
    """A thing and what is said of it; without an IRI it is a blank node."""

    iri: str = ""
    types: tuple[str, ...] = ()
    said: list[tuple[str, Value]] = field(default_factory=list)

    def say(self, predicate: str, value: Value | None) -> Node:
        """Add a statement; None adds nothing. Gives itself back."""
        if value is not None:
            self.said.append((predicate, value))
        return self

    def words(self, predicate: str, vi: str, en: str) -> Node:
        """Add a text in both languages; an empty one is left out."""
        for language, text in (("vi", vi), ("en", en)):
            if text:
                self.said.append((predicate, Text(text, language)))
        return self

    def inside(self) -> Iterator[Node]:
        """The nodes it holds, not deeper."""
        return (value for _, value in self.said if isinstance(value, Node))


Value = Node | Ref | Text


def iri(name: str) -> str:
    """The whole IRI of ``dct:title``."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
