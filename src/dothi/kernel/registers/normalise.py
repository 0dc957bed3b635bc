"""Identifiers as they are compared: how people write a number does not decide whether it is the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from dothi.core.text import nfc

_NOT_DIGITS = re.compile(r"\D+")
_LOOSE = re.compile(r"[\s._/\-–]+")
_NOT_ALNUM = re.compile(r"[\W_]+")


def text(value: str) -> str:
    """Letters in one form, small, single spaces."""
    return " ".join(nfc(value).casefold().split())


def compact(value: str) -> str:
    """Capitals without spaces, dots, hyphens and slashes."""
    return _LOOSE.sub("", nfc(value).upper())


def digits(value: str) -> str:
    """The digits only."""
    return value if value.isdecimal() and value.isascii() else _NOT_DIGITS.sub("", value)


def upper(value: str) -> str:
    """Capitals, single spaces."""
    return " ".join(nfc(value).upper().split())


def phone(value: str) -> str:
    """Vietnamese numbers begin with 0, however the country was written: +84 90… and 0084 90… are 090…"""
    number = _NOT_DIGITS.sub("", value)
    if value.strip().startswith("+") or number.startswith("00"):
        number = number.removeprefix("00")
        return f"0{number[2:]}" if number.startswith("84") else number
    return f"0{number[2:]}" if number.startswith("84") and len(number) in (11, 12) else number


def plate(value: str) -> str:
    """A number plate: capital letters and digits only."""
    return _NOT_ALNUM.sub("", nfc(value).upper())


NORMALISERS: Final[dict[str, Callable[[str], str]]] = {
    "text": text,
    "compact": compact,
    "digits": digits,
    "upper": upper,
    "phone": phone,
    "plate": plate,
}
