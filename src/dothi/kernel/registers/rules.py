"""What is known of a record, of which days, at which moment: decisions on plain data.

A version speaks of the days from ``valid_from`` up to, not including, ``valid_to``. Of all versions recorded up to
a moment that speak of one day the one recorded last counts; where its data is null, nothing holds on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from dothi.core.errors import BadInput, Conflict, both

BEGINNING, FOREVER = date.min, date.max


class Speaks(Protocol):
    """What the rules ask of a version."""

    @property
    def seq(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date: ...
    @property
    def recorded_us(self) -> int: ...
    @property
    def data(self) -> Any: ...


V = TypeVar("V", bound=Speaks)


class Segment(NamedTuple, Generic[V]):
    """Days on which one version counts: from ``valid_from`` up to, not including, ``valid_to``."""

    valid_from: date
    valid_to: date
    version: V

    def holds(self, day: date) -> bool:
        """Whether ``day`` is one of them."""
        return self.valid_from <= day < self.valid_to


def known(versions: Iterable[V], known_us: int | None = None) -> list[V]:
    """The versions recorded up to ``known_us`` (None: all), in the order they were recorded."""
    told = [each for each in versions if known_us is None or each.recorded_us <= known_us]
    return sorted(told, key=lambda each: each.seq)


def timeline(versions: Iterable[V], known_us: int | None = None) -> list[Segment[V]]:
    """What was known at ``known_us``: segments in order of days, without overlap; gaps where nothing holds."""
    segments: list[Segment[V]] = []
    for version in known(versions, known_us):
        segments = [part for each in segments for part in _cut(each, version)]
        segments.append(Segment(version.valid_from, version.valid_to, version))
    return sorted((each for each in segments if each.version.data is not None), key=lambda s: s.valid_from)


def _cut(segment: Segment[V], by: Speaks) -> Iterable[Segment[V]]:
    """What a later version leaves of a segment."""
    if by.valid_to <= segment.valid_from or segment.valid_to <= by.valid_from:
        yield segment
        return
    if segment.valid_from < by.valid_from:
        yield Segment(segment.valid_from, by.valid_from, segment.version)
    if by.valid_to < segment.valid_to:
        yield Segment(by.valid_to, segment.valid_to, segment.version)


def at(versions: Iterable[V], day: date, known_us: int | None = None) -> V | None:
    """The version that counts on ``day`` as known at ``known_us``; None where nothing holds."""
    found: V | None = None
    for each in versions:
        speaks = each.valid_from <= day < each.valid_to and (known_us is None or each.recorded_us <= known_us)
        if speaks and (found is None or each.seq > found.seq):
            found = each
    return None if found is None or found.data is None else found


def nearest(segments: Sequence[Segment[V]], day: date) -> Segment[V] | None:
    """The segment that holds ``day``, else the last one before it, else the first one after."""
    before = [each for each in segments if each.valid_from <= day]
    return before[-1] if before else (segments[0] if segments else None)


def begins(segments: Sequence[Segment[V]], valid_from: date, valid_to: date | None) -> tuple[date, date]:
    """The days a revision from ``valid_from`` speaks of.

    Without an end: until the next change that is known already, so that what was entered for later stays.
    """
    if valid_to is not None:
        return _span(valid_from, valid_to)
    holding = next((each for each in segments if each.holds(valid_from)), None)
    if holding is not None:
        return _span(valid_from, holding.valid_to)
    return _span(
        valid_from, min((s.valid_from for s in segments if s.valid_from > valid_from), default=FOREVER)
    )


def _span(valid_from: date, valid_to: date) -> tuple[date, date]:
    if valid_from < valid_to:
        return valid_from, valid_to
    raise BadInput(
        both(
            "Ngày kết thúc phải sau ngày bắt đầu hiệu lực.", "The end must lie after the first day it holds."
        ),
        where="valid_to",
    )


def corrected(segments: Sequence[Segment[V]], day: date) -> Segment[V]:
    """The segment a correction of ``day`` replaces; raises :class:`Conflict` where nothing holds."""
    for each in segments:
        if each.holds(day):
            return each
    raise Conflict(
        both(
            f"Hồ sơ không có giá trị nào vào ngày {day.isoformat()} để đính chính.",
            f"The record holds nothing on {day.isoformat()} that could be corrected.",
        ),
        where="valid_on",
    )


def may_end(segments: Sequence[Segment[V]], on: date) -> None:
    """Refuse an end that would change nothing, or leave the record without a single day."""
    if not any(each.valid_to > on for each in segments):
        raise Conflict(
            both("Hồ sơ đã kết thúc trước ngày này.", "The record has ended before that day."), where="on"
        )
    if all(each.valid_from >= on for each in segments):
        raise BadInput(
            both(
                "Ngày kết thúc phải sau ngày đầu tiên của hồ sơ. Nếu hồ sơ bị nhập nhầm, hãy đính chính hoặc gộp.",
                "The end must lie after the record's first day. If it was entered by mistake, correct or merge it.",
            ),
            where="on",
        )


def patched(data: Any, changes: Any) -> Any:
    """``data`` with a JSON Merge Patch (RFC 7396) applied: null removes, mappings go deeper."""
    if not isinstance(changes, Mapping):
        return changes
    result = dict(data) if isinstance(data, Mapping) else {}
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result


def state_of(segments: Sequence[Segment[V]], day: date) -> str:
    """``active``, ``ended`` or ``future``: whether something holds on ``day``, did before, or will later."""
    if any(each.holds(day) for each in segments):
        return "active"
    return "future" if segments and segments[-1].valid_from > day else "ended"


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """Which properties differ: names only, in order."""
    old, new = before or {}, after or {}
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def years_later(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def kept_until(segments: Sequence[Segment[V]], recorded: date, years: int, after: str) -> date | None:
    """The day from which a record may go: years after it ended, or after the day something was last recorded of it.

    None while it holds, or where the calendar ends before.
    """
    start = recorded
    if after == "ended":
        start = max((each.valid_to for each in segments), default=recorded)
    if start == FOREVER or start.year + years > FOREVER.year:
        return None
    return years_later(start, years)
