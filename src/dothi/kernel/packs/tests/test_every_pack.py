"""What must hold for every pack, the platform's and a user's own.

Your packs: ``PACKS_TO_TEST=/path/to/packs pytest --pyargs dothi.kernel.packs.tests.test_every_pack``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dothi.kernel.packs import loader, places, samples
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.kernel.packs.loader import LoadedPack, check
from dothi.kernel.packs.palette import PALETTE
from dothi.kernel.packs.problems import render_text
from dothi.kernel.packs.rules import display, level_of, valid


def all_folders() -> list[Path]:
    own = os.environ.get("PACKS_TO_TEST", "")
    mine = places.within(Path(own)) or [Path(own)] if own else []
    return [*places.within(places.builtin()), *mine]


FOLDERS = all_folders()
load = cache(loader.load)
every_pack = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


def types_of(loaded: LoadedPack) -> Iterator[tuple[EntityType, Attribute]]:
    for kind in loaded.entity_types:
        for attribute in kind.attributes:
            yield kind, attribute


def sample_values(folder: Path) -> Iterator[tuple[EntityType, Attribute, Any, str | None]]:
    kinds = {kind.key: kind for kind in load(folder).entity_types}
    for _, _, entity in samples.read(folder):
        kind = kinds[entity["type"]]
        for attribute in kind.attributes:
            if attribute.key in entity and attribute.kind == "property":
                yield kind, attribute, *samples.value_of(entity[attribute.key])


@every_pack
def test_has_no_problem(folder) -> None:
    assert render_text(check([folder])) == ""


def test_the_packs_fit_together() -> None:
    assert render_text(check(FOLDERS)) == ""


@every_pack
def test_every_entity_type_has_a_sample(folder) -> None:
    assert {entity["type"] for _, _, entity in samples.read(folder)} == {
        kind.key for kind in load(folder).entity_types
    }


@every_pack
def test_sample_values_are_possible(folder) -> None:
    wrong = [
        (kind.key, each.key, value)
        for kind, each, value, unit in sample_values(folder)
        if not valid(each, value, unit)
    ]
    assert wrong == []


@every_pack
@pytest.mark.parametrize("language", ["vi", "en"])
def test_sample_values_can_be_read(folder, language) -> None:
    texts = [display(each, value, language, unit) for _, each, value, unit in sample_values(folder)]
    assert all(text.strip() and "None" not in text for text in texts)


@every_pack
def test_values_with_thresholds_have_a_level_throughout_their_range(folder) -> None:
    for kind, attribute in types_of(load(folder)):
        if not attribute.thresholds or attribute.range is None:
            continue
        low, high = attribute.range.min, attribute.range.max
        inside = [band.from_ for band in attribute.thresholds if band.from_ is not None]
        for value in (low, high, *inside):
            assert value is None or level_of(attribute, value), (
                f"{kind.key}.{attribute.key} has no level at {value}"
            )


@every_pack
def test_neighbouring_bands_look_different(folder) -> None:
    for _, attribute in types_of(load(folder)):
        signs = [(band.colour, band.shape) for band in attribute.thresholds]
        assert all(before != after for before, after in pairwise(signs)), attribute.key


@every_pack
def test_colour_is_for_the_abnormal(folder) -> None:
    for kind, attribute in types_of(load(folder)):
        for band in attribute.thresholds:
            assert (band.level == "normal") == (band.colour.upper() == PALETTE[-1]), (
                f"{kind.key}.{attribute.key}"
            )


@every_pack
def test_every_type_says_whether_an_entity_is_simulated(folder) -> None:
    for kind in load(folder).entity_types:
        assert "provenance" in {attribute.key for attribute in kind.attributes}, kind.key
        assert {"location", "name"} <= {attribute.key for attribute in kind.attributes}, kind.key


@every_pack
def test_every_file_names_its_schema_for_editors(folder) -> None:
    root = places.builtin()
    if root not in folder.parents:
        return  # a user's packs lie where they like
    for path in folder.glob("**/*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert schema != first, f"{path} does not name its schema"
        if (root.parent.parent.parent / "docs").is_dir():
            assert (path.parent / schema).resolve().is_file(), f"{path}: {schema} is not there"
