"""Which versions of a pack there are, and what each of them declares (needs the database)."""

from __future__ import annotations

import msgspec

from dothi.core.errors import NotFound, both
from dothi.kernel.packs.loader import LoadedPack
from dothi.kernel.packs.models import PackVersion


def order(version: str) -> tuple[int, ...]:
    """``0.10.2`` after ``0.9.11``."""
    return tuple(int(part) for part in version.split("."))


def history(key: str) -> list[PackVersion]:
    """All versions of a pack, the newest first."""
    return sorted(PackVersion.objects.filter(key=key), key=lambda each: order(each.version), reverse=True)


def published(key: str) -> PackVersion | None:
    """The version of a pack that is in force."""
    return PackVersion.objects.filter(key=key, state=PackVersion.PUBLISHED).first()


def content(key: str, version: str) -> LoadedPack:
    """What that version declares, as it was published; raises :class:`NotFound`."""
    found = PackVersion.objects.filter(key=key, version=version).first()
    if found is None:
        raise NotFound(
            both(
                f"Không có phiên bản {version} của gói {key}.",
                f"There is no version {version} of pack {key}.",
            )
        )
    return msgspec.json.decode(found.content, type=LoadedPack)
