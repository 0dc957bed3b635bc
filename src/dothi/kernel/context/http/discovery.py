"""/types and /attributes: what there is (5.7.5 to 5.7.10)."""

from __future__ import annotations

from typing import Any

from dothi.engines.store.base import Session
from dothi.kernel.context.http.answers import Answer
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.shown import plain
from dothi.kernel.context.ld import params_write
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import ResourceNotFound
from dothi.kernel.context.ld.params_base import LOCAL, refuse_unknown
from dothi.kernel.context.reading import discovery


async def types(api: Api, call: Call) -> Answer:
    """The types, with ``details`` their attributes."""
    terms = await api.terms(call)
    details = params_write.discovery(call.parameters())

    def find(session: Session) -> Answer:
        tid = api.tid(session, call)
        found = sorted(_visible(call, discovery.types(session, api.dictionary, tid)))
        if details:
            shown: Any = [_type_with_names(api, session, tid, iri, terms) for iri in found]
        else:
            shown = {
                "id": "urn:ngsi-ld:EntityTypeList:all",
                "type": "EntityTypeList",
                "typeList": _names(found, terms),
            }
        return plain(api, call, terms, shown)

    return await api.ask(find, cheap=not details)


def _visible(call: Call, found: list[str]) -> list[str]:
    return [iri for iri in found if call.visible is None or iri in call.visible]


def _names(iris: list[str], terms: TermMap) -> list[str]:
    return sorted(terms.name(iri) for iri in iris)


def _type_with_names(api: Api, session: Session, tid: int, iri: str, terms: TermMap) -> dict[str, Any]:
    names = list(discovery.attributes(session, api.dictionary, tid, iri))
    return {
        "id": iri,
        "type": "EntityType",
        "typeName": terms.name(iri),
        "attributeNames": _names(names, terms),
    }


async def one_type(api: Api, call: Call) -> Answer:
    """One type: how many entities, which attributes of which kind."""
    terms = await api.terms(call)
    refuse_unknown(call.parameters(), LOCAL)
    iri = terms.iri(call.parts[1])

    def find(session: Session) -> Answer:
        tid = api.tid(session, call)
        count = (
            discovery.type_counts(session, api.dictionary, tid).get(iri, 0) if _visible(call, [iri]) else 0
        )
        if not count:
            raise ResourceNotFound(f"there is no entity of type {terms.name(iri)}")
        found = discovery.attributes(session, api.dictionary, tid, iri)
        details = [
            {
                "id": name,
                "type": "Attribute",
                "attributeName": terms.name(name),
                "attributeTypes": sorted(kinds),
            }
            for name, kinds in sorted(found.items())
        ]
        shown = {"id": iri, "type": "EntityTypeInfo", "typeName": terms.name(iri), "entityCount": count}
        return plain(api, call, terms, shown | {"attributeDetails": details})

    return await api.ask(find, cheap=False)


async def attributes(api: Api, call: Call) -> Answer:
    """The attributes, with ``details`` the types that have them."""
    terms = await api.terms(call)
    details = params_write.discovery(call.parameters())

    def find(session: Session) -> Answer:
        types_of = _types_by_attribute(api, call, session)
        if details:
            shown: Any = [
                {
                    "id": iri,
                    "type": "Attribute",
                    "attributeName": terms.name(iri),
                    "typeNames": _names(types_of[iri], terms),
                }
                for iri in sorted(types_of)
            ]
        else:
            names = _names(list(types_of), terms)
            shown = {"id": "urn:ngsi-ld:AttributeList:all", "type": "AttributeList", "attributeList": names}
        return plain(api, call, terms, shown)

    return await api.ask(find, cheap=False)


def _types_by_attribute(api: Api, call: Call, session: Session) -> dict[str, list[str]]:
    tid = api.tid(session, call)
    found: dict[str, list[str]] = {}
    for kind in _visible(call, discovery.types(session, api.dictionary, tid)):
        for iri in discovery.attributes(session, api.dictionary, tid, kind):
            found.setdefault(iri, []).append(kind)
    return found


async def one_attribute(api: Api, call: Call) -> Answer:
    """One attribute: how many entities have it, of which types, as which kind."""
    terms = await api.terms(call)
    refuse_unknown(call.parameters(), LOCAL)
    iri = terms.iri(call.parts[1])

    def find(session: Session) -> Answer:
        tid = api.tid(session, call)
        visible = _visible(call, discovery.types(session, api.dictionary, tid))
        count, kinds, types_of = discovery.attribute(session, api.dictionary, tid, iri, visible)
        if not count:
            raise ResourceNotFound(f"no entity has the attribute {terms.name(iri)}")
        shown = {
            "id": iri, "type": "Attribute", "attributeName": terms.name(iri), "attributeCount": count,
            "attributeTypes": sorted(kinds), "typeNames": _names(sorted(types_of), terms),
        }  # fmt: skip
        return plain(api, call, terms, shown)

    return await api.ask(find, cheap=False)
