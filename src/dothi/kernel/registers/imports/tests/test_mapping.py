"""Columns find their properties by name, with or without diacritics; each column fills one."""

from __future__ import annotations

import pytest

from dothi.core.errors import BadInput
from dothi.kernel.registers.imports import mapping
from dothi.kernel.registers.types import kind


def test_names_are_matched_in_either_language_and_without_diacritics():
    found = mapping.suggest(
        kind("person"), ["HO VA TEN", "Date of birth", "gioi_tinh", "Số định danh cá nhân", "STT"]
    )
    assert found == {
        "full_name": "HO VA TEN",
        "birth_date": "Date of birth",
        "sex": "gioi_tinh",
        "personal_id": "Số định danh cá nhân",
    }


def test_a_slip_of_the_pen_is_forgiven():
    assert mapping.suggest(kind("person"), ["Họ và tênn"]) == {"full_name": "Họ và tênn"}


def test_a_column_fills_one_property_only():
    found = mapping.suggest(kind("parcel"), ["Địa chỉ thửa đất", "Mã thửa đất", "Thửa số"])
    assert len(set(found.values())) == len(found) == 3


def test_a_place_comes_from_two_columns_or_from_one():
    assert mapping.suggest(kind("tree"), ["lon", "lat"]) == {
        "place.longitude": "lon",
        "place.latitude": "lat",
    }
    assert mapping.suggest(kind("tree"), ["lon", "lat", "geometry"]) == {"place": "geometry"}
    assert mapping.suggest(kind("tree"), ["lon"]) == {}


def test_what_the_file_of_refused_rows_adds_is_not_mapped():
    assert mapping.suggest(kind("owner"), ["dòng", "lỗi (vi)", "error (en)"]) == {}


@pytest.mark.parametrize(
    ("chosen", "where"),
    [
        ({}, "mapping"),
        ({"nothing": "a"}, "mapping.nothing"),
        ({"species": "z"}, "mapping.species"),
        ({"species": "a", "place.longitude": "b"}, "mapping.place"),
        ({"remark": "a"}, "mapping.species"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(chosen, where):
    with pytest.raises(BadInput) as error:
        mapping.check(kind("tree"), ["a", "b"], chosen)
    assert error.value.where == where


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,5"], "vi"),
        (["1.65"], "en"),
        (["1.234"], "vi"),
        (["1.234,5"], "vi"),
        (["1,234.5"], "en"),
        (["12.3456"], "en"),
        ([3.5], "vi"),
    ],
)
def test_how_numbers_are_written_is_seen_from_the_first_rows(cells, numbers):
    assert (
        mapping.numbers_of(kind("owner"), ["cao"], {"height": "cao"}, [[cell] for cell in cells]) == numbers
    )


def test_a_row_says_only_what_its_cells_say():
    mapper = mapping.Mapper(kind("owner"), ["a", "b"], {"full_name": "a", "note": "b"})
    assert mapper.row(["An", " "]) == {"full_name": "An"}
    assert not mapper.wrong_day(["An", ""])


def test_a_row_may_bring_its_source():
    mapper = mapping.Mapper(kind("owner"), ["a", "b"], {"full_name": "a", "@source": "b"})
    assert mapper.row(["An", "Sổ 12"]).source == "Sổ 12"
    assert mapper.row(["An", ""]).source is None
