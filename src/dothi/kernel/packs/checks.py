"""The rules of a declaration's content, beyond its form: names that exist, labels in both languages."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dothi.core.units import UNITS
from dothi.kernel.packs import bands
from dothi.kernel.packs.declarations import (
    Attribute,
    CodeList,
    Declaration,
    EntityType,
    Label,
    Pack,
    PublishedAttribute,
    PublishedModel,
)
from dothi.kernel.packs.icons import icons
from dothi.kernel.packs.problems import Problem, nearest
from dothi.kernel.packs.source import Source, Steps

NUMBERS = frozenset({"number", "integer"})


def pack(source: Source, manifest: Pack, folder: str) -> None:
    """pack.yaml by itself."""
    labels(source, manifest)
    if manifest.key != folder:
        source.report(("key",), "key-differs-from-folder", folder=folder, key=manifest.key, suggestion=folder)
    if manifest.quality != "bronze" and not manifest.quality_reasons:
        source.report(("quality",), "quality-reasons", quality=manifest.quality)


def entity_type(source: Source, kind: EntityType, model: PublishedModel | None) -> None:
    """One entity type and its attributes, against the published model it follows."""
    labels(source, kind)
    named(source, kind.key, "key")
    if kind.icon not in icons():
        source.report(("icon",), "unknown-icon", icon=kind.icon, suggestion=nearest(kind.icon, icons()))
    keys = [attribute.key for attribute in kind.attributes]
    if kind.headline is not None and kind.headline not in keys:
        source.report(
            ("headline",), "unknown-headline", headline=kind.headline, suggestion=nearest(kind.headline, keys)
        )
    for index in _again(keys):
        source.report(("attributes", index, "key"), "duplicate-attribute", key=keys[index])
    for index, attribute in enumerate(kind.attributes):
        _attribute(source, attribute, ("attributes", index))
    if model is not None:
        _follows(source, kind, model)
    elif not kind.extension:
        source.report(("key",), "unknown-model", type=kind.key)


def _attribute(source: Source, attribute: Attribute, steps: Steps) -> None:
    _units(source, attribute, steps)
    bands.check(source, attribute, steps)
    limits = attribute.range
    if limits is not None and attribute.value not in NUMBERS:
        source.report((*steps, "range"), "range-without-number", value=attribute.value)
    elif limits is not None and limits.min is not None and limits.max is not None and limits.min > limits.max:
        source.report((*steps, "range"), "range-order", min=f"{limits.min:g}", max=f"{limits.max:g}")
    if attribute.choices and attribute.value != "text":
        source.report((*steps, "choices"), "choices-not-text", value=attribute.value)
    values = [choice.value for choice in attribute.choices]
    for index in _again(values):
        source.report((*steps, "choices", index, "value"), "duplicate-choice", value=values[index])


def _units(source: Source, attribute: Attribute, steps: Steps) -> None:
    known = True
    for name, code in (("unit", attribute.unit), ("shown_in", attribute.shown_in)):
        if code is None:
            continue
        if attribute.value not in NUMBERS:
            source.report((*steps, name), "unit-without-number", value=attribute.value)
        if code not in UNITS:
            known = False
            source.report((*steps, name), "unknown-unit", unit=code, suggestion=_near_unit(code))
    if not known or attribute.unit is None or attribute.shown_in is None:
        return
    if UNITS[attribute.unit].quantity != UNITS[attribute.shown_in].quantity:
        source.report((*steps, "shown_in"), "unit-mismatch", unit=attribute.unit, shown=attribute.shown_in)


def _near_unit(code: str) -> str | None:
    """A code like ``code``, or the code whose symbol was written (µg/m³ → GQ)."""
    symbols = {known.symbol: known.code for known in UNITS.values() if known.symbol}
    return symbols.get(code) or nearest(code, UNITS)


def _follows(source: Source, kind: EntityType, model: PublishedModel) -> None:
    if kind.iri != model.iri:
        source.report(("iri",), "iri-differs", iri=model.iri, suggestion=model.iri)
    published = {attribute.key: attribute for attribute in model.attributes}
    for index, attribute in enumerate(kind.attributes):
        steps: Steps = ("attributes", index)
        theirs = published.get(attribute.key)
        if theirs is None:
            if not attribute.extension:
                near = nearest(attribute.key, published)
                source.report(
                    (*steps, "key"), "unknown-attribute", key=attribute.key, type=kind.key, suggestion=near
                )
        elif attribute.extension:
            source.report((*steps, "extension"), "not-an-extension", key=attribute.key, type=kind.key)
        elif not attribute.deviation and not _same_kind(attribute, theirs):
            place = (*steps, "value") if attribute.kind == theirs.kind else (*steps, "kind")
            here, there = (
                f"{attribute.kind} {attribute.value}",
                f"{theirs.kind} {theirs.value or 'of any value'}",
            )
            source.report(place, "kind-differs", published=there, here=here)


def _same_kind(attribute: Attribute, theirs: PublishedAttribute) -> bool:
    if attribute.kind != theirs.kind:
        return False
    same = {attribute.value, theirs.value} <= NUMBERS or attribute.value == theirs.value
    return theirs.value is None or same or attribute.kind != "property"


def code_list(source: Source, codes: CodeList) -> None:
    """One code list."""
    labels(source, codes)
    named(source, codes.key, "key")
    values = [code.value for code in codes.codes]
    for index in _again(values):
        source.report(("codes", index, "value"), "duplicate-code", value=values[index])
    for index, code in enumerate(codes.codes):
        if code.parent is not None and code.parent not in values:
            near = nearest(code.parent, values)
            source.report(("codes", index, "parent"), "unknown-parent", parent=code.parent, suggestion=near)


def terms(
    source: Source, manifest: Pack, kinds: Sequence[EntityType], models: Sequence[PublishedModel]
) -> None:
    """The short names a pack decides on: each must be one its models have."""
    known = {(attribute.key, attribute.iri) for model in models for attribute in model.attributes}
    known |= {(model.type, model.iri) for model in models} | {(kind.key, kind.iri) for kind in kinds}
    for term, iri in manifest.terms.items():
        if (term, iri) not in known:
            candidates = [known_iri for known_term, known_iri in known if known_term == term]
            near = nearest(iri, candidates) or min(candidates, default=None)
            near = near or nearest(term, {known_term for known_term, _ in known})
            source.report(("terms", term), "unknown-term", term=term, iri=iri, suggestion=near)


def named(source: Source, key: str, field: str) -> None:
    """The file carries the name of what it declares."""
    stem = Path(source.file).stem
    if stem != key:
        source.report((field,), "key-differs-from-file", file=stem, key=key, suggestion=stem)


def labels(source: Source, declaration: Declaration) -> None:
    """Every label anywhere in ``declaration``: both languages, no stray spaces, composed letters."""
    for steps, each in _labels(declaration, ()):
        label(source, each, steps)


def label(source: Source, given: Label, steps: Steps) -> None:
    """One label: both languages, no stray spaces, composed letters."""
    for language in ("vi", "en"):
        text, here = given.text(language), (*steps, language)
        if not text.strip():
            source.report(here, "empty-label")
        elif text != text.strip():
            source.report(here, "label-spaces")
        elif not unicodedata.is_normalized("NFC", text):
            source.report(here, "not-nfc", suggestion=unicodedata.normalize("NFC", text))


def _labels(value: Any, steps: Steps) -> Iterator[tuple[Steps, Label]]:
    if isinstance(value, Label):
        yield steps, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _labels(item, (*steps, index))
    elif isinstance(value, Declaration):
        for name in value.__struct_fields__:
            yield from _labels(getattr(value, name), (*steps, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _labels(item, (*steps, key))


def _again(values: Sequence[str]) -> list[int]:
    """The places of values that were there before."""
    return [index for index, value in enumerate(values) if value in values[:index]]


def between(packs: Sequence[tuple[Source, Pack, Sequence[tuple[Source, EntityType]]]]) -> list[Problem]:
    """The rules between packs: names used once, requirements that exist and do not go in a circle."""
    problems: list[Problem] = []
    first_pack: dict[str, str] = {}
    first_type: dict[str, str] = {}
    for source, manifest, kinds in packs:
        if manifest.key in first_pack:
            problems.append(
                source.problem(("key",), "duplicate-pack", key=manifest.key, other=first_pack[manifest.key])
            )
        first_pack.setdefault(manifest.key, source.file)
        for file, kind in kinds:
            if kind.key in first_type:
                problems.append(
                    file.problem(("key",), "duplicate-type", key=kind.key, other=first_type[kind.key])
                )
            first_type.setdefault(kind.key, file.file)
    return problems + _requirements([(source, manifest) for source, manifest, _ in packs])


def _requirements(packs: Sequence[tuple[Source, Pack]]) -> list[Problem]:
    problems = []
    graph = {manifest.key: manifest.requires for _, manifest in packs}
    for source, manifest in packs:
        for index, key in enumerate(manifest.requires):
            if key not in graph:
                problems.append(
                    source.problem(
                        ("requires", index), "unknown-requirement", key=key, suggestion=nearest(key, graph)
                    )
                )
        circle = _circle(graph, manifest.key)
        if circle and min(circle) == manifest.key:
            problems.append(
                source.problem(
                    ("requires",), "requirement-circle", circle=" → ".join([*circle, manifest.key])
                )
            )
    return problems


def _circle(graph: dict[str, tuple[str, ...]], start: str) -> list[str]:
    """A way along the requirements from ``start`` back to it; empty when there is none."""
    ways: list[list[str]] = [[start]]
    seen: Counter[str] = Counter()
    while ways:
        way = ways.pop()
        for key in graph.get(way[-1], ()):
            if key == start:
                return way
            if not seen[key]:
                seen[key] += 1
                ways.append([*way, key])
    return []
