"""Addresses as people write them: which units of the old order they name."""

from __future__ import annotations

import pytest

from dothi.kernel.registers.reform.addresses import Gazetteer, Named, plain, read, written

NAMES = Gazetteer.of(
    "79",
    [Named("79", "", "Thành phố Hồ Chí Minh"), Named("77", "", "Tỉnh Bà Rịa - Vũng Tàu")],
    [
        Named("760", "79", "Quận 1"),
        Named("769", "79", "Thành phố Thủ Đức"),
        Named("766", "79", "Quận Tân Bình"),
        Named("26740", "760", "Phường Bến Nghé"),
        Named("1", "766", "Phường 01"),
        Named("755", "77", "Huyện Côn Đảo"),
    ],
)


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("12 Lê Lợi, Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh", "26740"),
        ("12 Lê Lợi, P.Bến Nghé, Q1, TP. HCM", "26740"),
        ("12 Le Loi, P. Ben Nghe, Q. 1", "26740"),
        ("12 Lê Lợi, Bến Nghé, Quận 1, Sài Gòn, Việt Nam", "26740"),
        ("3/4 Hẻm 5, P1, Q. Tân Bình", "1"),
        ("3/4 Hẻm 5, phường 01, quận Tân Bình, tphcm", "1"),
    ],
)
def test_the_ward_is_understood_however_it_is_written(text, ward):
    found = read(text, NAMES)
    assert found is not None
    assert found.ward == ward


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12 Lê Lợi",
        "12 Lê Lợi, Phường Sài Gòn, Thành phố Hồ Chí Minh",
        "Phường Thủ Đức, TP.HCM",
        "Tân Bình",
    ],
)
def test_what_names_no_district_is_not_of_the_old_order(text):
    assert read(text, NAMES) is None


def test_a_district_without_a_ward_that_is_known_is_told_apart():
    found = read("9 Lê Duẩn, Phường Lạ, Quận 1, TPHCM", NAMES)
    assert (found.ward, found.district) == ("", "760")


def test_what_stands_before_the_units_stays_as_it_was_written():
    found = read("  12bis LÊ LỢI , tầng 3,P.Bến Nghé,Q.1,HCM, Việt Nam", NAMES)
    assert written(found, "Phường Sài Gòn", "Thành phố Hồ Chí Minh") == (
        "12bis LÊ LỢI, tầng 3, Phường Sài Gòn, Thành phố Hồ Chí Minh, Việt Nam"
    )
    assert written(read("1, P.Bến Nghé, Q.1", NAMES), "Phường Sài Gòn", "TP") == "1, Phường Sài Gòn"


def test_kinds_are_written_out_and_zeros_dropped():
    said = ["P.01", "q1", "TX. Dĩ An", "TT Nhà Bè", "Tp.HCM", "xã An Phú"]
    assert [plain(each) for each in said] == [
        "phuong 1", "quan 1", "thi xa di an", "thi tran nha be", "thanh pho ho chi minh", "xa an phu",
    ]  # fmt: skip
