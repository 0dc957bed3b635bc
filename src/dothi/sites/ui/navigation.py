"""The links of the bar: each surface registers its own when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Link:
    """One link: a short word, where it leads, and its place in the row."""

    key: str
    label: str | Promise
    url: str
    order: int = 50
    shown: Callable[[HttpRequest], bool] | None = None  # None: to everyone


_links: dict[str, Link] = {}


def register(link: Link) -> None:
    """Add a link to the bar (a second one with the same key replaces the first)."""
    _links[link.key] = link


def links(request: HttpRequest) -> list[Link]:
    """The links this visitor can follow, in their order."""
    followed = [link for link in _links.values() if link.shown is None or link.shown(request)]
    return sorted(followed, key=lambda link: (link.order, link.key))
