"""Reads the collections of an OGC API Features service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dothi.centres.opendata.harvest.base import Getter, Remote, box, licence, plain
from dothi.core.errors import BadInput, both

_MOST_PAGES = 1_000


class OgcHarvester:
    """A dataset for each collection of features."""

    def read(self, client: Getter, url: str) -> Iterator[Remote]:
        base = url.rstrip("/")
        here: str | None = f"{base}/collections"
        for _ in range(_MOST_PAGES):
            document = client.get(here or "", headers={"Accept": "application/json"}).document()
            found = document.get("collections") if isinstance(document, Mapping) else None
            if not isinstance(found, list):
                raise BadInput(
                    both(f"{base} không trả lời như OGC API.", f"{base} does not answer as OGC API does.")
                )
            yield from (remote(base, each) for each in found if each.get("itemType", "feature") == "feature")
            link = _link(document, "next")
            if link is None:
                return
            here = client.following(here or "", link)


def _link(document: Mapping[str, Any], rel: str) -> str | None:
    return next((each.get("href") for each in document.get("links") or [] if each.get("rel") == rel), None)


def remote(base: str, collection: Mapping[str, Any]) -> Remote:
    """A collection in our words."""
    id = str(collection.get("id"))
    boxes = ((collection.get("extent") or {}).get("spatial") or {}).get("bbox") or [None]
    given = boxes[0] or ()
    found = box(given if len(given) == 4 else [*given[:2], *given[3:5]])
    return Remote(
        id,
        plain(collection.get("title") or id, 300),
        plain(collection.get("description")),
        f"{base}/collections/{id}",
        tuple(plain(each, 100) for each in collection.get("keywords") or [] if isinstance(each, str)),
        licence=licence(collection.get("license"), _link(collection, "license")),
        spatial=None if found == (-180, -90, 180, 90) else found,
        source={"ogc": {"url": base, "collection": id}},
    )


HARVESTER = OgcHarvester()
