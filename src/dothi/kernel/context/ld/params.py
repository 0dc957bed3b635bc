"""Query strings and query bodies of the reading requests, to typed values.

Parameters come decoded (name → text). Every function refuses what its request does not have with the standard's
error. ``geojson`` says that the answer was asked for as application/geo+json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.geo import GeoQuery, compile_geo
from dothi.kernel.context.ld.names import is_uri
from dothi.kernel.context.ld.params_base import (
    FORM,
    JOIN,
    LOCAL,
    PAGE,
    TEMPORAL_FORMATS,
    Parameters,
    flag,
    form,
    number,
    page,
    refuse_unknown,
    representation,
)
from dothi.kernel.context.ld.projection import SYSTEM, Projection, projection
from dothi.kernel.context.ld.query import Query, compile_query
from dothi.kernel.context.ld.render import LOCATION, Form
from dothi.kernel.context.ld.selection import (
    ScopeQuery,
    TypeSelection,
    id_pattern,
    ids,
    scope_query,
    type_selection,
)
from dothi.kernel.context.ld.temporal import Aggregation, TemporalQuery, aggregation, temporal_query

GEO = frozenset({"georel", "geometry", "coordinates", "geoproperty"})
SELECT = (
    frozenset({"id", "idPattern", "type", "attrs", "q", "scopeQ", "csf", "expandValues", "jsonKeys"}) | GEO
)
TIME = frozenset(
    {"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration"}
)
MAX_JOIN_LEVEL = 8


class Join(Struct, frozen=True):
    """Linked entity retrieval: ``inline``, ``flat`` or none, how deep, what is above already, and what is shown of
    the entities a relationship (IRI) points to."""

    mode: Literal["inline", "flat"] | None = None
    level: int = 1
    contained_by: frozenset[str] = frozenset()
    pick: dict[str, Projection] = {}
    omit: dict[str, Projection] = {}


class Selection(Struct, frozen=True):
    """Which entities are asked for; None means no condition of that kind."""

    ids: frozenset[str] | None = None
    matches_id: Callable[[str], bool] | None = None
    types: TypeSelection | None = None
    attrs: frozenset[str] | None = None
    q: Query | None = None
    geo: GeoQuery | None = None
    scopes: ScopeQuery | None = None
    csf: str | None = None

    @property
    def narrow(self) -> bool:
        """Whether it has one of the conditions a query must have (5.7.2.4)."""
        own = self.attrs is not None and any(name.rpartition("/")[2] not in SYSTEM for name in self.attrs)
        asks = self.q is not None and not self.q.system_only
        return bool(self.types or own or asks or self.geo)


class RetrieveEntity(Struct, frozen=True):
    """GET /entities/{id}."""

    form: Form
    types: TypeSelection | None
    geometry: str
    join: Join
    local: bool


class QueryEntities(Struct, frozen=True):
    """GET /entities, POST /entityOperations/query."""

    select: Selection
    form: Form
    limit: int
    offset: int
    count: bool
    geometry: str
    join: Join
    local: bool


class RetrieveTemporal(Struct, frozen=True):
    """GET /temporal/entities/{id}. ``representation``: normalized, temporalValues or aggregatedValues."""

    form: Form
    time: TemporalQuery
    representation: str
    aggregation: Aggregation | None
    local: bool


class QueryTemporal(Struct, frozen=True):
    """GET /temporal/entities, POST /temporal/entityOperations/query."""

    select: Selection
    form: Form
    time: TemporalQuery
    representation: str
    aggregation: Aggregation | None
    limit: int
    offset: int
    count: bool
    local: bool


def retrieve_entity(parameters: Parameters, terms: TermMap, *, geojson: bool = False) -> RetrieveEntity:
    """The parameters of GET /entities/{id}."""
    refuse_unknown(parameters, FORM | JOIN | LOCAL | {"type"})
    join = _join(parameters, terms)
    return RetrieveEntity(
        form(parameters, terms, join=join.mode is not None),
        type_selection(parameters["type"], terms) if parameters.get("type") else None,
        _geometry(parameters, terms, geojson),
        join,
        flag(parameters, "local"),
    )


def query_entities(parameters: Parameters, terms: TermMap, *, geojson: bool = False) -> QueryEntities:
    """The parameters of GET /entities."""
    refuse_unknown(parameters, SELECT | FORM | JOIN | LOCAL | PAGE)
    return _query(parameters, selection(parameters, terms), terms, geojson)


def _query(parameters: Mapping[str, Any], select: Selection, terms: TermMap, geojson: bool) -> QueryEntities:
    join, local = _join(parameters, terms), flag(parameters, "local")
    if not select.narrow and not local:
        raise BadRequestData("the query is too wide: give type, attrs, q or a geo-query (or local=true)")
    if select.q is not None and select.q.link_depth > (join.level if join.mode else 0):
        raise BadRequestData("follows relationships deeper than join and joinLevel say", where="q")
    limit, offset, count = page(parameters)
    return QueryEntities(
        select, form(parameters, terms, join=join.mode is not None), limit, offset, count,
        _geometry(parameters, terms, geojson), join, local,
    )  # fmt: skip


def selection(parameters: Mapping[str, Any], terms: TermMap) -> Selection:
    """The conditions of a query, compiled."""

    def get(name: str) -> Any:
        return parameters.get(name)

    expand = [part.strip() for part in (get("expandValues") or "").split(",") if part.strip()]
    json_keys = [part.strip() for part in (get("jsonKeys") or "").split(",") if part.strip()]
    return Selection(
        ids=ids(get("id")) if get("id") else None,
        # An id names the entities; a pattern beside it says nothing more (5.2.33).
        matches_id=id_pattern(get("idPattern")) if get("idPattern") and not get("id") else None,
        types=type_selection(get("type"), terms) if get("type") and get("type") != "*" else None,
        attrs=form({"attrs": get("attrs")}, terms).attrs if get("attrs") else None,
        q=compile_query(get("q"), terms, expand_values=expand, json_keys=json_keys) if get("q") else None,
        geo=_geo(parameters, terms),
        scopes=scope_query(get("scopeQ")) if get("scopeQ") else None,
        csf=get("csf") or None,
    )


def _geo(parameters: Mapping[str, Any], terms: TermMap) -> GeoQuery | None:
    given = {name: parameters[name] for name in GEO if parameters.get(name)}
    if not given:
        return None
    missing = [name for name in ("georel", "geometry", "coordinates") if name not in given]
    if missing:
        raise BadRequestData(f"a geo-query also needs {' and '.join(missing)}", where=next(iter(given)))
    return compile_geo(terms, **given)


def _geometry(parameters: Mapping[str, Any], terms: TermMap, geojson: bool) -> str:
    name = parameters.get("geometryProperty")
    if not name:
        return LOCATION
    if not geojson:
        raise BadRequestData("goes with the media type application/geo+json only", where="geometryProperty")
    return terms.iri(name)


def _join(parameters: Mapping[str, Any], terms: TermMap) -> Join:
    mode = parameters.get("join") or None
    if mode in (None, "@none"):
        if parameters.get("joinLevel"):
            raise BadRequestData("needs join=inline or join=flat", where="joinLevel")
        return Join()
    if mode not in ("inline", "flat"):
        raise BadRequestData(f"{mode!r} is none of inline, flat, @none", where="join")
    level = number(parameters, "joinLevel", 1)
    if not 1 <= level <= MAX_JOIN_LEVEL:
        raise BadRequestData(f"{level} is not from 1 to {MAX_JOIN_LEVEL}", where="joinLevel")
    above = parameters.get("containedBy") or ""
    linked = {
        name: projection(parameters[name], terms, name).linked
        for name in ("pick", "omit")
        if parameters.get(name)
    }
    return Join(mode, level, ids(above) if above else frozenset(), **linked)


def retrieve_temporal(parameters: Parameters, terms: TermMap) -> RetrieveTemporal:
    """The parameters of GET /temporal/entities/{id}."""
    refuse_unknown(parameters, (FORM - {"geometryProperty"}) | LOCAL | TIME)
    chosen, wanted = _temporal_representation(parameters)
    return RetrieveTemporal(
        form(parameters, terms, extra=TEMPORAL_FORMATS),
        temporal_query(parameters),
        chosen,
        wanted,
        flag(parameters, "local"),
    )


def query_temporal(parameters: Parameters, terms: TermMap) -> QueryTemporal:
    """The parameters of GET /temporal/entities; a temporal query is required."""
    refuse_unknown(parameters, SELECT | (FORM - {"geometryProperty"}) | LOCAL | PAGE | TIME)
    return _query_temporal(parameters, parameters, selection(parameters, terms), terms)


def _query_temporal(
    parameters: Mapping[str, Any], time: Mapping[str, Any], select: Selection, terms: TermMap
) -> QueryTemporal:
    if not select.narrow and not flag(parameters, "local"):
        raise BadRequestData("the query is too wide: give type, attrs, q or a geo-query (or local=true)")
    if select.q is not None and select.q.link_depth:
        raise BadRequestData("a temporal query cannot follow relationships", where="q")
    chosen, wanted = _temporal_representation(parameters, time)
    limit, offset, count = page(parameters)
    return QueryTemporal(
        select, form(parameters, terms, extra=TEMPORAL_FORMATS), temporal_query(time, required=True),
        chosen, wanted, limit, offset, count, flag(parameters, "local"),
    )  # fmt: skip


def _temporal_representation(
    parameters: Mapping[str, Any], time: Mapping[str, Any] | None = None
) -> tuple[str, Aggregation | None]:
    time = parameters if time is None else time
    chosen = representation(parameters, TEMPORAL_FORMATS)
    chosen = "temporalValues" if chosen == "keyValues" else chosen
    if chosen == "aggregatedValues":
        return chosen, aggregation(time)
    asked = (time.get("aggrMethods") or time.get("aggrPeriodDuration")) and not parameters.get("format")
    if asked:
        raise BadRequestData("needs options=aggregatedValues", where="aggrMethods")
    return chosen, None


def query_body(
    body: object, parameters: Parameters, terms: TermMap, *, geojson: bool = False
) -> list[QueryEntities]:
    """POST /entityOperations/query: one query for each entity selector of the body (any of them may match)."""
    refuse_unknown(parameters, FORM | LOCAL | PAGE)
    merged, selectors = _body(body, parameters)
    return [_query(merged, _selector(each, merged, terms), terms, geojson) for each in selectors]


def query_temporal_body(body: object, parameters: Parameters, terms: TermMap) -> list[QueryTemporal]:
    """POST /temporal/entityOperations/query, in the same way."""
    refuse_unknown(parameters, FORM | LOCAL | PAGE)
    merged, selectors = _body(body, parameters)
    time = merged.get("temporalQ")
    if not isinstance(time, dict):
        raise BadRequestData("a temporal query needs temporalQ", where="temporalQ")
    return [_query_temporal(merged, time, _selector(each, merged, terms), terms) for each in selectors]


_BODY = frozenset(
    {"type", "entities", "attrs", "q", "geoQ", "csf", "temporalQ", "scopeQ", "lang", "containedBy", "join",
     "joinLevel", "datasetId", "pick", "omit", "expandValues", "jsonKeys", "@context", "local", "entityMap"}
)  # fmt: skip


def _body(body: object, parameters: Parameters) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The members of a Query (5.2.23) in the spelling of a query string, and its entity selectors."""
    if not isinstance(body, dict) or body.get("type") != "Query":
        raise BadRequestData('a query is an object with "type": "Query"', where="type")
    for name in body:
        if name not in _BODY:
            raise BadRequestData("is not a member of a Query", where=name)
    selectors = body.get("entities", [{}])
    if (
        not isinstance(selectors, list)
        or not selectors
        or not all(isinstance(each, dict) for each in selectors)
    ):
        raise BadRequestData("must be an array of entity selectors", where="entities")
    merged: dict[str, Any] = dict(parameters)
    for name in _BODY - {"type", "entities", "geoQ", "@context"}:
        if name in body:
            merged[name] = _listed(body[name], name)
    if "geoQ" in body:
        if not isinstance(body["geoQ"], dict):
            raise BadRequestData("must be an object", where="geoQ")
        merged |= {name: body["geoQ"][name] for name in GEO if name in body["geoQ"]}
    return merged, selectors


def _listed(value: Any, where: str) -> Any:
    """An array of names as the query string writes it."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    if where != "temporalQ" and not isinstance(value, str | bool | int):
        raise BadRequestData("must be text or an array of texts", where=where)
    return value


def _selector(selector: dict[str, Any], merged: dict[str, Any], terms: TermMap) -> Selection:
    for name in selector:
        if name not in ("id", "idPattern", "type"):
            raise BadRequestData("is not a member of an entity selector", where=f"entities.{name}")
    identifier = selector.get("id")
    found = [identifier] if isinstance(identifier, str) else identifier
    if found is not None and not (
        isinstance(found, list) and all(isinstance(i, str) and is_uri(i) for i in found)
    ):
        raise BadRequestData(f"{identifier!r} is not a URI", where="entities.id")
    asked = {name: selector[name] for name in ("idPattern", "type") if name in selector}
    if not all(isinstance(each, str) for each in asked.values()):
        raise BadRequestData("must be text", where="entities")
    return selection(merged | asked | ({"id": ",".join(found)} if found else {}), terms)
