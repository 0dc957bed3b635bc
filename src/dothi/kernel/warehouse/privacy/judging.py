"""From the values of a column to a verdict: what share of them is of a kind, against what chance would give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from dothi.core.text import parse_date
from dothi.kernel.warehouse.privacy import names, numbers
from dothi.kernel.warehouse.privacy.hints import against, hinted

LONG_TEXT = 30  # beyond this many letters on average a column is text in which things are mentioned
_MENTIONS = {
    "email": re.compile(r"[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}", re.IGNORECASE),
    "phone": re.compile(r"(?<![\w.])(?:\+84|84|0)[\s.-]?(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)(?:[\s.-]?\d){7}(?!\w)"),
    "cccd": re.compile(r"(?<!\d)0\d{2}[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{3}(?!\d)"),
    "bhyt": re.compile(r"\b[A-Z]{2}[\s-]?[1-5][\s-]?\d{2}[\s-]?\d{2}(?:[\s-]?\d){8}\b"),
    "plate": re.compile(r"\b(?:1[1-9]|[2-9]\d)[A-HK-NP-VX-Z][A-Z0-9]?[\s-]\d{3}[.]?\d{2}\b"),
}  # fmt: skip
_CALLED = re.compile(
    r"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Hh]ọ tên:?|[Hh]ọ và tên:?|BN|[Bb]ệnh nhân|[Cc]háu|[Ee]m)\s+((?:[A-ZĐÀ-Ỹ][\wà-ỹ]*\s?){2,5})"
)
_TOLD = re.compile(r"[^\W\d_]{2,}\s+\S+\s")  # something is said: words, not a number or a code
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A kind a column seems to be of, how many of its rows are, and some of the values (not masked)."""

    kind: str
    count: int
    confidence: float
    hinted: bool
    within: bool
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind is told: by each value; from which share on by itself, or with the column's name (None: never)."""

    key: str
    test: Callable[[str], bool]
    alone: float | None
    with_name: float


# The shares are many times what values made up by chance would reach (see the tests of each number).
_KINDS = (
    Kind("email", numbers.is_email, 0.03, 0.01),
    Kind("bhyt", numbers.is_bhyt, 0.05, 0.02),
    Kind("bank_card", numbers.is_bank_card, 0.6, 0.3),
    Kind("cccd", numbers.is_cccd, 0.2, 0.05),
    Kind("tax_code", numbers.is_tax_code, 0.6, 0.3),
    Kind("phone", numbers.is_phone, 0.4, 0.1),
    Kind("plate", numbers.is_plate, 0.3, 0.1),
    Kind("cmnd", numbers.is_cmnd, None, 0.3),
    Kind("passport", numbers.is_passport, None, 0.5),
    Kind("bank_account", numbers.is_account, None, 0.7),
    Kind("name", names.is_name, 0.5, 0.25),
    Kind("address", names.is_address, 0.3, 0.1),
)
_GLANCE = 2_000
_WITHOUT_ZERO = 0.75  # nine digits are phone numbers without their zero more often than chance has it
# Of kinds that take each other's values the first that reaches its share is meant.
_ONE_OF = ("bhyt", "bank_card", "cccd", "tax_code", "phone", "cmnd", "bank_account")


def judge(column: str, values: Counter[str]) -> list[Verdict]:
    """The kinds a column is of, surest first; ``values`` counts its different texts."""
    total = sum(values.values())
    if not total:
        return []
    hints = hinted(column)
    if sum(len(text) * count for text, count in values.items()) / total > LONG_TEXT:
        return _mentions(values, hints, total) + _whole(
            values, hints, total, column, only=("address", "email")
        )
    found = _whole(values, hints, total, column)
    if (born := _birth(column, values, hints, total)) is not None:
        found.append(born)
    told = Counter({text: count for text, count in values.items() if _TOLD.search(text)})
    return found or _mentions(told, hints, total)


def _whole(
    values: Counter[str], hints: frozenset[str], total: int, column: str, only: tuple[str, ...] | None = None
) -> list[Verdict]:
    asked = [kind for kind in _KINDS if only is None or kind.key in only]
    found = [v for kind in asked if (v := _of_kind(kind, values, hints, total, column)) is not None]
    numbered = [verdict for verdict in found if verdict.kind in _ONE_OF]
    if len(numbered) > 1:
        kept = _meant(numbered)
        found = [verdict for verdict in found if verdict.kind not in _ONE_OF or verdict is kept]
    return sorted(found, key=lambda verdict: -verdict.confidence)


def _meant(found: list[Verdict]) -> Verdict:
    """The one of several kinds of numbers: most rows, then what the name says, then the order of kinds."""
    most = max(verdict.count for verdict in found)
    near = [verdict for verdict in found if verdict.count >= 0.9 * most]
    return next((verdict for verdict in near if verdict.hinted), near[0])


def _of_kind(
    kind: Kind, values: Counter[str], hints: frozenset[str], total: int, column: str
) -> Verdict | None:
    named = kind.key in hints
    if (kind.alone is None and not named) or (not named and against(column, kind.key)):
        return None
    least = kind.with_name if named or kind.alone is None else kind.alone
    if _far_from(kind, values, least):
        return None
    matching = [text for text in values if _fits(kind, text)]
    count = sum(values[text] for text in matching)
    if not named and any(not kind.test(text) for text in matching):
        least = max(least, _WITHOUT_ZERO)
    if count / total < least:
        return None
    if kind.key == "name" and not named and not _of_people(matching, values):
        return None
    share = count / total
    confidence = min(0.99, 0.5 + 0.3 * share + (0.2 if named else 0.0))
    return Verdict(kind.key, count, round(confidence, 2), named, False, tuple(matching[:5]))


def _far_from(kind: Kind, values: Counter[str], least: float) -> bool:
    """Whether two thousand values from all over the column are nowhere near the share: most kinds of most columns."""
    if len(values) <= _GLANCE:
        return False
    some = list(values)[:: len(values) // _GLANCE]
    count = sum(values[text] for text in some if _fits(kind, text))
    return count < least / 3 * sum(values[text] for text in some)


def _fits(kind: Kind, text: str) -> bool:
    """A number that was read as one has lost its leading zero."""
    if kind.test(text):
        return True
    lost = text.isdecimal() and (
        (kind.key == "cccd" and len(text) == 11)
        or (kind.key == "phone" and len(text) == 9 and not text.endswith("000"))
    )
    return lost and kind.test("0" + text)


def _of_people(matching: list[str], values: Counter[str]) -> bool:
    """Whether names are those of people, not of streets or schools: many different, most of three words or more."""
    if not matching:
        return False
    streets = sum(map(names.is_of_street, matching)) / len(matching)
    longer = sum(len(text.split()) >= 3 for text in matching) / len(matching)
    middle = sum(map(names.has_middle, matching)) / len(matching)
    repeated = sum(values[text] for text in matching) / len(matching)
    return streets < 0.25 and longer > 0.6 and middle > 0.25 and (repeated < 20 or len(matching) > 200)


def _birth(column: str, values: Counter[str], hints: frozenset[str], total: int) -> Verdict | None:
    named = "birth_date" in hints
    if not named and against(column, "birth_date"):
        return None
    days = {text: day for text in values if (day := _day(text, named))}
    count = sum(values[text] for text in days)
    if count / total < (0.3 if named else 0.6):
        return None
    years = sorted(day.year for day in days.values())
    middle = years[len(years) // 2]
    # Lives begin over many decades and long ago; what offices write down does not.
    spread = years[len(years) * 9 // 10] - years[len(years) // 10]
    if not named and not (len(years) >= 20 and spread >= 25 and 1930 <= middle <= 2010 and years[0] >= 1900):
        return None
    return Verdict("birth_date", count, 0.9 if named else 0.6, named, False, tuple(list(days)[:5]))


def _day(text: str, year_alone: bool) -> date | None:
    if found := _ISO.match(text):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            return None
    if year_alone and text.isdecimal() and 1900 <= int(text) <= date.today().year:  # noqa: DTZ011  (years only)
        return date(int(text), 1, 1)
    try:
        return parse_date(text.replace("-", "/").replace(".", "/"))
    except ValueError:
        return None


def _mentions(values: Counter[str], hints: frozenset[str], total: int) -> list[Verdict]:
    """Personal data that is mentioned in longer texts: one mention is enough to say so."""
    found: list[Verdict] = []
    for key in (*_MENTIONS, "name"):
        pairs = [(text, mention) for text in values for mention in _mentioned(key, text)]
        if pairs:
            count = sum(values[text] for text in {text for text, _ in pairs})
            confidence = round(min(0.9, 0.6 + 0.3 * count / total), 2)
            samples = tuple(dict.fromkeys(mention for _, mention in pairs))[:5]
            found.append(Verdict(key, count, confidence, key in hints, True, samples))
    return found


def _mentioned(key: str, text: str) -> Iterator[str]:
    if key == "name":
        yield from (called for called in map(str.strip, _CALLED.findall(text)) if names.is_name(called))
        return
    tests = {"cccd": numbers.is_cccd, "bhyt": numbers.is_bhyt, "plate": numbers.is_plate}
    for found in _MENTIONS[key].finditer(text):
        if key not in tests or tests[key](found[0]):
            yield found[0]
