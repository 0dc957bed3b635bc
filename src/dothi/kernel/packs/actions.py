"""Every write of packs: a draft is kept, then published; it supersedes the version before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog
from django.db import transaction

from dothi.core.clock import now
from dothi.core.errors import Conflict, NotFound, both
from dothi.kernel.events.actions import record
from dothi.kernel.packs import queries, versions
from dothi.kernel.packs.loader import LoadedPack
from dothi.kernel.packs.models import PackVersion

log = structlog.get_logger()

PUBLISH: Final = "packs.publish"
PERMISSIONS: Final = {PUBLISH: both("Công bố phiên bản gói", "Publish versions of packs")}


class By(Protocol):
    """Whoever acts: identity's ``Actor`` (packs stand below identity and cannot name it)."""

    @property
    def reference(self) -> str:
        """How events name it."""

    def require(self, permission: str, /) -> None:
        """Raise unless it holds ``permission``."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What :func:`ensure_published` did: versions published now, and packs refused with the reason."""

    published: list[PackVersion] = field(default_factory=list)
    refused: list[tuple[str, Conflict]] = field(default_factory=list)


@transaction.atomic
def draft(loaded: LoadedPack, *, by: By) -> PackVersion:
    """Keep this content as the draft of its version; Conflict if that is published with other content."""
    by.require(PUBLISH)
    key, version, digest = loaded.key, loaded.pack.version, loaded.digest()
    there = PackVersion.objects.select_for_update().filter(key=key, version=version).first()
    if there is not None and there.state != PackVersion.DRAFT:
        if there.digest == digest:
            return there
        raise _changed(there)
    values = {"digest": digest, "content": loaded.content().decode(), "drafted_at": now(), "by": by.reference}
    return PackVersion.objects.update_or_create(key=key, version=version, defaults=values)[0]


@transaction.atomic
def publish(key: str, version: str, *, by: By) -> PackVersion:
    """Put a draft in force; the version before is superseded, readable for what began under it."""
    by.require(PUBLISH)
    chosen = PackVersion.objects.select_for_update().filter(key=key, version=version).first()
    if chosen is None:
        raise NotFound(
            both(f"Không có bản nháp {version} của gói {key}.", f"There is no draft {version} of pack {key}.")
        )
    if chosen.state == PackVersion.PUBLISHED:
        return chosen
    before = PackVersion.objects.select_for_update().filter(key=key, state=PackVersion.PUBLISHED).first()
    if chosen.state == PackVersion.SUPERSEDED or (
        before and versions.order(before.version) > versions.order(version)
    ):
        raise _older(key, version, before)
    if before is not None:
        before.state, before.superseded_at = PackVersion.SUPERSEDED, now()
        before.save(update_fields=["state", "superseded_at"])
    chosen.state, chosen.published_at, chosen.by = PackVersion.PUBLISHED, now(), by.reference
    chosen.save(update_fields=["state", "published_at", "by"])
    data = {
        "key": key,
        "version": version,
        "digest": chosen.digest,
        "supersedes": before.version if before else None,
    }
    record("vn.dothi.packs.published", subject=key, data=data, actor=by.reference)
    return chosen


def ensure_published(*, by: By, packs: Iterable[LoadedPack] | None = None) -> Publication:
    """Publish the version of every installed pack that is not published yet.

    A pack that was edited without a new version, or put back to an older one, is refused and reported; the
    others are published all the same.
    """
    done = Publication()
    for loaded in queries.packs().values() if packs is None else packs:
        try:
            with transaction.atomic():
                kept = draft(loaded, by=by)
                if kept.state != PackVersion.PUBLISHED:
                    done.published.append(publish(loaded.key, loaded.pack.version, by=by))
        except Conflict as refusal:
            log.error("pack not published", pack=loaded.key, version=loaded.pack.version, reason=str(refusal))
            done.refused.append((loaded.key, refusal))
    return done


def _changed(there: PackVersion) -> Conflict:
    name = f"{there.key} {there.version}"
    return Conflict(
        both(
            f"Gói {name} đã công bố với nội dung khác. Hãy tăng version trong pack.yaml rồi công bố lại.",
            f"Pack {name} is published with other content. Raise 'version' in pack.yaml and publish again.",
        ),
        where="version",
    )


def _older(key: str, version: str, before: PackVersion | None) -> Conflict:
    current = before.version if before else "-"
    return Conflict(
        both(
            f"Gói {key} đang dùng phiên bản {current}; không thể công bố lại phiên bản cũ {version}.",
            f"Pack {key} is at version {current}; the older version {version} cannot be published again.",
        ),
        where="version",
    )
