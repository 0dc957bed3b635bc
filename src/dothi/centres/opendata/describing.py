"""Makes the public description (a ``Listing``) from a dataset of the warehouse and its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dothi.centres.opendata.catalogue.listing import Column, Listing, Words
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

OPEN = "open"


def listing(dataset: Dataset, version: DatasetVersion, issued: datetime) -> Listing:
    """What the public is told of ``dataset`` as of ``version``; columns that are not open are left out."""
    columns = tuple(_columns(version.columns or dataset.columns))
    names = {each.name for each in columns}
    return Listing(
        key=dataset.key,
        id=dataset.pk,
        title=_words(dataset, "title"),
        description=_words(dataset, "description"),
        keywords=tuple(Words(each.get("vi", ""), each.get("en", "")) for each in dataset.keywords),
        themes=tuple(dataset.themes),
        licence=dataset.licence,
        publisher=dataset.publisher,
        publisher_label=_words(dataset, "publisher_label"),
        unit=dataset.unit,
        contact_name=dataset.contact_name,
        contact_email=dataset.contact_email,
        frequency=dataset.frequency,
        spatial=_box(dataset.spatial),
        temporal_from=dataset.temporal_from.isoformat() if dataset.temporal_from else "",
        temporal_to=dataset.temporal_to.isoformat() if dataset.temporal_to else "",
        access="shared" if dataset.access == "shared" else "open",
        provenance=dataset.provenance,  # type: ignore[arg-type]  # checked when it was declared
        source=_words(dataset, "source"),
        source_url=dataset.source_url,
        columns=columns,
        key_columns=tuple(name for name in dataset.key_columns if name in names),
        version=version.number,
        version_label=version.label,
        rows=version.rows,
        bytes=version.bytes,
        quality=version.quality_score,
        issued=issued,
        modified=version.published_at or version.created_at,
    )


def _words(dataset: Dataset, field: str) -> Words:
    return Words(getattr(dataset, f"{field}_vi"), getattr(dataset, f"{field}_en"))


def _box(given: Any) -> tuple[float, float, float, float] | None:
    if not given:
        return None
    west, south, east, north = map(float, given)
    return west, south, east, north


def _columns(given: Iterable[Mapping[str, Any]]) -> Iterable[Column]:
    for each in given:
        if each.get("sensitivity", OPEN) == OPEN:
            yield Column(
                name=each["name"],
                type=each.get("type", "string"),
                label=Words(**each.get("label") or {}),
                description=Words(**each.get("description") or {}),
                unit=each.get("unit") or "",
                role=each.get("role") or "",
                codes=each.get("codes") or "",
            )
