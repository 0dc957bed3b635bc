"""Categories are found by what people call things; answers are brought into one form or refused by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dothi.centres.hotline.taxonomy import allowances, answers, catalogue, open311
from dothi.core.errors import BadInput

ALL = catalogue.categories()


def test_every_category_is_in_one_group() -> None:
    grouped = [each.key for group in catalogue.groups() for each in group.categories]
    assert sorted(grouped) == sorted(ALL)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("o ga", "pothole"),
        ("Ổ GÀ", "pothole"),
        ("kara", "noise"),
        ("nắp cống", "manhole"),
        ("manhole", "manhole"),
    ],
)
def test_a_few_letters_find_a_category(text, first) -> None:
    assert catalogue.search(text)[0].key == first


def test_words_that_stand_nowhere_find_nothing() -> None:
    assert catalogue.search("xyzzy") == []
    assert catalogue.search("  ") == []


def test_neighbouring_categories_can_be_of_one_matter_both_ways() -> None:
    assert catalogue.same_matter("pothole", "manhole")
    assert catalogue.same_matter("manhole", "pothole")
    assert not catalogue.same_matter("pothole", "noise")


def test_answers_are_brought_into_one_form() -> None:
    given = {"problem": ["missed"], "days": "1.250,5"}
    assert answers.check(ALL["waste-collection"], given) == {"problem": "missed", "days": 1250.5}
    chosen = answers.check(ALL["fire-safety"], {"risk": ["exit", "exit", "storage"]})
    assert chosen == {"risk": ["exit", "storage"]}
    told = answers.check(
        ALL["public-transport"], {"line": "  số 8 ", "happened_at": "2026-11-22T14:05:00+07:00"}
    )
    assert told["line"] == "số 8"
    assert told["happened_at"].startswith("2026-11-22T")


@pytest.mark.parametrize(
    ("key", "given", "where"),
    [
        ("manhole", {}, "state"),
        ("manhole", {"state": "gone"}, "state"),
        ("manhole", {"state": "missing", "colour": "red"}, "colour"),
        ("waste-collection", {"days": "nhiều"}, "days"),
        ("waste-collection", {"days": True}, "days"),
        ("public-transport", {"happened_at": "hôm qua"}, "happened_at"),
        ("public-transport", {"line": "8" * 201}, "line"),
        ("public-transport", {"line": 8}, "line"),
    ],
)
def test_a_wrong_answer_is_refused_by_its_question(key, given, where) -> None:
    with pytest.raises(BadInput) as refused:
        answers.check(ALL[key], given)
    assert refused.value.where == where
    assert refused.value.text("vi") != refused.value.text("en")


def test_a_draft_may_be_incomplete() -> None:
    assert answers.check(ALL["manhole"], {}, complete=False) == {}


def test_times_of_a_norm() -> None:
    assert allowances.parse("5 minutes").elapsed == timedelta(minutes=5)
    working = allowances.parse("1 working day")
    assert working.elapsed is None
    assert (working.text("vi"), working.text("en")) == ("1 ngày làm việc", "1 working day")
    with pytest.raises(ValueError, match="soon"):
        allowances.parse("soon")
    for each in ALL.values():
        for text in (each.norm.accept, each.norm.dispatch, each.norm.answer):
            assert allowances.parse(text).amount


def test_a_category_is_an_open311_service() -> None:
    told = open311.service(ALL["manhole"], "en")
    assert (told["service_code"], told["type"], told["metadata"]) == ("manhole", "realtime", True)
    attributes = open311.definition(ALL["manhole"])["attributes"]
    assert [each["order"] for each in attributes] == [1, 2]
    assert attributes[0]["values"][0] == {"key": "missing", "name": "Mất nắp"}
