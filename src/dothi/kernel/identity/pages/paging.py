"""Where a page of a long list begins."""

from __future__ import annotations

from django.http import HttpRequest


def position(request: HttpRequest) -> int | None:
    """The key in ``?before=``; nonsense is the first page."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def without_position(request: HttpRequest) -> str:
    """The query of this page without its place, for the link to the next."""
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()
