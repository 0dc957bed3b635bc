"""Media types: which the client takes, which it sends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from dothi.kernel.context.http.answers import GEO_JSON, JSON, LD_JSON

PLAIN = (JSON, LD_JSON)
WITH_GEO = (JSON, LD_JSON, GEO_JSON)
SENT = frozenset({JSON, LD_JSON})
PATCHES = frozenset({JSON, LD_JSON, "application/merge-patch+json"})


@lru_cache(maxsize=1024)
def accepted(header: bytes, offered: Sequence[str]) -> str | None:
    """The best of ``offered`` for an ``Accept`` header (the first when it is empty); None when none will
    do."""
    if not header:
        return offered[0]
    ranges = [_range(part) for part in header.decode("latin-1").split(",") if part.strip()]
    best: tuple[float, int, str] | None = None
    for place, media in enumerate(offered):
        weight = _weight(media, ranges)
        # Of equal weights the more exact wish was weighed in already; then our own order decides.
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, place, media)
    return None if best is None else best[2]


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.lower().split(";"))
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = min(max(float(value), 0.0), 1.0)
            except ValueError:
                weight = 0.0
    return media, weight


def _weight(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of the most exact range that covers ``media``."""
    family = media.split("/")[0] + "/*"
    for wanted in (media, family, "*/*"):
        weights = [weight for name, weight in ranges if name == wanted]
        if weights:
            return max(weights)
    return 0.0


@lru_cache(maxsize=256)
def sent(header: bytes) -> str:
    """The media type of a ``Content-Type`` header without its parameters."""
    return header.split(b";")[0].strip().lower().decode("latin-1")
