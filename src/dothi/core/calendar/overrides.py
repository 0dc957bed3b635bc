"""What the government or the city decided about single days, over the table of public holidays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from dothi.core.calendar.hours import Hours, parse_hours
from dothi.core.errors import BadInput, both

SHIPPED = "data/overrides-vn.yaml"


class BadOverrides(BadInput):
    """A table of overrides that cannot be read or names a day twice."""

    kind = "bad-calendar-overrides"
    title = both("Bảng ngày nghỉ, ngày làm bù không hợp lệ", "Invalid table of calendar overrides")


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """One day that is off, or is worked (for ``hours``, else for a full day); ``basis`` names the decision."""

    day: date
    kind: Literal["off", "working"]
    basis: dict[str, str]
    hours: str = ""

    def __post_init__(self) -> None:
        self.periods()
        if self.kind == "off" and self.hours:
            raise BadOverrides(both("Ngày nghỉ không có giờ làm việc", "A day off has no hours"))
        if not all(self.basis.get(language) for language in ("vi", "en")):
            raise BadOverrides(both("Cần căn cứ bằng hai ngôn ngữ", "The basis is needed in vi and en"))

    def periods(self) -> Hours:
        """The hours as periods; empty for the hours of a full day."""
        return parse_hours(self.hours)


def by_day(overrides: Iterable[Override]) -> dict[date, Override]:
    """The overrides by their day; a day named twice raises :class:`BadOverrides`."""
    result: dict[date, Override] = {}
    for override in overrides:
        if override.day in result:
            raise BadOverrides(
                both(f"Ngày {override.day} có hai dòng", f"{override.day} is named twice"),
                where=str(override.day),
            )
        result[override.day] = override
    return result


def read_overrides(source: Path | bytes) -> tuple[Override, ...]:
    """The overrides of a YAML list, as the shipped table is written; raises :class:`BadOverrides`."""
    body = source if isinstance(source, bytes) else source.read_bytes()
    try:
        rows = msgspec.yaml.decode(body, type=tuple[Override, ...])
    except msgspec.MsgspecError as error:
        raise BadOverrides(both(f"Không đọc được: {error}", f"Cannot be read: {error}")) from error
    return tuple(by_day(rows).values())


def shipped_overrides() -> tuple[Override, ...]:
    """Decisions of the government that the table of public holidays does not carry."""
    return read_overrides(files("dothi.core.calendar").joinpath(SHIPPED).read_bytes())
