"""Listings in CKAN's own shapes: packages, resources, organizations, groups, tags."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from dothi.centres.opendata import queries, vocab
from dothi.centres.opendata.catalogue.listing import Listing, Words
from dothi.centres.opendata.distributions import Distribution, distributions, keys
from dothi.core.config import current
from dothi.core.text import fold

TABLE: Final = "csv"  # the resource whose rows datastore_search gives
# The version and variant of a UUID stay as they are.
_FREE_BITS: Final = (1 << 128) - 1 & ~(0xF << 76) & ~(0b11 << 62)


def name_of(code: str) -> str:
    """A publisher's or theme's code as CKAN names things: small letters, digits, hyphens."""
    return re.sub(r"[^a-z0-9_-]+", "-", fold(code)).strip("-") or "none"


def named(kind: str, code: str) -> str:
    """A steady id for something CKAN gives an id and we do not."""
    return str(uuid5(NAMESPACE_URL, f"urn:dothi:{kind}:{code}"))


def _mark(key: str) -> int:
    return uuid5(NAMESPACE_URL, f"urn:dothi:distribution:{key}").int & _FREE_BITS


def resource_id(listing: Listing, key: str) -> str:
    """The id of a distribution: made from the dataset's so that it can be taken apart again."""
    return str(UUID(int=listing.id.int ^ _mark(key)))


def resource(rid: str) -> tuple[Listing, Distribution] | None:
    """The dataset and distribution with this id; a dataset's own key or id means its table."""
    plain = queries.dataset(rid)
    if plain is not None:
        return plain, next(each for each in distributions(plain) if each.key == TABLE)
    try:
        number = UUID(rid).int
    except ValueError:
        return None
    for key in keys():
        listing = queries.by_id(UUID(int=number ^ _mark(key)))
        if listing is not None:
            return next(((listing, each) for each in distributions(listing) if each.key == key), None)
    whole = queries.by_id(UUID(int=number))
    return None if whole is None else resource(whole.key)


def stamp(at: datetime) -> str:
    """A time as CKAN writes it: UTC without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def package(listing: Listing, language: str = "vi") -> dict[str, Any]:
    """A dataset."""
    licence = vocab.licence(listing.licence)
    base, owner = current().url, publisher(listing.publisher, language) if listing.publisher else None
    parts = [
        resource_dict(listing, each, place, language) for place, each in enumerate(distributions(listing))
    ]
    tags = [tag(word, language) for word in listing.keywords]
    return {
        "id": str(listing.id),
        "name": listing.key,
        "title": listing.title.text(language),
        "title_translated": listing.title.facts(),
        "notes": listing.description.text(language),
        "notes_translated": listing.description.facts(),
        "author": listing.publisher_label.text(language),
        "author_email": "",
        "maintainer": listing.contact_name,
        "maintainer_email": listing.contact_email,
        "license_id": vocab.ckan_licence(listing.licence),
        "license_title": licence.title[language],
        "license_url": licence.url,
        "isopen": licence.is_open,
        "private": False,
        "state": "active",
        "type": "dataset",
        "version": listing.version_label or str(listing.version),
        "url": f"{base}/data/{listing.key}",
        "metadata_created": stamp(listing.issued),
        "metadata_modified": stamp(listing.modified),
        "owner_org": owner["id"] if owner else None,
        "organization": owner,
        "groups": [group(code, language) for code in listing.themes],
        "num_tags": len(tags),
        "tags": tags,
        "num_resources": len(parts),
        "resources": parts,
        "extras": _extras(listing),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _extras(listing: Listing) -> list[dict[str, str]]:
    told = {
        "access": listing.access,
        "frequency": listing.frequency,
        "provenance": listing.provenance,
        "rows": str(listing.rows),
        "source": listing.source.text("vi"),
        "source_url": listing.source_url,
        "temporal_start": listing.temporal_from,
        "temporal_end": listing.temporal_to,
        "unit": listing.unit,
        "quality": "" if listing.quality is None else f"{listing.quality:g}",
    }
    if listing.spatial is not None:
        west, south, east, north = listing.spatial
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        told["spatial"] = str({"type": "Polygon", "coordinates": [ring]}).replace("'", '"')
    return [{"key": key, "value": value} for key, value in told.items() if value]


def resource_dict(listing: Listing, each: Distribution, place: int, language: str) -> dict[str, Any]:
    """A distribution."""
    return {
        "id": resource_id(listing, each.key),
        "package_id": str(listing.id),
        "name": each.title.text(language),
        "description": each.description.text(language),
        "format": each.format,
        "mimetype": each.media_type,
        "url": each.url(current().url),
        "url_type": "",
        "resource_type": "api" if each.service else "file",
        "position": place,
        "size": None,
        "hash": "",
        "state": "active",
        "created": stamp(listing.issued),
        "last_modified": stamp(listing.modified),
        "metadata_modified": stamp(listing.modified),
        "datastore_active": each.key == TABLE,
    }


def tag(word: Words, language: str) -> dict[str, Any]:
    """A keyword."""
    return {
        "id": named("tag", word.vi),
        "name": word.text("vi"),
        "display_name": word.text(language),
        "state": "active",
        "vocabulary_id": None,
    }


def publisher(code: str, language: str = "vi", *, count: int | None = None) -> dict[str, Any]:
    """A publisher as an organization."""
    label = queries.label("publisher", code)
    made = {
        "id": named("organization", code),
        "name": name_of(code),
        "title": label[language],
        "title_translated": dict(label),
        "display_name": label[language],
        "description": "",
        "image_url": "",
        "type": "organization",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }
    return made if count is None else made | {"package_count": count}


def group(code: str, language: str = "vi", *, count: int | None = None) -> dict[str, Any]:
    """A theme as a group."""
    label = queries.label("theme", code)
    made = {
        "id": named("group", code),
        "name": name_of(code),
        "title": label[language],
        "title_translated": dict(label),
        "display_name": label[language],
        "description": "",
        "image_display_url": "",
        "type": "group",
        "is_organization": False,
        "state": "active",
    }
    return made if count is None else made | {"package_count": count}


def licence_dict(key: str, language: str) -> dict[str, Any]:
    """A licence."""
    found = vocab.licence(key)
    return {
        "id": vocab.ckan_licence(key),
        "title": found.title[language],
        "url": found.url,
        "is_generic": False,
        "domain_content": True,
        "domain_data": True,
        "domain_software": False,
        "od_conformance": "approved" if found.is_open else "not reviewed",
        "osd_conformance": "not reviewed",
        "status": "active",
        "family": "",
        "maintainer": "",
    }
