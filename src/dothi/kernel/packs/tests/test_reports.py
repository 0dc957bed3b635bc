"""What a pack declares of the hotline: right categories are read, each mistake is named with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dothi.kernel.packs import loader, queries

CATEGORY = """\
key: bench
group: streets
label: {vi: Ghế đá, en: Benches}
description: {vi: Ghế đá hỏng., en: Broken benches.}
icon: park
responder: {organisation: parks}
script: {vi: Ghế ở đâu ạ?, en: Where is the bench?}
words: [ghế đá, băng ghế]
examples: ["Ghế đá gãy."]
duplicates: {radius_m: 20, days: 3, also: [bench]}
questions:
  - {key: state, kind: singlevaluelist, required: true, label: {vi: Tình trạng, en: State}, values: [{value: broken, label: {vi: Gãy, en: Broken}}, {value: dirty, label: {vi: Dơ, en: Dirty}}]}
  - {key: seen_at, kind: datetime, label: {vi: Lúc thấy, en: Seen at}}
rows:
  - {key: broken, when: {answers: {state: ["broken"]}}, priority: high, note: {vi: Gãy là nguy hiểm., en: Broken is dangerous.}}
  - {key: lanes, when: {road_owner: ["ward"]}, to: {level: ward}, note: {vi: Hẻm., en: Lanes.}}
"""
LISTS = {
    "report-groups": "streets",
    "organisations": "parks",
    "organisation-kinds": "peoples-committee",
}


@pytest.fixture
def write(make: Callable[..., Path]) -> Callable[..., Path]:
    codes = {
        f"vocab/{key}.yaml": f"key: {key}\nlabel: {{vi: D, en: L}}\nsource: S\n"
        f"codes: [{{value: {value}, label: {{vi: V, en: V}}}}]\n"
        for key, value in LISTS.items()
    }
    return lambda text=CATEGORY: make(**{**codes, "reports/bench.yaml": text})


def test_a_category_that_is_right_is_read(write) -> None:
    folder = write()
    assert loader.check([folder]) == []
    [bench] = loader.load(folder).report_categories
    assert [question.key for question in bench.questions] == ["state", "seen_at"]
    assert (bench.norm.dispatch, bench.norm.answer, bench.duplicates.radius_m) == ("5 minutes", "5 days", 20)
    assert bench.rows[1].to is not None
    assert bench.rows[1].to.kind == "peoples-committee"


@pytest.mark.parametrize(
    ("wrong", "right", "code", "path"),
    [
        ("key: bench\n", "key: benches\n", "key-differs-from-file", "key"),
        ("icon: park", "icon: prak", "unknown-icon", "icon"),
        ("words: [ghế đá, băng ghế]", "words: []", "no-words", "words"),
        ("group: streets", "group: street", "unknown-group", "group"),
        ("{organisation: parks}", "{organisation: park}", "unknown-code", "responder.organisation"),
        ("{organisation: parks}", "{level: city, kind: board}", "unknown-code", "responder.kind"),
        ("{organisation: parks}", "{organisation: parks, level: ward}", "organisation-or-level", "responder"),
        ("{organisation: parks}", "{}", "organisation-or-level", "responder"),
        ("also: [bench]", "also: [bnch]", "unknown-category", "duplicates.also[0]"),
        ("kind: datetime", "kind: singlevaluelist", "question-values", "questions[1].values"),
        ("key: seen_at", "key: state", "duplicate-question", "questions[1].key"),
        ("{value: dirty,", "{value: broken,", "duplicate-choice", "questions[0].values[1].value"),
        ('{state: ["broken"]}', '{stat: ["broken"]}', "unknown-question", "rows[0].when.answers.stat"),
        ('["broken"]', '["brokn"]', "unknown-answer", "rows[0].when.answers.state[0]"),
        ("key: lanes", "key: broken", "duplicate-row", "rows[1].key"),
        ("priority: high, ", "", "row-decides-nothing", "rows[0]"),
        ("radius_m: 20", "radius: 20", "unknown-field", "duplicates.radius"),
        ("days: 3", "days: 0", "wrong-value", "duplicates.days"),
        ("icon: park\n", "icon: park\nnorm: {answer: soon}\n", "wrong-form", "norm.answer"),
    ],
)
def test_each_mistake_is_named_with_its_place(write, wrong, right, code, path) -> None:
    assert wrong in CATEGORY
    found = loader.check([write(CATEGORY.replace(wrong, right, 1))])
    assert (code, path) in [(each.code, each.path) for each in found]
    assert all(each.text("vi") and each.text("en") for each in found)


def test_two_packs_do_not_declare_the_same_category(write, make) -> None:
    first = write()
    other = make(
        name="other",
        **{
            "pack.yaml": "key: other\nversion: 0.1.0\nlabel: {vi: K, en: O}\nowner: S\nquality: bronze\n",
            "entities/AirQualityObserved.yaml": None,
            "models/AirQualityObserved.yaml": None,
            "samples/AirQualityObserved.json": None,
            "reports/bench.yaml": CATEGORY,
        },
    )
    assert "duplicate-category" in [each.code for each in loader.check([first, other])]


def test_a_pack_without_categories_keeps_the_digest_it_was_published_with(make) -> None:
    assert b"report_categories" not in loader.load(make()).content()


def test_the_shipped_categories_speak_to_the_operator_and_can_be_decided() -> None:
    shipped = queries.report_categories()
    assert len(shipped) >= 35
    for each in shipped.values():
        assert each.examples, each.key
        assert len(each.words) >= 3, each.key
        assert each.script.vi.rstrip(".").strip(), each.key
