"""Stored entities to answers: normalized, concise, simplified, GeoJSON; names shortened by the reader's @context.

A stored body that holds no IRIs is the normalized answer already: rendering joins bytes. Bodies with
sub-attributes or vocabulary terms are decoded and compacted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.geojson import looks_like_geometry
from dothi.kernel.context.ld.model import VALUE_MEMBER, Instance, Stored, is_kind
from dothi.kernel.context.ld.names import time_text

Representation = Literal["normalized", "concise", "keyValues"]
LOCATION = "https://uri.etsi.org/ngsi-ld/location"
_encode = msgspec.json.Encoder().encode
_any = msgspec.json.Decoder()
_VALUE_TYPED = frozenset({"Property", "GeoProperty"})


class Form(Struct, frozen=True):
    """How entities are to be rendered.

    ``attrs``: only these attributes (IRIs; id, type and scope stay). ``pick``/``omit``: attribute IRIs and the
    members ``id``, ``type``, ``scope``. ``datasets``: only these instances ('' the default one). ``lang``: the
    preference list for languageMaps.
    """

    representation: Representation = "normalized"
    sys_attrs: bool = False
    attrs: frozenset[str] | None = None
    pick: frozenset[str] | None = None
    omit: frozenset[str] = frozenset()
    datasets: frozenset[str] | None = None
    lang: tuple[str, ...] = ()

    def shows(self, name: str) -> bool:
        """Whether the attribute ``name`` (an IRI) is part of the answer."""
        if self.pick is not None and name not in self.pick:
            return False
        return (self.attrs is None or name in self.attrs) and name not in self.omit

    def shows_member(self, name: str) -> bool:
        """Whether ``id``, ``type`` or ``scope`` is part of the answer."""
        return (self.pick is None or name in self.pick) and name not in self.omit


NORMALIZED = Form()


def render(entity: Stored, terms: TermMap, form: Form = NORMALIZED, context: Any = None) -> bytes:
    """One entity as JSON; ``context`` becomes its ``@context`` member when given."""
    parts = entity_head(entity, terms, form)
    if form.representation == "normalized" and form.datasets is None and not form.lang:
        _normalized(entity, terms, form, parts)
    else:
        write = _WRITERS[form.representation]
        for iri, instances in entity.attributes.items():
            if form.shows(iri):
                shown = (
                    instances
                    if form.datasets is None
                    else [i for i in instances if i.dataset in form.datasets]
                )
                if shown:
                    parts += (terms.keys[iri], write(shown, terms, form))
    return join_members(parts, context)


def join_members(parts: list[Any], context: Any = None) -> bytes:
    """A JSON object of its members, each written with a comma before it."""
    if context is not None:
        parts += (b',"@context":', _encode(context))
    body = b"".join(parts)
    return b"{" + body[1:] + b"}"


def render_many(
    entities: Iterable[Stored], terms: TermMap, form: Form = NORMALIZED, context: Any = None
) -> bytes:
    """A JSON array of entities."""
    return b"[" + b",".join([render(entity, terms, form, context) for entity in entities]) + b"]"


def as_dict(entity: Stored, terms: TermMap, form: Form = NORMALIZED) -> dict[str, Any]:
    """One entity as plain Python, for callers inside the platform."""
    result: dict[str, Any] = _any.decode(render(entity, terms, form))
    return result


def entity_head(entity: Stored, terms: TermMap, form: Form) -> list[Any]:
    """The members of an entity that are not attributes, each written with a comma before it."""
    parts: list[Any] = []
    if form.shows_member("id"):
        parts += (b',"id":', _encode(entity.id))
    if form.shows_member("type"):
        parts += (b',"type":', _one_or_many([terms.names[iri] for iri in entity.types]))
    if entity.scopes and form.shows_member("scope"):
        parts += (b',"scope":', _one_or_many(entity.scopes))
    if entity.expires_us is not None and form.shows_member("expiresAt"):
        parts += (b',"expiresAt":"', time_text(entity.expires_us).encode(), b'"')
    if form.sys_attrs:
        parts.append(_system(entity.created_us, entity.modified_us))
    return parts


def _one_or_many(items: Sequence[str]) -> bytes:
    return _encode(items[0] if len(items) == 1 else items)


def _system(created_us: int, modified_us: int) -> bytes:
    return f',"createdAt":"{time_text(created_us)}","modifiedAt":"{time_text(modified_us)}"'.encode()


def _normalized(entity: Stored, terms: TermMap, form: Form, parts: list[Any]) -> None:
    keys, everything = terms.keys, form.attrs is None and form.pick is None and not form.omit
    for iri, instances in entity.attributes.items():
        if everything or form.shows(iri):
            if len(instances) == 1 and not instances[0].deep and not form.sys_attrs:
                parts += (keys[iri], instances[0].body)
            else:
                parts += (keys[iri], _normalized_attribute(instances, terms, form))


def _normalized_attribute(instances: Sequence[Instance], terms: TermMap, form: Form) -> bytes:
    return _array([_normalized_instance(each, terms, form) for each in instances])


def _normalized_instance(each: Instance, terms: TermMap, form: Form) -> bytes:
    if each.deep or form.lang:
        body = bytes(_encode(normalized_body(each.decoded(), terms, form)))
    else:
        body = bytes(each.body)
    return body[:-1] + _system(each.created_us, each.modified_us) + b"}" if form.sys_attrs else body


def _array(items: list[bytes]) -> bytes:
    return items[0] if len(items) == 1 else b"[" + b",".join(items) + b"]"


def normalized_body(body: dict[str, Any], terms: TermMap, form: Form = NORMALIZED) -> dict[str, Any]:
    """A decoded stored body with its names compacted, in normalized form."""
    kind = body.get("type", "")
    result: dict[str, Any] = {}
    for name, value in body.items():
        if name == "vocab" or name in ("objectType", "valueType"):
            result[name] = _compacted(value, terms)
        elif ":" not in name:
            result[name] = value
        elif isinstance(value, list):
            result[terms.name(name)] = [normalized_body(each, terms, form) for each in value]
        else:
            result[terms.name(name)] = (
                normalized_body(value, terms, form) if isinstance(value, dict) else value
            )
    if kind == "LanguageProperty" and form.lang:
        _choose_language(result, form.lang)
    return result


def _compacted(value: Any, terms: TermMap) -> Any:
    if isinstance(value, list):
        return [terms.name(each) for each in value]
    return terms.name(value) if isinstance(value, str) else value


def _choose_language(body: dict[str, Any], preferences: tuple[str, ...]) -> None:
    """A LanguageProperty becomes a Property in the best of the languages asked for (clause 4.15)."""
    texts = body.pop("languageMap", None)
    if not isinstance(texts, dict) or not texts:
        return
    language = next((found for each in preferences if (found := _matching(each, texts))), None) or next(
        iter(texts)
    )
    rest = {name: value for name, value in body.items() if name != "type"}
    body.clear()
    body |= {"type": "Property", "value": texts[language], "lang": language} | rest


def _matching(wanted: str, texts: dict[str, Any]) -> str | None:
    """The key of ``texts`` that a language range asks for: itself, its region dropped, a region of it, any for ``*``."""
    if wanted == "*":
        return next(iter(texts))
    by_lower = {language.lower(): language for language in texts}
    tag = wanted.lower()
    while tag:
        if tag in by_lower:
            return by_lower[tag]
        tag = tag.rpartition("-")[0]
    return next((known for tag, known in by_lower.items() if tag.startswith(f"{wanted.lower()}-")), None)


def concise_body(body: dict[str, Any], terms: TermMap, form: Form = NORMALIZED, *, alone: bool = True) -> Any:
    """A decoded stored body in concise form: the type left out, a lone value bare (clauses 4.5.2.3 …)."""
    return _concise(normalized_body(body, terms, form), alone=alone)


def _concise(body: dict[str, Any], *, alone: bool = True) -> Any:
    kind = body.get("type", "")
    # Without its type it would be read back as a GeoProperty.
    geometry_as_property = kind == "Property" and looks_like_geometry(body.get("value"))
    result = {}
    for name, value in body.items():
        if name == "type" and is_kind(kind) and not geometry_as_property:
            continue
        if name not in _CARRIERS:
            if isinstance(value, dict) and is_kind(value.get("type")):
                value = _concise(value)
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                value = [_concise(each, alone=False) for each in value]
        result[name] = value
    bare = alone and len(result) == 1 and kind in _VALUE_TYPED and "value" in result
    return result["value"] if bare and _may_stand_bare(kind, result["value"]) else result


_CARRIERS = frozenset({*VALUE_MEMBER.values(), "dataset", "objectType", "valueType"})


def _may_stand_bare(kind: str, value: Any) -> bool:
    """A bare value must be read back as the same attribute; an object could be taken for an attribute."""
    if isinstance(value, list):
        return not any(isinstance(each, dict) for each in value)
    return kind == "GeoProperty" or not isinstance(value, dict)


def _concise_attribute(instances: Sequence[Instance], terms: TermMap, form: Form) -> bytes:
    # In an array of instances a bare value would be read back as an item of an array value.
    alone = len(instances) == 1
    return _array([_concise_instance(each, terms, form, alone=alone) for each in instances])


class _Lone(Struct):
    type: str
    value: Raw


_lone = msgspec.json.Decoder(_Lone)
_TYPED = {kind: f'{{"type":"{kind}",'.encode() for kind in ("Property", "GeoProperty", "Relationship")}


def _concise_instance(each: Instance, terms: TermMap, form: Form, *, alone: bool) -> bytes:
    body = bytes(each.body)
    if not each.deep and not form.sys_attrs and (short := _concise_plain(body, alone)) is not None:
        return short
    shaped = concise_body(each.decoded(), terms, form, alone=alone)
    if not form.sys_attrs:
        return _encode(shaped)
    shaped = shaped if _is_shaped(shaped) else {"value": shaped}
    return _encode(shaped)[:-1] + _system(each.created_us, each.modified_us) + b"}"


def _concise_plain(body: bytes, alone: bool) -> bytes | None:
    """The concise form cut out of a plain body without decoding its value; None when that is not enough."""
    if body.startswith(_TYPED["Relationship"]):
        return b"{" + body[len(_TYPED["Relationship"]) :]
    if not body.startswith((_TYPED["Property"], _TYPED["GeoProperty"])):
        return None
    found = _lone.decode(body)
    value = bytes(found.value)
    if found.type == "Property" and b'"coordinates"' in value:
        return None
    rest = body[len(_TYPED[found.type]) :]
    if not alone or len(rest) > len(value) + len(b'"value":}'):
        return b"{" + rest
    if found.type == "GeoProperty" or value[0] not in b"[{":
        return value
    return b"{" + rest if value[0] == ord("{") else None


def _is_shaped(shaped: Any) -> bool:
    return isinstance(shaped, dict) and not _CARRIERS.isdisjoint(shaped)


def _simple_attribute(instances: Sequence[Instance], terms: TermMap, form: Form) -> bytes:
    if len(instances) == 1 and not instances[0].dataset:
        return _simple_instance(instances[0], terms, form)
    values = [(_encode(each.dataset or "@none"), _simple_instance(each, terms, form)) for each in instances]
    return b'{"dataset":{' + b",".join([key + b":" + value for key, value in values]) + b"}}"


def _simple_instance(each: Instance, terms: TermMap, form: Form) -> bytes:
    if each.number is not None:
        return _encode(each.number)
    return _encode(simple_value(each.decoded(), terms, form))


def simple_value(body: dict[str, Any], terms: TermMap, form: Form = NORMALIZED) -> Any:
    """The simplified value of a decoded stored body (clause 4.5.4)."""
    kind = body.get("type", "")
    if kind == "LanguageProperty" and not form.lang:
        return {"languageMap": body["languageMap"]}
    if kind == "LanguageProperty":
        chosen = dict(body)
        _choose_language(chosen, form.lang)
        return chosen["value"]
    if kind == "VocabProperty":
        return {"vocab": _compacted(body["vocab"], terms)}
    if kind == "JsonProperty":
        return {"json": body["json"]}
    if kind == "ListRelationship":
        return [each["object"] if isinstance(each, dict) else each for each in body["objectList"]]
    return body.get(VALUE_MEMBER.get(kind, "value"))


_WRITERS = {
    "normalized": _normalized_attribute,
    "concise": _concise_attribute,
    "keyValues": _simple_attribute,
}


def feature(
    entity: Stored, terms: TermMap, form: Form = NORMALIZED, *, geometry: str = LOCATION, dataset: str = "",
    context: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """One entity as a GeoJSON Feature (clause 4.5.16); ``geometry`` is the IRI of the GeoProperty shown."""
    properties = as_dict(entity, terms, form)
    identifier = properties.pop("id", entity.id)
    result = {
        "id": identifier,
        "type": "Feature",
        "geometry": _geometry(entity, geometry, dataset),
        "properties": properties,
    }
    return result if context is None else result | {"@context": context}


def _geometry(entity: Stored, name: str, dataset: str) -> Any:
    for each in entity.attributes.get(name, ()):
        if each.dataset == dataset and each.kind == "GeoProperty":
            return each.value
    return None


def feature_collection(
    entities: Iterable[Stored], terms: TermMap, form: Form = NORMALIZED, *, geometry: str = LOCATION,
    dataset: str = "", context: Any = None,
) -> bytes:  # fmt: skip
    """A GeoJSON FeatureCollection."""
    features = [feature(entity, terms, form, geometry=geometry, dataset=dataset) for entity in entities]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    return _encode(collection if context is None else collection | {"@context": context})
