"""Short ways to write the NGSI-LD a feed produces (normalized form)."""

from __future__ import annotations

from typing import Any

Attribute = dict[str, Any]


def prop(value: Any, *, at: str | None = None, unit: str | None = None) -> Attribute:
    """A Property, with the time it was observed and its UN/CEFACT unit code where they apply."""
    attribute: Attribute = {"type": "Property", "value": value}
    if unit is not None:
        attribute["unitCode"] = unit
    if at is not None:
        attribute["observedAt"] = at
    return attribute


def point(lon: float, lat: float) -> Attribute:
    """A GeoProperty holding one position (longitude, latitude; WGS 84)."""
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, lat]}}


def link(target: str) -> Attribute:
    """A Relationship to another entity."""
    return {"type": "Relationship", "object": target}


def urn(kind: str, slug: str) -> str:
    """The id of an entity: ``urn:ngsi-ld:<Type>:<slug>``."""
    return f"urn:ngsi-ld:{kind}:{slug}"
