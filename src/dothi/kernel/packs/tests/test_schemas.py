"""The JSON Schemas for editors."""

from __future__ import annotations

import pytest

from dothi.kernel.packs import places, schemas

DOCS = places.builtin().parents[2] / "docs" / "reference" / "schemas"


@pytest.mark.skipif(not DOCS.parent.is_dir(), reason="installed without the documentation")
@pytest.mark.parametrize("name", [f"{kind}.json" for kind in schemas.KINDS])
def test_the_schemas_in_the_documentation_are_those_of_the_code(name) -> None:
    """If this fails: ``python scripts/pack_schemas.py`` writes them again."""
    assert (DOCS / name).read_text(encoding="utf-8") == schemas.files()[name]


def test_writing_schemas_says_which_changed(tmp_path) -> None:
    assert len(schemas.write(tmp_path)) == len(schemas.KINDS)
    assert schemas.write(tmp_path) == []


def test_a_schema_refuses_unknown_fields() -> None:
    definitions = schemas.schema("entity-type")["$defs"]
    assert definitions["EntityType"]["additionalProperties"] is False
    assert set(definitions["Label"]["required"]) == {"vi", "en"}
