"""What a unit is called in English, and what kind it is, from its Vietnamese name (pure)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from dothi.core.errors import Text, both

PROVINCE, DISTRICT, COMMUNE = "province", "district", "commune"
LEVELS = (PROVINCE, DISTRICT, COMMUNE)


class Kind(NamedTuple):
    """A kind of unit: its key, the Vietnamese type word, and the English one."""

    key: str
    vi: str
    en: str


# level: the kinds of it. "Đặc khu" is "special zone" in the English of the government portal.
KINDS: dict[str, tuple[Kind, ...]] = {
    PROVINCE: (Kind("municipality", "Thành phố", "City"), Kind("province", "Tỉnh", "Province")),
    DISTRICT: (
        Kind("urban-district", "Quận", "District"),
        Kind("rural-district", "Huyện", "District"),
        Kind("city", "Thành phố", "City"),
        Kind("town", "Thị xã", "Town"),
    ),
    COMMUNE: (
        Kind("ward", "Phường", "Ward"),
        Kind("commune", "Xã", "Commune"),
        Kind("special-zone", "Đặc khu", "Special Zone"),
        Kind("township", "Thị trấn", "Township"),
    ),
}

# Established English spellings that dropping the diacritics does not give.
_MARKS = re.compile("[\u0300-\u036f]")
_ENGLISH = {"Hà Nội": "Hanoi"}


class Named(NamedTuple):
    """A unit's kind and its names: short (``Sài Gòn``) and full (``Phường Sài Gòn``)."""

    kind: str
    name: Text
    full_name: Text


def unaccented(text: str) -> str:
    """``text`` in plain Latin letters, upper and lower case kept: Bà Rịa → Ba Ria, Đức → Duc."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d")))


@lru_cache(maxsize=20_000)
def named(full: str, level: str) -> Named:
    """The kind and names of a unit of ``level`` from its full Vietnamese name; raises :class:`ValueError`."""
    full = unicodedata.normalize("NFC", " ".join(full.split()))
    for kind in KINDS[level]:
        if full.lower().startswith(kind.vi.lower() + " "):
            short = full[len(kind.vi) + 1 :]
            english = _ENGLISH.get(short, unaccented(short))
            return Named(kind.key, both(short, english), both(f"{kind.vi} {short}", _full(english, kind.en)))
    raise ValueError(f"{full!r} does not begin with a kind of {level}")


def _full(name: str, kind: str) -> str:
    """``Sai Gon Ward``, but ``Ward 12`` and ``District 1``."""
    return f"{kind} {int(name)}" if name.isdigit() else f"{name} {kind}"


def kind_label(key: str) -> Text:
    """What a kind is called in both languages."""
    for kinds in KINDS.values():
        for kind in kinds:
            if kind.key == key:
                return both(kind.vi, kind.en)
    return both(key, key)


def committee(full_name: Text) -> Text:
    """The People's Committee of a unit with this full name."""
    vi = full_name["vi"]
    # The type word is lower case behind another word, except where it is part of the city's proper name.
    unit = vi if vi.startswith("Thành phố ") else vi[0].lower() + vi[1:]
    return both(f"Ủy ban nhân dân {unit}", f"{full_name['en']} People's Committee")
