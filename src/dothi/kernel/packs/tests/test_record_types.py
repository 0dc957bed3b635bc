"""What a pack declares of a register: right ones are read, each mistake is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from dothi.kernel.packs import loader, places
from dothi.kernel.packs.queries import record_types
from dothi.kernel.packs.record_properties import kind_of, placeholders, properties

RECORD = """\
key: dog
label: {vi: Chó, en: Dog}
plural: {vi: Các con chó, en: Dogs}
group: other
icon: dog-park
name: "{name} ({tag})"
version: 2
identifiers:
  - {key: tag, label: {vi: Số thẻ, en: Tag}}
search: [name]
indexed: [size]
unit: unit
access:
  purposes:
    - {key: care, label: {vi: Chăm sóc, en: Care}}
migrations:
  - {to: 2, rename: {called: name}}
schema:
  type: object
  additionalProperties: false
  required: [name]
  properties:
    name: {type: string, x-label: {vi: Tên, en: Name}}
    tag: {type: string, x-label: {vi: Thẻ, en: Tag}, x-identifier: tag}
    size: {type: string, x-label: {vi: Cỡ, en: Size}, x-codes: kinds}
    keeper: {type: string, x-label: {vi: Người nuôi, en: Keeper}, x-sensitivity: personal}
    mother: {type: string, x-label: {vi: Mẹ, en: Mother}, x-link: {register: dog, by: tag}}
    unit: {type: string, x-label: {vi: Đơn vị, en: Unit}, x-link: unit}
    food: {type: array, x-label: {vi: Thức ăn, en: Food}}
"""


@pytest.fixture
def write(make, tmp_path):
    def with_record(text: str = RECORD) -> Path:
        folder = make()
        (folder / "registers").mkdir(exist_ok=True)
        (folder / "registers" / "dog.yaml").write_text(text, encoding="utf-8")
        return folder

    return with_record


def test_a_right_one_is_read(write):
    folder = write()
    assert loader.check([folder]) == []
    [kind] = loader.load(folder).record_types
    found = properties(kind)
    assert list(found) == ["name", "tag", "size", "keeper", "mother", "unit", "food"]
    assert (found["name"].required, found["tag"].identifier, found["size"].codes) == (True, "tag", "kinds")
    assert (found["mother"].link.register, found["mother"].link.by) == ("dog", "tag")
    assert (found["unit"].link.register, found["food"].kind) == ("unit", "list")


@pytest.mark.parametrize(
    ("wrong", "right", "code", "path"),
    [
        ("type: object", "type: array", "schema-not-object", "schema"),
        ("type: object", "type: objekt", "not-a-schema", "schema.type"),
        ("  additionalProperties: false\n", "", "schema-not-closed", "schema"),
        ("required: [name]", "required: [nam]", "unknown-property", "schema.required"),
        ("{type: string, x-label: {vi: Tên, en: Name}}", "{$ref: 'https://x.vn/n.json'}", "schema-elsewhere",
         "schema.properties.name.$ref"),
        ("x-label: {vi: Tên, en: Name}", "title: x", "missing-field", "schema.properties.name"),
        ("{vi: Tên, en: Name}", "{vi: Tên}", "wrong-value", "schema.properties.name"),
        ("{vi: Tên, en: Name}", "{vi: '', en: Name}", "empty-label", "schema.properties.name.x-label.vi"),
        ("x-sensitivity: personal", "x-sensitivity: secret", "wrong-value", "schema.properties.keeper"),
        ("x-sensitivity: personal", "x-sensitive: true", "unknown-field", "schema.properties.keeper.x-sensitive"),
        ("x-sensitivity: personal", "x-sensitivity: sensitive", "no-purpose",
         "schema.properties.keeper.x-sensitivity"),
        ("    name: {", "    Name: {type: string}\n    name: {", "wrong-value", "schema.properties.Name"),
        ("search: [name]", "search: [nam]", "unknown-property", "search[0]"),
        ("indexed: [size]", "indexed: [food]", "indexed-kind", "indexed[0]"),
        ("indexed: [size]", "indexed: [size, name, tag, size, name, tag, size]", "indexed-many", "indexed"),
        ("unit: unit", "unit: ward", "unknown-property", "unit"),
        ('name: "{name} ({tag})"', "name: Dog", "name-constant", "name"),
        ('name: "{name} ({tag})"', 'name: "{nam}"', "unknown-property", "name"),
        ("x-identifier: tag", "x-identifier: tagg", "unknown-identifier", "schema.properties.tag.x-identifier"),
        (", x-identifier: tag", "", "identifier-holders", "identifiers[0]"),
        ("by: tag}", "by: chip}", "unknown-identifier", "schema.properties.mother.x-link"),
        ("register: dog, by: tag", "register: cat", "unknown-register", "schema.properties.mother.x-link"),
        ("x-codes: kinds", "x-codes: sizes", "unknown-code-list", "schema.properties.size.x-codes"),
        ("version: 2", "version: 3", "migration-steps", "migrations"),
        ("rename: {called: name}", "rename: {called: nme}", "unknown-property", "migrations[0].rename"),
        ("icon: dog-park", "icon: dogpark", "unknown-icon", "icon"),
        ("key: dog\n", "key: Dog\n", "wrong-form", "key"),
        ("group: other", "group: animals", "not-a-choice", "group"),
        ("{key: care, label: {vi: Chăm sóc, en: Care}}", "{key: care, label: {vi: C, en: C}, fields: [nme]}",
         "unknown-property", "access.purposes[0].fields[0]"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place(write, wrong, right, code, path):
    assert wrong in RECORD
    found = loader.check([write(RECORD.replace(wrong, right, 1))])
    assert (code, path) in [(each.code, each.path) for each in found]
    assert all(each.text("vi") and each.text("en") for each in found)
    assert all(each.line for each in found)


def test_two_packs_do_not_declare_the_same_type(write, make):
    first = write()
    other = make(
        name="other",
        **{
            "pack.yaml": "key: other\nversion: 0.1.0\nlabel: {vi: K, en: O}\nowner: S\nquality: bronze\n",
            "entities/AirQualityObserved.yaml": None,
            "models/AirQualityObserved.yaml": None,
            "samples/AirQualityObserved.json": None,
            "registers/dog.yaml": RECORD,
        },
    )
    assert "duplicate-record-type" in [each.code for each in loader.check([first, other])]


def test_a_pack_without_record_types_keeps_the_digest_it_was_published_with(make):
    assert b"record_types" not in loader.load(make()).content()


def test_the_shipped_types_are_right():
    assert loader.check([places.builtin() / "people"]) == []
    person = record_types()["person"]
    assert properties(person)["ethnicity"].sensitivity == "sensitive"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": ["string", "null"], "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "datetime"),
        ({"type": "integer"}, "integer"),
        ({"$ref": "#/$defs/x"}, "object"),
        ({"type": "null"}, "object"),
    ],
)
def test_what_a_property_holds(schema, kind):
    assert kind_of(schema) == kind


def test_placeholders():
    assert placeholders("{a} – {b_c}") == ["a", "b_c"]
