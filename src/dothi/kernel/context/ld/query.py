"""Queries compiled for use: ``compile_query(q, terms)`` gives a :class:`Query` to call on stored entities."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import NgsiLdError
from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.ld.q_compare import test_of
from dothi.kernel.context.ld.q_syntax import And, Node, Or, Path, Term, parse
from dothi.kernel.context.ld.q_targets import SYSTEM_NAMES, Lookup, finder, objects

Match = Callable[[Stored, Lookup], bool]
Bound = tuple[str, str, int | float]
"""(attribute IRI, operator, number), e.g. (".../pm25", ">", 50)."""

_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class Query:
    """A compiled ``q``. Call it with an entity (and a lookup when it follows relationships).

    ``needs``: all attributes (IRIs) it looks at. ``required``: those a matching entity certainly has.
    ``link_depth``: how many relationships it follows. ``system_only``: it looks at system attributes only.
    """

    def __init__(self, text: str, terms: TermMap, expand: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.tree = _expanded(parse(text), terms, expand) if expand else parse(text)
        self._terms = terms
        self._match = self._compile(self.tree)
        self.needs = frozenset(
            iri for term in _terms_of(self.tree) for iri in (self._iri(term.path.names[0]),)
        )
        self.required = self._required(self.tree)
        self.link_depth = max((_depth(term.path) for term in _terms_of(self.tree)), default=0)
        self.system_only = self.needs <= SYSTEM_NAMES

    def __call__(self, entity: Stored, lookup: Lookup = lambda _: None) -> bool:
        return self._match(entity, lookup)

    def bounds(self) -> list[Bound]:
        """Numeric limits every match obeys on the number of some instance; empty when there are none."""
        items = self.tree.items if isinstance(self.tree, And) else (self.tree,)
        return [bound for item in items if isinstance(item, Term) for bound in self._bounds_of(item)]

    def _bounds_of(self, term: Term) -> list[Bound]:
        path = term.path
        if len(path.names) != 1 or path.member or path.linked:
            return []
        iri = self._iri(path.names[0])
        if (
            term.operator == "=="
            and term.range
            and _is_number(term.range.low)
            and _is_number(term.range.high)
        ):
            # An array may match by any of its items: only a plain number can be bounded.
            return []
        if term.operator in _COMPARE and _is_number(term.values[0]):
            return [(iri, term.operator, term.values[0])]  # type: ignore[list-item]
        return []

    def _iri(self, name: str) -> str:
        try:
            return self._terms.iri(name)
        except NgsiLdError as error:
            raise error.below("q") from None

    def _compile(self, node: Node) -> Match:
        if isinstance(node, Term):
            return self._term(node)
        parts = [self._compile(item) for item in node.items]
        if isinstance(node, And):
            return lambda entity, lookup: all(part(entity, lookup) for part in parts)
        return lambda entity, lookup: any(part(entity, lookup) for part in parts)

    def _term(self, term: Term) -> Match:
        if term.path.linked is not None:
            return self._linked(term)
        if (fast := self._number_comparison(term)) is not None:
            return fast
        find = finder(tuple(map(self._iri, term.path.names)), term.path.member)
        if term.operator is None:
            return lambda entity, _: next(find(entity), None) is not None
        test = test_of(term)
        return lambda entity, _: any(map(test, find(entity)))

    def _number_comparison(self, term: Term) -> Match | None:
        """``attribute > number`` without decoding anything: only a number can match it."""
        if term.operator not in _COMPARE or len(term.path.names) != 1 or term.path.member:
            return None
        limit, iri = term.values[0], self._iri(term.path.names[0])
        if not _is_number(limit) or iri in SYSTEM_NAMES:
            return None
        compare: Callable[[Any, Any], bool] = _COMPARE[term.operator]

        def match(entity: Stored, _: Lookup) -> bool:
            for each in entity.attributes.get(iri, ()):
                if each.number is not None and compare(each.number, limit):
                    return True
            return False

        return match

    def _linked(self, term: Term) -> Match:
        path = term.path
        assert path.linked is not None
        find = finder(tuple(map(self._iri, path.names)), ())
        inner = self._term(Term(path.linked, term.operator, term.values, term.range))
        types = frozenset(map(self._iri, path.types))

        def match(entity: Stored, lookup: Lookup) -> bool:
            for target in find(entity):
                for identifier in objects(target):
                    found = lookup(identifier)
                    if (
                        found is not None
                        and (not types or not types.isdisjoint(found.types))
                        and inner(found, lookup)
                    ):
                        return True
            return False

        return match

    def _required(self, node: Node) -> frozenset[str]:
        if isinstance(node, Term):
            iri = self._iri(node.path.names[0])
            return frozenset() if iri in SYSTEM_NAMES else frozenset({iri})
        parts = [self._required(item) for item in node.items]
        return reduce(frozenset.union if isinstance(node, And) else frozenset.intersection, parts)


def compile_query(
    q: str, terms: TermMap, *, expand_values: Iterable[str] = (), json_keys: Iterable[str] = ()
) -> Query:
    """A query ready to run. ``expand_values``: attributes whose values are terms to expand (VocabProperty).

    ``json_keys`` is accepted for the standard's sake: values are never renamed here, so it changes nothing.
    """
    return Query(q, terms, frozenset(expand_values) - frozenset(json_keys))


def _is_number(value: object) -> bool:
    return value.__class__ in (int, float)


def _terms_of(node: Node) -> list[Term]:
    return [node] if isinstance(node, Term) else [term for item in node.items for term in _terms_of(item)]


def _depth(path: Path) -> int:
    return 0 if path.linked is None else 1 + _depth(path.linked)


def _expanded(node: Node, terms: TermMap, names: frozenset[str]) -> Node:
    """The tree with the text values of conditions on ``names`` as IRIs."""
    if isinstance(node, And):
        return And(tuple(_expanded(item, terms, names) for item in node.items))
    if isinstance(node, Or):
        return Or(tuple(_expanded(item, terms, names) for item in node.items))
    if node.path.names[-1] not in names or node.operator not in ("==", "!="):
        return node
    values = tuple(terms.value_iri(value) if isinstance(value, str) else value for value in node.values)
    return Term(node.path, node.operator, values, node.range)
