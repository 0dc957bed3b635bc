"""Vietnamese text: one form of every letter, search without diacritics, dictionary order, numbers, dates."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from dothi.core.clock import HCMC

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_WEIGHT = {letter: chr(0x61 + index) for index, letter in enumerate(ALPHABET)}
# ngang (no mark), huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_SHAPES = {"\u0302", "\u0306", "\u031b"}  # circumflex, breve, horn: part of the letter, not a tone
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"\d+|\D+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBERS = {
    "vi": re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"),
    "en": re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?"),
}
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def nfc(text: str) -> str:
    """``text`` with every letter in its one composed form; what is stored and compared."""
    return unicodedata.normalize("NFC", text)


def _stripped(text: str) -> str:
    marks = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in marks if not unicodedata.combining(c)))


# The composed letters of Latin-1, Latin Extended-A/B and Additional (all of Vietnamese), folded beforehand.
_PLAIN = {
    code: letter
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if (letter := _stripped(chr(code))).isascii()
}


def fold(text: str) -> str:
    """``text`` for search: lower case, no diacritics, đ as d."""
    plain = text.lower().translate(_PLAIN)
    return plain if plain.isascii() else _stripped(plain)


def _letters(run: str) -> tuple[str, str]:
    """The weights of a run of letters, and its tone."""
    tone = "0"
    letters: list[str] = []
    for mark in unicodedata.normalize("NFD", run):
        if mark in _TONES:
            tone = max(tone, _TONES[mark])
        elif mark in _SHAPES and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + mark)
        elif not unicodedata.combining(mark):
            letters.append(mark)
    return "".join(_WEIGHT.get(letter, letter) for letter in letters), tone


@lru_cache(maxsize=8192)  # names are made of few syllables
def _syllable(word: str) -> str:
    weights, tone = "", "0"
    for run in _RUN.findall(word):
        if run[0].isdecimal():
            digits = str(int(run))  # its length comes first, so that Quận 2 comes before Quận 10
            weights += f"{chr(0x21 + min(len(digits), 0x3E))}{digits}"
        else:
            letters, found = _letters(run)
            weights, tone = weights + letters, max(tone, found)
    return f"{weights}\x02{tone}"


def collation_key(text: str) -> str:
    """A key that sorts as a Vietnamese dictionary does, in Python and in any database (binary order).

    Syllable by syllable: first the letters (a ă â b … d đ e ê …), then the tone (ngang, huyền, hỏi, ngã, sắc,
    nặng). Numbers sort by value. Upper and lower case matter only between texts that are otherwise equal.
    """
    composed = nfc(text)
    syllables = "\x01".join(_syllable(word) for word in _WORD.findall(composed.lower()))
    return f"{syllables}\x00{composed.swapcase()}"


def format_number(value: float | Decimal, decimals: int | None = None, lang: str = "vi") -> str:
    """``1.234,5`` (vi) or ``1,234.5`` (en); ``decimals`` None shows as many as the number has."""
    number = Decimal(str(value))
    if not number.is_finite():
        return "–" if number.is_nan() else ("-∞" if number < 0 else "∞")
    text = f"{number:,f}" if decimals is None else f"{number:,.{decimals}f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if not any(c in "123456789" for c in text):
        text = text.lstrip("-")  # no "-0"
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))


def parse_number(text: str, lang: str = "vi") -> float:
    """The number written ``1.234,5`` (vi) or ``1,234.5`` (en); raises :class:`ValueError`."""
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", "")
    if not _NUMBERS["en" if lang == "en" else "vi"].fullmatch(plain):
        example = "1,234.5" if lang == "en" else "1.234,5"
        raise ValueError(f"{text!r} is not a number such as {example}")
    if lang != "en":
        plain = plain.translate(str.maketrans(",.", ".,"))
    return float(plain.replace(",", ""))


def format_vnd(amount: int) -> str:
    """``1.250.000 đ``: whole đồng."""
    return f"{format_number(amount, 0)}\u00a0đ"


def parse_vnd(text: str) -> int:
    """The whole đồng written ``1.250.000 đ`` (the sign may be missing); raises :class:`ValueError`."""
    amount = parse_number(re.sub(r"\s*(đ|₫|đồng|VND|VNĐ)$", "", nfc(text).strip(), flags=re.IGNORECASE))
    if amount != int(amount):
        raise ValueError(f"{text!r}: there is no part of a đồng")
    return int(amount)


def _local(day: date) -> date:
    """The city's own day or time of an aware time."""
    return day.astimezone(HCMC) if isinstance(day, datetime) and day.tzinfo is not None else day


def format_date(day: date, lang: str = "vi") -> str:
    """``22/11/2026`` (vi) or ``22 Nov 2026`` (en), in the city's time zone."""
    local = _local(day)
    if lang == "en":
        return f"{local.day} {_MONTHS[local.month - 1]} {local.year:04d}"
    return f"{local.day:02d}/{local.month:02d}/{local.year:04d}"


def format_datetime(at: datetime, lang: str = "vi") -> str:
    """``14:05 22/11/2026`` (vi) or ``22 Nov 2026, 14:05`` (en), in the city's time zone."""
    local = _local(at)
    assert isinstance(local, datetime)
    clock, day = f"{local.hour:02d}:{local.minute:02d}", format_date(local, lang)
    return f"{day}, {clock}" if lang == "en" else f"{clock} {day}"


def parse_date(text: str) -> date:
    """The day written dd/mm/yyyy; raises :class:`ValueError`."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not a date such as 22/11/2026")
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{text!r}: there is no such day") from None
