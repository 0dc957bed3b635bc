"""Numbers the state, banks and operators give to people: what can be told from the digits alone."""

from __future__ import annotations

import re
from datetime import date

# Codes of the 63 provinces of before July 2025, which numbers of citizens keep for life.
PROVINCES = frozenset(
    [
        "001",
        "002",
        "004",
        "006",
        "008",
        "010",
        "011",
        "012",
        "014",
        "015",
        "017",
        "019",
        "020",
        "022",
        "024",
        "025",
        "026",
        "027",
        "030",
        "031",
        "033",
        "034",
        "035",
        "036",
        "037",
        "038",
        "040",
        "042",
        "044",
        "045",
        "046",
        "048",
        "049",
        "051",
        "052",
        "054",
        "056",
        "058",
        "060",
        "062",
        "064",
        "066",
        "067",
        "068",
        "070",
        "072",
        "074",
        "075",
        "077",
        "079",
        "080",
        "082",
        "083",
        "084",
        "086",
        "087",
        "089",
        "091",
        "092",
        "093",
        "094",
        "095",
        "096",
    ]
)
_INSURED = frozenset(
    [
        "DN",
        "HX",
        "CH",
        "NN",
        "TK",
        "HC",
        "XK",
        "HT",
        "TB",
        "NO",
        "CT",
        "XB",
        "TN",
        "CS",
        "QN",
        "CA",
        "CY",
        "XN",
        "MS",
        "CC",
        "CK",
        "CB",
        "KC",
        "HD",
        "TE",
        "BT",
        "HN",
        "DT",
        "DK",
        "XD",
        "TS",
        "TC",
        "TQ",
        "TA",
        "TY",
        "HG",
        "LS",
        "PV",
        "HS",
        "SV",
        "GB",
        "GD",
        "TV",
        "TD",
        "TU",
        "BA",
        "ND",
        "TH",
        "TL",
        "XV",
        "CN",
    ]
)
_GAPS = re.compile(r"[\s.\-–/]+")
_MOBILE = re.compile(r"(?:\+?84|0)(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")
_LANDLINE = re.compile(r"(?:\+?84|0)2\d{8,9}")
_TAX = re.compile(r"\d{10}(?:-?\d{3})?")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_PLATE = re.compile(
    r"(?:1[1-9]|[2-9]\d)[\s-]?(?:[A-HK-NP-VX-Z]{1,2}|[A-HK-NP-VX-Z]\d|LD|DA|MK|MĐ|NG|NN|QT|CD)[\s-]?\d{3}[.\s]?\d{1,2}"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}", re.IGNORECASE)
_PASSPORT = re.compile(r"[BCEKNPSD]\d{7,8}")


def digits(text: str) -> str:
    """``text`` without the gaps people write in numbers."""
    return _GAPS.sub("", text)


def is_cccd(text: str) -> bool:
    """A citizen's number: province, century and sex, year of birth (Decree 137/2015), then six digits of any kind.

    There is no check digit; of numbers made up, one in 65 passes.
    """
    plain = digits(text)
    if len(plain) != 12 or not plain.isdecimal() or plain[:3] not in PROVINCES:
        return False
    century, year, today = int(plain[3]), int(plain[4:6]), date.today().year  # noqa: DTZ011  (years only)
    born = 1900 + 100 * (century // 2) + year
    return today - 115 <= born <= today


def is_cmnd(text: str) -> bool:
    """The nine digits of an identity card of before 2016, which begin with a police district's 01 to 38."""
    plain = digits(text)
    return len(plain) == 9 and plain.isdecimal() and 1 <= int(plain[:2]) <= 38


def is_mobile(text: str) -> bool:
    """A mobile number in use since 2018, with 0, 84 or +84."""
    return _MOBILE.fullmatch(digits(text.replace("(", "").replace(")", ""))) is not None


def is_phone(text: str) -> bool:
    """A mobile number or a landline with its area."""
    plain = digits(text.replace("(", "").replace(")", ""))
    return (_MOBILE.fullmatch(plain) or _LANDLINE.fullmatch(plain)) is not None


def is_tax_code(text: str) -> bool:
    """Ten digits whose last is the check digit, and three more for a branch; one in eleven made up ones passes."""
    plain = text.strip()
    if not _TAX.fullmatch(plain):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, plain, strict=False))
    return 10 - total % 11 == int(plain[9])


def is_bhyt(text: str) -> bool:
    """A health-insurance card: who pays, benefit 1 to 5, province, then the ten digits of social insurance."""
    plain = digits(text).upper()
    return (
        len(plain) == 15 and plain[:2] in _INSURED and plain[2] in "12345" and plain[3:].isdecimal() and plain[3:5] != "00"
    )  # fmt: skip


def is_plate(text: str) -> bool:
    """A number plate: province 11 to 99, series, four or five digits (Circular 79/2024)."""
    return _PLATE.fullmatch(text.strip().upper().replace("Ð", "Đ")) is not None


def is_email(text: str) -> bool:
    """An e-mail address."""
    return _EMAIL.fullmatch(text.strip()) is not None


def is_passport(text: str) -> bool:
    """A letter in use and seven or eight digits: many other codes look like that."""
    return _PASSPORT.fullmatch(text.strip().upper()) is not None


def is_bank_card(text: str) -> bool:
    """A card of sixteen to nineteen digits with a right check digit (Luhn), of Napas or an international scheme."""
    plain = digits(text)
    if (
        not 16 <= len(plain) <= 19
        or not plain.isdecimal()
        or not plain.startswith(("9704", "4", "51", "52", "53", "54", "55", "35", "62"))
    ):
        return False
    total = 0
    for place, digit in enumerate(reversed(plain)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_account(text: str) -> bool:
    """Six to nineteen digits: told from other numbers by what its column is called only."""
    plain = digits(text)
    return 6 <= len(plain) <= 19 and plain.isdecimal()
