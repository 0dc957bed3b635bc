"""Nodes as JSON-LD with a context of prefixes only, which every reader can expand. No Django, no rdflib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from dothi.centres.opendata.dcat.nodes import PREFIXES, Node, Ref, Value

MEDIA_TYPE = "application/ld+json"


def document(nodes: Iterable[Node]) -> Iterator[str]:
    """The document in pieces, a node each."""
    yield f'{{"@context":{_plain(PREFIXES)},"@graph":['
    between = ""
    for node in nodes:
        yield between + _plain(thing(node))
        between = ",\n"
    yield "]}\n"


def thing(node: Node) -> dict[str, Any]:
    """A node as a JSON object."""
    made: dict[str, Any] = {"@id": node.iri} if node.iri else {}
    if node.types:
        made["@type"] = list(node.types)
    for predicate, value in node.said:
        made.setdefault(predicate, []).append(_value(value))
    return made


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, Ref):
        return {"@id": value.iri}
    if isinstance(value, Node):
        return thing(value)
    made = {"@value": value.value}
    if value.language:
        made["@language"] = value.language
    if value.datatype:
        made["@type"] = value.datatype
    return made


def _plain(value: object) -> str:
    return msgspec.json.encode(value).decode()
