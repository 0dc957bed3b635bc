"""Temporal queries (clause 4.11), aggregation parameters (4.5.19) and temporal entities as input (5.2.20)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import msgspec
import numpy as np
from msgspec import Raw, Struct
from numpy.typing import NDArray

from dothi.kernel.context.ld.attribute import Reading
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.entity import careful
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.model import Kind, Parsed
from dothi.kernel.context.ld.names import EPOCH, time_us

TimeProperty = Literal["observedAt", "createdAt", "modifiedAt", "deletedAt"]
TIME_PROPERTIES = ("observedAt", "createdAt", "modifiedAt", "deletedAt")
METHODS = ("avg", "distinctCount", "max", "min", "stddev", "sum", "sumsq", "totalCount")
MAX_LAST = 1_000_000
_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d{1,6})?)S)?)?\Z"
)


class TemporalQuery(Struct, frozen=True):
    """Which instances are asked for: ``start_us`` ≤ time < ``end_us`` (None: open), the last ``last_n`` of them."""

    start_us: int | None = None
    end_us: int | None = None
    timeproperty: TimeProperty = "observedAt"
    last_n: int | None = None
    timerel: str | None = None

    def holds(self, us: int | None) -> bool:
        """Whether an instance with this time is asked for; one without the time never is."""
        if us is None:
            return False
        return (self.start_us is None or us >= self.start_us) and (self.end_us is None or us < self.end_us)


def temporal_query(parameters: Mapping[str, Any], *, required: bool = False) -> TemporalQuery:
    """``timerel``, ``timeAt``, ``endTimeAt``, ``timeproperty``, ``lastN`` of a query string or a ``temporalQ``."""
    timerel = parameters.get("timerel") or None
    timeproperty: Any = parameters.get("timeproperty") or "observedAt"
    if timeproperty not in TIME_PROPERTIES:
        raise BadRequestData(
            f"{timeproperty!r} is none of {', '.join(TIME_PROPERTIES)}", where="timeproperty"
        )
    last_n = _last_n(parameters.get("lastN"))
    if timerel is None:
        if required or parameters.get("timeAt"):
            raise BadRequestData("needs one of before, after, between", where="timerel")
        return TemporalQuery(timeproperty=timeproperty, last_n=last_n)
    if timerel not in ("before", "after", "between"):
        raise BadRequestData(f"{timerel!r} is none of before, after, between", where="timerel")
    at = _moment(parameters, "timeAt", timerel)
    start = None if timerel == "before" else at
    end = (
        at
        if timerel == "before"
        else _moment(parameters, "endTimeAt", timerel)
        if timerel == "between"
        else None
    )
    return TemporalQuery(start, end, timeproperty, last_n, timerel)


def _moment(parameters: Mapping[str, Any], name: str, timerel: str) -> int:
    text = parameters.get(name)
    if not text:
        raise BadRequestData(f"timerel {timerel} needs {name}", where=name)
    try:
        return time_us(text)
    except (ValueError, TypeError):
        raise BadRequestData(
            f"{text!r} is not a DateTime in UTC such as 2026-11-22T07:00:00Z", where=name
        ) from None


def _last_n(value: Any) -> int | None:
    if value is None or value == "":
        return None
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if number.__class__ is not int or not 1 <= number <= MAX_LAST:
        raise BadRequestData(f"{value!r} is not a whole number from 1 to {MAX_LAST}", where="lastN")
    return number


class Period(Struct, frozen=True):
    """A duration: calendar months and microseconds. Both 0: the whole interval asked for."""

    months: int = 0
    us: int = 0

    def edges(self, start_us: int, end_us: int, limit: int) -> NDArray[np.int64]:
        """The limits of the periods that cover ``start_us`` up to and including ``end_us``."""
        if not self.months and not self.us:
            return np.array([start_us, max(end_us, start_us + 1)], dtype=np.int64)
        if not self.months:
            count = max((end_us - start_us) // self.us + 1, 1)
            _few_enough(count, limit)
            return start_us + self.us * np.arange(count + 1, dtype=np.int64)
        edges = [start_us]
        while edges[-1] <= end_us:
            edges.append(_later(start_us, self.months * len(edges)) + self.us * len(edges))
            _few_enough(len(edges), limit)
        return np.array(edges, dtype=np.int64)


def _few_enough(count: int, limit: int) -> None:
    if count > limit:
        raise BadRequestData(
            f"gives {count} periods or more, {limit} are allowed", where="aggrPeriodDuration"
        )


def _later(us: int, months: int) -> int:
    """A moment so many calendar months later; the last day of a shorter month when there is no such day."""
    moment = EPOCH + timedelta(microseconds=us)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in range(moment.day, 27, -1):
        try:
            later = moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
        return (later - EPOCH) // timedelta(microseconds=1)
    return (moment.replace(year=year, month=month + 1) - EPOCH) // timedelta(microseconds=1)


def period(text: str) -> Period:
    """An ISO 8601 duration such as ``PT1H``, ``P1D``, ``P3Y6M4DT12H30M5S``; ``PT0S`` means the whole interval."""
    found = _DURATION.match(text)
    if found is None or text.endswith("T"):
        raise BadRequestData(
            f"{text!r} is not an ISO 8601 duration such as PT1H or P1D", where="aggrPeriodDuration"
        )
    part = {name: float(value or 0) for name, value in found.groupdict().items()}
    seconds = (
        ((part["weeks"] * 7 + part["days"]) * 24 + part["hours"]) * 3600
        + part["minutes"] * 60
        + part["seconds"]
    )
    months = int(part["years"]) * 12 + int(part["months"])
    if months > 12_000 or seconds > 1_000 * 366 * 86_400:
        raise BadRequestData(f"{text!r} is longer than 1000 years", where="aggrPeriodDuration")
    return Period(months, round(seconds * 1_000_000))


class Aggregation(Struct, frozen=True):
    """Which aggregates, over which periods."""

    methods: tuple[str, ...]
    period: Period


def aggregation(parameters: Mapping[str, Any]) -> Aggregation:
    """``aggrMethods`` and ``aggrPeriodDuration`` (default: the whole interval)."""
    given = parameters.get("aggrMethods") or ""
    methods = [each.strip() for each in (given.split(",") if isinstance(given, str) else given)]
    methods = [each for each in methods if each]
    if not methods:
        raise BadRequestData(
            f"aggregatedValues needs one or more of {', '.join(METHODS)}", where="aggrMethods"
        )
    for each in methods:
        if each not in METHODS:
            raise BadRequestData(f"{each!r} is none of {', '.join(METHODS)}", where="aggrMethods")
    duration = parameters.get("aggrPeriodDuration") or "PT0S"
    if not isinstance(duration, str):
        raise BadRequestData("must be text such as PT1H", where="aggrPeriodDuration")
    return Aggregation(tuple(dict.fromkeys(methods)), period(duration))


def parse_temporal(raw: bytes | Raw | dict[str, Any], terms: TermMap, *, kind: Kind = "create") -> Parsed:
    """A temporal entity (EntityTemporal), or with ``kind='fragment'`` a fragment of one.

    Unlike in an entity, an attribute may have many instances with the same datasetId.
    """
    data = msgspec.json.encode(raw) if isinstance(raw, dict) else raw
    return careful(data, terms, kind, Reading(terms, nulls=False, history=True))
