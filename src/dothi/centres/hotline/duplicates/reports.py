"""What is compared of a report, and how two of them compare."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from dothi.centres.hotline.routing.texts import plain_words
from dothi.core.text import fold
from dothi.kernel.packs.reports import DuplicateSettings

METRES: Final = 111_320.0
"""Metres of a degree of latitude; near enough over the few hundred metres that are looked at."""
DAY: Final = 86_400.0
_NUMBER = re.compile(r"^(?:so |nha |no )*(?:so )?(\d+[a-z]?(?:[/-]\d+[a-z]?)*)\b[ ,]*(.*)$")
_STREET = re.compile(r"\b(duong|pho|street|st|d)\b\.? ?")
# Words that are in every report and say nothing of its matter.
_COMMON: Final = frozenset(
    [
        "a",
        "anh",
        "o",
        "tai",
        "toi",
        "cua",
        "va",
        "la",
        "co",
        "cho",
        "khong",
        "bi",
        "nay",
        "do",
        "de",
        "thi",
        "ma",
        "duoc",
        "nhung",
        "cac",
        "mot",
        "voi",
        "den",
        "tu",
        "ra",
        "vao",
        "len",
        "roi",
        "rat",
        "qua",
        "xin",
        "nhờ",
        "nho",
        "kinh",
        "gui",
        "de",
        "nghi",
        "phan",
        "anh",
        "nguoi",
        "dan",
        "duong",
        "hem",
        "nha",
        "so",
        "truoc",
        "gan",
        "the",
        "is",
        "of",
        "on",
        "in",
        "and",
        "to",
        "at",
        "has",
    ]
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report as far as duplicates are told by it. ``at`` is aware; ``address`` begins with its number, if any."""

    id: str
    lon: float
    lat: float
    at: datetime
    category: str
    text: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report with what is compared worked out once."""

    report: Report
    seconds: float
    words: frozenset[str]
    number: str | None
    street: frozenset[str]


def prepare(report: Report) -> Prepared:
    """``report`` made ready to be compared."""
    number, street = door(report.address)
    words = frozenset(word for word in plain_words(report.text) if word not in _COMMON and len(word) > 1)
    return Prepared(report, report.at.timestamp(), words, number, street)


def door(address: str) -> tuple[str | None, frozenset[str]]:
    """The number of the house and the words of the street; no number where the address begins with none."""
    plain = " ".join(fold(address).split(",", 1)[0].replace(".", " ").split())
    found = _NUMBER.match(plain)
    number, street = (found[1], found[2]) if found else (None, plain)
    return number, frozenset(_STREET.sub("", street).split())


def metres(a: Report, b: Report) -> float:
    """The distance in a plane true to scale between them."""
    across = (a.lon - b.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return METRES * math.hypot(across, a.lat - b.lat)


Address = Literal["same", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Compared:
    """How a new report compares with an earlier one: everything the probability is made of."""

    distance_m: float
    age_s: float
    address: Address  # the same number of the same street, another number, or not to be said
    same_category: bool
    likeness: float | None  # of the words, 0 to 1; None when one of them has none
    shared: tuple[str, ...]  # the words both have, the rarest first

    def vector(self, settings: DuplicateSettings) -> tuple[float, ...]:
        """The numbers the model weighs, in the order of ``scoring.FEATURES``."""
        near = self.distance_m / settings.radius_m
        premises, area = settings.place == "premises", settings.place == "area"
        other = self.address == "other"
        return (
            1.0,
            near,
            near * premises,
            near * area,
            self.age_s / (settings.days * DAY),
            float(self.address == "same"),
            float(other and premises),
            float(other and not premises),
            float(not self.same_category),
            0.0 if self.likeness is None else self.likeness - EXPECTED_LIKENESS,
        )


EXPECTED_LIKENESS: Final = 0.2
"""What the words of two reports of one category at different places have in common: more speaks for one matter."""


def compare(new: Prepared, old: Prepared, rarity: Callable[[str], float]) -> Compared:
    """How ``new`` compares with ``old``; ``rarity`` weighs words."""
    shared = new.words & old.words
    likeness = None
    if new.words and old.words:
        both, either = sum(map(rarity, shared)), sum(map(rarity, new.words | old.words))
        likeness = both / either if either else 0.0
    return Compared(
        distance_m=metres(new.report, old.report),
        age_s=abs(new.seconds - old.seconds),
        address=_address(new, old),
        same_category=new.report.category == old.report.category,
        likeness=likeness,
        shared=tuple(sorted(shared, key=lambda word: (-rarity(word), word))),
    )


def _address(new: Prepared, old: Prepared) -> Address:
    if new.number is None or old.number is None:
        alike = new.number == old.number and new.street and new.street == old.street
        return "same" if alike else "unknown"  # the same crossing, the same street without numbers
    if new.number == old.number and (not new.street or not old.street or new.street & old.street):
        return "same"
    return "other"
