"""Nodes as Turtle. No Django, no rdflib."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dothi.centres.opendata.dcat.nodes import PREFIXES, Node, Ref, Text, Value

MEDIA_TYPE = "text/turtle; charset=utf-8"
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'["\\\n\r\t\x00-\x1f]')
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def document(nodes: Iterable[Node]) -> Iterator[str]:
    """The document in pieces, a node each."""
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    for node in nodes:
        yield from statements(node)


def statements(node: Node) -> Iterator[str]:
    """A node and, after it, the named nodes it holds."""
    named: list[Node] = []
    lines = _body(node, named, "    ")
    if lines:
        yield f"\n{_reference(node.iri)} {lines} .\n"
    for inner in named:
        yield from statements(inner)


def _body(node: Node, named: list[Node], indent: str) -> str:
    parts = [f"a {', '.join(node.types)}"] if node.types else []
    parts += [f"{predicate} {_value(value, named, indent)}" for predicate, value in node.said]
    return f" ;\n{indent}".join(parts)


def _value(value: Value, named: list[Node], indent: str) -> str:
    if isinstance(value, Text):
        return literal(value)
    if isinstance(value, Ref):
        return _reference(value.iri)
    if value.iri:
        named.append(value)
        return _reference(value.iri)
    return f"[ {_body(value, named, indent + '    ')} ]"


def _reference(iri: str) -> str:
    return f"<{_NOT_IN_IRI.sub(lambda found: f'%{ord(found[0]):02X}', iri)}>"


def literal(text: Text) -> str:
    """A literal with its language or datatype."""
    quoted = f'"{_SPECIAL.sub(_escaped, text.value)}"'
    if text.language:
        return f"{quoted}@{text.language}"
    return f"{quoted}^^{text.datatype}" if text.datatype else quoted


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}"
