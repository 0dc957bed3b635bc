import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core import money

AMOUNTS = st.integers(-money.MOST, money.MOST)


@pytest.mark.parametrize("wrong", [1.0, True, "1", None, money.MOST + 1, -money.MOST - 1])
def test_only_whole_dong_within_bounds_is_money(wrong):
    with pytest.raises(ValueError, match="đồng"):
        money.vnd(wrong)


@pytest.mark.parametrize(
    ("amount", "vi", "en"),
    [(0, "0 đ", "0 đ"), (75_000, "75.000 đ", "75,000 đ"), (-1_234_567, "-1.234.567 đ", "-1,234,567 đ")],
)
def test_an_amount_is_shown_in_the_readers_way(amount, vi, en):
    assert (money.show(amount), money.show(amount, "en")) == (
        vi.replace(" ", "\u00a0"),
        en.replace(" ", "\u00a0"),
    )


@given(AMOUNTS, st.sampled_from(["vi", "en"]))
def test_what_is_shown_is_read_back(amount, lang):
    assert money.parse(money.show(amount, lang), lang) == amount


@pytest.mark.parametrize(
    "text", ["75000", "75.000", " 75.000 đ", "75.000VNĐ", "75.000 vnd", "75.000\u00a0₫", "75.000 đồng"]
)
def test_an_amount_is_read_however_people_write_it(text):
    assert money.parse(text) == 75_000


@pytest.mark.parametrize("text", ["", "đ", "75,000", "75.00", "7.5000", "1e3", "75.000,5", "bảy"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="such as"):
        money.parse(text)


@given(st.integers(0, money.MOST), st.integers(0, 100))
def test_a_share_and_the_rest_make_the_whole_to_within_half_a_dong(amount, percent):
    part = money.share(amount, percent)
    assert 0 <= part <= amount
    assert abs(part * 100 - amount * percent) <= 50


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (14, "Mười bốn đồng"),
        (11, "Mười một đồng"),
        (55, "Năm mươi lăm đồng"),
        (101, "Một trăm linh một đồng"),
        (110, "Một trăm mười đồng"),
        (305, "Ba trăm linh năm đồng"),
        (1_000, "Một nghìn đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (1_050, "Một nghìn không trăm năm mươi đồng"),
        (75_000, "Bảy mươi lăm nghìn đồng"),
        (1_234_567, "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng"),
        (2_000_001, "Hai triệu không trăm linh một đồng"),
        (1_000_000_000, "Một tỷ đồng"),
        (1_000_000_000_000, "Một nghìn tỷ đồng"),
        (1_002_000_000_000, "Một nghìn không trăm linh hai tỷ đồng"),
        (-20_000, "Âm hai mươi nghìn đồng"),
    ],
)
def test_an_amount_is_written_as_on_a_receipt(amount, words):
    assert money.words(amount) == words


@given(st.integers(0, 10**12))
def test_no_two_amounts_have_the_same_words(amount):
    assert money.words(amount) != money.words(amount + 1)
