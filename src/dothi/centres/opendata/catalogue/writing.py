"""Writes the catalogue's table, inside the transaction of the action that publishes. Nothing else does."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from dothi.centres.opendata.catalogue.listing import Listing, encode
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.models import CatalogueEntry, CatalogueState, Change
from dothi.core.clock import now


def put(listing: Listing, kind: str, note: str = "") -> Change:
    """Show ``listing``, from now on, as the change ``kind``."""
    return _write(listing, kind, note, shown=True)


def remove(listing: Listing, kind: str, note: str) -> Change:
    """Show it no longer; its description stays for whoever asks what became of it."""
    return _write(listing, kind, note, shown=False)


def _write(listing: Listing, kind: str, note: str, *, shown: bool) -> Change:
    seq = _next(1)
    CatalogueEntry.objects.update_or_create(
        dataset=listing.key, defaults={"seq": seq, "shown": shown, "document": encode(listing)}
    )
    transaction.on_commit(memory.due)
    return Change.objects.create(
        id=seq, dataset=listing.key, kind=kind, version=listing.version, note=note,
        title_vi=listing.title.text("vi")[:300], title_en=listing.title.text("en")[:300],
    )  # fmt: skip


@transaction.atomic
def put_many(listings: Iterable[Listing]) -> int:
    """Show many at once, without a change a piece: what a harvest brings. How many."""
    many = list(listings)
    last = _next(len(many))
    rows = [
        CatalogueEntry(dataset=each.key, seq=last - len(many) + place, shown=True, document=encode(each))
        for place, each in enumerate(many, start=1)
    ]
    CatalogueEntry.objects.filter(dataset__in=[each.key for each in many]).delete()
    CatalogueEntry.objects.bulk_create(rows, batch_size=500)
    transaction.on_commit(memory.due)
    return len(many)


def _next(count: int) -> int:
    """The number of the newest of ``count`` changes. Holds the counter's row, so that numbers commit in order."""
    CatalogueState.objects.get_or_create(pk=1)
    state = CatalogueState.objects.select_for_update().get(pk=1)
    state.seq, state.changed_at = state.seq + count, now()
    state.save(update_fields=["seq", "changed_at"])
    return state.seq
