"""How long a clock allows: an amount and a unit, read from and written as Vietnamese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from dothi.core.errors import BadInput, both
from dothi.core.text import nfc


class BadAllowance(BadInput):
    """A time that cannot be read, or an amount that its unit does not have."""

    kind = "bad-allowance"
    title = both("Thời hạn không hợp lệ", "Invalid allowance")


class Unit(StrEnum):
    """What is counted. The first three stand still outside working hours; the last three never do."""

    WORKING_DAYS = "working days"
    WORKING_HOURS = "working hours"
    WORKING_MINUTES = "working minutes"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"

    @property
    def working(self) -> bool:
        """Whether only working time counts."""
        return self.value.startswith("working")

    @property
    def in_days(self) -> bool:
        """Whether it counts whole days, so that the day of receipt is not one of them."""
        return self in (Unit.WORKING_DAYS, Unit.DAYS)

    @property
    def microseconds(self) -> int:
        """The length of one; of a working day, 24 hours stand for a day of the calendar."""
        return _LENGTHS[self.value.rpartition(" ")[2]]


_LENGTHS: Final = {"days": 86_400_000_000, "hours": 3_600_000_000, "minutes": 60_000_000}
UNITS: Final[tuple[Unit, ...]] = tuple(Unit)
_VI: Final = {
    Unit.WORKING_DAYS: "ngày làm việc",
    Unit.WORKING_HOURS: "giờ làm việc",
    Unit.WORKING_MINUTES: "phút làm việc",
    Unit.DAYS: "ngày",
    Unit.HOURS: "giờ",
    Unit.MINUTES: "phút",
}
_SAME_DAY: Final = both("trong ngày làm việc", "same working day")
_SAME_DAYS: Final = frozenset(
    {
        "same day",
        "same working day",
        "trong ngày",
        "ngay trong ngày",
        "trong ngày làm việc",
        "ngay trong ngày làm việc",
    }
)
_WORDS: Final[dict[str, tuple[Unit, int]]] = {
    **{word: (unit, 1) for unit in UNITS for word in (unit.value, unit.value[:-1], _VI[unit])},
    "ngày lịch": (Unit.DAYS, 1),
    "calendar day": (Unit.DAYS, 1),
    "calendar days": (Unit.DAYS, 1),
    # Civil Code 2015 art. 146: a week is seven days.
    "tuần": (Unit.DAYS, 7),
    "week": (Unit.DAYS, 7),
    "weeks": (Unit.DAYS, 7),
}
_FORM = re.compile(r"(?:(?:không quá|tối đa|trong|within|at most) )?(\d+(?:[.,/]\d+)?) (\D+)")
_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """``amount`` (to a thousandth) of ``unit``; 0 working days means on the day of receipt.

    Plain days are days of the calendar, plain hours and minutes never stop: what the law and the catalogue of
    procedures mean by "20 ngày" and "02 giờ".
    """

    amount: Decimal
    unit: Unit

    def __init__(self, amount: int | str | Decimal, unit: Unit | str) -> None:
        value = Decimal(amount)
        object.__setattr__(self, "amount", _plain(value))
        object.__setattr__(self, "unit", Unit(unit))
        least = 0 if self.unit is Unit.WORKING_DAYS else Decimal("0.001")
        if not (least <= value <= _LIMIT) or value * 1000 != (value * 1000).to_integral_value():
            raise BadAllowance(
                both(
                    f"Không thể có thời hạn {amount} {_VI[self.unit]}",
                    f"There is no allowance of {amount} {unit}",
                )
            )

    @property
    def milli(self) -> int:
        """The amount in thousandths."""
        return int(self.amount * 1000)

    @staticmethod
    def parse(text: str) -> Allowance:
        """``15 working days``, ``5 minutes``, ``15 ngày làm việc``, ``1/2 ngày làm việc``, ``2 tuần``, ``same day``."""
        words = " ".join(nfc(text).lower().split())
        if words in _SAME_DAYS:
            return Allowance(0, Unit.WORKING_DAYS)
        found = _FORM.fullmatch(words)
        known = _WORDS.get(found.group(2).strip()) if found else None
        if found is None or known is None:
            raise BadAllowance(
                both(
                    f"'{text}' không phải là thời hạn như '15 ngày làm việc', '20 ngày' hay '5 phút'",
                    f"'{text}' is not an allowance such as '15 working days', '20 days' or '5 minutes'",
                )
            )
        return Allowance(_amount(found.group(1)) * known[1], known[0])

    def text(self, language: str = "vi") -> str:
        """``15 ngày làm việc`` or ``15 working days``."""
        if not self.amount:
            return _SAME_DAY.get(language, _SAME_DAY["en"])
        if language == "vi":
            return f"{self.amount:f}".replace(".", ",") + f" {_VI[self.unit]}"
        return f"{self.amount:f} {self.unit.value if self.amount != 1 else self.unit.value[:-1]}"

    def __str__(self) -> str:
        return self.text("en")


def _plain(value: Decimal) -> Decimal:
    """``value`` without trailing zeros or exponent."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def _amount(text: str) -> Decimal:
    over, slash, under = text.partition("/")
    if not slash:
        return Decimal(over.replace(",", "."))
    if not int(under):
        raise BadAllowance(both(f"'{text}' không phải là số", f"'{text}' is not a number"))
    return round(Decimal(over) / Decimal(under), 3)


def span_text(microseconds: int, unit: Unit, language: str = "vi", day_hours: int = 8) -> str:
    """Time of a clock in words, from its largest two parts: ``2 ngày làm việc 3 giờ``, ``2 working days 3 hours``.

    A working day stands for ``day_hours``; the sign is left to the sentence around it.
    """
    minutes = abs(microseconds) // _LENGTHS["minutes"]
    per_day = 60 * (day_hours if unit.working else 24)
    days, hours, rest = minutes // per_day, minutes % per_day // 60, minutes % 60
    day_unit = Unit.WORKING_DAYS if unit.working else Unit.DAYS
    parts = [(days, day_unit), (hours, Unit.HOURS), (rest, Unit.MINUTES)]
    first = next((index for index, (count, _) in enumerate(parts) if count), 2)
    shown = [(count, each) for count, each in parts[first : first + 2] if count] or [(0, Unit.MINUTES)]
    return " ".join(_counted(count, each, language) for count, each in shown)


def _counted(count: int, unit: Unit, language: str) -> str:
    if language == "vi":
        return f"{count} {_VI[unit]}"
    return f"{count} {unit.value if count != 1 else unit.value[:-1]}"
