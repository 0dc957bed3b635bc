"""Vietnamese names, titles, addresses and dates in the forms in which they are compared. Plain text in and out."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from dothi.core.text import fold, nfc

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+[a-z]?(?:[/-]\d+[a-z]?)*")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")

# How clerks hear and write the same sound: gi/d, ngh/ng, gh/g, y/i, k/c, ph/f, x/s, tr/ch.
_SOUNDS: Final = (
    (re.compile(r"^ngh"), "ng"),
    (re.compile(r"^gh"), "g"),
    (re.compile(r"^gi(?=[aeiouy])"), "d"),
    (re.compile(r"^(?:ph|f)"), "f"),
    (re.compile(r"^tr"), "ch"),
    (re.compile(r"^x"), "s"),
    (re.compile(r"^[kq](?!u)"), "c"),
    (re.compile(r"y"), "i"),
)
# Two spellings of one family name: the older court form and the one written today.
_NAMES: Final = {"huynh": "hoang", "vo": "vu", "phuoc": "phuc"}
_TITLE_PHRASES: Final = (
    "trach nhiem huu han", "mot thanh vien", "hai thanh vien", "doanh nghiep tu nhan", "ho kinh doanh",
    "cong ty", "co phan", "chi nhanh", "van phong dai dien", "hop tac xa", "cua hang", "co so", "doanh nghiep",
)  # fmt: skip
_TITLE_SHORT: Final = {
    "tm": "thuong mai", "dv": "dich vu", "sx": "san xuat", "xd": "xay dung", "xnk": "xuat nhap khau", "dt": "dau tu",
    "vt": "van tai", "dl": "du lich", "pt": "phat trien", "cn": "cong nghe", "kt": "ky thuat", "vlxd": "vat lieu xay dung",
}  # fmt: skip
_TITLE_FORMS: Final = frozenset(
    {"cty", "ct", "tnhh", "mtv", "cp", "dntn", "hkd", "htx", "jsc", "ltd", "co", "va"}
)
_PLACE_SHORT: Final = {"d": "duong", "p": "phuong", "q": "quan", "h": "huyen", "x": "xa", "tp": "thanh pho", "kp": "khu pho",
                       "tt": "thi tran", "tx": "thi xa", "hcm": "ho chi minh", "tphcm": "ho chi minh", "hn": "ha noi",
                       "sg": "ho chi minh"}  # fmt: skip
_PLACE_WORDS: Final = frozenset(
    {"duong", "phuong", "quan", "huyen", "xa", "thanh", "pho", "tinh", "thi", "tran", "so", "nha", "khu", "ap", "to",
     "hem", "ngo", "ngach", "viet", "nam", "vn", "ho", "chi", "minh", "tphcm"}
)  # fmt: skip


def words(text: str) -> list[str]:
    """The words of ``text``, folded, in order."""
    return _WORD.findall(fold(nfc(text)))


@lru_cache(maxsize=65_536)  # names are made of few syllables
def sound(word: str) -> str:
    """One folded word as it sounds: ``nghia`` and ``ngia``, ``thuy`` and ``thui``, ``giung`` and ``dung`` are one."""
    word = _NAMES.get(word, word)
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


def name_forms(text: str) -> tuple[str, ...]:
    """A person's name: as written, folded, folded and sorted, as it sounds and sorted. Empty without a word."""
    plain = words(text)
    if not plain:
        return ()
    written = " ".join(_WORD.findall(nfc(text).casefold()))
    return written, " ".join(plain), " ".join(sorted(plain)), " ".join(sorted(map(sound, plain)))


def title_forms(text: str) -> tuple[str, ...]:
    """A firm's name, without its legal form and with usual short forms written out; forms as of a name."""
    plain = words(text)
    if not plain:
        return ()
    line = " ".join(_TITLE_SHORT.get(each, each) for each in plain if each not in _TITLE_FORMS)
    for phrase in _TITLE_PHRASES:
        line = re.sub(rf"\b{phrase}\b", " ", line)
    core = line.split() or plain
    written = " ".join(_WORD.findall(nfc(text).casefold()))
    return written, " ".join(core), " ".join(sorted(core)), " ".join(sorted(map(sound, core)))


def address_forms(text: str) -> tuple[str, ...]:
    """An address: house number, its other words without the words for kinds of place, those words sorted."""
    line = fold(nfc(text)).replace("tp.", "tp ").replace("q.", "q ").replace("p.", "p ")
    found = _NUMBER.search(line)
    number = found.group() if found and found.start() < 12 else ""
    rest = line[found.end() :] if found and number else line
    spelt = " ".join(_PLACE_SHORT.get(each, each) for each in _WORD.findall(rest)).split()
    core = _place_core(spelt)
    if not number and not core:
        return ()
    return number, " ".join(core), " ".join(sorted(core))


def _place_core(spelt: list[str]) -> list[str]:
    """The words that name places. A number stays with the word before it: ward 3 is not district 3."""
    core: list[str] = []
    for before, word in zip(["", *spelt], spelt, strict=False):
        if word.isdecimal():
            core.append(f"{before[:1]}{int(word)}")
        elif word not in _PLACE_WORDS:
            core.append(word)
    return core


def day_forms(text: str) -> tuple[str, ...]:
    """A date as ``yyyymmdd``; a year alone, or the first of January that clerks write for it, as ``yyyy0000``."""
    text = text.strip()
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        found = _DAY_FIRST.fullmatch(text)
        if found is not None:
            return (f"{found[3]}{int(found[2]):02}{int(found[1]):02}",)
        return (f"{text}0000",) if _YEAR.fullmatch(text) else ()
    return (f"{day:%Y}0000",) if (day.month, day.day) == (1, 1) else (f"{day:%Y%m%d}",)
