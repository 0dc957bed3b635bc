"""The history of one attribute, in as many buckets as a chart can show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from dothi.core import clock
from dothi.core.errors import NotFound, both
from dothi.kernel import context
from dothi.kernel.context.history.series import Series
from dothi.kernel.feeds.tide import feed as tide_feed
from dothi.kernel.feeds.tide import queries as tide
from dothi.kernel.feeds.tide.tables import DEFAULT
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.sites.operations import entity
from dothi.sites.operations.layers import shown_unit
from dothi.sites.operations.rules import WINDOWS
from dothi.sites.ui.shell import language

BUCKETS = {"24h": 288, "7d": 336, "30d": 360}  # 5 minutes, half an hour, two hours


def _with_gaps(found: Series) -> tuple[Any, Any, Any, Any]:
    """The buckets that hold something; an empty one between two that are further apart than usual, so that a
    chart shows a gap where nobody measured and a line where somebody did."""
    kept = ~np.isnan(found.values)
    times, columns = found.times_us[kept], [c[kept] for c in (found.values, found.min, found.max)]
    if len(times) < 3:
        return times, columns[0], columns[1], columns[2]
    steps = np.diff(times)
    holes = np.nonzero(steps > 3.5 * np.median(steps))[0] + 1
    times = np.insert(times, holes, times[holes - 1] + steps[holes - 1] // 2)
    columns = [np.insert(column, holes, np.nan) for column in columns]
    return times, columns[0], columns[1], columns[2]


def _shown(attribute: Attribute | None, values: Any) -> list[float | None]:
    shown = [None if math.isnan(v) else float(v) for v in values]
    if attribute is None:
        return shown
    return [None if v is None else round(packs.shown(attribute, v)[0], 6) for v in shown]


def bands(attribute: Attribute | None) -> list[dict[str, Any]]:
    """The declared bands in the unit people read, for a chart's ground and a map's legend."""
    if attribute is None:
        return []
    lang = language()

    def end(value: float | None) -> float | None:
        return None if value is None else packs.shown(attribute, value)[0]

    return [
        {
            "from": end(band.from_),
            "below": end(band.below),
            "level": band.level,
            "label": band.label.text(lang),
            "colour": band.colour,
            "shape": band.shape,
        }
        for band in attribute.thresholds
    ]


def _forecast(id_: str, attr: str, now: datetime) -> dict[str, Any]:
    """What comes in the next two days, where the platform itself can compute it: the tide."""
    if id_ != tide_feed.entity_id(DEFAULT) or attr != "waterLevel":
        return {}
    curve = tide.predict(DEFAULT, now, now + timedelta(hours=48), 10)
    ahead = {
        "t": [int(at.timestamp()) for at, _ in curve],
        "level": [round(metres, 3) for _, metres in curve],
    }
    return {"forecast": ahead, "now": int(now.timestamp())}


def series(id_: str, attr: str, window: str, types: Mapping[str, EntityType]) -> dict[str, Any]:
    """Times (seconds) with mean, lowest and highest of each bucket; raises :class:`NotFound`."""
    shown = entity.panel(id_, types)
    attribute = packs.attribute(shown.kind.key, attr)
    if attr not in {value.key for value in shown.numbers}:
        raise NotFound(
            both(f"Không có lịch sử của {attr!r}.", f"There is no history of {attr!r}."), where="attr"
        )
    end = clock.now()
    found = context.current().series(
        id_, attr, end - timedelta(hours=WINDOWS[window]), end, buckets=BUCKETS[window]
    )
    filled = _with_gaps(found)
    return _forecast(id_, attr, end) | {
        "t": [int(us) // 1_000_000 for us in filled[0]],
        "mean": _shown(attribute, filled[1]),
        "min": _shown(attribute, filled[2]),
        "max": _shown(attribute, filled[3]),
        "label": attribute.label.text(language()) if attribute else attr,
        "unit": shown_unit(attribute),
        "decimals": attribute.decimals if attribute else 2,
        "bands": bands(attribute),
        "from": int((end - timedelta(hours=WINDOWS[window])).timestamp()),
        "to": int(end.timestamp()),
    }
