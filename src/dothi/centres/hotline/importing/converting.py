"""One row as a report of ours, or why it is none."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dothi.centres.hotline.importing.mapping import Ending, Mapping
from dothi.centres.hotline.importing.reading import Row
from dothi.core.clock import now
from dothi.core.errors import Text, both
from dothi.kernel.packs.reports import ReportCategory

LONGEST: Final = 4000
Known = Map[str, ReportCategory]


class Rejected(Exception):
    """A row that is not taken, and why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why["en"])
        self.why = why


@dataclass(frozen=True, slots=True)
class Brought:
    """A report as the other system knew it."""

    id: str
    category: str
    description: str
    opened: datetime
    closed: datetime | None
    ending: Ending
    answer: str
    address: str
    position: tuple[float, float] | None
    channel: str


def convert(row: Row, mapping: Mapping, categories: Known) -> Brought:
    """The report in ``row``; raises :class:`Rejected`."""
    columns = mapping.columns
    id = _first(row, columns.id)
    if not id:
        raise Rejected(both("Thiếu mã của hệ thống gửi.", "It has no identifier of the other system."))
    if len(id) > 80:
        raise Rejected(both("Mã dài quá 80 ký tự.", "Its identifier is longer than 80 characters."))
    theirs = _first(row, columns.category)
    category = categories[_category(theirs, mapping, categories)]
    opened = _time(_first(row, columns.opened), mapping, both("mở", "opened"))
    if opened is None:
        raise Rejected(both("Thiếu thời điểm mở.", "It does not say when it was opened."))
    if opened > now():
        raise Rejected(both("Mở trong tương lai.", "It was opened in the future."))
    closed = _time(_first(row, columns.closed), mapping, both("đóng", "closed"))
    ending = _ending(_first(row, columns.status), closed, mapping)
    if ending != "open" and closed is not None and closed < opened:
        raise Rejected(both("Đóng trước khi mở.", "It was closed before it was opened."))
    position, address = _position(row, mapping), _first(row, columns.address)[:300]
    if category.needs_place and position is None and not address:
        raise Rejected(both("Thiếu vị trí và địa chỉ.", "It has neither a position nor an address."))
    return Brought(
        id=id, category=category.key, description=(_first(row, columns.description) or theirs)[:LONGEST],
        opened=opened, closed=None if ending == "open" else (closed or opened), ending=ending,
        answer=_first(row, columns.answer)[:LONGEST], address=address, position=position,
        channel=mapping.channels.get(_first(row, columns.channel), "web"),
    )  # fmt: skip


def _first(row: Row, names: list[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _category(theirs: str, mapping: Mapping, categories: Known) -> str:
    if theirs in mapping.skipped:
        why = mapping.skipped[theirs]
        raise Rejected(both(f"Không nhận loại «{theirs}»: {why.vi}", f"“{theirs}” is left out: {why.en}"))
    found = theirs if mapping.categories is None else mapping.categories.get(theirs)
    if found not in categories:
        raise Rejected(
            both(f"Không có lĩnh vực nào cho loại «{theirs}».", f"There is no category for “{theirs}”.")
        )
    return found or theirs


def _time(text: str, mapping: Mapping, what: Text) -> datetime | None:
    if not text:
        return None
    for form in mapping.times:
        try:
            found = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(mapping.zone))
        return found.astimezone(UTC)
    raise Rejected(
        both(
            f"Không đọc được thời điểm {what['vi']}: «{text[:40]}».",
            f"When it was {what['en']} cannot be read: “{text[:40]}”.",
        )
    )


def _ending(status: str, closed: datetime | None, mapping: Mapping) -> Ending:
    if not mapping.statuses:
        return "answered" if closed else "open"
    found = mapping.statuses.get(status)
    if found is None:
        raise Rejected(
            both(f"Khai báo cột không có tình trạng «{status}».", f"The mapping has no status “{status}”.")
        )
    return found


def _position(row: Row, mapping: Mapping) -> tuple[float, float] | None:
    lon, lat = _first(row, mapping.columns.lon), _first(row, mapping.columns.lat)
    if not lon and not lat:
        return None
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        raise Rejected(
            both(
                f"Tọa độ «{lon}, {lat}» không phải số.", f"The position “{lon}, {lat}” is no pair of numbers."
            )
        ) from None
    if not (-180 <= x <= 180 and -90 <= y <= 90) or (x, y) == (0, 0):
        raise Rejected(both(f"Tọa độ {x}, {y} không có trên Trái Đất.", f"There is no place at {x}, {y}."))
    return x, y
