"""The history of one attribute, in as many buckets as a chart can show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dothi.core import clock
from dothi.core.errors import NotFound, both
from dothi.kernel import context
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.sites.operations import entity
from dothi.sites.operations.layers import shown_unit
from dothi.sites.operations.rules import WINDOWS
from dothi.sites.ui.shell import language

BUCKETS = {"24h": 288, "7d": 336, "30d": 360}  # 5 minutes, half an hour, two hours


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


def series(id_: str, attr: str, window: str, types: Mapping[str, EntityType]) -> dict[str, Any]:
    """Times (seconds) with mean, lowest and highest of each bucket; raises :class:`NotFound`."""
    kind = entity.panel(id_, types).kind
    attribute = packs.attribute(kind.key, attr)
    end = clock.now()
    found = context.current().series(id_, attr, end - timedelta(hours=WINDOWS[window]), end, buckets=BUCKETS[window])
    if found is None:
        raise NotFound(
            both(f"Không có lịch sử của {attr!r}.", f"There is no history of {attr!r}."), where="attr"
        )
    return {
        "t": [int(us) // 1_000_000 for us in found.times_us],
        "mean": _shown(attribute, found.values),
        "min": _shown(attribute, found.min),
        "max": _shown(attribute, found.max),
        "label": attribute.label.text(language()) if attribute else attr,
        "unit": shown_unit(attribute),
        "decimals": attribute.decimals if attribute else 2,
        "bands": bands(attribute),
        "from": int((end - timedelta(hours=WINDOWS[window])).timestamp()),
        "to": int(end.timestamp()),
    }
