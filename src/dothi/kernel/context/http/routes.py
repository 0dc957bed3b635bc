"""Which path and method is which handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from dothi.kernel.context.http import (
    attributes,
    batch,
    discovery,
    entities,
    entity,
    info,
    jsonld_contexts,
    temporal,
    temporal_write,
)
from dothi.kernel.context.http.answers import Answer
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.negotiation import PLAIN, WITH_GEO

Handler = Callable[[Api, Call], Awaitable[Answer]]
ANY = "*"


class Route(NamedTuple):
    """A resource: its path (``*`` for a variable part), its handlers, what its answers can be."""

    path: str
    methods: Mapping[str, Handler]
    offers: Sequence[str] = PLAIN
    reads: bool = False  # its POST only asks


_LATER = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), info.later)
ROUTES = (
    Route("entities", {"GET": entities.get, "POST": entities.post}, WITH_GEO),
    Route(
        "entities/*",
        {"GET": entity.get, "PUT": entity.put, "PATCH": entity.patch, "DELETE": entity.delete},
        WITH_GEO,
    ),
    Route("entities/*/attrs", {"POST": attributes.post_all, "PATCH": attributes.patch_all}),
    Route(
        "entities/*/attrs/*", {"PATCH": attributes.patch, "PUT": attributes.put, "DELETE": attributes.delete}
    ),
    Route("entityOperations/create", {"POST": batch.create}),
    Route("entityOperations/upsert", {"POST": batch.upsert}),
    Route("entityOperations/update", {"POST": batch.update}),
    Route("entityOperations/merge", {"POST": batch.merge}),
    Route("entityOperations/delete", {"POST": batch.delete}),
    Route("entityOperations/query", {"POST": entities.post_query}, WITH_GEO, reads=True),
    Route("types", {"GET": discovery.types}),
    Route("types/*", {"GET": discovery.one_type}),
    Route("attributes", {"GET": discovery.attributes}),
    Route("attributes/*", {"GET": discovery.one_attribute}),
    Route("temporal/entities", {"GET": temporal.query, "POST": temporal_write.post}),
    Route("temporal/entities/*", {"GET": temporal.get, "DELETE": temporal_write.delete}),
    Route("temporal/entities/*/attrs", {"POST": temporal_write.post_attributes}),
    Route("temporal/entities/*/attrs/*", {"DELETE": temporal_write.delete_attribute}),
    Route(
        "temporal/entities/*/attrs/*/*",
        {"PATCH": temporal_write.patch_instance, "DELETE": temporal_write.delete_instance},
    ),
    Route("temporal/entityOperations/query", {"POST": temporal.post_query}, reads=True),
    Route("jsonldContexts", {"GET": jsonld_contexts.get_all, "POST": jsonld_contexts.post}),
    Route("jsonldContexts/*", {"GET": jsonld_contexts.get_one, "DELETE": jsonld_contexts.delete}),
    Route("info/sourceIdentity", {"GET": info.source_identity}),
    Route("subscriptions", _LATER),
    Route("subscriptions/*", _LATER),
    Route("csourceRegistrations", _LATER),
    Route("csourceRegistrations/*", _LATER),
    Route("csourceSubscriptions", _LATER),
    Route("csourceSubscriptions/*", _LATER),
    Route("entityMaps/*", _LATER),
)
_BY_HEAD: dict[tuple[int, str], list[tuple[list[str], Route]]] = {}
for _route in ROUTES:
    _parts = _route.path.split("/")
    _BY_HEAD.setdefault((len(_parts), _parts[0]), []).append((_parts, _route))


def find(parts: list[str]) -> Route | None:
    """The route of a path split at its slashes; None when there is none."""
    for pattern, route in _BY_HEAD.get((len(parts), parts[0]), ()):
        if all(want in (ANY, part) for want, part in zip(pattern, parts, strict=True)):
            return route
    return None
