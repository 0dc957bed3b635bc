import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core import text

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ "
vietnamese = st.text(VIETNAMESE + VIETNAMESE.upper() + "0123456789", max_size=30)


def test_a_name_is_found_without_its_diacritics():
    assert text.fold("Phường Đông Hưng Thuận") == "phuong dong hung thuan"


def test_both_ways_to_place_a_tone_are_found_alike():
    assert text.fold("Bình Hoà") == text.fold("Bình Hòa")


@given(vietnamese)
def test_folded_vietnamese_is_plain_ascii(name):
    assert text.fold(name).isascii()


@given(vietnamese)
def test_folding_does_not_depend_on_how_letters_are_composed(name):
    assert text.fold(unicodedata.normalize("NFD", name)) == text.fold(name)


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_more(name):
    assert text.fold(text.fold(name)) == text.fold(name)


def test_letters_are_kept_in_their_composed_form():
    assert text.nfc("e\u0302\u0301") == "ế"


@pytest.mark.parametrize(
    "ordered",
    [
        ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g"],
        ["n", "o", "ô", "ơ", "p", "t", "u", "ư", "v", "x", "y"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["ba", "ba con", "bà", "bà ba", "bả", "bác"],
        ["Đa Kao", "Đà Nẵng", "Đông Hòa", "Đồng Tháp", "Ea Kar"],
        ["Quận 2", "Quận 10", "Quận Ba Đình"],
        ["Bình Hòa", "Bình Hòa Đông"],
        ["tâm", "tấm", "tân", "Tân Bình", "tần"],
    ],
)
def test_names_sort_as_in_a_vietnamese_dictionary(ordered):
    shuffled = ordered[1::2] + ordered[::2]
    assert sorted(shuffled, key=text.collation_key) == ordered


@given(vietnamese, vietnamese)
def test_different_names_never_share_a_place_in_the_order(one, other):
    same = text.nfc(one) == text.nfc(other)
    assert (text.collation_key(one) == text.collation_key(other)) is same


@given(vietnamese)
def test_the_order_does_not_depend_on_how_letters_are_composed(name):
    assert text.collation_key(unicodedata.normalize("NFD", name)) == text.collation_key(name)


@given(st.text(max_size=30))
def test_any_text_has_a_place_in_the_order(name):
    assert isinstance(text.collation_key(name), str)


@pytest.mark.parametrize(
    ("value", "decimals", "lang", "written"),
    [
        (1234567.5, None, "vi", "1.234.567,5"),
        (1234567.5, None, "en", "1,234,567.5"),
        (0.1, 2, "vi", "0,10"),
        (-12, None, "vi", "-12"),
        (-0.001, 1, "vi", "0,0"),
        (1e21, None, "vi", "1.000.000.000.000.000.000.000"),
        (Decimal("2.50"), None, "vi", "2,5"),
        (float("nan"), None, "vi", "–"),
        (float("-inf"), None, "vi", "-∞"),
    ],
)
def test_numbers_are_written_the_vietnamese_way(value, decimals, lang, written):
    assert text.format_number(value, decimals, lang) == written


@pytest.mark.parametrize(
    ("written", "value"), [("1.234,5", 1234.5), ("1234,5", 1234.5), ("-3", -3), ("\u22122,5", -2.5)]
)
def test_a_number_typed_the_vietnamese_way_is_read(written, value):
    assert text.parse_number(written) == value


@pytest.mark.parametrize("written", ["", "1,234.5", "12.34", "1.23.456", "một", "1,", "--1", "1e5"])
def test_what_is_not_a_vietnamese_number_is_refused(written):
    with pytest.raises(ValueError, match="is not a number"):
        text.parse_number(written)


@given(st.floats(-1e12, 1e12), st.sampled_from(["vi", "en"]))
def test_a_number_reads_back_as_it_was(value, lang):
    assert text.parse_number(text.format_number(value, lang=lang), lang) == value


def test_money_is_whole_dong():
    assert text.format_vnd(1_250_000) == "1.250.000\u00a0đ"


@given(st.integers(-(10**12), 10**12))
def test_money_reads_back_as_it_was(amount):
    assert text.parse_vnd(text.format_vnd(amount)) == amount


@pytest.mark.parametrize("written", ["75.000", "75.000đ", "75.000 ₫", "75000 đồng", "75.000 VND"])
def test_money_may_be_typed_with_any_sign(written):
    assert text.parse_vnd(written) == 75_000


def test_there_is_no_part_of_a_dong():
    with pytest.raises(ValueError, match="part of a đồng"):
        text.parse_vnd("1,5 đ")


def test_a_day_is_written_day_first():
    assert text.format_date(date(2026, 2, 3)) == "03/02/2026"


def test_a_day_in_english_names_its_month():
    assert text.format_date(date(2026, 2, 3), "en") == "3 Feb 2026"


def test_a_moment_is_written_in_the_citys_time():
    assert text.format_datetime(datetime(2026, 12, 31, 18, 5, tzinfo=UTC)) == "01:05 01/01/2027"


def test_a_moment_in_english():
    assert text.format_datetime(datetime(2026, 12, 31, 18, 5, tzinfo=UTC), "en") == "1 Jan 2027, 01:05"


@given(st.dates())
def test_a_day_reads_back_as_it_was(day):
    assert text.parse_date(text.format_date(day)) == day


@pytest.mark.parametrize("written", ["2026-11-22", "22/11/26", "31/02/2026", "11/22/2026", ""])
def test_what_is_not_a_day_is_refused(written):
    with pytest.raises(ValueError, match=r"not a date|no such day"):
        text.parse_date(written)
