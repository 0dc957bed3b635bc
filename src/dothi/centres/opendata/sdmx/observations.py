"""The observations of a dataflow: rows of the published version, one for each measure, as texts of SDMX."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from dothi.centres.opendata.sdmx.flows import MEASURE, TIME, Component, Flow
from dothi.core.errors import BadInput, both
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.warehouse import lookup

_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Observation:
    """Values of the dimensions (``MEASURE`` and time among them) in their order, the value, the attributes."""

    key: tuple[str, ...]
    value: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Conditions on rows, and the measures wanted."""

    where: tuple[tuple[str, str, Any], ...]
    measures: tuple[Component, ...]


def dimensions(flow: Flow) -> list[str]:
    """The ids of the dimensions in the order of keys; time last."""
    return [*(each.id for each in flow.dimensions), MEASURE, *([TIME] if flow.time else [])]


def asked(flow: Flow, key: str, start: str, end: str) -> Asked:
    """A key (``A.B+C..``, or ``all``) and a period as conditions; raises :class:`BadInput`."""
    where: list[tuple[str, str, Any]] = []
    measures = flow.measures
    if key not in ("", "all"):
        parts = key.split(".")
        if len(parts) != len(flow.dimensions) + 1:
            names = ".".join([each.id for each in flow.dimensions] + [MEASURE])
            raise BadInput(both(f"Khóa có dạng {names}.", f"A key looks like {names}."), where="key")
        for each, part in zip(flow.dimensions, parts, strict=False):
            if part:
                where.append((each.column.name, "in", part.split("+")))
        if parts[-1]:
            measures = tuple(each for each in measures if each.id in parts[-1].split("+"))
    if flow.time is not None:
        ends = (("ge", start, False), ("le", end, True))
        where += [_bound(flow.time, op, text, last) for op, text, last in ends if text]
    return Asked(tuple(where), measures)


def _bound(time: Component, op: str, text: str, last: bool) -> tuple[str, str, Any]:
    kind, name = time.column.type, time.column.name
    try:
        if kind == "integer":
            return (name, op, int(text[:4]))
        if kind == "string":
            return (name, op, text + ("\U0010ffff" if last else ""))
        day = _end(text) if last else _start(text)
    except ValueError:
        raise BadInput(
            both(f"“{text}” không phải kỳ.", f"'{text}' is no period."),
            where="endPeriod" if last else "startPeriod",
        ) from None
    if kind == "date":
        return (name, op, day.date())
    return (name, op, day)


def _start(text: str) -> datetime:
    if "T" in text:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    year, month, day = _parts(text)
    return datetime(year, month or 1, day or 1, tzinfo=UTC)


def _end(text: str) -> datetime:
    if "T" in text:
        return _start(text)
    year, month, day = _parts(text)
    if "Q" in text:
        month += 2
    month = month or 12
    return datetime(year, month, day or calendar.monthrange(year, month)[1], 23, 59, 59, 999_999, tzinfo=UTC)


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month, day of ``2024``, ``2024-Q2``, ``2024-05``, ``2024-05-31``; 0 where there is none."""
    year, _, rest = text.partition("-")
    if rest.startswith("Q"):
        return int(year), {"1": 1, "2": 4, "3": 7, "4": 10}.get(rest[1:], 13), 0
    month, _, day = rest.partition("-")
    return int(year), int(month or 0), int(day or 0)


def observations(flow: Flow, asked: Asked) -> Iterator[Observation]:
    """One for each row and measure that has a value, in the order of the rows."""
    # They bring Arrow: not before somebody asks.
    from dothi.kernel.warehouse import serving
    from dothi.kernel.warehouse.http.permitted import permitted

    found = lookup.find(flow.listing.key, flow.listing.version)
    view = permitted(found, ANONYMOUS)
    timed = () if flow.time is None else (flow.time,)
    columns = [*flow.dimensions, *timed, *flow.attributes, *asked.measures]
    names = [each.column.name for each in columns]
    where = (*view.where, *serving.where(view.clear, asked.where))
    after: str | None = ""
    while after is not None:
        page = serving.page(found.ref, where=where, columns=names, limit=_PAGE, after=after or None)
        for row in page.rows:
            yield from _observed(flow, asked, dict(zip(names, row, strict=True)))
        after = page.next


def _observed(flow: Flow, asked: Asked, row: dict[str, Any]) -> Iterator[Observation]:
    before = tuple(written(row[each.column.name]) for each in flow.dimensions)
    behind = () if flow.time is None else (written(row[flow.time.column.name]),)
    attributes: Sequence[str] = [written(row[each.column.name]) for each in flow.attributes]
    for each in asked.measures:
        value = row[each.column.name]
        if value is not None:
            yield Observation((*before, each.id, *behind), written(value), tuple(attributes))


def written(value: Any) -> str:
    """A value as SDMX writes it; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)
