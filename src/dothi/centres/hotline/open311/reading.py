"""What a client asks and posts, read from its parameters; anything wrong is a :class:`BadInput`."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import QueryDict

from dothi.core.clock import now, parse_iso
from dothi.core.errors import BadInput, both
from dothi.kernel.packs.reports import LISTS, ReportCategory

SPAN: Final = timedelta(days=90)
STATUSES: Final = ("open", "closed")


def listed(given: QueryDict, name: str) -> list[str]:
    """The values of a parameter divided by commas."""
    return [each.strip() for each in given.get(name, "").split(",") if each.strip()]


def statuses(given: QueryDict) -> list[str]:
    """The statuses asked for."""
    found = listed(given, "status")
    if wrong := [each for each in found if each not in STATUSES]:
        raise BadInput(
            both(f"status không có {wrong[0]}.", f"There is no status {wrong[0]}."), where="status"
        )
    return found


def period(given: QueryDict) -> tuple[datetime, datetime]:
    """From when to when: 90 days at most, the last ones unless something else is asked."""
    end = _time(given, "end_date")
    start = _time(given, "start_date")
    end = end or (min(start + SPAN, now()) if start else now())
    start = start or end - SPAN
    if start > end or end - start > SPAN:
        raise BadInput(both("Khoảng thời gian tối đa 90 ngày.", "At most 90 days."), where="start_date")
    return start, end


def _time(given: QueryDict, name: str) -> datetime | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_iso(text)
    except ValueError:
        raise BadInput(
            both(f"{name}: cần thời điểm như 2026-11-22T00:00:00Z.", f"{name}: a time such as 2026-11-22T00:00:00Z."),
            where=name,
        ) from None  # fmt: skip


def position(given: QueryDict) -> tuple[float, float] | None:
    """Longitude and latitude, both or neither."""
    lat, lon = given.get("lat", "").strip(), given.get("long", "").strip()
    if not lat and not lon:
        return None
    try:
        point = float(lon), float(lat)
    except ValueError:
        point = (math.nan, math.nan)
    if not (abs(point[0]) <= 180 and abs(point[1]) <= 90):
        raise BadInput(both("lat và long phải là độ.", "lat and long are degrees."), where="lat")
    return point


def answers(given: QueryDict, category: ReportCategory) -> dict[str, Any]:
    """The answers to the questions of the service: ``attribute[code]``, several as ``attribute[code][]``."""
    found: dict[str, Any] = {}
    for question in category.questions:
        values = given.getlist(f"attribute[{question.key}][]") or given.getlist(f"attribute[{question.key}]")
        if values:
            found[question.key] = values if question.kind in LISTS and len(values) > 1 else values[0]
    return found
