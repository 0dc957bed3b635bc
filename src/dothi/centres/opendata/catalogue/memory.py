"""The index of this process, kept in step with the catalogue's table; every search asks here."""

from __future__ import annotations

import threading
import time

from dothi.centres.opendata.catalogue.index import Index
from dothi.centres.opendata.catalogue.listing import Listing, decode
from dothi.centres.opendata.models import CatalogueEntry, CatalogueState

ASK_EVERY_S = 0.25


class Memory:
    """The newest index, renewed when the catalogue changed; asked at most every quarter of a second."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._index = Index.of(())
        self._seq = -1
        self._asked_at = 0.0

    @property
    def seq(self) -> int:
        """The change of the catalogue the index is at; part of entity tags."""
        return self._seq

    def forget(self) -> None:
        """Read everything again at the next question."""
        with self._gate:
            self._index, self._seq, self._asked_at = Index.of(()), -1, 0.0

    def due(self) -> None:
        """Look at the table at the next question: this process has just changed it."""
        self._asked_at = 0.0

    def get(self) -> Index:
        """The index as of now."""
        if time.monotonic() - self._asked_at < ASK_EVERY_S:
            return self._index
        with self._gate:
            if time.monotonic() - self._asked_at >= ASK_EVERY_S:
                self._renew()
                self._asked_at = time.monotonic()
        return self._index

    def _renew(self) -> None:
        seq = CatalogueState.objects.values_list("seq", flat=True).first() or 0
        if seq == self._seq:
            return
        if seq < self._seq or self._seq < 0:  # a first look, or the database was put back to an earlier state
            rows = CatalogueEntry.objects.filter(shown=True, seq__lte=seq)
            self._index = Index.of(decode(bytes(row)) for row in rows.values_list("document", flat=True))
        else:
            put, removed = _between(self._seq, seq)
            self._index = self._index.changed(put, removed)
        self._seq = seq


def _between(since: int, until: int) -> tuple[list[Listing], list[str]]:
    rows = CatalogueEntry.objects.filter(seq__gt=since, seq__lte=until).values_list(
        "dataset", "shown", "document"
    )
    put = [decode(bytes(document)) for _, shown, document in rows if shown]
    return put, [key for key, shown, _ in rows if not shown]


memory = Memory()
