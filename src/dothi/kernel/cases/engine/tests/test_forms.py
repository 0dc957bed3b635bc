"""Forms: what is asked, what may stand, what is told."""

from __future__ import annotations

import pytest

from dothi.kernel.cases.engine import compile_procedure, validate_form, visible_fields
from dothi.kernel.cases.engine.examples import examples

SHOP = {"full_name": "A", "business": True, "tax_code": "0123456789", "area": 5, "members": [{"name": "B"}]}


@pytest.fixture(scope="module")
def form(declared):
    return compile_procedure(declared()).forms["application"]


def asked(form, data):
    return [field.key for _, fields in visible_fields(form, data) for field in fields]


def test_questions_are_asked_when_the_answers_before_say_so(form) -> None:
    assert asked(form, {"full_name": "A"}) == ["full_name", "business", "born_on"]
    assert asked(form, {"full_name": "A", "business": "true"}) == [
        "full_name", "business", "tax_code", "born_on", "area", "members",
    ]  # fmt: skip


def test_an_answer_to_a_question_that_is_not_asked_is_dropped(form) -> None:
    cleaned, errors = validate_form(form, {"full_name": "A", "tax_code": "x", "area": "y"})
    assert (cleaned, errors) == ({"full_name": "A"}, {})


def test_what_people_type_becomes_typed_data(form) -> None:
    typed = {
        **SHOP,
        "full_name": "  Lê   Văn Tám ",
        "business": "on",
        "area": "12,5",
        "born_on": "31/12/1999",
    }
    cleaned, errors = validate_form(form, typed)
    assert errors == {}
    assert (cleaned["full_name"], cleaned["area"], cleaned["born_on"]) == ("Lê Văn Tám", 12.5, "1999-12-31")


@pytest.mark.parametrize(
    ("change", "path", "english"),
    [
        ({"full_name": ""}, "full_name", "Answer this question."),
        ({"full_name": "x" * 41}, "full_name", "At most 40 characters."),
        ({"tax_code": "12"}, "tax_code", "A tax code has 10 digits."),
        ({"area": "much"}, "area", "Enter a number, such as 1234.5."),
        ({"area": 501}, "area", "At most 500."),
        ({"born_on": "2999-01-01"}, "born_on", "Born in the future."),
        ({"born_on": "30/02/2020"}, "born_on", "Enter a date as dd/mm/yyyy."),
        ({"members": []}, "members", "Answer this question."),
        ({"members": "x"}, "members", "Send a list."),
        ({"members": [{"name": "a"}] * 4}, "members", "At most 3 are allowed."),
        ({"members": [{"name": "a"}, {"name": ""}]}, "members[1].name", "Answer this question."),
        ({"members": [{"name": "a", "share": 60}]}, "members[0].reason", "Answer this question."),
        ({"members": [{"name": "a", "shares": 60}]}, "members[0].shares", "The form has no such field."),
        ({"colour": "red"}, "colour", "The form has no such field."),
    ],
)
def test_each_answer_that_does_not_fit_is_told_at_its_place(form, change, path, english) -> None:
    _, errors = validate_form(form, {**SHOP, **change})
    assert {key: text["en"] for key, text in errors.items()} == {path: english}
    assert errors[path]["vi"]


def test_examples_fit_and_cover_every_choice(form) -> None:
    found = list(examples(form))
    assert {each.get("business") for each in found} >= {True, False}
    assert all(validate_form(form, each)[1] == {} for each in found)
