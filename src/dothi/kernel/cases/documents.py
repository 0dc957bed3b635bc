"""The documents of cases: taken after checks, in versions, in quarantine until a scanner has looked where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO, Final
from uuid import UUID

import structlog
from django.db import transaction

from dothi.core.clock import now_us
from dothi.core.config import current
from dothi.core.errors import BadInput, Conflict, NotFound, TooLarge, both
from dothi.engines import registry
from dothi.engines.blob.base import Blob, BlobTooLarge
from dothi.kernel.cases import access, checks, queries
from dothi.kernel.cases.changing import change, recorder
from dothi.kernel.cases.commands import Standing
from dothi.kernel.cases.engine import Outcome
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.cases.models import Document, DocumentVersion
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.packs.procedures import DocumentType

log = structlog.get_logger()
OTHER: Final = "other"  # documents that the procedure does not name
_OTHER_ACCEPT: Final = ("pdf", "jpg", "png", "webp", "heic", "docx", "xlsx", "dwg", "mp4")
_OTHER_MB, _OTHER_MOST = 20, 50


def add_document(
    case: str | int,
    kind: str,
    content: bytes | Iterable[bytes],
    *,
    name: str,
    by: Actor,
    label: str = "",
    public: bool = False,
    key: str | None = None,
) -> Document:
    """Add a file to a case as one of its procedure's documents (``kind``; ``other`` for what it does not name).

    Raises :class:`~dothi.kernel.cases.checks.WrongFile` and :class:`TooLarge` with what a person is told.
    """
    found, declared = _asked(case, kind, by)
    there = found.snapshot.documents.get(kind, ()) if found.snapshot else ()
    most = declared.at_most if declared else _OTHER_MOST
    if len(there) >= most:
        raise Conflict(
            both(f"Mục này nhận tối đa {most} tệp.", f"At most {most} files are taken."), where="file"
        )
    blob, media, state, finding = taken(content, name, declared)
    with transaction.atomic():
        document = Document.objects.create(
            num=found.num, key=kind, label=(label or name)[:200], public=public
        )
        _version(document, 1, blob, name, media, state, finding, by)
        _noted(found.num, kind, document, by, action="add", key=key)
    return document


def replace_document(
    document: UUID,
    content: bytes | Iterable[bytes],
    *,
    name: str,
    by: Actor,
    note: str = "",
    key: str | None = None,
) -> Document:
    """A new version of a document; earlier ones are kept."""
    row = _held(document)
    found, declared = _asked(row.num, row.key, by)
    blob, media, state, finding = taken(content, name, declared)
    with transaction.atomic():
        held = Document.objects.select_for_update().get(pk=row.pk)
        held.current += 1
        held.save(update_fields=["current"])
        _version(held, held.current, blob, name, media, state, finding, by)
        _noted(found.num, held.key, held, by, action="replace", note=note, key=key)
    return held


def open_document(
    document: UUID, *, by: Actor, version: int | None = None
) -> tuple[DocumentVersion, BinaryIO]:
    """A version (the current one) and its content, for those who may see personal data of the case."""
    row = _held(document)
    found = queries.get(row.num, by=by)
    if not row.public and not access.is_applicant(by, found.applicant):
        by.require(access.PERSONAL, unit=found.unit or None, organisation=found.organisation or None)
    wanted = row.versions.filter(version=version or row.current).first()
    if wanted is None:
        raise NotFound(both("Không có bản này.", "There is no such version."))
    if wanted.state != DocumentVersion.CLEAN:
        raise Conflict(
            both(
                "Tệp đang chờ kiểm tra hoặc đã bị từ chối.", "The file waits for its check, or was refused."
            ),
            state=wanted.state,
        )
    return wanted, registry.blobs().open(wanted.digest)


def of_case(num: int) -> list[Document]:
    """The documents of a case, in the order they came."""
    return list(Document.objects.filter(num=num).order_by("id").prefetch_related("versions"))


def scan_waiting(limit: int = 50) -> int:
    """Let the scanner look at what is in quarantine; how many were decided."""
    url = current().clamd_url
    waiting = DocumentVersion.objects.filter(state=DocumentVersion.QUARANTINE).select_related("document")
    decided = 0
    for version in waiting.order_by("at_us")[:limit]:
        state, finding = _scanned(version.digest, url)
        if state != DocumentVersion.QUARANTINE:
            _decide(version, state, finding)
            decided += 1
    return decided


def _decide(version: DocumentVersion, state: str, finding: str) -> None:
    with transaction.atomic():
        DocumentVersion.objects.filter(pk=version.pk).update(state=state, finding=finding[:300])
        document = version.document
        _noted(document.num, document.key, document, SYSTEM, action=state, note=finding)
    if state == DocumentVersion.REFUSED:
        log.warning("cases.document_refused", document=str(version.document_id), finding=finding)


def _held(document: UUID) -> Document:
    row = Document.objects.filter(pk=document).first()
    if row is None:
        raise NotFound(both("Không có giấy tờ này.", "There is no such document."))
    return row


def _asked(case: str | int, kind: str, by: Actor) -> tuple[CaseView, DocumentType | None]:
    """The case and the declaration of the document; refuses who may not add to it."""
    found = queries.get(case, by=by)
    compiled = queries.compiled(found)
    part = access.facts(
        by, compiled, applicant=found.applicant, unit=found.unit, organisation=found.organisation
    )
    if not part.is_applicant and not part.roles:
        by.require(access.DOCUMENT, unit=found.unit or None, organisation=found.organisation or None)
    declared = next((each for each in compiled.procedure.documents if each.key == kind), None)
    if declared is None and kind != OTHER:
        raise BadInput(
            both(f"Thủ tục không có giấy tờ “{kind}”.", f"The procedure has no document '{kind}'."),
            where="kind",
        )
    return found, declared


def taken(
    content: bytes | Iterable[bytes], name: str, declared: DocumentType | None
) -> tuple[Blob, str, str, str]:
    """The content kept and looked at: blob, media type, state and what was found. What is refused is not kept.

    For whoever takes a file before there is a case (a draft), too.
    """
    limit = (declared.max_mb if declared else _OTHER_MB) << 20
    accept = declared.accept if declared else _OTHER_ACCEPT
    blobs = registry.blobs()
    try:
        blob = blobs.put(content, limit=limit)
    except BlobTooLarge:
        most = limit >> 20
        raise TooLarge(
            both(f"Tệp lớn hơn {most} MB.", f"The file is larger than {most} MB."), where="file"
        ) from None
    with blobs.open(blob.digest) as file:
        try:
            media = checks.media_type(file, name, accept)
        except checks.WrongFile:
            _drop(blob)
            raise
    state, finding = _scanned(blob.digest, current().clamd_url)
    if state == DocumentVersion.REFUSED:
        _drop(blob)
        raise checks.WrongFile(
            both("Tệp có mã độc.", "The file carries malware."), where="file", finding=finding
        )
    return blob, media, state, finding


def _drop(blob: Blob) -> None:
    """Remove content that no document has."""
    if not DocumentVersion.objects.filter(digest=blob.digest).exists():
        registry.blobs().delete(blob.digest)


def _scanned(digest: str, url: str) -> tuple[str, str]:
    if not url:
        return DocumentVersion.CLEAN, ""
    with registry.blobs().open(digest) as file:
        try:
            finding = checks.scan(file, url)
        except checks.ScannerAway as error:
            log.warning("cases.scanner_away", error=str(error)[:200])
            return DocumentVersion.QUARANTINE, ""
    return (DocumentVersion.CLEAN, "") if finding is None else (DocumentVersion.REFUSED, finding)


def _version(
    document: Document, number: int, blob: Blob, name: str, media: str, state: str, finding: str, by: Actor
) -> None:
    DocumentVersion.objects.create(
        document=document,
        version=number,
        digest=blob.digest,
        name=plain_name(name),
        media_type=media,
        size=blob.size,
        state=state,
        finding=finding[:300],
        at_us=now_us(),
        actor=by.reference[:80],
    )


def plain_name(name: str) -> str:
    """The file's own name without a path or letters that end a header."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in plain if letter.isprintable() and letter not in '"<>')[:200] or "file"


def _noted(
    num: int, kind: str, document: Document, by: Actor, *, action: str, note: str = "", key: str | None = None
) -> None:
    """The documents of one kind as they are now, in the case's history."""
    metas = tuple(_meta(each) for each in of_case(num) if each.key == kind)

    def make(standing: Standing) -> Outcome:
        kept = tuple(each for each in standing.snapshot.documents.get(kind, ()) if each.once_only)
        return recorder(standing).document(
            kind, (*kept, *metas), action=action, note=note, public=document.public, key=standing.key
        )

    change(num, f"document-{action}", make, by=by, key=key)


def _meta(document: Document) -> DocumentMeta:
    version = next(each for each in document.versions.all() if each.version == document.current)
    return DocumentMeta(
        id=str(document.id),
        name=version.name,
        media_type=version.media_type,
        size=version.size,
        sha256=version.digest,
        state=version.state,  # type: ignore[arg-type]  # the model's words are the engine's
        public=document.public,
        at_us=version.at_us,
    )
