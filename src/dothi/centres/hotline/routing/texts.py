"""From what somebody wrote to features: words with and without diacritics, abbreviations written out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from dothi.core.text import fold, nfc

LONGEST: Final = 4_000
"""Letters of a text that are looked at; the matter is said before that."""
_WORD = re.compile(r"[^\W_]+")
# What people write on telephones, folded → written out. Only what is never another word.
SHORT: Final = {
    "ko": "khong", "k": "khong", "hok": "khong", "hong": "khong", "dc": "duoc", "dg": "duong", "nc": "nuoc",
    "ng": "nguoi", "mn": "moi nguoi", "wa": "qua", "trc": "truoc", "cty": "cong ty", "nv": "nhan vien",
    "sv": "sinh vien", "hs": "hoc sinh", "bhyt": "bao hiem y te", "bhxh": "bao hiem xa hoi", "hd": "hop dong",
    "dt": "dien thoai", "sdt": "so dien thoai", "oto": "o to", "bql": "ban quan ly", "bqt": "ban quan tri",
    "nvs": "nha ve sinh", "wc": "nha ve sinh", "toilet": "nha ve sinh", "bus": "xe buyt", "gd": "gia dinh",
    "csgt": "canh sat giao thong", "cccd": "can cuoc", "ubnd": "uy ban", "thui": "thoi", "tui": "toi",
    "j": "gi", "z": "vay", "vs": "ve sinh", "kcn": "khu cong nghiep", "pccc": "phong chay chua chay",
}  # fmt: skip


def plain_words(text: str) -> list[str]:
    """The words of ``text`` without diacritics and numbers, abbreviations written out."""
    found: list[str] = []
    for word in _WORD.findall(fold(text[:LONGEST])):
        if not word.isdigit():
            found += SHORT.get(word, word).split()
    return found


def written_words(text: str) -> list[str]:
    """The words of ``text`` as written, in small letters, without numbers."""
    return [word for word in _WORD.findall(nfc(text[:LONGEST]).lower()) if not word.isdigit()]


def _grams(words: list[str], mark: str) -> Iterator[str]:
    for index, word in enumerate(words):
        yield f"{mark}{word}"
        if index:
            yield f"{mark}{words[index - 1]} {word}"


@lru_cache(maxsize=4096)
def features(text: str) -> tuple[dict[str, int], dict[str, int]]:
    """How often each word and pair of words is there: folded (``p:``), and as written (``w:``)."""
    return Counter(_grams(plain_words(text), "p:")), Counter(_grams(written_words(text), "w:"))
