"""Columns that hold personal data are found, and those that only look like it are not."""

import random
from datetime import date, timedelta

import pyarrow as pa
import pytest

from dothi.kernel.warehouse.privacy.hints import against, hinted
from dothi.kernel.warehouse.privacy.names import is_address, is_name
from dothi.kernel.warehouse.privacy.screening import screening

R = random.Random(11)


def kinds(values, title="c1", **more):
    return [found.kind for found in screening(pa.table({title: values}), **more)]


def digits(count):
    return "".join(R.choice("0123456789") for _ in range(count))


PEOPLE = [
    f"{a} {b} {c}"
    for a in ("Nguyễn", "Trần", "Lê", "Đặng")
    for b in ("Thị Thu", "Văn", "Minh")
    for c in ("An", "Hòa", "Yến")
]
PHONES = [f"09{digits(8)}" for _ in range(50)]


def test_a_column_of_names_without_a_telling_title():
    assert kinds(PEOPLE) == ["name"]
    assert kinds([name.upper() for name in PEOPLE]) == ["name"]


def test_streets_named_after_people_are_not_people():
    streets = [
        "Nguyễn Huệ",
        "Lê Lợi",
        "Hai Bà Trưng",
        "Trần Hưng Đạo",
        "Nguyễn Thị Minh Khai",
        "Võ Văn Kiệt",
        "Lý Tự Trọng",
    ]
    assert kinds(streets * 5) == []
    assert kinds(PEOPLE, "ten_duong") == []


def test_a_few_cells_among_many_gaps():
    assert kinds([*PHONES[:30], *[None] * 100, *["-"] * 20]) == ["phone"]


def test_a_number_read_as_a_number_has_lost_its_zero():
    assert kinds([int(phone) for phone in PHONES]) == ["phone"]
    assert kinds([79_085_000_000 + R.randrange(10**6) for _ in range(40)]) == ["cccd"]


def test_tax_codes_of_the_city_begin_like_phones_and_are_told_by_their_check_digit():
    codes = ["0300588569", "0301824642", "0302065148", "0303060003", "0304005130"]
    valid = [
        code[:9]
        + str(
            10 - sum(w * int(d) for w, d in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), code, strict=False)) % 11
        )
        for code in codes
    ]
    assert kinds([code for code in valid if len(code) == 10]) == ["tax_code"]


@pytest.mark.parametrize(
    "values",
    [
        [digits(12) for _ in range(100)],
        [digits(10) for _ in range(100)],
        [digits(9) for _ in range(100)],
        [f"893{digits(10)}" for _ in range(100)],
        [f"H29.12-{digits(6)}-{digits(4)}" for _ in range(100)],
        [f"{R.random():.5f}" for _ in range(100)],
        [str(date(2020, 1, 1) + timedelta(days=n)) for n in range(100)],
        ["Phường Bến Thành", "Phường Sài Gòn"] * 20,
        ["Công ty TNHH Nguyễn Văn An"] * 20,
        ["Trường THPT Lê Quý Đôn"] * 20,
        [],
        [None, None],
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_left_alone(values):
    assert kinds(pa.array(values, pa.string())) == []


def test_a_title_asks_for_less():
    accounts = [digits(13) for _ in range(20)]
    assert kinds(accounts) == []
    assert kinds(accounts, "so_tai_khoan") == ["bank_account"]
    assert kinds(["025123456", "271234567"], "CMND") == ["cmnd"]


def test_days_of_birth_are_many_decades_apart():
    lives = [date(1940, 1, 1) + timedelta(days=R.randrange(28_000)) for _ in range(60)]
    assert kinds(lives) == ["birth_date"]
    assert kinds([f"{day:%d/%m/%Y}" for day in lives]) == ["birth_date"]
    assert kinds([1980, 1991, 2003], "nam_sinh") == ["birth_date"]
    assert kinds(lives, "ngay_cap") == []


def test_what_is_mentioned_in_a_text():
    told = ["Đường hỏng đã lâu, xin gọi lại cho tôi số 0903 123 456 trước buổi trưa."] + [
        "Đề nghị chính quyền sớm kiểm tra và xử lý giúp."
    ] * 50
    found = screening(pa.table({"noi_dung": told}))
    assert [(each.kind, each.count, each.within) for each in found] == [("phone", 1, True)]
    assert kinds(["Tôi là bạn của anh Nguyễn Văn Tèo, nhờ cơ quan xem xét đơn đã gửi tuần trước."]) == [
        "name"
    ]


def test_a_hotline_of_the_city_is_nobody_s():
    assert kinds(["Mọi thắc mắc xin gọi tổng đài 1022 hoặc 1900 1234 để được hướng dẫn thêm."]) == []


def test_samples_are_masked_and_rows_counted():
    (found,) = screening(pa.table({"sdt": ["0901234567"] * 3 + [None]}))
    assert (found.count, found.checked, found.hinted, found.samples) == (3, 3, True, ("•••••567",))
    assert found.share == 1.0
    assert found.sensitivity == "personal"


def test_cards_and_accounts_are_sensitive():
    assert screening(pa.table({"c": ["GD4790123456789"]}))[0].sensitivity == "sensitive"


def test_only_the_columns_asked_for():
    table = pa.table({"a": PHONES, "b": PHONES})
    assert [found.column for found in screening(table, ["b"])] == ["b"]
    assert {found.column for found in screening(iter(table.to_batches(max_chunksize=7)))} == {"a", "b"}


@pytest.mark.parametrize(
    "text",
    ["12/5 Nguyễn Trãi, P.7, Q.5", "Số 8 đường Lê Lợi, phường Bến Thành", "123A Hậu Giang, Phường 5, Quận 6, TP.HCM", "Ấp 3, xã Bình Mỹ, huyện Củ Chi", "45/3/2 hẻm 12 Âu Cơ, Tân Phú"],
)  # fmt: skip
def test_where_somebody_lives(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["Phường Bến Thành, Quận 1", "Đường Lê Lợi", "2026-07-01", "12,5", "Quốc lộ 1A", "Tuyến 53"]
)
def test_where_nobody_lives(text):
    assert not is_address(text)


@pytest.mark.parametrize(
    "text", ["Nguyễn Văn An", "TRẦN THỊ BÉ", "le minh hoang", "Thạch Sô Phia", "Hồ Ngọc Hà"]
)
def test_names_of_people(text):
    assert is_name(text)


@pytest.mark.parametrize(
    "text", ["Công ty Nguyễn Văn An", "Central Park", "An", "Đã xử lý", "Nguyễn 12", "Trường Lê Lợi"]
)
def test_what_is_no_name(text):
    assert not is_name(text)


def test_titles_are_read_with_and_without_diacritics_and_humps():
    assert "name" in hinted("Họ và tên") & hinted("hoTen") & hinted("ho_ten")
    assert "birth_date" in hinted("Ngày sinh")
    assert hinted("sdtLienHe") >= {"phone"}
    assert hinted("so_luong") == frozenset()
    assert against("Ngày cấp", "birth_date")


def test_a_few_among_very_many_are_found_and_all_of_them_counted():
    values = [f"S-{n}" for n in range(20_000)] + [f"person{n}@example.vn" for n in range(1_000)]
    (found,) = screening(pa.table({"c1": values}))
    assert (found.kind, found.count, found.checked) == ("email", 1_000, 21_000)
