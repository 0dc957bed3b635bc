import pytest

from dothi.core import errors
from dothi.core.errors import BadInput, DothiError, NotFound, TooMany, both, problem


def subclasses(cls):
    for sub in cls.__subclasses__():
        if sub.__module__ == errors.__name__:
            yield sub
            yield from subclasses(sub)


def test_a_problem_document_has_the_members_of_the_standard():
    document = problem(NotFound(both("Không có.", "None there.")), instance="/x", language="en")
    assert document == {
        "type": "urn:dothi:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "None there.",
        "instance": "/x",
    }


def test_a_problem_is_told_in_vietnamese_by_default():
    assert problem(NotFound(both("Không có.", "None.")))["detail"] == "Không có."


def test_one_plain_text_serves_both_languages():
    assert problem(BadInput("pm25 < 0"), language="vi")["detail"] == "pm25 < 0"


def test_a_problem_says_which_part_of_the_input_was_wrong():
    assert problem(BadInput("no", where="a.b"))["where"] == "a.b"


def test_further_members_are_told():
    assert problem(TooMany(retry_after=3))["retry_after"] == 3


def test_further_members_do_not_replace_those_of_the_standard():
    assert problem(TooMany(status=200))["status"] == 429


def test_an_error_of_the_program_tells_nothing_of_its_inside():
    document = problem(KeyError("password=hunter2"), language="en")
    assert document == {"type": "urn:dothi:problem:internal", "title": "Internal error", "status": 500}


def test_an_error_without_detail_shows_its_title():
    assert NotFound().text("vi") == "Không tìm thấy"


@pytest.mark.parametrize("kind", list(subclasses(DothiError)))
def test_every_error_has_a_title_in_both_languages(kind):
    assert all(kind.title[language] for language in ("vi", "en"))


def test_no_two_errors_share_a_type():
    kinds = [kind.kind for kind in subclasses(DothiError)]
    assert len(kinds) == len(set(kinds))


def test_an_error_prints_as_its_english_text():
    assert str(BadInput(both("Sai.", "Wrong."))) == "Wrong."
