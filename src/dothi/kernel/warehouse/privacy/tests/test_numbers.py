"""What can be told from the digits alone, and how often chance passes."""

import random

import pytest

from dothi.kernel.warehouse.privacy import numbers


@pytest.mark.parametrize("text", ["079090012345", "001 190 012 345", "048.3.20.123456", "079204000001"])
def test_citizens_numbers(text):
    assert numbers.is_cccd(text)


@pytest.mark.parametrize(
    "text",
    [
        "079990012345678",
        "003090012345",
        "07909001234",
        "079290012345",
        "079490012345",
        "07909001234a",
        "000000000000",
        "",
    ],
)
def test_what_is_no_citizens_number(text):
    assert not numbers.is_cccd(text)


@pytest.mark.parametrize("text", ["0901234567", "090 123 4567", "+84 90 123 4567", "84901234567", "(090) 123-4567", "0351234567", "02838291234", "024.3825.1234"])  # fmt: skip
def test_phone_numbers(text):
    assert numbers.is_phone(text)


@pytest.mark.parametrize("text", ["0101234567", "01234567890", "090123456", "09012345678", "1900 1234", "+85 90 123 4567", "abc"])  # fmt: skip
def test_what_is_no_phone_number(text):
    assert not numbers.is_phone(text)


def test_tax_codes_have_a_check_digit():
    assert numbers.is_tax_code("0100109106")
    assert numbers.is_tax_code("0100109106-011")
    assert not numbers.is_tax_code("0100109107")
    assert not numbers.is_tax_code("010010910")
    assert sum(numbers.is_tax_code(f"010010910{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize("text", ["51F-123.45", "51F12345", "59-X1 234.56", "59X1-23456", "72C 1234", "30LD-123.45", "51f-123.45"])  # fmt: skip
def test_plates(text):
    assert numbers.is_plate(text)


@pytest.mark.parametrize(
    "text", ["05F-123.45", "51F-12", "51O-123.45", "F51-12345", "2026-07-01", "51-123.45"]
)
def test_what_is_no_plate(text):
    assert not numbers.is_plate(text)


def test_health_insurance_cards():
    assert numbers.is_bhyt("GD4790123456789")
    assert numbers.is_bhyt("DN 4 79 0123456789")
    assert not numbers.is_bhyt("ZZ4790123456789")
    assert not numbers.is_bhyt("GD9790123456789")
    assert not numbers.is_bhyt("GD479012345678")


def test_cards_have_a_check_digit():
    assert numbers.is_bank_card("4111 1111 1111 1111")
    assert not numbers.is_bank_card("4111 1111 1111 1112")
    assert not numbers.is_bank_card("1111 1111 1111 1117")


def test_addresses_of_mail():
    assert numbers.is_email("nguyen.van-a+x@mail.example.vn")
    assert not numbers.is_email("nguyen@")
    assert not numbers.is_email("a b@example.vn")


def test_passports_and_old_cards_look_like_much_else():
    assert numbers.is_passport("C1234567")
    assert not numbers.is_passport("A12")
    assert numbers.is_cmnd("025123456")
    assert not numbers.is_cmnd("990123456")
    assert numbers.is_account("0123456789")
    assert not numbers.is_account("12")


@pytest.mark.parametrize(
    ("test", "length", "most"),
    [
        (numbers.is_cccd, 12, 0.02),
        (numbers.is_tax_code, 10, 0.1),
        (numbers.is_mobile, 10, 0.06),
        (numbers.is_bank_card, 16, 0.03),
    ],
)
def test_numbers_made_up_pass_seldom(test, length, most):
    chance = random.Random(5)
    made = ["".join(chance.choice("0123456789") for _ in range(length)) for _ in range(20_000)]
    assert sum(map(test, made)) / len(made) < most
