"""What of an entity is shown: the attribute projection language of ``pick`` and ``omit`` (clause 4.21)."""

from __future__ import annotations

import re

from msgspec import Struct

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import BadRequestData, NgsiLdError
from dothi.kernel.context.ld.names import is_uri

MEMBERS = frozenset({"id", "type", "scope", "expiresAt"})
SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt", "observedAt"})
_NAME = re.compile(r"[^\W\d_]\w*(?::[^\W\d_]\w*)?")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s,{}]+|urn:[^\s,{}]+")


class Projection(Struct, frozen=True):
    """Member names and attribute IRIs; ``linked`` has those asked of the entities a relationship points to."""

    names: frozenset[str]
    linked: dict[str, Projection]


def names(text: str, terms: TermMap, where: str) -> frozenset[str]:
    """The IRIs of a comma-separated list of attribute names (``attrs``, ``expandValues`` …)."""
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise BadRequestData("a name is missing between two commas", where=where)
    return frozenset(_iri(part, terms, where) for part in parts)


def _iri(name: str, terms: TermMap, where: str) -> str:
    try:
        return terms.iri(name)
    except NgsiLdError as error:
        raise error.below(where) from None


def projection(text: str, terms: TermMap, where: str) -> Projection:
    """``pick`` or ``omit`` compiled: names, and ``relationship{names}`` for linked entities."""
    found, at = _list(text, 0, terms, where)
    if at < len(text):
        raise BadRequestData(f"unexpected {text[at]!r} at position {at + 1}", where=where)
    return found


def _list(text: str, at: int, terms: TermMap, where: str) -> tuple[Projection, int]:
    shown: set[str] = set()
    linked: dict[str, Projection] = {}
    while True:
        match = _IRI.match(text, at) or _NAME.match(text, at)
        if match is None:
            raise BadRequestData(f"expected the name of a member at position {at + 1}", where=where)
        name, at = match[0], match.end()
        key = name if name in MEMBERS or name in SYSTEM else _iri(name, terms, where)
        shown.add(key)
        if text.startswith("{", at):
            linked[key], at = _list(text, at + 1, terms, where)
            if not text.startswith("}", at):
                raise BadRequestData(f"expected '}}' at position {at + 1}", where=where)
            at += 1
        if not text.startswith(",", at):
            return Projection(frozenset(shown), linked), at
        at += 1


def datasets(text: str) -> frozenset[str]:
    """The datasetIds asked for; ``@none`` is the default instance and becomes ''."""
    found = [part.strip() for part in text.split(",")]
    for each in found:
        if each != "@none" and not is_uri(each):
            raise BadRequestData(f"{each!r} is not a URI or @none", where="datasetId")
    return frozenset("" if each == "@none" else each for each in found)


def languages(text: str) -> tuple[str, ...]:
    """The language preferences of ``lang``, the most wanted first (``fr;q=0.2,nl`` gives nl, fr)."""
    weighted: list[tuple[float, str]] = []
    for part in text.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((float(weight) if weight else 1.0, tag.strip()))
        except ValueError:
            raise BadRequestData(
                f"{part.strip()!r} is not a language such as vi or fr;q=0.5", where="lang"
            ) from None
        if not re.fullmatch(r"\*|@none|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", tag.strip()):
            raise BadRequestData(f"{tag.strip()!r} is not a language tag", where="lang")
    weighted.sort(key=lambda pair: -pair[0])
    return tuple(tag for weight, tag in weighted if weight > 0)
