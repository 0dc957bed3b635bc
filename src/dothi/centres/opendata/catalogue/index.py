"""The whole index: one large segment, one small one for what changed since, merged now and then. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np

from dothi.centres.opendata.catalogue.find import Part
from dothi.centres.opendata.catalogue.listing import Listing, Words
from dothi.centres.opendata.catalogue.segment import Mask, Prepared, Segment
from dothi.centres.opendata.distributions import formats

MOST_RECENT = 200


@dataclass(frozen=True)
class Index:
    """What is published, ready to be searched. Immutable: :meth:`changed` gives the next one."""

    main: Segment
    recent: Segment
    alive: Mask

    @classmethod
    def of(cls, listings: Iterable[Listing]) -> Index:
        """The index of ``listings``."""
        return cls._merged([_prepare(each) for each in listings])

    @classmethod
    def _merged(cls, prepared: Sequence[Prepared]) -> Index:
        main = Segment(prepared)
        return cls(main, Segment(()), np.ones(main.size, dtype=bool))

    def changed(self, put: Iterable[Listing], removed: Iterable[str]) -> Index:
        """The index after these datasets were published or described anew, and those taken away."""
        coming = {each.key: _prepare(each) for each in put}
        gone = set(removed) | set(coming)
        recent = [each for each in self.recent.prepared if each.listing.key not in gone]
        recent += coming.values()
        alive = self.alive.copy()
        alive[[self.main.slots[key] for key in gone if key in self.main.slots]] = False
        if len(recent) > MOST_RECENT:
            return self._merged([self.main.prepared[slot] for slot in np.nonzero(alive)[0]] + recent)
        return Index(self.main, Segment(recent), alive)

    @property
    def parts(self) -> tuple[Part, Part]:
        """The segments with what is current of them."""
        return Part(self.main, self.alive), Part(self.recent, np.ones(self.recent.size, dtype=bool))

    def get(self, key: str) -> Listing | None:
        """One dataset."""
        for part in self.parts:
            slot = part.segment.slots.get(key)
            if slot is not None and part.alive[slot]:
                return part.segment.prepared[slot].listing
        return None

    @cached_property
    def listings(self) -> list[Listing]:
        """All of them, by key."""
        found = [
            part.segment.prepared[slot].listing for part in self.parts for slot in np.nonzero(part.alive)[0]
        ]
        return sorted(found, key=lambda each: each.key)

    @cached_property
    def by_id(self) -> dict[UUID, Listing]:
        """All of them, by id."""
        return {each.id: each for each in self.listings}

    @cached_property
    def publishers(self) -> dict[str, Words]:
        """Who publishes, by code, with the name given by the newest dataset."""
        newest = sorted(self.listings, key=lambda each: each.modified)
        return {each.publisher: each.publisher_label for each in newest if each.publisher}

    def __len__(self) -> int:
        return int(self.alive.sum()) + self.recent.size


def _prepare(listing: Listing) -> Prepared:
    return Prepared.of(listing, formats(listing))
