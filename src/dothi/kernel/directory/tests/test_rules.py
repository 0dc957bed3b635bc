from datetime import date

import pytest

from dothi.core.errors import BadInput, Conflict
from dothi.kernel.directory import rules

DAY = date(2026, 1, 1)


@pytest.mark.parametrize("code", ["000.00.01.H29", "000.00.00.H29", " 012.34.56.G14 "])
def test_a_code_of_the_old_order_is_accepted(code):
    assert rules.old_order(code) == code.strip()


@pytest.mark.parametrize("code", ["H29", "H29.1", "H29.12.3", "H29.12.3.4"])
def test_a_code_of_the_new_order_is_accepted(code):
    assert rules.new_order(code) == code


@pytest.mark.parametrize("code", ["H29.000.00.01", "000.00.01", "0.0.1.H29", "000.00.01.h29"])
def test_a_wrong_code_of_the_old_order_is_refused(code):
    with pytest.raises(BadInput, match=r"such as 000\.00\.01\.H29"):
        rules.old_order(code)


@pytest.mark.parametrize("code", ["29H", "H29.", "H29.1234", "H29.1.2.3.4", "000.00.01.H29"])
def test_a_wrong_code_of_the_new_order_is_refused(code):
    with pytest.raises(BadInput, match=r"such as H29\.12\.3"):
        rules.new_order(code)


@pytest.mark.parametrize("code", [None, "", "  "])
def test_a_code_may_be_unknown(code):
    assert rules.new_order(code) is None


def test_a_name_is_tidied():
    assert rules.names({"vi": "  Sở   Y te\u0302\u0301 ", "en": ""})["vi"] == "Sở Y tế"


def test_a_missing_english_name_is_the_vietnamese_one():
    assert rules.names({"vi": "Sở Y tế"})["en"] == "Sở Y tế"


def test_a_vietnamese_name_is_needed():
    with pytest.raises(BadInput, match="Vietnamese name is missing"):
        rules.names({"vi": " ", "en": "Department of Health"})


def test_what_has_ended_cannot_end_again():
    with pytest.raises(Conflict, match="ended already"):
        rules.may_end(None, DAY, DAY)


@pytest.mark.parametrize("on", [date(2025, 12, 31), DAY])
def test_nothing_ends_before_it_began(on):
    with pytest.raises(Conflict, match="after 1 Jan 2026"):
        rules.may_end(DAY, None, on)


def test_what_began_before_may_end():
    rules.may_end(DAY, None, date(2026, 1, 2))


def fit(query):
    full = rules.haystack(["Phường Sài Gòn", "Sai Gon Ward", "26740", "Thành phố Hồ Chí Minh"])
    return rules.match(query, full, "sai gon", "phuong sai gon", "26740")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sai gon", 0),
        ("phuong sai gon", 0),
        ("26740", 0),
        ("sai", 1),
        ("phuong s", 1),
        ("ward", 2),
        ("gon", 2),
        ("ward sai", 3),
        ("ho sai", 3),
        ("aigon", None),
        ("hanoi", None),
    ],
)
def test_the_better_a_name_fits_the_earlier_it_comes(query, expected):
    assert fit(query) == expected
