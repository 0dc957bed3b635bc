"""The samples of a pack: NGSI-LD in any form, one at least for every entity type, and said to be samples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dothi.kernel.packs import rules
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.kernel.packs.problems import Problem, nearest

_MEMBERS = frozenset({"id", "type", "@context"})
_VALUES = ("value", "object", "languageMap", "json")


def read(folder: Path) -> Iterator[tuple[Path, int, Any]]:
    """File, place in it and entity of every sample of the pack at ``folder``; raises :class:`ValueError`."""
    for path in sorted((folder / "samples").glob("*.json*")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for index, entity in enumerate(data if isinstance(data, list) else [data]):
            yield path, index, entity


def value_of(attribute: Any) -> tuple[Any, str | None]:
    """The value and unit code of an attribute in normalized, concise or simplified form."""
    if isinstance(attribute, Mapping):
        for member in _VALUES:
            if member in attribute:
                return attribute[member], attribute.get("unitCode")
    return attribute, None


def check(folder: Path, kinds: Sequence[EntityType]) -> list[Problem]:
    """What is wrong with the samples of the pack at ``folder``."""
    by_key = {kind.key: kind for kind in kinds}
    problems: list[Problem] = []
    seen: set[str] = set()
    for path in sorted((folder / "samples").glob("*.json*")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            problems.append(
                Problem(str(path), getattr(error, "lineno", 0), "", "not-json", (("error", str(error)),))
            )
            continue
        for index, entity in enumerate(data if isinstance(data, list) else [data]):
            problems += _Checker(path, f"[{index}]", by_key, seen).entity(entity)
    missing = [key for key in by_key if key not in seen]
    return problems + [
        Problem(str(folder / "samples"), 0, "", "no-sample", (("key", key),)) for key in missing
    ]


class _Checker:
    """Checks one entity of one file."""

    def __init__(self, path: Path, place: str, kinds: Mapping[str, EntityType], seen: set[str]) -> None:
        self.path, self.place, self.kinds, self.seen = path, place, kinds, seen

    def problem(self, member: str, code: str, suggestion: str | None = None, **values: object) -> Problem:
        texts = tuple((key, str(value)) for key, value in values.items())
        return Problem(
            str(self.path), 0, f"{self.place}.{member}" if member else self.place, code, texts, suggestion
        )

    def entity(self, entity: Any) -> Iterator[Problem]:
        if not isinstance(entity, dict) or not isinstance(entity.get("id"), str) or "type" not in entity:
            yield self.problem("", "sample-form")
            return
        kind = self.kinds.get(str(entity["type"]))
        if kind is None:
            near = nearest(str(entity["type"]), self.kinds)
            yield self.problem("type", "sample-type", near, type=entity["type"])
            return
        self.seen.add(kind.key)
        if value_of(entity.get("provenance"))[0] != "simulated":
            yield self.problem("provenance", "sample-provenance")
        declared = {attribute.key: attribute for attribute in kind.attributes}
        for key in entity.keys() - _MEMBERS:
            if key in declared:
                yield from self.value(declared[key], entity[key])
            else:
                yield self.problem(key, "sample-attribute", nearest(key, declared), key=key, type=kind.key)

    def value(self, attribute: Attribute, given: Any) -> Iterator[Problem]:
        value, unit = value_of(given)
        if attribute.kind == "geo":
            fits = isinstance(value, dict) and "coordinates" in value
        elif attribute.kind == "relationship":
            fits = isinstance(value, str | list)
        elif attribute.choices and isinstance(value, str):
            fits = any(choice.value == value for choice in attribute.choices)
        else:
            fits = rules.valid(attribute, value, unit)
        if not fits:
            yield self.problem(
                attribute.key, "sample-value", key=attribute.key, value=json.dumps(value, ensure_ascii=False)
            )
