import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.kernel.directory.names import (
    COMMUNE,
    DISTRICT,
    KINDS,
    PROVINCE,
    committee,
    kind_label,
    named,
    unaccented,
)


@pytest.mark.parametrize(
    ("vietnamese", "level", "english", "kind"),
    [
        ("Phường Sài Gòn", COMMUNE, "Sai Gon Ward", "ward"),
        ("Phường 12", COMMUNE, "Ward 12", "ward"),
        ("Phường 01", COMMUNE, "Ward 1", "ward"),
        ("Xã Đông Thạnh", COMMUNE, "Dong Thanh Commune", "commune"),
        ("Đặc khu Côn Đảo", COMMUNE, "Con Dao Special Zone", "special-zone"),
        ("Thị trấn Cần Thạnh", COMMUNE, "Can Thanh Township", "township"),
        ("Quận 1", DISTRICT, "District 1", "urban-district"),
        ("Quận Bình Thạnh", DISTRICT, "Binh Thanh District", "urban-district"),
        ("Huyện Củ Chi", DISTRICT, "Cu Chi District", "rural-district"),
        ("Thành phố Thủ Đức", DISTRICT, "Thu Duc City", "city"),
        ("Thị xã Sơn Tây", DISTRICT, "Son Tay Town", "town"),
        ("Thành phố Hồ Chí Minh", PROVINCE, "Ho Chi Minh City", "municipality"),
        ("Thành phố Hà Nội", PROVINCE, "Hanoi City", "municipality"),
        ("Tỉnh Bà Rịa - Vũng Tàu", PROVINCE, "Ba Ria - Vung Tau Province", "province"),
    ],
)
def test_a_unit_has_an_english_name_and_a_kind(vietnamese, level, english, kind):
    called = named(vietnamese, level)
    assert (called.full_name["en"], called.kind) == (english, kind)


def test_the_short_name_leaves_the_kind_out():
    assert named("Phường Sài Gòn", COMMUNE).name == {"vi": "Sài Gòn", "en": "Sai Gon"}


def test_a_kind_word_in_lower_case_is_understood():
    assert named("xã Bắc Sơn", COMMUNE).full_name["vi"] == "Xã Bắc Sơn"


def test_a_name_that_begins_with_the_kinds_letters_only_is_not_of_that_kind():
    with pytest.raises(ValueError, match="does not begin with a kind"):
        named("Xãa Bắc Sơn", COMMUNE)


@given(st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạếệữộĐĂÂ ", min_size=1).filter(str.strip))
def test_english_names_are_plain_letters(short):
    assert named(f"Phường {short}", COMMUNE).full_name["en"].isascii()


def test_dropping_diacritics_keeps_capitals():
    assert unaccented("Đức Hòa Đông") == "Duc Hoa Dong"


@pytest.mark.parametrize(
    ("full", "vi", "en"),
    [
        ("Phường Sài Gòn", "Ủy ban nhân dân phường Sài Gòn", "Sai Gon Ward People's Committee"),
        ("Đặc khu Côn Đảo", "Ủy ban nhân dân đặc khu Côn Đảo", "Con Dao Special Zone People's Committee"),
    ],
)
def test_a_committee_is_named_after_its_unit(full, vi, en):
    assert committee(named(full, COMMUNE).full_name) == {"vi": vi, "en": en}


def test_the_citys_committee_keeps_the_citys_full_name():
    city = named("Thành phố Hồ Chí Minh", PROVINCE).full_name
    assert committee(city)["vi"] == "Ủy ban nhân dân Thành phố Hồ Chí Minh"


@pytest.mark.parametrize(
    "kind", [kind for kinds in KINDS.values() for kind in kinds], ids=lambda kind: kind.key
)
def test_every_kind_is_called_something_in_both_languages(kind):
    assert set(kind_label(kind.key)) == {"vi", "en"}
