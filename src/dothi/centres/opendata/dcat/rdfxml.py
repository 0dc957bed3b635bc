"""Nodes as RDF/XML. No Django, no rdflib."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from dothi.centres.opendata.dcat.nodes import PREFIXES, Node, Ref, Text, Value, iri

MEDIA_TYPE = "application/rdf+xml; charset=utf-8"
# XML 1.0 has no place for these, not even escaped.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def document(nodes: Iterable[Node]) -> Iterator[str]:
    """The document in pieces, a node each."""
    names = " ".join(f'xmlns:{name}="{address}"' for name, address in PREFIXES.items())
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF {names}>\n'
    for node in nodes:
        yield f"{element(node)}\n"
    yield "</rdf:RDF>\n"


def element(node: Node) -> str:
    """A node and all it holds: its first type is the element's name, further ones are said inside."""
    name = node.types[0] if node.types else "rdf:Description"
    about = f" rdf:about={_attribute(node.iri)}" if node.iri else ""
    more = "".join(f"<rdf:type rdf:resource={_attribute(iri(each))}/>" for each in node.types[1:])
    inside = "".join(_property(predicate, value) for predicate, value in node.said)
    return f"<{name}{about}>{more}{inside}</{name}>"


def _property(predicate: str, value: Value) -> str:
    if isinstance(value, Ref):
        return f"<{predicate} rdf:resource={_attribute(value.iri)}/>"
    if isinstance(value, Text):
        kind = f' xml:lang="{value.language}"' if value.language else ""
        kind = f" rdf:datatype={_attribute(iri(value.datatype))}" if value.datatype else kind
        return f"<{predicate}{kind}>{escape(_NOT_IN_XML.sub('', value.value))}</{predicate}>"
    return f"<{predicate}>{element(value)}</{predicate}>"


def _attribute(address: str) -> str:
    return quoteattr(_NOT_IN_IRI.sub(lambda found: f"%{ord(found[0]):02X}", address))
