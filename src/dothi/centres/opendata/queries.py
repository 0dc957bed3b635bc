"""Questions about what is published: answered from memory, without asking the warehouse.

The seam for every standard and screen: :func:`dataset`, :func:`published`, :func:`find`, :func:`facets` and
:func:`dothi.centres.opendata.distributions.distributions`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dothi.centres.opendata import vocab
from dothi.centres.opendata.catalogue import find as finding
from dothi.centres.opendata.catalogue.find import Box, Found, Order, Question
from dothi.centres.opendata.catalogue.listing import Listing, Words, decode
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.models import CatalogueEntry, CatalogueState, Change, Publication, Step
from dothi.core.errors import Gone, NotFound, Text, both
from dothi.kernel.directory import queries as directory


def dataset(key: str) -> Listing | None:
    """The published dataset called ``key``."""
    return memory.get().get(key)


def by_id(key: UUID) -> Listing | None:
    """The published dataset with this id."""
    return memory.get().by_id.get(key)


def publishers() -> dict[str, Words]:
    """Who publishes, by code."""
    return memory.get().publishers


def needed(key: str) -> Listing:
    """As :func:`dataset`; raises :class:`Gone` for one that was published once, :class:`NotFound` else."""
    found = dataset(key)
    if found is not None:
        return found
    past = CatalogueEntry.objects.filter(dataset=key, shown=False).first()
    if past is None:
        raise NotFound(both(f"Không có tập dữ liệu mở “{key}”.", f"There is no open dataset '{key}'."))
    why = Publication.objects.filter(dataset=key).first()
    reason = why.reason if why else ""
    members = {"successor": why.successor} if why and why.successor else {}
    raise Gone(
        both(
            f"Tập dữ liệu đã được thu hồi. {reason}".strip(), f"The dataset was withdrawn. {reason}".strip()
        ),
        **members,
    )


def published() -> list[Listing]:
    """Every published dataset, by key."""
    return memory.get().listings


def page(after: str = "", limit: int = 100) -> list[Listing]:
    """Published datasets in the order of their keys, from behind the key ``after``."""
    every = memory.get().listings
    start = bisect_right(every, after, key=lambda each: each.key)
    return every[start : start + limit]


def find(
    text: str = "",
    facets: Mapping[str, Sequence[str]] | None = None,
    bbox: Box | None = None,
    *,
    order: Order | None = None,
    after: str | None = None,
    limit: int = 20,
    skip: int = 0,
) -> Found:
    """Search: words (diacritics or not), facets (``theme``, ``publisher``, ``unit``, ``licence``, ``format``,
    ``frequency``, ``access``, ``provenance``, ``keyword``), a box (west, south, east, north). The counts of a
    facet leave its own choice out, so that a reader sees what another choice would give.
    """
    question = Question(text, facets or {}, bbox, order)
    return finding.find(memory.get().parts, question, after=after, limit=limit, skip=skip)


def facets() -> dict[str, dict[str, int]]:
    """How many datasets each value of each facet has."""
    return find(limit=1).facets


def label(facet: str, value: str) -> Text:
    """What people call a facet's value."""
    if facet == "licence":
        return vocab.licence(value).title
    if facet == "unit":
        unit = directory.unit(value)
        return unit.full_name if unit else both(value, value)
    if facet == "publisher":
        named = memory.get().publishers.get(value)
        return named.facts() if named and (named.vi or named.en) else both(value, value)
    tables = {
        "theme": vocab.THEMES,
        "frequency": vocab.FREQUENCIES,
        "access": vocab.ACCESS,
        "provenance": vocab.PROVENANCE,
    }
    return vocab.label(tables.get(facet, {}), value)


@dataclass(frozen=True, slots=True)
class Stamp:
    """How far the catalogue is: a number that grows with every change, and when the last one was."""

    seq: int
    changed_at: datetime | None


def stamp() -> Stamp:
    """For entity tags and Last-Modified."""
    row = CatalogueState.objects.first()
    return Stamp(0, None) if row is None else Stamp(row.seq, row.changed_at)


def changes(*, dataset: str = "", after: int = 0, limit: int = 50) -> list[Change]:
    """What happened in the catalogue, newest first, of one dataset or of all; ``after``: newer than that."""
    rows = Change.objects.filter(id__gt=after)
    return list((rows.filter(dataset=dataset) if dataset else rows)[:limit])


def publication(key: str) -> Publication | None:
    """Where a dataset is on its way to the public."""
    return Publication.objects.filter(dataset=key).first()


def publications(
    *, states: Sequence[str] = (), unit: str = "", after: str = "", limit: int = 50
) -> list[Publication]:
    """Publications in the order of their datasets' keys, from behind ``after``."""
    rows = Publication.objects.filter(dataset__gt=after)
    rows = rows.filter(state__in=states) if states else rows
    return list((rows.filter(unit=unit) if unit else rows)[:limit])


def steps(key: str) -> list[Step]:
    """What happened to a publication, newest first."""
    return list(Step.objects.filter(publication_id=key))


def withdrawn(key: str) -> Listing | None:
    """What was told of a dataset that is shown no longer."""
    row = CatalogueEntry.objects.filter(dataset=key, shown=False).first()
    return None if row is None else decode(bytes(row.document))
