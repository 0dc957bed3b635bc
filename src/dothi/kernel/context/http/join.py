"""Linked entity retrieval (clause 4.5.23): the entities that relationships point to, inside the answer or beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from dothi.engines.store.base import Session
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import TooManyResults
from dothi.kernel.context.ld.model import Instance, Stored
from dothi.kernel.context.ld.params import Join
from dothi.kernel.context.ld.projection import Projection
from dothi.kernel.context.ld.render import Form, as_dict
from dothi.kernel.context.reading.select import by_number

MAX_LINKED = 5000
_KINDS = frozenset({"Relationship", "ListRelationship"})


class Level(NamedTuple):
    """How entities so many steps away are shown, and how many steps may follow."""

    form: Form
    pick: Mapping[str, Projection]
    omit: Mapping[str, Projection]
    left: int

    def below(self, iri: str) -> Level:
        """The level of the entities the relationship ``iri`` points to."""
        pick, omit = self.pick.get(iri), self.omit.get(iri)
        form = msgspec.structs.replace(
            self.form,
            attrs=None,
            pick=pick.names if pick else None,
            omit=omit.names - set(omit.linked) if omit else frozenset(),
        )
        return Level(form, pick.linked if pick else {}, omit.linked if omit else {}, self.left - 1)


class Linked:
    """Shows entities together with those they point to, for one request."""

    def __init__(
        self, api: Api, session: Session, call: Call, terms: TermMap, form: Form, join: Join
    ) -> None:
        self._session = session
        self._dictionary = api.dictionary
        self._tid = api.tid(session, call)
        self._visible = call.visible
        self._terms = terms
        self._join = join
        self._top = Level(form, join.pick, join.omit, join.level)
        self._met: dict[str, Stored | None] = {}

    def show(self, entities: Sequence[Stored]) -> list[tuple[Stored, dict[str, Any]]]:
        """Each entity of the answer and how it is shown."""
        if self._join.mode == "flat":
            return list(self._flat(entities))
        above = self._join.contained_by
        return [(each, self._inline(each, self._top, above | {each.id})) for each in entities]

    def _find(self, urn: str) -> Stored | None:
        if urn not in self._met:
            if len(self._met) >= MAX_LINKED:
                raise TooManyResults(
                    f"more than {MAX_LINKED} entities are linked; ask for fewer", where="join"
                )
            eid = self._dictionary.eid(self._session, self._tid, urn)
            found = None if eid is None else by_number(self._session, eid)
            if found is not None and self._visible is not None and not self._visible.issuperset(found.types):
                found = None
            self._met[urn] = found
        return self._met[urn]

    # -- inline

    def _inline(self, entity: Stored, level: Level, above: frozenset[str]) -> dict[str, Any]:
        shown = as_dict(entity, self._terms, level.form)
        for iri in _relationships(entity, level):
            name = self._terms.name(iri)
            shown[name] = self._filled(shown[name], level.below(iri), above)
        return shown

    def _filled(self, value: Any, below: Level, above: frozenset[str]) -> Any:
        """An attribute with the entities it points to."""
        if below.form.representation == "keyValues":
            return self._simple(value, below, above)
        if isinstance(value, list):
            return [self._filled(each, below, above) for each in value]
        for member, target in (("object", "entity"), ("objectList", "entityList")):
            if member in value:
                objects = value[member]
                found = [each for each in (self._entity(urn, below, above) for urn in _urns(objects)) if each]
                if found:
                    value[target] = found[0] if isinstance(objects, str) else found
        return value

    def _simple(self, value: Any, below: Level, above: frozenset[str]) -> Any:
        if isinstance(value, str):
            return self._entity(value, below, above) or value
        if isinstance(value, list):
            return [self._simple(each, below, above) for each in value]
        return {name: self._each_dataset(each, below, above) for name, each in value.items()}

    def _each_dataset(self, values: Any, below: Level, above: frozenset[str]) -> Any:
        if isinstance(values, dict):
            return {dataset: self._simple(each, below, above) for dataset, each in values.items()}
        return values

    def _entity(self, urn: str, below: Level, above: frozenset[str]) -> dict[str, Any] | None:
        found = None if urn in above else self._find(urn)
        return None if found is None else self._inline(found, below, above | {urn})

    # -- flat

    def _flat(self, entities: Sequence[Stored]) -> Iterator[tuple[Stored, dict[str, Any]]]:
        """The entities, then those one step away, then those two steps away …, each once."""
        seen = {each.id for each in entities} | self._join.contained_by
        ring = [(each, self._top) for each in entities]
        while ring:
            following: list[tuple[Stored, Level]] = []
            for entity, level in ring:
                yield entity, as_dict(entity, self._terms, level.form)
                for iri in _relationships(entity, level):
                    for urn in _targets(entity.attributes[iri]):
                        if urn not in seen and (found := self._find(urn)) is not None:
                            seen.add(urn)
                            following.append((found, level.below(iri)))
            ring = following


def _relationships(entity: Stored, level: Level) -> list[str]:
    """The relationships (IRIs) that are shown and followed."""
    if level.left <= 0:
        return []
    return [
        iri
        for iri, instances in entity.attributes.items()
        if level.form.shows(iri)
        and instances[0].kind in _KINDS
        and (level.form.datasets is None or any(each.dataset in level.form.datasets for each in instances))
    ]


def _targets(instances: Iterable[Instance]) -> Iterator[str]:
    for each in instances:
        body = each.decoded()
        yield from _urns(body.get("object") or body.get("objectList"))


def _urns(objects: Any) -> Iterator[str]:
    """The ids in an ``object`` or ``objectList``."""
    if isinstance(objects, str):
        yield objects
    elif isinstance(objects, dict):
        yield from _urns(objects.get("object"))
    elif isinstance(objects, list):
        for each in objects:
            yield from _urns(each)
