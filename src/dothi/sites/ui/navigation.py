"""The links of the bar: each surface registers its own when Django starts."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Link:
    """One link: a short word, where it leads, and its place in the row."""

    key: str
    label: str | Promise
    url: str
    order: int = 50


_links: dict[str, Link] = {}


def register(link: Link) -> None:
    """Add a link to the bar (a second one with the same key replaces the first)."""
    _links[link.key] = link


def links() -> list[Link]:
    """The links, in their order."""
    return sorted(_links.values(), key=lambda link: (link.order, link.key))
