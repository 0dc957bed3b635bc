"""The dataset page: what it is, from whom, how good and how new, where it came from, in which versions and forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dothi.centres.opendata import distributions, queries, vocab
from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.distributions import Distribution
from dothi.core.clock import now
from dothi.core.config import current
from dothi.kernel.pipelines import queries as pipelines
from dothi.kernel.pipelines.models import QualityScore
from dothi.kernel.warehouse import queries as warehouse
from dothi.kernel.warehouse.licences import Licence
from dothi.kernel.warehouse.models import DatasetVersion
from dothi.sites.data import examples, rules
from dothi.sites.data.charts import geometry, layered
from dothi.sites.data.reads.search import Card, card, word
from dothi.sites.data.words import DIMENSIONS
from dothi.sites.ui.shell import language

SCORES = 40


@dataclass(frozen=True, slots=True)
class Header:
    """What stands on top of every page about a dataset."""

    listing: Listing
    card: Card
    url: str
    licence: Licence
    frequency: str
    access: str
    provenance: str
    unit: str
    freshness: rules.Freshness
    places: bool
    open_reports: int


def header(key: str, open_reports: int = 0) -> Header:
    """The published dataset called ``key``; raises ``NotFound`` or ``Gone`` with the reason."""
    listing = queries.needed(key)
    return Header(
        listing,
        card(listing),
        f"{current().url}/data/{key}",
        vocab.licence(listing.licence),
        word("frequency", listing.frequency),
        word("access", listing.access),
        word("provenance", listing.provenance),
        word("unit", listing.unit) if listing.unit else "",
        rules.freshness(listing.frequency, listing.modified, now()),
        listing.has_places,
        open_reports,
    )


@dataclass(frozen=True, slots=True)
class Download:
    """One form to take the dataset in."""

    form: Distribution
    title: str


def downloads(listing: Listing) -> tuple[list[Download], list[Download]]:
    """Files, and services that are asked."""
    lang = language()
    every = [Download(each, each.title.text(lang)) for each in distributions.distributions(listing)]
    return [each for each in every if not each.form.service], [each for each in every if each.form.service]


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the versions were found to be: newest first, and as a line; what each check found."""

    scores: list[QualityScore]
    path: str
    points: list[tuple[float, float, str]]
    y: list[geometry.Tick]
    dimensions: list[tuple[str, float]]
    results: list[dict[str, Any]]
    serving: QualityScore | None


def quality(key: str, serving: int) -> Quality:
    """The scores over time, and the checks of the newest version that was looked at."""
    scores = pipelines.scores(key, limit=SCORES)
    line = [(each.at, each.score) for each in reversed(scores) if each.score is not None]
    on = geometry.Scale(0.0, 100.0)
    xs = geometry.across([at.timestamp() for at, _ in line])
    points = [(round(x / 10, 2), on.y(score), f"{score:g}") for x, (_, score) in zip(xs, line, strict=True)]
    served = next((each for each in scores if each.version == serving), None)
    shown = served or (scores[0] if scores else None)
    dimensions = [
        (str(DIMENSIONS.get(name, name)), value)
        for name, value in (shown.dimensions if shown else {}).items()
    ]
    return Quality(
        scores,
        geometry.path(xs, [score for _, score in line], on),
        points,
        [geometry.Tick(on.y(each), f"{each:g}") for each in (0, 50, 100)],
        dimensions,
        pipelines.results(key, serving) or pipelines.results(key),
        served,
    )


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a dataset was made from and what is made from it: drawn, and as a list."""

    drawing: layered.Drawing
    links: list[tuple[str, str, str]]


def lineage(key: str) -> Lineage | None:
    """The graph around a dataset, of what the public may know; None when nothing is known."""
    graph = pipelines.graph(key, only=[each.key for each in queries.published()])
    if not graph.links:
        return None
    lang = language()
    labels = {node.id: node.label[lang] for node in graph.nodes}
    nodes = [(node.id, node.kind, node.key, labels[node.id]) for node in graph.nodes]
    links = [(link.origin, link.target, link.via) for link in graph.links]
    drawing = layered.layout(nodes, links, f"dataset:{key}")
    return Lineage(drawing, [(labels[origin], labels[target], via) for origin, target, via in links])


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version as lists show it."""

    version: DatasetVersion
    serves: bool
    changes: list[tuple[str, int]]
    columns: list[tuple[str, list[str]]]


def versions(key: str) -> list[VersionLine]:
    """Every version that is or was published, newest first."""
    found = warehouse.versions(warehouse.needed(key))
    return [_line(each) for each in found]


def _line(version: DatasetVersion) -> VersionLine:
    rows, columns = changed(version.changes)
    return VersionLine(version, version.state == DatasetVersion.PUBLISHED, rows, columns)


def changed(changes: dict[str, Any]) -> tuple[list[tuple[str, int]], list[tuple[str, list[str]]]]:
    """The differences of a version: rows counted, columns named; only what did change."""
    rows = [(name, int(changes[name])) for name in ("added", "removed", "changed") if changes.get(name)]
    columns = [
        (name, list(changes[name]))
        for name in ("columns_added", "columns_removed", "columns_retyped")
        if changes.get(name)
    ]
    return rows, columns


def moved(rows: Sequence[tuple[str, int]], columns: Sequence[object]) -> bool:
    """Whether anything differs."""
    return bool(rows or columns)


@dataclass(frozen=True, slots=True)
class Source:
    """How to name the dataset as a source."""

    text: str
    bibtex: str


def citation(head: Header) -> Source:
    """The citation of the version that serves."""
    listing, year = head.listing, head.listing.modified.year
    title, publisher = head.card.title, head.card.publisher
    return Source(
        examples.citation(
            title, publisher, year, listing.version, head.url, head.licence.label(language()), language()
        ),
        examples.bibtex(listing.key, title, publisher, year, listing.version, head.url),
    )


def history(key: str) -> list[tuple[datetime, str, str]]:
    """What happened to the dataset in the catalogue: when, what, why."""
    return [(each.at, each.kind, each.note) for each in queries.changes(dataset=key, limit=20)]
