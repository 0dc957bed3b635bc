"""Photos that came before their report was sent: nothing but pixels is kept, and for a day only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Final
from uuid import UUID

from dothi.centres.hotline.images import checking, variants
from dothi.centres.hotline.models import WaitingPhoto
from dothi.core.clock import now
from dothi.core.errors import Conflict, NotFound, both
from dothi.engines import registry
from dothi.kernel.cases.models import DocumentVersion

MOST: Final = 5
LASTS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Received:
    """A photo that waits, and where its camera said it was taken: told to the sender, kept nowhere."""

    id: UUID
    position: tuple[float, float] | None


def take(report: str, name: str, data: bytes) -> Received:
    """Keep a photo for the report with this key. Raises the fault of the photo, or :class:`Conflict` after five."""
    if WaitingPhoto.objects.filter(report=report).count() >= MOST:
        raise Conflict(both(f"Tối đa {MOST} ảnh.", f"At most {MOST} photos."), where="photos")
    photo = checking.read(data)
    blob = registry.blobs().put(variants.encode(photo.image))
    made = WaitingPhoto.objects.create(
        report=report, digest=blob.digest, name=f"{PurePath(name).stem[:80] or 'photo'}.jpg"
    )
    return Received(made.pk, photo.taken.position)


def waiting(report: str) -> list[WaitingPhoto]:
    """The photos of a report that is not sent yet."""
    return list(WaitingPhoto.objects.filter(report=report)) if report else []


def content(held: WaitingPhoto) -> bytes:
    """The photo itself."""
    return registry.blobs().get(held.digest)


def one(report: str, id: UUID) -> WaitingPhoto:
    """A photo of this report; raises :class:`NotFound`."""
    found = WaitingPhoto.objects.filter(report=report, pk=id).first()
    if found is None:
        raise NotFound(both("Không có ảnh này.", "There is no such photo."))
    return found


def drop(held: WaitingPhoto) -> None:
    """Forget a photo, and its content unless a case or another report has the same."""
    digest = held.digest
    held.delete()
    used = (
        DocumentVersion.objects.filter(digest=digest).exists()
        or WaitingPhoto.objects.filter(digest=digest).exists()
    )
    if not used:
        registry.blobs().delete(digest)


def forget_old() -> int:
    """Forget the photos of reports that were never sent; how many."""
    old = list(WaitingPhoto.objects.filter(created_at__lt=now() - LASTS)[:500])
    for each in old:
        drop(each)
    return len(old)
