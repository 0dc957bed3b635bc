"""Reads the packages of a CKAN portal through its Action API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dothi.centres.opendata.harvest.base import READABLE, Getter, Remote, box, licence, plain
from dothi.core.errors import BadInput, both

_PAGE = 200


class CkanHarvester:
    """Two hundred packages a page, in the order of their names."""

    def read(self, client: Getter, url: str) -> Iterator[Remote]:
        base, start = url.rstrip("/"), 0
        while True:
            params = {"rows": _PAGE, "start": start, "sort": "name asc"}
            document = client.get(f"{base}/api/3/action/package_search", params).document()
            result = document.get("result") if isinstance(document, Mapping) else None
            found = result.get("results") if isinstance(result, Mapping) else None
            if result is None or not isinstance(found, list):
                raise BadInput(
                    both(f"{base} không trả lời như CKAN.", f"{base} does not answer as CKAN does.")
                )
            yield from (remote(base, each) for each in found if isinstance(each, Mapping))
            start += len(found)
            if not found or start >= int(result.get("count") or 0):
                return


def remote(base: str, package: Mapping[str, Any]) -> Remote:
    """A package in our words."""
    organisation = package.get("organization") or {}
    extras = {each.get("key"): each.get("value") for each in package.get("extras") or []}
    sides = [extras.get(f"bbox-{name}-long" if name in ("west", "east") else f"bbox-{name}-lat") for name in ("west", "south", "east", "north")]  # fmt: skip
    return Remote(
        str(package.get("name") or package.get("id")),
        plain(package.get("title") or package.get("name"), 300),
        plain(package.get("notes")),
        f"{base}/dataset/{package.get('name')}",
        tuple(plain(tag.get("display_name") or tag.get("name"), 100) for tag in package.get("tags") or []),
        licence=licence(package.get("license_id"), package.get("license_url")),
        publisher=plain(organisation.get("title") or organisation.get("name") or package.get("author"), 200),
        email=plain(package.get("maintainer_email") or package.get("author_email"), 254),
        spatial=box(sides),
        source=_source(base, package.get("resources") or []),
    )


def _source(base: str, resources: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The resource with a table, else the first in a form that can be read."""
    tabled = [each for each in resources if each.get("datastore_active")]
    readable = [each for each in resources if str(each.get("format") or "").lower() in READABLE]
    for each in (*tabled, *readable):
        return {"ckan": {"url": base, "resource": str(each.get("id"))}}
    return {}


HARVESTER = CkanHarvester()
