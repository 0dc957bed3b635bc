"""When offices are open: the working hours of each weekday, written ``07:30-11:30 13:00-17:00``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time

from msgspec import Struct

from dothi.core.errors import BadInput, both

_PERIOD = re.compile(r"(\d{1,2})[:h](\d{2})?\s*[-–—]\s*(\d{1,2})[:h](\d{2})?")
_SEPARATOR = re.compile(r"[\s,;]+")
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE


class BadHours(BadInput):
    """Working hours that cannot be read, overlap, or end before they begin."""

    kind = "bad-working-hours"
    title = both("Giờ làm việc không hợp lệ", "Invalid working hours")


class Period(Struct, frozen=True, order=True):
    """From ``start`` to ``end``, in minutes after midnight; ``end`` may be 1440 (24:00)."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start // 60:02d}:{self.start % 60:02d}-{self.end // 60:02d}:{self.end % 60:02d}"


Hours = tuple[Period, ...]


def parse_hours(text: str) -> Hours:
    """``07:30-11:30 13:00-17:00`` (also ``7h30–11h30, 13h–17h``) as periods in order; empty text is a day off."""
    words = _SEPARATOR.sub(" ", _PERIOD.sub(lambda found: "".join(found.group(0).split()), text)).split()
    return checked(_period(word) for word in words)


def _period(word: str) -> Period:
    found = _PERIOD.fullmatch(word)
    if not found:
        raise BadHours(
            both(
                f"'{word}' không phải là giờ làm việc như 07:30-11:30",
                f"'{word}' is not a period such as 07:30-11:30",
            )
        )
    h1, m1, h2, m2 = (int(part or 0) for part in found.groups())
    return Period(h1 * 60 + m1, h2 * 60 + m2)


def checked(periods: Iterable[Period]) -> Hours:
    """``periods`` in order; raises :class:`BadHours` where they overlap or leave the day."""
    result = tuple(sorted(periods))
    end = 0
    for period in result:
        if not (end <= period.start < period.end <= 24 * 60):
            raise BadHours(
                both(
                    f"{period}: trùng hoặc sai thứ tự", f"{period} overlaps another or ends before it begins"
                )
            )
        end = period.end
    return result


def hours_text(hours: Hours) -> str:
    """The form :func:`parse_hours` reads."""
    return " ".join(map(str, hours))


def minute_of(at: time) -> int:
    """Minutes after midnight."""
    return at.hour * 60 + at.minute


OFFICE: Hours = (Period(450, 690), Period(780, 1020))
"""07:30-11:30 and 13:00-17:00: eight hours, the usual day of the city's offices."""


class WorkWeek(Struct, frozen=True):
    """The hours of Monday to Sunday; an empty day is off."""

    days: tuple[Hours, ...] = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ())

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise BadHours(both("Một tuần có bảy ngày", "A week has seven days"))

    @staticmethod
    def of(**days: str) -> WorkWeek:
        """``WorkWeek.of(monday="07:30-11:30 13:00-17:00", saturday="07:30-11:30")``; days not named keep the default."""
        names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        if unknown := set(days) - set(names):
            raise BadHours(both(f"Không có thứ '{min(unknown)}'", f"There is no weekday '{min(unknown)}'"))
        default = WorkWeek().days
        return WorkWeek(
            tuple(
                parse_hours(days[name]) if name in days else default[index]
                for index, name in enumerate(names)
            )
        )

    def usual(self) -> Hours:
        """The hours of a full day: what a make-up day is worked for when no hours are given."""
        return max(self.days, key=lambda hours: sum(period.end - period.start for period in hours))
