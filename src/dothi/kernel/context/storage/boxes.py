"""The rectangle around an entity's ``location``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dothi.kernel.context.ld.model import Instance
from dothi.kernel.context.storage.cells import Box

LOCATION = "https://uri.etsi.org/ngsi-ld/location"


class _Shape(Struct):
    coordinates: list[Any]


class _Body(Struct):
    value: _Shape


_body = msgspec.json.Decoder(_Body).decode


def around(coordinates: Any) -> Box | None:
    """The rectangle around GeoJSON coordinates of any depth; None when there is no position in them."""
    if not coordinates:
        return None
    if not isinstance(coordinates[0], list):
        x, y = float(coordinates[0]), float(coordinates[1])
        return Box(x, y, x, y)
    boxes = [box for part in coordinates if (box := around(part)) is not None]
    if not boxes:
        return None
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def of_location(instances: Sequence[Instance]) -> Box | None:
    """The rectangle around a ``location``: its default instance, else the first."""
    if not instances:
        return None
    chosen = instances[0]
    if chosen.dataset:
        chosen = next((each for each in instances if not each.dataset), chosen)
    try:
        return around(_body(chosen.body).value.coordinates)
    except msgspec.ValidationError:
        return None  # something called location that is no geometry
