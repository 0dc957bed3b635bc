"""The type of a column of texts, from samples: numbers and dates as Vietnamese and ISO write them.

What could be read in two ways is decided by the whole column, and noted where the samples do not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dothi.core.errors import Text, both

NULLS = ("", "NA", "N/A", "n/a", "#N/A", "null", "NULL", "Null", "None", "NaN", "nan")

_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d{0,17})")
_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_VI = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_EN = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LEADING_ZERO = re.compile(r"[+-]?0\d")
_DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_ISO_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?"
)
_DAY_TIME = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}})[ T]({_CLOCK})")
_TIME_DAY = re.compile(rf"({_CLOCK})[ ,]+(\d{{1,2}})([/.-])(\d{{1,2}})\3(\d{{4}})")


@dataclass(frozen=True, slots=True)
class Form:
    """How a column's texts are read: the type, the way it is written, and what is uncertain about it.

    ``style``: numbers ``plain``, ``vi`` (1.234,5) or ``en`` (1,234.5); days ``iso``, ``dmy`` or ``mdy``; times
    ``iso-zone``, ``iso``, ``dmy-time``, ``mdy-time`` or ``time-dmy``. ``separator`` is what stands between the
    parts of a day.
    """

    type: str
    style: str = ""
    separator: str = ""
    note: Text | None = None


TEXT = Form("string")


def infer(values: Iterable[str]) -> Form:
    """The form that all samples have; text when there is none (or no sample at all)."""
    samples = list(dict.fromkeys(text for value in values if (text := value.strip()) not in NULLS))
    if not samples:
        return TEXT
    for guess in (_boolean, _number, _day, _time):
        found = guess(samples)
        if found is not None:
            return found
    return TEXT


def infer_as(values: Iterable[str], wanted: str) -> Form:
    """The form of a column whose type is declared: written as the samples are, where that fits the type."""
    samples = list(dict.fromkeys(text for value in values if (text := value.strip()) not in NULLS))
    found = infer(samples)
    if wanted == found.type:
        return found
    if wanted == "number" and found.type == "integer":
        return replace(found, type="number")
    if (
        wanted == "integer" and found.type == "number"
    ):  # one form fits whole numbers only: points for thousands
        if samples and all(_VI.fullmatch(sample) and "," not in sample for sample in samples):
            return Form("integer", "vi")
        return Form("integer", "plain")
    if wanted == "datetime" and found == Form("date", "iso"):
        return Form("datetime", "iso")
    return Form(
        wanted, {"integer": "plain", "number": "plain", "date": "iso", "datetime": "iso"}.get(wanted, "")
    )


def _boolean(samples: Sequence[str]) -> Form | None:
    return Form("boolean") if {sample.lower() for sample in samples} <= {"true", "false"} else None


def _all(pattern: re.Pattern[str], samples: Sequence[str]) -> bool:
    return all(pattern.fullmatch(sample) for sample in samples)


def _number(samples: Sequence[str]) -> Form | None:
    if any(
        _LEADING_ZERO.match(sample) and not sample.lstrip("+-").startswith(("0.", "0,")) for sample in samples
    ):
        return None  # a code, not a number: 00123
    if _all(_INTEGER, samples):
        signed = any(sample.startswith("+") for sample in samples)
        return Form("integer", "en" if signed else "plain")  # Arrow itself reads no plus sign
    if not any(any(c.isdigit() for c in sample) for sample in samples):
        return None
    plain, vietnamese = _all(_PLAIN, samples), _all(_VI, samples)
    if plain and vietnamese:
        return _either(samples)
    if plain:
        return Form("number", "plain")
    if vietnamese:
        return _comma(samples)
    if all(_EN.fullmatch(sample) or _PLAIN.fullmatch(sample) for sample in samples):
        return Form("number" if any("." in sample for sample in samples) else "integer", "en")
    return None


def _either(samples: Sequence[str]) -> Form:
    """All of them fit ``1.234`` as a thousand and as one and a bit: three digits behind every point."""
    if len([sample for sample in samples if "." in sample]) < 3:
        return Form("number", "plain", note=_uncertain(samples))
    return Form("integer", "vi", note=_uncertain(samples))


def _comma(samples: Sequence[str]) -> Form:
    """Vietnamese numbers; unless every comma has three digits behind it, and no point says otherwise."""
    having = [sample for sample in samples if "," in sample]
    if (
        len(having) >= 3
        and all(_EN.fullmatch(sample) for sample in having)
        and not any("." in each for each in samples)
    ):
        return Form("integer", "en", note=_uncertain(samples))
    return Form("number" if having else "integer", "vi")


def _uncertain(samples: Sequence[str]) -> Text:
    sample = next((each for each in samples if "." in each or "," in each), samples[0])
    return both(
        f"“{sample}” có thể là hàng nghìn hoặc số lẻ; hãy khai báo nếu đoán sai.",
        f"'{sample}' may be thousands or decimals; declare the column if the guess is wrong.",
    )


def _order(parts: Sequence[tuple[int, int]]) -> tuple[str, Text | None] | None:
    """``dmy`` or ``mdy`` from the first two numbers of all days; None when they are no days."""
    if all(1 <= day <= 31 and 1 <= month <= 12 for day, month in parts):
        return "dmy", None
    if all(1 <= day <= 31 and 1 <= month <= 12 for month, day in parts):
        return "mdy", both("Ngày viết theo tháng/ngày/năm.", "Days are written month first.")
    return None


def _day(samples: Sequence[str]) -> Form | None:
    if _all(_ISO_DAY, samples):
        return Form("date", "iso")
    found = [_DAY.fullmatch(sample) for sample in samples]
    matches = [match for match in found if match is not None]
    if len(matches) != len(samples) or len({match[2] for match in matches}) != 1:
        return None
    order = _order([(int(match[1]), int(match[3])) for match in matches])
    return None if order is None else Form("date", order[0], matches[0][2], order[1])


_LOCAL = both(
    "Giờ không ghi múi giờ: hiểu là giờ Việt Nam.", "Times without a zone are taken as Vietnamese time."
)


def _time(samples: Sequence[str]) -> Form | None:
    iso = [_ISO_TIME.fullmatch(sample) for sample in samples]
    if all(match is not None for match in iso):
        zoned = [match is not None and match[1] is not None for match in iso]
        if all(zoned):
            return Form("datetime", "iso-zone")
        return None if any(zoned) else Form("datetime", "iso", note=_LOCAL)
    for pattern, day, between, style in ((_DAY_TIME, 1, 2, "dmy-time"), (_TIME_DAY, 2, 3, "time-dmy")):
        matches = [match for sample in samples if (match := pattern.fullmatch(sample)) is not None]
        if len(matches) == len(samples) and len({match[between] for match in matches}) == 1:
            order = _order([(int(match[day]), int(match[between + 1])) for match in matches])
            if order is not None and (style == "dmy-time" or order[0] == "dmy"):
                name = "mdy-time" if order[0] == "mdy" else style
                return Form("datetime", name, matches[0][between], _LOCAL)
    return None
