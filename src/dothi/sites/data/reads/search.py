"""The search page and the portal's first page: what is published, with counts a reader can choose by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dothi.centres.opendata import distributions, queries, vocab
from dothi.centres.opendata.catalogue.listing import Listing
from dothi.core.config import current
from dothi.core.text import collation_key
from dothi.kernel.directory import queries as directory
from dothi.sites.data.asked import PAGE, SHOWN, Search
from dothi.sites.data.words import FACETS, ORDERS, THEME_ICONS
from dothi.sites.ui.shell import language

FEW = 8  # values of a facet shown before the rest is folded away


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: what people call it, how many datasets it would give, where a click leads."""

    value: str
    label: str
    count: int
    href: str
    chosen: bool
    icon: str = ""


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet with its values, most datasets first; ``more`` are folded away."""

    key: str
    label: str
    choices: list[Choice]
    more: list[Choice]

    @property
    def chosen(self) -> list[Choice]:
        return [each for each in (*self.choices, *self.more) if each.chosen]


@dataclass(frozen=True, slots=True)
class Card:
    """A dataset in a list."""

    listing: Listing
    title: str
    description: str
    publisher: str
    themes: list[str]
    formats: tuple[str, ...]
    licence: str

    @property
    def simulated(self) -> bool:
        return self.listing.provenance != "real"


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a search."""

    cards: list[Card]
    matched: int
    facets: list[FacetView]
    orders: list[Choice]
    next: str
    removals: list[Choice]


def word(facet: str, value: str) -> str:
    """What people call a facet's value, in the page's language."""
    return queries.label(facet, value)[language()]


def card(listing: Listing) -> Card:
    """A dataset as lists show it."""
    lang = language()
    return Card(
        listing,
        listing.title.text(lang),
        listing.description.text(lang),
        listing.publisher_label.text(lang) or listing.publisher,
        [word("theme", theme) for theme in listing.themes],
        distributions.formats(listing),
        word("licence", listing.licence),
    )


def results(wanted: Search) -> Results:
    """The datasets that fit, with the counts each further choice would give."""
    found = queries.find(
        wanted.q, wanted.facets, wanted.bbox, order=wanted.order, after=wanted.after or None, limit=PAGE
    )
    facets = [
        view for name in SHOWN if len((view := _facet(name, found.facets, wanted)).choices) > 1 or view.chosen
    ]
    return Results(
        [card(each) for each in found.listings],
        found.matched,
        facets,
        _orders(wanted),
        wanted.address(after=found.next) if found.next else "",
        _removals(facets, wanted),
    )


def _facet(name: str, counts: dict[str, dict[str, int]], wanted: Search) -> FacetView:
    chosen = wanted.facets.get(name, ())
    counted = dict.fromkeys(chosen, 0) | counts[name]
    choices = [
        Choice(value, word(name, value), count, wanted.toggled(name, value), value in chosen)
        for value, count in counted.items()
    ]
    choices.sort(key=lambda each: (not each.chosen, -each.count, collation_key(each.label)))
    return FacetView(name, str(FACETS[name]), choices[:FEW], choices[FEW:])


def _orders(wanted: Search) -> list[Choice]:
    sorting = wanted.order or ("relevance" if wanted.q else "modified")
    names = [name for name in ORDERS if name != "relevance" or wanted.q]
    return [Choice(name, str(ORDERS[name]), 0, wanted.address(order=name), name == sorting) for name in names]


def _removals(facets: list[FacetView], wanted: Search) -> list[Choice]:
    """What narrows the search now; a click takes it away."""
    return [each for facet in facets for each in facet.chosen]


def map_configuration(found: Results, wanted: Search) -> dict[str, Any]:
    """What the map of the search draws: where each dataset of the page is, and the chosen box."""
    return {
        "wards": reverse("operations:wards"),
        "box": list(wanted.bbox) if wanted.bbox else None,
        "places": [
            {"name": unit.name[language()], "at": list(unit.centroid)}
            for unit in directory.units("province")
            if unit.centroid
        ],
        "datasets": [
            {"number": index, "key": each.listing.key, "title": each.title, "box": list(each.listing.spatial)}
            for index, each in enumerate(found.cards, 1)
            if each.listing.spatial
        ],
        "words": {
            "none": _("The map could not be drawn on this device. Write the four sides of the box instead.")
        },
    }


@dataclass(frozen=True, slots=True)
class Front:
    """The portal's first page."""

    city: str
    datasets: int
    rows: int
    changed_at: datetime | None
    themes: list[Choice]
    units: list[Choice]
    publishers: list[Choice]
    newest: list[Card]
    simulated: int


def front() -> Front:
    """What is published as a whole: topics, units and publishers with counts, the newest changes."""
    every, counts, wanted = queries.published(), queries.facets(), Search()
    themes = [
        Choice(
            code,
            word("theme", code),
            counts["theme"].get(code, 0),
            wanted.toggled("theme", code),
            False,
            THEME_ICONS[code],
        )
        for code in vocab.THEMES
        if counts["theme"].get(code)
    ]
    city = directory.unit(current().city)
    return Front(
        city.full_name[language()] if city else "",
        len(every),
        sum(each.rows for each in every),
        queries.stamp().changed_at,
        sorted(themes, key=lambda each: -each.count),
        _facet("unit", counts, wanted).choices,
        _facet("publisher", counts, wanted).choices,
        [card(each) for each in queries.find(order="modified", limit=6).listings],
        sum(each.provenance != "real" for each in every),
    )
