"""A pack that is right loads; one that is not names every mistake, its place and what was meant."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from dothi.kernel.packs import loader, problems
from dothi.kernel.packs.loader import check, load, load_all
from dothi.kernel.packs.problems import PackErrors, render_json, render_text

ENTITY = "entities/AirQualityObserved.yaml"
MODEL = "models/AirQualityObserved.yaml"
VOCAB = "vocab/kinds.yaml"
PM25 = "attributes[0]"
PM25_IRI = "https://smartdatamodels.org/dataModel.Environment/pm25"

# file, text replaced, by, code, path, suggestion
BAD: list[tuple[str, str, str, str, str, str | None]] = [
    ("pack.yaml", "owner:", "ower:", "unknown-field", "ower", "owner"),
    ("pack.yaml", "owner: Somebody\n", "", "missing-field", "", None),
    ("pack.yaml", "1.2.3", "1.2.x", "wrong-form", "version", None),
    ("pack.yaml", "1.2.3", "1.2.3\nversion: 1.2.4", "duplicate-key", "version", None),
    ("pack.yaml", "bronze", "bronse", "not-a-choice", "quality", "bronze"),
    ("pack.yaml", "bronze", "gold", "quality-reasons", "quality", None),
    ("pack.yaml", "key: demo", "key: dem", "key-differs-from-folder", "key", "demo"),
    ("pack.yaml", "bronze", "bronze\nrequires: hcmc", "wrong-kind", "requires", None),
    (
        "pack.yaml",
        "bronze",
        "bronze\nterms: {pm25: https://x.org/pm25}",
        "unknown-term",
        "terms.pm25",
        PM25_IRI,
    ),
    ("pack.yaml", "key: demo", "key: [demo", "not-yaml", "", None),
    ("pack.yaml", "key: demo", "key: demo\n---\nkey: two", "many-documents", "", None),
    ("pack.yaml", "owner: Somebody", "owner: 12", "quote-it", "owner", None),
    ("pack.yaml", "owner: Somebody", "owner: Somebody\n12: x", "key-not-text", "", None),
    ("pack.yaml", "label: {vi: Thử nghiệm, en: Demo}", "<<: {a: b}", "merge-key", "", None),
    ("pack.yaml", "vi: Thử nghiệm", "vi: ''", "empty-label", "label.vi", None),
    ("pack.yaml", "vi: Thử nghiệm", "vi: ' Thử'", "label-spaces", "label.vi", None),
    (
        "pack.yaml",
        "vi: Thử nghiệm",
        "vi: " + unicodedata.normalize("NFD", "Thử nghiệm"),
        "not-nfc",
        "label.vi",
        "Thử nghiệm",
    ),
    (
        "pack.yaml",
        "{vi: Thử nghiệm, en: Demo}",
        "{vi: Thử nghiệm, của tôi, en: Demo}",
        "stray-comma",
        "label.của tôi",
        None,
    ),
    (
        ENTITY,
        "label: {vi: Bụi mịn, en: Fine dust}",
        "lable: {vi: Bụi, en: Dust}",
        "unknown-field",
        f"{PM25}.lable",
        "label",
    ),
    (ENTITY, "icon: windmill", "icon: windmil", "unknown-icon", "icon", "windmill"),
    (ENTITY, "headline: pm25", "headline: pm2.5", "unknown-headline", "headline", "pm25"),
    (ENTITY, "access: open", "access: opne", "not-a-choice", "access", "open"),
    (ENTITY, "stale_after: 3 hours", "stale_after: 3h", "wrong-form", "stale_after", None),
    (ENTITY, "unit: GQ", "unit: gq", "unknown-unit", f"{PM25}.unit", "GQ"),
    (ENTITY, "unit: GQ", "unit: µg/m³", "unknown-unit", f"{PM25}.unit", "GQ"),
    (ENTITY, "unit: GQ", "unit: GQ\n    shown_in: CEL", "unit-mismatch", f"{PM25}.shown_in", None),
    (
        ENTITY,
        "value: text\n",
        "value: text\n    unit: GQ\n",
        "unit-without-number",
        "attributes[2].unit",
        None,
    ),
    (ENTITY, "{min: 0, max: 1000}", "{min: 1000, max: 0}", "range-order", f"{PM25}.range", None),
    (
        ENTITY,
        "{min: 0, max: 1000}",
        "{min: 5, max: 1000}",
        "threshold-outside",
        f"{PM25}.thresholds[0].from",
        None,
    ),
    (ENTITY, "{min: 0, max: 1000}", "{min: zero}", "wrong-kind", f"{PM25}.range.min", None),
    (
        ENTITY,
        "    thresholds_source: {vi: Quy ước nội bộ., en: House rule.}\n",
        "",
        "threshold-source",
        PM25,
        None,
    ),
    (
        ENTITY,
        "from: 25, below: 80",
        "from: 20, below: 80",
        "threshold-order",
        f"{PM25}.thresholds[1].from",
        None,
    ),
    (
        ENTITY,
        "from: 25, below: 80",
        "from: 26, below: 80",
        "threshold-gap",
        f"{PM25}.thresholds[1].from",
        None,
    ),
    (ENTITY, "from: 25, below: 80", "from: 80, below: 25", "threshold-empty", f"{PM25}.thresholds[1]", None),
    (ENTITY, "from: 25, below: 80", "from: 25", "threshold-open", f"{PM25}.thresholds[1]", None),
    (ENTITY, "#E69F00", "#E69F01", "colour-outside-palette", f"{PM25}.thresholds[1].colour", "#E69F00"),
    (ENTITY, '"#E69F00"', "orange", "wrong-form", f"{PM25}.thresholds[1].colour", None),
    (ENTITY, "level: warn", "level: warning", "not-a-choice", f"{PM25}.thresholds[1].level", "warn"),
    (ENTITY, "shape: diamond", "shape: diamnd", "not-a-choice", f"{PM25}.thresholds[1].shape", "diamond"),
    (ENTITY, "key: airQualityLevel", "key: pm25", "duplicate-attribute", "attributes[2].key", None),
    (ENTITY, "value: bad", "value: good", "duplicate-choice", "attributes[2].choices[1].value", None),
    (
        ENTITY,
        "value: text\n",
        "value: boolean\n    deviation: A reason.\n",
        "choices-not-text",
        "attributes[2].choices",
        None,
    ),
    (
        ENTITY,
        "key: airQualityLevel",
        "key: airQualityLevl",
        "unknown-attribute",
        "attributes[2].key",
        "airQualityLevel",
    ),
    (
        ENTITY,
        "unit: GQ",
        "unit: GQ\n    extension: No reason.",
        "not-an-extension",
        f"{PM25}.extension",
        None,
    ),
    (ENTITY, "unit: GQ", "kind: relationship\n    unit: GQ", "kind-differs", f"{PM25}.kind", None),
    (
        ENTITY,
        "Environment/AirQualityObserved\n",
        "Environment/AirQuality\n",
        "iri-differs",
        "iri",
        "https://smartdatamodels.org/dataModel.Environment/AirQualityObserved",
    ),
    (
        ENTITY,
        "key: AirQualityObserved",
        "key: AirObserved",
        "key-differs-from-file",
        "key",
        "AirQualityObserved",
    ),
    (
        MODEL,
        "type: AirQualityObserved",
        "type: AirQuality",
        "key-differs-from-file",
        "type",
        "AirQualityObserved",
    ),
    (VOCAB, "value: small", "value: big", "duplicate-code", "codes[1].value", None),
    (VOCAB, "parent: big", "parent: bigg", "unknown-parent", "codes[1].parent", "big"),
]


def spoilt(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the test replaces {old!r}, which is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_right_pack_has_no_problems(make) -> None:
    assert check([make()]) == []


def test_a_right_pack_loads_with_all_it_declares(make) -> None:
    loaded = load(make())
    assert (loaded.key, loaded.pack.version) == ("demo", "1.2.3")
    assert [kind.key for kind in loaded.entity_types] == ["AirQualityObserved"]
    assert [codes.key for codes in loaded.vocabularies] == ["kinds"]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "path", "suggestion"), BAD, ids=[f"{c[3]}:{c[4]}" for c in BAD]
)
def test_a_mistake_is_named_with_file_path_and_suggestion(
    make, file, old, new, code, path, suggestion
) -> None:
    wrong = spoilt(make(), file, old, new)
    found = [p for p in check([wrong.parent.parent if "/" in file else wrong.parent]) if p.code == code]
    assert [(p.file, p.path, p.suggestion) for p in found] == [(str(wrong), path, suggestion)]


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("pack.yaml", "owner:", "ower:", 4),
        ("pack.yaml", "quality: bronze", "quality: bronze\nowner: Again", 6),
        (ENTITY, "unit: GQ", "unit: gq", 13),
        (ENTITY, "below: 80", "below: 20", 18),
        ("pack.yaml", "owner: Somebody", "owner: 'Some", 4),
    ],
)
def test_a_mistake_is_named_with_its_line(make, file, old, new, line) -> None:
    folder = make()
    spoilt(folder, file, old, new)
    assert check([folder])[0].line == line


def test_a_misspelt_field_is_one_mistake_not_two(make) -> None:
    folder = make()
    spoilt(folder, "pack.yaml", "owner:", "ower:")
    assert [p.code for p in check([folder])] == ["unknown-field"]


def test_every_mistake_of_a_file_is_found_at_once(make) -> None:
    folder = make()
    spoilt(folder, ENTITY, "icon: windmill", "icn: windmill")
    spoilt(folder, ENTITY, "stale_after: 3 hours", "stale_after: 3h")
    spoilt(folder, ENTITY, "level: warn", "level: warm")
    codes = {p.code for p in check([folder])}
    assert codes == {"unknown-field", "wrong-form", "not-a-choice"}


def test_the_message_is_one_line_that_editors_can_follow(make) -> None:
    path = spoilt(make(), ENTITY, "unit: GQ", "unit: gq")
    assert render_text(check([path.parent.parent])) == (
        f"{path}:13: attributes[0].unit: 'gq' is not a known UN/CEFACT unit code. Did you mean 'GQ'?"
    )


def test_the_message_is_also_vietnamese(make) -> None:
    path = spoilt(make(), ENTITY, "unit: GQ", "unit: gq")
    assert render_text(check([path.parent.parent]), "vi").endswith(
        "'gq' không phải mã đơn vị UN/CEFACT đã biết. Có phải là 'GQ'?"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("owner: Somebody", "owner: [a]", "cần chữ, nhưng gặp một danh sách."),
        ("bronze", "bronze\nrequires: x", "cần một danh sách, nhưng gặp chữ."),
        ("key: demo", "key: 'de mo'", "Phải khớp ^[A-Za-z][A-Za-z0-9_.-]*$"),
    ],
)
def test_the_words_inside_a_sentence_are_vietnamese_too(make, old, new, sentence) -> None:
    path = spoilt(make(), "pack.yaml", old, new)
    assert any(problem.text("vi").endswith(sentence) for problem in check([path.parent]))


def test_scripts_get_the_problems_as_json(make) -> None:
    path = spoilt(make(), ENTITY, "unit: GQ", "unit: gq")
    (row,) = json.loads(render_json(check([path.parent.parent])))
    assert (row["file"], row["line"], row["path"], row["suggestion"]) == (
        str(path),
        13,
        "attributes[0].unit",
        "GQ",
    )


def test_every_sentence_is_in_both_languages() -> None:
    from dothi.kernel.packs.messages import MESSAGES

    assert all(text.keys() == {"vi", "en"} and all(text.values()) for text in MESSAGES.values())


def test_loading_a_wrong_pack_raises_all_its_problems(make) -> None:
    path = spoilt(make(), ENTITY, "unit: GQ", "unit: gq")
    with pytest.raises(PackErrors, match="unit code") as raised:
        load(path.parent.parent)
    assert [p.code for p in raised.value.problems] == ["unknown-unit"]


def test_a_missing_folder_is_named(tmp_path) -> None:
    assert [p.code for p in check([tmp_path / "nowhere"])] == ["no-folder"]


def test_a_folder_without_manifest_is_named(tmp_path) -> None:
    assert [p.code for p in check([tmp_path])] == ["no-manifest"]


def test_an_empty_file_is_named(make) -> None:
    assert "empty" in {p.code for p in check([make(**{"vocab__kinds.yaml": ""})])}


def test_a_file_that_is_not_utf8_is_named(make) -> None:
    folder = make()
    (folder / VOCAB).write_bytes(b"key: kinds\nlabel: L\xe9n")
    assert "not-utf8" in {p.code for p in check([folder])}


def test_a_declaration_that_contains_itself_is_refused(make) -> None:
    assert "too-large" in {p.code for p in check([make(**{"vocab__kinds.yaml": "&a {key: *a}"})])}


def test_a_file_nobody_reads_is_named(make) -> None:
    (found,) = check([make(**{"entities__More.yml": "key: More"})])
    assert (found.code, found.suggestion) == ("stray-file", "More.yaml")


def test_a_misspelt_folder_is_named(make) -> None:
    (found,) = check([make(**{"entites__More.yaml": "key: More"})])
    assert (found.code, found.suggestion) == ("stray-file", "entities")


def test_a_type_without_published_model_needs_a_reason(make) -> None:
    assert "unknown-model" in {p.code for p in check([make(**{"models__AirQualityObserved.yaml": None})])}


def test_a_type_of_the_packs_own_gives_its_reason(make) -> None:
    folder = make(**{"models__AirQualityObserved.yaml": None})
    spoilt(folder, ENTITY, "access: open", "access: open\nextension: Nothing like it is published.")
    assert check([folder]) == []


def test_two_packs_may_not_declare_the_same_type(make) -> None:
    first, second = make("demo"), make("other", **{"pack.yaml": None})
    text = (first / "pack.yaml").read_text(encoding="utf-8").replace("key: demo", "key: other")
    (second / "pack.yaml").write_text(text, encoding="utf-8")
    (found,) = check([first, second])
    assert (found.code, found.file) == ("duplicate-type", str(second / ENTITY))


def test_two_packs_may_not_have_the_same_key(make, tmp_path) -> None:
    first = make("demo")
    second = make("more/demo", **{ENTITY.replace("/", "__"): None, "samples__AirQualityObserved.json": None})
    assert [p.code for p in check([first, second])] == ["duplicate-pack"]


def test_a_required_pack_must_be_there(make) -> None:
    folder = make()
    spoilt(folder, "pack.yaml", "bronze", "bronze\nrequires: [hcm]")
    (found,) = check([folder])
    assert (found.code, found.path) == ("unknown-requirement", "requires[0]")


def test_a_built_in_pack_may_be_required(make) -> None:
    folder = make()
    spoilt(folder, "pack.yaml", "bronze", "bronze\nrequires: [hcmc]")
    assert check([folder]) == []


def bare(make, key: str, requires: str) -> Path:
    manifest = f"key: {key}\nversion: 1.0.0\nlabel: {{vi: A, en: A}}\nowner: A\nquality: bronze\n"
    manifest += f"requires: [{requires}]\n"
    left_out = dict.fromkeys(
        (
            "entities__AirQualityObserved.yaml",
            "models__AirQualityObserved.yaml",
            "vocab__kinds.yaml",
            "samples__AirQualityObserved.json",
        )
    )
    return make(key, **{"pack.yaml": manifest, **left_out})


def test_packs_may_not_require_each_other_in_a_circle(make) -> None:
    (found,) = check([bare(make, "a", "b"), bare(make, "b", "c"), bare(make, "c", "a")])
    assert (found.code, found.values) == ("requirement-circle", (("circle", "a → b → c → a"),))


def test_packs_load_after_those_they_require(make) -> None:
    loaded = load_all([bare(make, "a", "b"), bare(make, "b", "c"), bare(make, "c", "")])
    assert [each.key for each in loaded] == ["c", "b", "a"]


def test_no_and_on_are_names_not_booleans(make) -> None:
    folder = make()
    spoilt(folder, MODEL, "{key: pm25", "{key: no, iri: https://x.org/no, value: number}\n  - {key: pm25")
    spoilt(folder, ENTITY, "  - key: pm25", "  - {key: no, label: {vi: NO, en: NO}}\n  - key: pm25")
    assert load(folder).entity_types[0].attributes[0].key == "no"


def test_a_code_with_a_leading_zero_stays_text(make) -> None:
    folder = make()
    spoilt(folder, VOCAB, "value: big", "value: 079")
    spoilt(folder, VOCAB, "parent: big", "parent: 079")
    assert load(folder).vocabularies[0].codes[0].value == "079"


def test_the_same_declarations_have_the_same_digest(make) -> None:
    assert load(make("demo")).digest() == load(make("again/demo")).digest()


def test_a_comment_does_not_change_the_digest_but_a_value_does(make) -> None:
    folder = make()
    before = load(folder).digest()
    spoilt(folder, ENTITY, "key: Air", "# a note\nkey: Air")
    assert load(folder).digest() == before
    spoilt(folder, ENTITY, "below: 80}", "below: 81}")
    spoilt(folder, ENTITY, "from: 80}", "from: 81}")
    assert load(folder).digest() != before


def test_content_comes_back_as_the_same_declarations(make) -> None:
    import msgspec

    loaded = load(make())
    assert msgspec.json.decode(loaded.content(), type=loader.LoadedPack) == loaded


@pytest.mark.parametrize("wrong", ["", "x", "zzzzzzzz"])
def test_nothing_is_suggested_when_nothing_is_near(wrong) -> None:
    assert problems.nearest(wrong, ["colour", "label"]) is None
