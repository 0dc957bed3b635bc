"""A chart with its numbers: groups of the serving copy, placed. Brings Arrow with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dothi.core.text import format_number
from dothi.kernel.warehouse import serving
from dothi.kernel.warehouse.http.views import Call
from dothi.sites.data import rules
from dothi.sites.data.charts import geometry
from dothi.sites.data.charts.spec import FEW, MOST, Columns, Spec, position
from dothi.sites.data.reads.rows import label, worded
from dothi.sites.ui.shell import language

Grouped = dict[str, dict[Any, float | None]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it begins, how long it is (per cent), its number in words."""

    series: int
    start: float
    length: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its path, its points (per cent across, pixels down, words)."""

    series: int
    path: str
    points: list[tuple[float, float, str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and the same as a table: ``rows`` are (label, [numbers in words])."""

    spec: Spec
    title: str
    names: list[str]
    rows: list[tuple[str, list[str]]]
    bars: list[tuple[str, list[Bar]]]
    lines: list[Line]
    y: list[geometry.Tick]
    x: list[geometry.Tick]
    more: bool
    x_label: str
    unit: str
    data: dict[str, Any]


def measure_words(spec: Spec, columns: Columns) -> str:
    """What is drawn, in words: ``mean of Height (m)``."""
    called = next((rules.within(label(each)) for each in columns if each["name"] == spec.measure), "")
    words = {
        "count": _("Number of rows"),
        "sum": _("Sum of %(column)s"),
        "avg": _("Mean of %(column)s"),
        "min": _("Lowest %(column)s"),
        "max": _("Highest %(column)s"),
        "median": _("Median of %(column)s"),
        "distinct": _("Different values of %(column)s"),
    }
    return words[spec.function] % {"column": called} if spec.measure else words["count"]


def figure(asked: Call, spec: Spec, columns: Columns) -> Figure:
    """The chart of what fulfils the request's conditions."""
    question = asked.asked(1000)
    by = [spec.x, *([spec.split] if spec.split else [])]
    name = f"{spec.function}_{spec.measure}" if spec.measure else spec.function
    order = [(name, True)] if spec.kind == "bar" and spec.sort == "value" and not spec.split else []
    limit = spec.top + 1 if order else MOST + 1
    found = serving.aggregate(
        asked.found.ref, by=by, measures=[(spec.function, spec.measure or "*")],
        where=(*asked.view.where, *question.where), order=order, limit=limit, bbox=question.bbox,
    )  # fmt: skip
    return _made(found.rows, spec, columns, limit)


def _made(found: Sequence[tuple[Any, ...]], spec: Spec, columns: Columns, limit: int) -> Figure:
    by_name = {column["name"]: column for column in columns}
    grouped, order = _grouped(found[: limit - 1], spec)
    names = _names(grouped, spec, by_name)
    kept = list(grouped)[: len(names)]
    order = _sorted(order, grouped, kept, spec)
    more = len(found) >= limit or len(order) > spec.top if spec.kind == "bar" else len(found) >= limit
    order = order[: spec.top] if spec.kind == "bar" else order
    x_column = by_name[spec.column]
    labels = [_label(value, x_column, spec) for value in order]
    numbers = [[grouped[each].get(value) for value in order] for each in kept]
    code = str(by_name.get(spec.measure, {}).get("unit") or "") if spec.function != "distinct" else ""
    title = measure_words(spec, columns)
    drawn = _bars(labels, numbers) if spec.kind == "bar" else _lines(order, labels, numbers, names)
    rows = [(text, [_words(each[i]) for each in numbers]) for i, text in enumerate(labels)]
    return Figure(
        spec, title, names, rows, drawn.get("bars", []), drawn.get("lines", []), drawn.get("y", []),
        drawn.get("x", []), more or len(grouped) > len(kept), label(x_column), rules.unit(code, language()), drawn.get("data", {}),
    )  # fmt: skip


def _grouped(found: Sequence[tuple[Any, ...]], spec: Spec) -> tuple[Grouped, list[Any]]:
    """Series → group → number, and the groups in the order they came."""
    grouped: Grouped = {}
    order: dict[Any, None] = {}
    for row in found:
        x, series = row[0], (row[1] if spec.split else "")
        order[x] = None
        number = row[-1]
        grouped.setdefault("" if series is None else str(series), {})[x] = (
            None if number is None or isinstance(number, str) else float(number)
        )
    if spec.split:  # the largest series first; the rest is left out and said so
        grouped = dict(
            sorted(
                grouped.items(),
                key=lambda pair: -sum(abs(each) for each in pair[1].values() if each is not None),
            )
        )
    return grouped or {"": {}}, list(order)


def _names(grouped: Grouped, spec: Spec, by_name: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if not spec.split:
        return [""]
    return [worded(each, by_name[spec.split]) if each else "–" for each in list(grouped)[:FEW]]


def _sorted(order: list[Any], grouped: Grouped, kept: list[str], spec: Spec) -> list[Any]:
    if spec.kind == "line":
        return sorted(
            (value for value in order if value is not None),
            key=lambda value: (at if (at := position(value)) is not None else 0.0, str(value)),
        )
    if spec.sort == "value" and spec.split:
        total = {value: sum(abs(grouped[each].get(value) or 0) for each in kept) for value in order}
        return sorted(order, key=lambda value: -total[value])
    return order


def _label(value: Any, column: Mapping[str, Any], spec: Spec) -> str:
    if spec.part == "weekday" and str(value).isdecimal():
        days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
        return str(days[(int(value) - 1) % 7])
    if isinstance(value, str) and spec.part == "quarter":
        return f"Q{(int(value[5:7]) + 2) // 3}/{value[:4]}"
    if isinstance(value, str) and spec.part in ("month", "week", "day", "hour"):
        return _day(value)
    return worded(value, column)


def _day(text: str) -> str:
    """``2026-01`` → ``01/2026``, ``2026-01-31T05:00`` → ``05:00 31/01/2026``."""
    day, _sep, hour = text.partition("T")
    turned = "/".join(reversed(day.split("-")))
    return f"{hour} {turned}" if hour else turned


def _words(value: float | None) -> str:
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 1000 or value == int(value) else 2 if abs(value) >= 1 else 4
    return format_number(value, digits, language())


def _bars(labels: list[str], numbers: list[list[float | None]]) -> dict[str, Any]:
    on = geometry.scale([value for each in numbers for value in each if value is not None], from_zero=True)
    made = []
    for index, text in enumerate(labels):
        bars = [
            Bar(place + 1, *geometry.share(value, on), _words(value))
            if (value := series[index]) is not None
            else Bar(place + 1, 0, 0, "–")
            for place, series in enumerate(numbers)
        ]
        made.append((text, bars))
    return {"bars": made}


def _lines(
    order: list[Any], labels: list[str], numbers: list[list[float | None]], names: list[str]
) -> dict[str, Any]:
    on = geometry.scale([value for each in numbers for value in each if value is not None], from_zero=False)
    at = [position(value) for value in order]
    places = [each for each in at if each is not None]
    xs = geometry.across(places if len(places) == len(order) else [float(i) for i in range(len(order))])
    few = len(order) <= 60
    lines = [
        Line(
            place + 1,
            geometry.path(xs, series, on),
            [
                (round(x / 10, 2), on.y(value), f"{text}: {_words(value)}")
                for x, value, text in zip(xs, series, labels, strict=True)
                if value is not None and few
            ],
        )
        for place, series in enumerate(numbers)
    ]
    data = {"labels": labels, "xs": xs, "series": numbers, "names": names}
    return {"lines": lines, "y": geometry.ticks(on, language()), "x": geometry.foot(xs, labels), "data": data}
