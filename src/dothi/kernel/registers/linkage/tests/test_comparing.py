"""How alike two values are, in the words of a clerk."""

from __future__ import annotations

import pytest

from dothi.kernel.registers.linkage.comparing import COMPARISONS, prepared


def level(way: str, left: object, right: object) -> int:
    one = COMPARISONS[way]
    a, b = prepared(one, left), prepared(one, right)
    there, back = int(one.levels([a], [b])[0]), int(one.levels([b], [a])[0])
    assert there == back
    return there


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Nguyễn Văn An", "NGUYỄN VĂN AN", 5),
        ("Nguyễn Văn An", "Nguyen Van An", 4),
        ("Nguyễn Văn An", "An Nguyễn Văn", 3),
        ("Huỳnh Thị Mỹ", "Hoàng Thị Mĩ", 3),
        ("Lê Thị Thúy", "Lê Thị Thuý", 4),
        ("Nguyễn Văn An", "Nguyễn V. An", 2),
        ("Nguyễn Văn An", "Nguyễn An", 2),
        ("Nguyễn Văn Cường", "Nguyễn Văn Cưngờ", 2),
        ("Nguyễn Văn An", "Trần Thị Bích Hạnh", 0),
    ],
)
def test_names(left, right, expected):
    assert level("name", left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1990-03-04", "1990-03-04", 5),
        ("1990-03-04", "04/03/1990", 5),
        ("1990-03-04", "1990-04-03", 4),
        ("1990-03-04", "1990-03-14", 3),
        ("1990-03-14", "1990-03-41"[:8] + "13", 3),
        ("1990-03-04", "1990-01-01", 2),
        ("1990-03-04", "1990", 2),
        ("1990-03-04", "1990-11-27", 1),
        ("1990-03-04", "1971-11-27", 0),
    ],
)
def test_days(left, right, expected):
    assert level("date", left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("12 Lê Lợi, P.3, Q.1, TP.HCM", "12 đường Lê Lợi, Phường 3, Quận 1", 4),
        ("12 Lê Lợi, P.3, Q.1", "12 Lê Lợi", 3),
        ("12 Lê Lợi, P.3", "15 Lê Lợi, P.3", 2),
        ("12 Lê Lợi, P.3", "77 Âu Cơ, P.10", 0),
    ],
)
def test_addresses(left, right, expected):
    assert level("address", left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Công ty TNHH MTV Thương mại Dịch vụ Hoa Sen", "CTY TNHH TM DV HOA SEN", 3),
        ("Công ty Cổ phần Hoa Sen", "Công ty Cổ phần Hoa Sem", 2),
        ("Công ty TNHH Hoa Sen", "Công ty TNHH Bình Minh", 0),
    ],
)
def test_titles(left, right, expected):
    assert level("title", left, right) == expected


def test_phones_and_codes():
    assert level("phone", "+84 90 123 4567", "0901234567") == 2
    assert level("phone", "0901234567", "0901234576") == 1
    assert level("code", "079 090-001234", "079090001234") == 2
    assert level("code", "079090001234", "079090001299") == 0


@pytest.mark.parametrize("value", ["", "   ", None, True, {"a": 1}])
@pytest.mark.parametrize("way", list(COMPARISONS))
def test_what_is_missing_has_no_forms(way, value):
    if value is not True and value is not None and not isinstance(value, dict):
        value = str(value)
    assert prepared(COMPARISONS[way], value) == ()


@pytest.mark.parametrize("way", list(COMPARISONS))
def test_nothing_to_compare_is_nothing(way):
    one = COMPARISONS[way]
    assert len(one.levels([], [])) == 0
    assert len(one.m) == len(one.u)
