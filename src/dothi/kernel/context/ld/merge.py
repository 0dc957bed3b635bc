"""What an operation makes of a stored entity: pure functions from (stored, parsed, now) to an :class:`Outcome`.

Times are microseconds. The stored entity given is never changed; instances of the parsed one may be taken over.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct, field

from dothi.kernel.context.ld.attribute import kind_of_value
from dothi.kernel.context.ld.core_context import NGSI_LD
from dothi.kernel.context.ld.errors import BadRequestData, ResourceNotFound
from dothi.kernel.context.ld.model import (
    VALUE_MEMBER,
    Instance,
    Parsed,
    Stored,
    canonical,
    instance,
    value_of,
)
from dothi.kernel.context.ld.names import NULL, observed, time_text

SCOPE = f"{NGSI_LD}scope"


class NotUpdated(NamedTuple):
    """An attribute (IRI) an update left alone, and why."""

    attribute: str
    reason: str


class Outcome(Struct):
    """The new entity, and what became of its attributes.

    ``changed``: (attribute IRI, new instance); ``deleted``: (attribute IRI, the instance that was).
    """

    entity: Stored
    changed: list[tuple[str, Instance]] = field(default_factory=list)
    deleted: list[tuple[str, Instance]] = field(default_factory=list)
    not_updated: list[NotUpdated] = field(default_factory=list)
    head_changed: bool = False

    @property
    def updated(self) -> list[str]:
        """The attributes (IRIs) that were written or deleted, each once, in order."""
        return list(dict.fromkeys([iri for iri, _ in self.changed] + [iri for iri, _ in self.deleted]))

    @property
    def touched(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.changed or self.deleted or self.head_changed)


def create(parsed: Parsed, now_us: int) -> Outcome:
    """A new entity."""
    outcome = Outcome(
        Stored(parsed.id, parsed.types, parsed.scopes or (), now_us, now_us, {}, parsed.expires_us)
    )
    attributes, changed = outcome.entity.attributes, outcome.changed
    for iri, instances in parsed.attributes.items():
        attributes[iri] = instances
        for each in instances:
            each.created_us = each.modified_us = now_us
            changed.append((iri, each))
    return outcome


def replace(stored: Stored, parsed: Parsed, now_us: int) -> Outcome:
    """Replace the entity (5.6.18): what is not given goes; createdAt stays."""
    outcome = create(parsed, now_us)
    entity = outcome.entity
    entity.created_us, entity.types = stored.created_us, parsed.types or stored.types
    entity.id, outcome.head_changed = stored.id, True
    for iri, old in stored.attributes.items():
        kept = {each.dataset: each for each in entity.attributes.get(iri, ())}
        for each in old:
            if (new := kept.get(each.dataset)) is not None:
                new.created_us = each.created_us
            else:
                outcome.deleted.append((iri, each))
    return outcome


def update(
    stored: Stored, parsed: Parsed, now_us: int, *, overwrite: bool = True, adds_scope: bool = True
) -> Outcome:
    """Append or overwrite attributes (5.6.2, 5.6.3); ``overwrite=False`` leaves those that exist alone.

    Without ``adds_scope`` an entity that has no scope gets none (Update Attributes).
    """
    outcome = _begin(stored, parsed, now_us, scope=overwrite)
    if not adds_scope and parsed.scopes is not None and not stored.scopes:
        outcome.entity.scopes = ()
        outcome.head_changed = outcome.entity.types != stored.types
        outcome.not_updated.append(NotUpdated(SCOPE, "the entity has no scope"))
    attributes = outcome.entity.attributes
    for iri, instances in parsed.attributes.items():
        old = attributes.get(iri)
        if old is None:
            _append(outcome, iri, [each for each in instances if not each.null], now_us)
            continue
        if overwrite and len(old) == len(instances) == 1 and _succeeds(instances[0], old[0], now_us):
            attributes[iri] = instances  # the usual case, without the search for the right place
            outcome.changed.append((iri, instances[0]))
            continue
        for each in instances:
            if overwrite or (_find(attributes.get(iri, ()), each.dataset) is None and not each.null):
                _put(outcome, iri, each, now_us)
            else:
                outcome.not_updated.append(
                    NotUpdated(iri, "the attribute exists and must not be overwritten")
                )
    return _finish(outcome, now_us)


def merge(
    stored: Stored, parsed: Parsed, now_us: int, *, lang: str | None = None, observed_us: int | None = None
) -> Outcome:
    """Merge patch (5.5.12, 5.6.17): down to any depth; NGSI-LD Null deletes; ``parsed`` of kind 'merge'."""
    outcome = _begin(stored, parsed, now_us, scope=True)
    for iri, patches in parsed.attributes.items():
        for patch in patches:
            old = _find(outcome.entity.attributes.get(iri, ()), patch.dataset)
            if patch.null:
                _remove(outcome, iri, patch.dataset)
            else:
                _put(outcome, iri, _merged(old, patch, iri, lang, observed_us), now_us)
    return _finish(outcome, now_us)


def partial(stored: Stored, iri: str, patches: list[Instance], now_us: int) -> Outcome:
    """Partial attribute update (5.6.4): members given replace members, others stay."""
    outcome = _begin(stored, None, now_us)
    for patch in patches:
        old = _find(stored.attributes.get(iri, ()), patch.dataset)
        if old is None:
            raise _missing(iri, patch.dataset)
        if patch.null:
            _remove(outcome, iri, patch.dataset)
        else:
            _put(outcome, iri, _overlaid(old, patch), now_us)
    return _finish(outcome, now_us)


def replace_attribute(stored: Stored, iri: str, instances: list[Instance], now_us: int) -> Outcome:
    """Replace the instances given of an attribute that exists (5.6.19)."""
    outcome = _begin(stored, None, now_us)
    for each in instances:
        if _find(stored.attributes.get(iri, ()), each.dataset) is None:
            raise _missing(iri, each.dataset)
        _put(outcome, iri, each, now_us)
    return _finish(outcome, now_us)


def delete_attribute(
    stored: Stored, iri: str, now_us: int, *, dataset: str = "", everything: bool = False
) -> Outcome:
    """Delete one instance of an attribute, or with ``everything`` (deleteAll) all of them (5.6.5)."""
    outcome = _begin(stored, None, now_us)
    old = stored.attributes.get(iri)
    if old is None or (not everything and _find(old, dataset) is None):
        raise _missing(iri, "" if everything else dataset)
    for each in old:
        if everything or each.dataset == dataset:
            _remove(outcome, iri, each.dataset)
    return _finish(outcome, now_us)


def delete_scope(stored: Stored, now_us: int) -> Outcome:
    """Delete the scope of an entity (4.18)."""
    if not stored.scopes:
        raise ResourceNotFound("the entity has no scope")
    outcome = _begin(stored, None, now_us)
    outcome.entity.scopes, outcome.head_changed = (), True
    return _finish(outcome, now_us)


def _missing(iri: str, dataset: str) -> ResourceNotFound:
    what = f"instance with datasetId {dataset}" if dataset else "instance without datasetId"
    return ResourceNotFound(f"the entity has no attribute {iri} with an {what}")


def _begin(stored: Stored, parsed: Parsed | None, now_us: int, *, scope: bool = False) -> Outcome:
    entity = Stored(
        stored.id, stored.types, stored.scopes, stored.created_us, stored.modified_us,
        dict(stored.attributes), stored.expires_us,
    )  # fmt: skip
    if parsed is not None:
        entity.types = tuple(dict.fromkeys(stored.types + parsed.types))
        if parsed.scopes is not None:
            # What must not be overwritten is added to.
            entity.scopes = parsed.scopes if scope else tuple(dict.fromkeys((*stored.scopes, *parsed.scopes)))
        entity.expires_us = parsed.expires_us if parsed.expires_us is not None else stored.expires_us
    changed = (entity.types, entity.scopes, entity.expires_us) != (
        stored.types,
        stored.scopes,
        stored.expires_us,
    )
    return Outcome(entity, head_changed=changed)


def _finish(outcome: Outcome, now_us: int) -> Outcome:
    if outcome.touched:
        outcome.entity.modified_us = now_us
    return outcome


def _find(instances: list[Instance] | tuple[Instance, ...], dataset: str) -> Instance | None:
    for each in instances:
        if each.dataset == dataset:
            return each
    return None


def _append(outcome: Outcome, iri: str, instances: list[Instance], now_us: int) -> None:
    if not instances:
        return
    for each in instances:
        each.created_us = each.modified_us = now_us
        outcome.changed.append((iri, each))
    outcome.entity.attributes[iri] = instances


def _succeeds(new: Instance, old: Instance, now_us: int) -> bool:
    """Whether ``new`` takes the place of ``old``; its times are set then."""
    if new.null or new.dataset != old.dataset:
        return False
    new.created_us, new.modified_us = old.created_us, now_us
    return True


def _put(outcome: Outcome, iri: str, new: Instance, now_us: int) -> None:
    """Put an instance in the place of the one with the same datasetId, or beside the others."""
    if new.null:
        _remove(outcome, iri, new.dataset)
        return
    old = outcome.entity.attributes.get(iri, [])
    new.created_us = new.modified_us = now_us
    placed, result = False, []
    for each in old:
        if each.dataset == new.dataset:
            new.created_us, placed = each.created_us, True
            result.append(new)
        else:
            result.append(each)
    outcome.entity.attributes[iri] = result if placed else [*result, new]
    outcome.changed.append((iri, new))


def _remove(outcome: Outcome, iri: str, dataset: str) -> None:
    old = outcome.entity.attributes.get(iri, [])
    gone = _find(old, dataset)
    if gone is None:
        return
    rest = [each for each in old if each is not gone]
    if rest:
        outcome.entity.attributes[iri] = rest
    else:
        del outcome.entity.attributes[iri]
    outcome.deleted.append((iri, gone))


def _overlaid(old: Instance, patch: Instance) -> Instance:
    """One level of members laid over another (5.5.8)."""
    body, given = old.decoded(), patch.decoded()
    kind = given.get("type") or body["type"]
    if kind != body["type"]:
        raise BadRequestData(
            f"the attribute is a {body['type']}, which a partial update does not change", where="type"
        )
    if "value" in given and VALUE_MEMBER[kind] != "value" and "type" not in given:
        given = {VALUE_MEMBER[kind]: given.pop("value")} | given
    for name, value in given.items():
        if value == NULL:
            body.pop(name, None)
        else:
            body[name] = value
    return _complete(body, old.deep or patch.deep)


def _merged(
    old: Instance | None, patch: Instance, iri: str, lang: str | None, observed_us: int | None
) -> Instance:
    given = patch.decoded()
    if old is None:
        given.setdefault("type", kind_of_value(given.get("value")))
        return _complete(_without_nulls(given), patch.deep)
    body = old.decoded()
    if observed_us is not None and "observedAt" in body:
        given = {"observedAt": time_text(observed_us)} | given
    kind = given.get("type") or body["type"]
    if kind != body["type"]:
        body = {"type": kind} | {
            name: each for name, each in body.items() if name not in VALUE_MEMBER.values() and name != "type"
        }
    elif "value" in given and "type" not in given and VALUE_MEMBER[kind] != "value":
        given = _carried(kind, given, lang) | {name: each for name, each in given.items() if name != "value"}
    return _complete(merge_patch(body, given, whole=_whole(kind)), old.deep or patch.deep)


def _carried(kind: str, given: dict[str, Any], lang: str | None) -> dict[str, Any]:
    """A bare value meant for an attribute whose value is not in ``value``."""
    value = given["value"]
    if kind == "LanguageProperty":
        if isinstance(value, dict):
            return {"languageMap": value.get("languageMap", value)}
        return {"languageMap": {lang or "@none": value}}
    if kind == "ListRelationship" and isinstance(value, list):
        value = [each if isinstance(each, dict) else {"object": each} for each in value]
    return {VALUE_MEMBER[kind]: value}


def _whole(kind: str) -> frozenset[str]:
    """Members a merge replaces as a whole: a geometry is not mended member by member."""
    return frozenset({"value"}) if kind == "GeoProperty" else frozenset()


def merge_patch(target: Any, patch: Any, *, whole: frozenset[str] = frozenset()) -> Any:
    """RFC 7396 with ``urn:ngsi-ld:null`` in the role of null."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value == NULL:
            result.pop(name, None)
        elif name in whole:
            result[name] = value
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def _without_nulls(patch: Any) -> Any:
    return merge_patch({}, patch)


def _complete(body: dict[str, Any], deep: bool) -> Instance:
    """An instance of a patched body; BadRequestData when the patch left it without its value."""
    kind = body.get("type", "Property")
    if value_of(body) is None and kind != "JsonProperty":
        raise BadRequestData(f"the result would be a {kind} without {VALUE_MEMBER[kind]!r}")
    time = body.get("observedAt")
    return instance(
        canonical({"type": kind} | body), deep=deep, observed_us=observed(time)[0] if time else None
    )
