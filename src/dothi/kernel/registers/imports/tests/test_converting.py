"""Cells as people write them become what the schema asks for; what is not understood stays as it was."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from dothi.kernel.registers.imports import converting
from dothi.kernel.registers.imports.converting import converter
from dothi.kernel.registers.types import kind

POINT = {"type": "Point", "coordinates": [106.7, 10.77]}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" Nguyễn An ", "Nguyễn An"),
        (79012.0, "79012"),
        (1.5, "1.5"),
        (Decimal("12.50"), "12.5"),
        (date(2025, 7, 1), "2025-07-01"),
        (datetime(2025, 7, 1), "2025-07-01"),  # noqa: DTZ001  as workbooks give days
        (True, "true"),
    ],
)
def test_text_is_what_a_person_would_read(cell, value):
    assert converting.text(cell) == value


@pytest.mark.parametrize(
    ("cell", "numbers", "value"),
    [
        ("1.234,5", "vi", 1234.5),
        ("1,234.5", "en", 1234.5),
        ("1.234", "vi", 1234),
        ("1.234", "en", 1.234),
        ("42", "vi", 42),
        (42.0, "vi", 42),
        (Decimal("1.5"), "vi", 1.5),
        ("khoảng 3", "vi", "khoảng 3"),
        (float("inf"), "vi", float("inf")),
        ("1.7", "vi", "1.7"),
    ],
)
def test_numbers_are_read_as_the_file_writes_them(cell, numbers, value):
    assert converting.number(cell, numbers) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("31/12/2025", "2025-12-31"),
        ("1-2-1990", "1990-02-01"),
        ("2025-12-31", "2025-12-31"),
        (datetime(2025, 12, 31, 8), "2025-12-31"),  # noqa: DTZ001
        ("31/02/2025", "31/02/2025"),
        ("tháng sau", "tháng sau"),
    ],
)
def test_days_are_read_day_first(cell, value):
    assert converting.day(cell) == value


def test_a_time_without_a_zone_is_the_citys():
    assert converting.moment("01/07/2025 08:30") == "2025-07-01T08:30:00+07:00"
    assert converting.moment("2025-07-01T08:30:00Z") == "2025-07-01T08:30:00+00:00"
    assert converting.moment("lúc sáng") == "lúc sáng"


@pytest.mark.parametrize(
    ("cell", "value"), [("Có", True), ("x", True), (0, False), ("Không", False), ("?", "?")]
)
def test_yes_and_no_in_both_languages(cell, value):
    assert converting.boolean(cell) == value


@pytest.mark.parametrize("cell", ["Nam", "nam", "MALE", "male"])
def test_words_of_a_code_list_become_its_codes(cell):
    assert converter(kind("owner"), "sex")(cell) == "male"


def test_a_word_that_is_not_in_the_list_stays():
    assert converter(kind("owner"), "sex")("nửa nọ nửa kia") == "nửa nọ nửa kia"


def test_zeros_a_sheet_has_lost_come_back_but_typed_text_is_left():
    personal = converter(kind("person"), "personal_id")
    assert personal(79080001234.0) == "079080001234"
    assert personal("79080001234") == "79080001234"


@pytest.mark.parametrize(
    "cell",
    [POINT, '{"type":"Point","coordinates":[106.7,10.77]}', "POINT (106.7 10.77)"],
)
def test_places_in_three_forms(cell):
    assert converting.geometry(cell) == POINT


def test_a_place_as_wkb():
    import shapely

    assert converting.geometry(shapely.to_wkb(shapely.Point(106.7, 10.77))) == POINT


def test_what_is_no_place_stays():
    assert converting.geometry("gần chợ") == "gần chợ"


def test_two_cells_make_a_point():
    assert converting.point("106,7", 10.77) == POINT
    assert converting.point("đông", "10.77")["coordinates"] == ["đông", 10.77]


def test_lists_are_json_or_words_with_semicolons():
    assert converting.items("a; b;") == ["a", "b"]
    assert converting.items('["a"]') == ["a"]
    assert converting.structure("{hỏng") == "{hỏng"


@pytest.mark.parametrize(
    ("cell", "nothing"), [(None, True), ("  ", True), (float("nan"), True), (0, False), (False, False)]
)
def test_what_says_nothing(cell, nothing):
    assert converting.empty(cell) is nothing
