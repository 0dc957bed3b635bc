"""The rules of a record type's content: a schema that is one, and names in it that exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from dothi.kernel.packs import checks
from dothi.kernel.packs.declarations import CodeList
from dothi.kernel.packs.icons import icons
from dothi.kernel.packs.problems import Problem, nearest
from dothi.kernel.packs.record_properties import placeholders, property_of
from dothi.kernel.packs.record_types import (
    HOUSE_KEYWORDS,
    INDEXED_AT_MOST,
    UNIT,
    Property,
    RecordType,
    SchemaStep,
)
from dothi.kernel.packs.source import Source, Steps

_SCALARS = frozenset({"text", "number", "integer", "boolean", "date", "datetime"})
_FORM = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


def record_type(source: Source, kind: RecordType) -> None:
    """One record type by itself."""
    checks.labels(source, kind)
    checks.named(source, kind.key, "key")
    if kind.icon not in icons():
        source.report(("icon",), "unknown-icon", icon=kind.icon, suggestion=nearest(kind.icon, icons()))
    if not _schema(source, kind):
        return
    found = _properties(source, kind)
    if found is None:
        return
    _named_properties(source, kind, found)
    _identifiers(source, kind, found)
    _purposes(source, kind, found)
    _migrations(source, kind, found)
    _linkage(source, kind, found)


def _linkage(source: Source, kind: RecordType, found: Mapping[str, Property]) -> None:
    """What duplicates are found by are properties of the type, and the purpose is one of its own."""
    linkage = kind.linkage
    if linkage is None:
        return
    named: list[tuple[Steps, str]] = [
        (("linkage", "compare", index, "property"), each.property)
        for index, each in enumerate(linkage.compare)
    ]
    for index, rule in enumerate(linkage.block):
        named += [(("linkage", "block", index, at), part.partition(":")[2]) for at, part in enumerate(rule)]
    named += [(("linkage", "keep", key), key) for key in linkage.keep]
    for steps, key in named:
        if key not in found:
            source.report(steps, "unknown-property", key=key, suggestion=nearest(key, found))
    purposes = [purpose.key for purpose in kind.access.purposes]
    if linkage.purpose and linkage.purpose not in purposes:
        near = nearest(linkage.purpose, purposes)
        source.report(("linkage", "purpose"), "unknown-purpose", key=linkage.purpose, suggestion=near)


def _schema(source: Source, kind: RecordType) -> bool:
    """Whether the schema is JSON Schema 2020-12 of a closed object that needs nothing from elsewhere."""
    import jsonschema_rs  # a native library that only checks and writes need

    schema = kind.schema
    try:
        jsonschema_rs.meta.validate({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"})
    except (jsonschema_rs.ValidationError, ValueError) as error:
        where: Steps = tuple(getattr(error, "instance_path", ()))
        source.report(("schema", *where), "not-a-schema", error=getattr(error, "message", error))
        return False
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        source.report(("schema",), "schema-not-object")
        return False
    if schema.get("additionalProperties") is not False:
        source.report(("schema",), "schema-not-closed")
    for steps, target in _references(schema, ("schema",)):
        if not target.startswith("#"):
            source.report(steps, "schema-elsewhere", target=target)
            return False
    for key in schema.get("required", ()):
        if key not in schema["properties"]:
            near = nearest(key, schema["properties"])
            source.report(("schema", "required"), "unknown-property", key=key, suggestion=near)
    return True


def _references(value: Any, steps: Steps) -> Iterable[tuple[Steps, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("$ref", "$dynamicRef") and isinstance(item, str):
                yield (*steps, key), item
            else:
                yield from _references(item, (*steps, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, (*steps, index))


def _properties(source: Source, kind: RecordType) -> dict[str, Property] | None:
    found: dict[str, Property] = {}
    before = len(source.problems)
    for key, schema in kind.schema["properties"].items():
        steps: Steps = ("schema", "properties", key)
        try:
            form = msgspec.convert(key, _KEY)
            found[form] = property_of(form, schema, required=False, geometry=form == kind.geometry)
        except msgspec.ValidationError as error:
            source.report(steps, "wrong-value", error=error)
            continue
        if "x-label" not in schema:
            source.report(steps, "missing-field", field="x-label")
        else:
            checks.label(source, found[form].label, (*steps, "x-label"))
        for name in schema:
            if name.startswith("x-") and name not in HOUSE_KEYWORDS:
                near = nearest(name, HOUSE_KEYWORDS)
                known = ", ".join(sorted(HOUSE_KEYWORDS))
                source.report((*steps, name), "unknown-field", field=name, known=known, suggestion=near)
    return found if len(source.problems) == before else None


def _named_properties(source: Source, kind: RecordType, found: Mapping[str, Property]) -> None:
    """Every place of the declaration that names a property names one that is there and fits."""
    named: list[tuple[Steps, str]] = [(("name",), key) for key in placeholders(kind.name)]
    named += [(("search", index), key) for index, key in enumerate(kind.search)]
    named += [(("indexed", index), key) for index, key in enumerate(kind.indexed)]
    named += [((field,), key) for field, key in (("unit", kind.unit), ("geometry", kind.geometry)) if key]
    for steps, key in named:
        if key not in found:
            source.report(steps, "unknown-property", key=key, suggestion=nearest(key, found))
    for index, key in enumerate(kind.search):
        if key in found and found[key].sensitivity == "sensitive":
            source.report(("search", index), "search-sensitive", key=key)
    for index, key in enumerate(kind.indexed):
        if key in found and (found[key].kind not in _SCALARS or found[key].sensitivity == "sensitive"):
            source.report(("indexed", index), "indexed-kind", key=key, kind=found[key].kind)
    if len(kind.indexed) > INDEXED_AT_MOST:
        source.report(("indexed",), "indexed-many", most=INDEXED_AT_MOST)
    if not placeholders(kind.name):
        source.report(("name",), "name-constant")


def _identifiers(source: Source, kind: RecordType, found: Mapping[str, Property]) -> None:
    """Each declared identifier stands in one property, and each ``x-identifier`` is declared."""
    declared = [each.key for each in kind.identifiers]
    for index, key in enumerate(declared):
        holders = [each.key for each in found.values() if each.identifier == key]
        if len(holders) != 1 or declared.count(key) > 1:
            source.report(("identifiers", index), "identifier-holders", key=key, count=len(holders))
    for each in found.values():
        if each.identifier is not None and each.identifier not in declared:
            steps: Steps = ("schema", "properties", each.key, "x-identifier")
            near = nearest(each.identifier, declared)
            source.report(steps, "unknown-identifier", key=each.identifier, suggestion=near)


def _purposes(source: Source, kind: RecordType, found: Mapping[str, Property]) -> None:
    keys = [purpose.key for purpose in kind.access.purposes]
    for index, purpose in enumerate(kind.access.purposes):
        steps: Steps = ("access", "purposes", index)
        if keys.index(purpose.key) != index:
            source.report((*steps, "key"), "duplicate-purpose", key=purpose.key)
        for place, key in enumerate(purpose.fields):
            if key not in found:
                near = nearest(key, found)
                source.report((*steps, "fields", place), "unknown-property", key=key, suggestion=near)
    clear = {level for purpose in kind.access.purposes for level in purpose.clear}
    for each in found.values():
        if each.sensitivity in ("personal", "sensitive") and each.sensitivity not in clear:
            steps = ("schema", "properties", each.key, "x-sensitivity")
            source.report(steps, "no-purpose", key=each.key, sensitivity=each.sensitivity)


def _migrations(source: Source, kind: RecordType, found: Mapping[str, Property]) -> None:
    """One step from each version to the next, the last leading to properties of today."""
    expected = list(range(2, kind.version + 1))
    given = sorted({step.to for step in kind.migrations})
    if given != expected or [step.to for step in kind.migrations] != sorted(s.to for s in kind.migrations):
        source.report(("migrations",), "migration-steps", version=kind.version)
    for index, step in enumerate(kind.migrations):
        if step.to == kind.version:
            for field, key in _written_by(step):
                if key not in found:
                    steps: Steps = ("migrations", index, field)
                    source.report(steps, "unknown-property", key=key, suggestion=nearest(key, found))


def _written_by(step: SchemaStep) -> Iterable[tuple[str, str]]:
    yield from (("rename", key) for key in step.rename.values())
    yield from (("compose", key) for key in step.compose if key not in step.remove)
    yield from (("default", key) for key in step.default)


def between(
    kinds: Sequence[tuple[Source, RecordType]], codes: Iterable[CodeList], others: Iterable[RecordType]
) -> list[Problem]:
    """The rules between record types: keys used once, links to types and code lists that are there."""
    problems: list[Problem] = []
    known = {kind.key: kind for kind in others} | {kind.key: kind for _, kind in kinds}
    lists = {each.key for each in codes}
    first: dict[str, str] = {}
    for source, kind in kinds:
        if kind.key in first:
            problems.append(
                source.problem(("key",), "duplicate-record-type", key=kind.key, other=first[kind.key])
            )
        first.setdefault(kind.key, source.file)
        for key, schema in kind.schema.get("properties", {}).items():
            problems += _outward(source, property_of(key, schema, required=False), known, lists)
    return problems


def _outward(
    source: Source, each: Property, known: Mapping[str, RecordType], lists: set[str]
) -> Iterable[Problem]:
    steps: Steps = ("schema", "properties", each.key)
    if each.codes is not None and each.codes not in lists:
        near = nearest(each.codes, lists)
        yield source.problem((*steps, "x-codes"), "unknown-code-list", key=each.codes, suggestion=near)
    link = each.link
    if link is None or link.register == UNIT:
        return
    if link.register not in known:
        near = nearest(link.register, known)
        yield source.problem((*steps, "x-link"), "unknown-register", key=link.register, suggestion=near)
    elif link.by is not None:
        theirs = [identifier.key for identifier in known[link.register].identifiers]
        if link.by not in theirs:
            near = nearest(link.by, theirs)
            yield source.problem((*steps, "x-link"), "unknown-identifier", key=link.by, suggestion=near)


_KEY = next(f.type for f in msgspec.structs.fields(RecordType) if f.name == "unit")
