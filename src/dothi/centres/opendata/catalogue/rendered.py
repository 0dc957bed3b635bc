"""Descriptions as JSON, kept for as long as they stay the same: a page of a search is mostly these. No Django."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from dothi.centres.opendata.catalogue.listing import Listing


class Rendered:
    """Keeps what ``make`` gives for each dataset as JSON, until its listing is another one."""

    def __init__(self, make: Callable[[Listing], Any]) -> None:
        self._make = make
        self._kept: dict[str, tuple[Listing, msgspec.Raw]] = {}

    def __call__(self, listing: Listing) -> msgspec.Raw:
        """The JSON of ``listing``."""
        kept = self._kept.get(listing.key)
        if kept is None or kept[0] is not listing:
            kept = listing, msgspec.Raw(msgspec.json.encode(self._make(listing)))
            self._kept[listing.key] = kept
        return kept[1]
