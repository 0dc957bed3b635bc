"""Selecting entities by type, scope and id: the type selection language (4.17), scopeQ (4.19), idPattern."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import BadRequestData, NgsiLdError, TooComplexQuery
from dothi.kernel.context.ld.names import is_uri
from dothi.kernel.context.ld.patterns import compile_pattern

MAX_LENGTH = 8192
MAX_ALTERNATIVES = 512


class TypeSelection(Struct, frozen=True):
    """Alternatives of types (IRIs) an entity must all have: ``((A,), (B, C))`` for ``A|(B;C)``."""

    alternatives: tuple[tuple[str, ...], ...]

    def __call__(self, types: Iterable[str]) -> bool:
        has = frozenset(types)
        return any(has.issuperset(group) for group in self.alternatives)

    @property
    def any_of(self) -> frozenset[str]:
        """One type of each alternative: whoever matches has at least one of these."""
        return frozenset(group[0] for group in self.alternatives)

    @property
    def mentions(self) -> frozenset[str]:
        """All types named."""
        return frozenset(each for group in self.alternatives for each in group)


def type_selection(text: str, terms: TermMap) -> TypeSelection:
    """``A,B|(C;D)`` compiled; BadRequestData with the position when it is malformed."""
    groups = _alternatives(text, "type")
    try:
        return TypeSelection(tuple(tuple(map(terms.iri, group)) for group in groups))
    except NgsiLdError as error:
        raise error.below("type") from None


class ScopeQuery(Struct, frozen=True):
    """Alternatives of scope patterns (levels; ``+`` one level, ``#`` the rest) an entity must all match."""

    alternatives: tuple[tuple[tuple[str, ...], ...], ...]

    def __call__(self, scopes: Iterable[str]) -> bool:
        levels = [tuple(scope.strip("/").split("/")) for scope in scopes]
        return any(
            all(any(_scope_matches(pattern, scope) for scope in levels) for pattern in group)
            for group in self.alternatives
        )


def scope_query(text: str) -> ScopeQuery:
    """A ``scopeQ`` compiled."""
    groups = _alternatives(text, "scopeQ")
    return ScopeQuery(tuple(tuple(map(_scope_pattern, group)) for group in groups))


def _scope_pattern(text: str) -> tuple[str, ...]:
    levels = text.removeprefix("/").split("/")
    for i, level in enumerate(levels):
        wild = level == "+" or (level == "#" and i == len(levels) - 1)
        if not wild and not level.replace("_", "a").isalnum():
            raise BadRequestData(f"{text!r} is not a scope such as /HCMC/+/Park or /HCMC/#", where="scopeQ")
    return tuple(levels)


def _scope_matches(pattern: tuple[str, ...], scope: tuple[str, ...]) -> bool:
    if pattern[-1] == "#":
        pattern = pattern[:-1]
        scope = scope[: len(pattern)] if len(scope) >= len(pattern) else scope
    return len(pattern) == len(scope) and all(a in ("+", b) for a, b in zip(pattern, scope, strict=True))


def _alternatives(text: str, where: str) -> list[list[str]]:
    """``a,b|(c;d)`` as ``[[a], [b], [c, d]]``."""
    if len(text) > MAX_LENGTH:
        raise TooComplexQuery(f"has {len(text)} characters, {MAX_LENGTH} are allowed", where=where)
    groups: list[list[str]] = []
    at = 0
    while True:
        group, at = _group(text, at, where)
        groups.append(group)
        if at == len(text):
            break
        if text[at] not in ",|":
            raise BadRequestData(f"expected ',' or '|' at position {at + 1}, found {text[at]!r}", where=where)
        at += 1
    if len(groups) > MAX_ALTERNATIVES:
        raise TooComplexQuery(f"more than {MAX_ALTERNATIVES} alternatives", where=where)
    return groups


def _group(text: str, at: int, where: str) -> tuple[list[str], int]:
    if not text.startswith("(", at):
        item, at = _item(text, at, where)
        # Without parentheses ';' still reads as 'and' (clause 4.17 only asks for them to group).
        items = [item]
        while text.startswith(";", at):
            item, at = _item(text, at + 1, where)
            items.append(item)
        return items, at
    items = []
    at += 1
    while True:
        item, at = _item(text, at, where)
        items.append(item)
        if text.startswith(")", at):
            return items, at + 1
        if not text.startswith(";", at):
            raise BadRequestData(f"expected ';' or ')' at position {at + 1}", where=where)
        at += 1


def _item(text: str, at: int, where: str) -> tuple[str, int]:
    end = at
    while end < len(text) and text[end] not in ",|;()":
        end += 1
    item = text[at:end].strip()
    if not item:
        raise BadRequestData(f"a name is missing at position {at + 1}", where=where)
    return item, end


def ids(text: str) -> frozenset[str]:
    """The comma-separated ids of the parameter ``id``; BadRequestData when one is not a URI."""
    found = frozenset(part.strip() for part in text.split(",") if part.strip())
    for each in found:
        if not is_uri(each):
            raise BadRequestData(f"{each!r} is not a URI", where="id")
    if not found:
        raise BadRequestData("names no id", where="id")
    return found


def id_pattern(text: str) -> Callable[[str], bool]:
    """The test of an ``idPattern``; linear in the length of the id whatever the pattern."""
    return compile_pattern(text, "idPattern")
