"""/entities/{id}/attrs and /entities/{id}/attrs/{attr}: attributes of one entity."""

from __future__ import annotations

from dothi.kernel.context import operations
from dothi.kernel.context.http.answers import NO_CONTENT, Answer, json
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.entity import urn_of
from dothi.kernel.context.ld import merge, params_write
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.entity import parse_attribute, parse_entity
from dothi.kernel.context.ld.errors import BadRequestData


async def post_all(api: Api, call: Call) -> Answer:
    """Append (5.6.3)."""
    urn = urn_of(call)
    terms = await api.terms(call, call.body)
    target, overwrite = params_write.append_attributes(call.parameters(), terms)
    parsed = parse_entity(call.body, terms, kind="fragment")
    command = operations.typed(operations.update(urn, parsed, overwrite=overwrite), target.types)
    return _updated(await api.change_one(call, command), terms)


async def patch_all(api: Api, call: Call) -> Answer:
    """Update attributes; those that are not there are added, a scope is not (5.6.2)."""
    urn = urn_of(call)
    terms = await api.terms(call, call.body)
    target = params_write.target(call.parameters(), terms)
    parsed = parse_entity(call.body, terms, kind="fragment")
    command = operations.typed(operations.update(urn, parsed, adds_scope=False), target.types)
    return _updated(await api.change_one(call, command), terms)


def _updated(outcome: merge.Outcome, terms: TermMap) -> Answer:
    if not outcome.not_updated:
        return NO_CONTENT
    left = [
        {"attributeName": terms.name(each.attribute), "reason": each.reason} for each in outcome.not_updated
    ]
    return json(207, {"updated": [terms.name(iri) for iri in outcome.updated], "notUpdated": left})


async def patch(api: Api, call: Call) -> Answer:
    """Partial update of one attribute (5.6.4)."""
    urn = urn_of(call)
    terms = await api.terms(call, call.body)
    target = params_write.target(call.parameters(), terms)
    iri, patches = parse_attribute(call.body, call.parts[3], terms, partial=True)
    await api.change_one(call, operations.typed(operations.partial(urn, iri, patches), target.types))
    return NO_CONTENT


async def put(api: Api, call: Call) -> Answer:
    """Replace one attribute (5.6.19)."""
    urn = urn_of(call)
    terms = await api.terms(call, call.body)
    target = params_write.target(call.parameters(), terms)
    if call.parts[3] == "scope":
        raise BadRequestData("is not an attribute; update or merge the entity", where="scope")
    iri, instances = parse_attribute(call.body, call.parts[3], terms, nulls=False)
    await api.change_one(
        call, operations.typed(operations.replace_attribute(urn, iri, instances), target.types)
    )
    return NO_CONTENT


async def delete(api: Api, call: Call) -> Answer:
    """Delete one attribute (5.6.5)."""
    urn = urn_of(call)
    terms = await api.terms(call)
    asked = params_write.delete_attribute(call.parameters(), terms)
    if call.parts[3] == "scope":
        await api.change_one(call, operations.typed(operations.delete_scope(urn), asked.target.types))
        return NO_CONTENT
    command = operations.delete_attribute(
        urn, terms.iri(call.parts[3]), dataset=asked.dataset, everything=asked.everything
    )
    await api.change_one(call, operations.typed(command, asked.target.types))
    return NO_CONTENT
