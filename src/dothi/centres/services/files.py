"""The files of drafts: kept by their content as the files of cases are, and removed with the draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from dothi.centres.services.models import Draft
from dothi.core.clock import now_us
from dothi.core.errors import TooLarge
from dothi.core.ids import uuid7_str
from dothi.engines import registry
from dothi.kernel.cases import checks, documents
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.cases.models import DocumentVersion
from dothi.kernel.packs.procedures import DocumentType


def take(content: Iterable[bytes], name: str, declared: DocumentType) -> DocumentMeta:
    """Keep one file as cases keep theirs: when it is what it says, not too large, and the scanner finds nothing."""
    try:
        blob, media, state, _ = documents.taken(content, name, declared)
    except (checks.WrongFile, TooLarge) as error:
        raise type(error)(error.detail, where=declared.key) from error
    return DocumentMeta(
        id=uuid7_str(), name=documents.plain_name(name), media_type=media, size=blob.size, sha256=blob.digest,
        state=state,  # type: ignore[arg-type]  # the model's words are the engine's
        at_us=now_us(),
    )  # fmt: skip


def remove(metas: Iterable[Mapping[str, Any]]) -> None:
    """Remove the content of files that were taken out of drafts, unless a case or another draft has the same."""
    for digest in {str(each.get("sha256") or "") for each in metas} - {""}:
        drafts = Draft.objects.annotate(text=Cast("documents", TextField())).filter(text__contains=digest)
        if not drafts.exists() and not DocumentVersion.objects.filter(digest=digest).exists():
            registry.blobs().delete(digest)
