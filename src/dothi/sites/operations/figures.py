"""The pulse of the city: a handful of figures, each with its source, its time and whether it is simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.core import clock, text
from dothi.kernel.feeds.tide import feed as tide_feed
from dothi.kernel.feeds.tide import queries as tide
from dothi.kernel.feeds.tide.tables import DEFAULT, station
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute
from dothi.sites.operations import layers
from dothi.sites.operations.layers import layer, shown_unit
from dothi.sites.operations.rules import seconds
from dothi.sites.ui.shell import language

PAST_H, COMING_H, STEP_MIN = 24, 48, 10


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the pulse, ready to be shown."""

    key: str
    name: str
    value: str
    unit: str = ""
    level: str = "normal"
    band: str = ""
    shape: str = "circle"
    note: str = ""
    source: str = ""
    at_us: int | None = None
    simulated: bool = False
    stale: bool = False
    link: str = ""


def _raw_band(attribute: Attribute, shown: float) -> Any:
    """The band of a value as people read it."""
    one = packs.shown(attribute, 1.0)[0] - packs.shown(attribute, 0.0)[0]
    zero = packs.shown(attribute, 0.0)[0]
    return packs.level_of(attribute, (shown - zero) / one if one else shown)


def _aggregate(key: str, name: str, type_key: str, attr_key: str, of: Callable[[Any], Any]) -> Figure | None:
    kind, attribute = packs.entity_type(type_key), packs.attribute(type_key, attr_key)
    if kind is None or attribute is None:
        return None
    readings, total = layers.fresh(kind, attribute)
    if not total:
        return None
    stations = ngettext("%(used)s of %(count)s place", "%(used)s of %(count)s places", total)
    source = stations % {"used": len(readings), "count": total}
    link = f"?layers={type_key}&color={type_key}.{attr_key}"
    if not readings:
        return Figure(key, name, "–", shown_unit(attribute), source=source, stale=True, link=link)
    value = float(of(np.array([each.value for each in readings])))
    band = _raw_band(attribute, value)
    return Figure(
        key,
        name,
        text.format_number(value, attribute.decimals, language()),
        shown_unit(attribute),
        level=band.level if band else "normal",
        band=band.label.text(language()) if band else "",
        shape=band.shape if band else "circle",
        source=source,
        at_us=max(each.observed_us for each in readings),
        simulated=any(each.simulated for each in readings),
        link=link,
    )


def _cameras() -> Figure | None:
    kind = packs.entity_type("Camera")
    rows = layer(kind).rows if kind else []
    if not kind or not rows:
        return None
    stale_us = seconds(kind.stale_after) * 1_000_000
    now_us = clock.now_us()
    reporting = sum(row.observed_us is not None and now_us - row.observed_us <= stale_us for row in rows)
    return Figure(
        "cameras",
        _("Cameras reporting"),
        text.format_number(reporting, 0, language()),
        note=_("of %(count)s") % {"count": text.format_number(len(rows), 0, language())},
        at_us=max((row.observed_us for row in rows if row.observed_us), default=None),
        simulated=any(row.simulated for row in rows),
        link="?layers=Camera",
    )


def figures() -> list[Figure]:
    """The figures there is data for, in the order they are shown."""
    found = [
        _aggregate("air", _("PM2.5, mean"), "AirQualityObserved", "pm25", np.mean),
        _aggregate(
            "traffic", _("Traffic speed, mean"), "TrafficFlowObserved", "averageVehicleSpeed", np.mean
        ),
        _aggregate("rain", _("Rain, highest"), "WeatherObserved", "precipitation", np.max),
        _cameras(),
    ]
    return [each for each in found if each]


@dataclass(frozen=True, slots=True)
class Tide:
    """The sea level now, what comes next, and the curve (times in seconds) from a day ago to two days ahead."""

    station: str
    entity: str
    metres: float
    rising: bool
    high: tide.Extreme
    low: tide.Extreme
    datum: str
    attribution: str
    times: list[int]
    levels: list[float]
    now: int

    @property
    def drawing(self) -> SafeString:
        """The curve as SVG: what was, what comes, and where we are."""
        return draw(self.times, self.levels, self.now, self.metres)


def draw(times: list[int], levels: list[float], now: int, here: float) -> SafeString:
    """A curve with its coming part apart and a dot at ``now``; needs no script and prints."""
    low, high, width, height = min(levels), max(levels), 272.0, 64.0
    span = (high - low) or 1.0

    def at(time: float, level: float) -> tuple[float, float]:
        x = (time - times[0]) / (times[-1] - times[0]) * width
        return round(x, 1), round(4 + (high - level) / span * (height - 8), 1)

    points = [at(time, level) for time, level in zip(times, levels, strict=True)]
    turn = next((i for i, time in enumerate(times) if time > now), len(times))
    x, y = at(now, here)
    past = "M" + " ".join(f"{a},{b}" for a, b in [*points[:turn:3], (x, y)])
    coming = "M" + " ".join(f"{a},{b}" for a, b in [(x, y), *points[turn::3]])
    midnights = [at(t, low)[0] for t in times if (t + 7 * 3600) % 86400 == 0]
    days = "".join(f"M{a},0v{height:g}" for a in midnights)
    return format_html(
        '<div class="tide-box"><svg class="tide" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="days" d="{}"/><path class="under" d="{} L{},{} L0,{} Z"/><path class="past" d="{}"/>'
        '<path class="coming" d="{}"/><path class="dot" d="M{},{}v.01"/></svg></div>',
        *(f"{width:g}", f"{height:g}", days, past, x, f"{height:g}", f"{height:g}", past, coming, x, y),
    )


def sea_level() -> Tide:
    """The tide at the city's station, computed now from its harmonic constants."""
    now = clock.now()
    start = now.replace(minute=now.minute // STEP_MIN * STEP_MIN, second=0, microsecond=0) - timedelta(
        hours=PAST_H
    )
    curve = tide.predict(DEFAULT, start, start + timedelta(hours=PAST_H + COMING_H), STEP_MIN)
    here, soon = tide.level(DEFAULT, now), tide.level(DEFAULT, now + timedelta(minutes=5))
    table = station(DEFAULT)
    return Tide(
        station=table.name.en if language() == "en" else table.name.vi,
        entity=tide_feed.entity_id(DEFAULT),
        metres=here,
        rising=soon > here,
        high=tide.next_extreme(DEFAULT, now, "high"),
        low=tide.next_extreme(DEFAULT, now, "low"),
        datum=table.chart_datum,
        attribution=table.attribution,
        times=[int(at.timestamp()) for at, _level in curve],
        levels=[round(metres, 3) for _at, metres in curve],
        now=int(now.timestamp()),
    )
