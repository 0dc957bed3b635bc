"""The published datasets with places, as the catalogue tells of them."""

from __future__ import annotations

from dothi.centres.opendata import queries
from dothi.centres.opendata.catalogue.listing import Column, Listing
from dothi.centres.opendata.ogc.base import Collection, Property
from dothi.centres.opendata.ogc.datasets.opened import SCHEMA


def collections() -> list[Collection]:
    """Those that can be drawn on a map, in the order of their keys."""
    return [collection(each) for each in queries.published() if each.has_places]


def described(key: str) -> Collection | None:
    """What the catalogue tells of one dataset, with places or without."""
    found = queries.dataset(key)
    return None if found is None else collection(found)


def collection(listing: Listing) -> Collection:
    """A listing as a collection."""
    properties = tuple(_property(each) for each in listing.columns if each.type != "geometry")
    timed = [each for each in listing.columns if each.type in ("date", "datetime")]
    timed.sort(key=lambda each: each.role != "time")
    return Collection(
        listing.key,
        listing.title.facts(),
        listing.description.facts(),
        properties=properties,
        queryables=tuple(each for each in properties if each.type != "object"),
        time=timed[0].name if timed else "",
        bbox=listing.spatial,
        interval=(listing.temporal_from, listing.temporal_to),
        licence=listing.licence,
        keywords=tuple(dict.fromkeys(word.text("vi") for word in listing.keywords)),
        tiles=listing.has_places,
        updated=listing.modified,
    )


def _property(column: Column) -> Property:
    kind, form = SCHEMA.get(column.type, ("string", ""))
    return Property(column.name, kind, form, column.label.facts(), column.unit, column.role)
