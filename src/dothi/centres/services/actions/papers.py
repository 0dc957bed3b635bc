"""Files added to a draft: looked at, kept by their content, named in the draft; they become the case's when it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from dothi.centres.services import procedures
from dothi.centres.services.actions import drafting
from dothi.centres.services.models import Draft
from dothi.core.clock import now_us
from dothi.core.errors import BadInput, TooLarge, both
from dothi.core.ids import uuid7_str
from dothi.engines import registry
from dothi.engines.blob.base import BlobTooLarge
from dothi.kernel.cases import checks
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.packs.procedures import DocumentType

PREFIX: Final = "d."


def take_all(draft: Draft, files: MultiValueDict[str, UploadedFile[Any]]) -> int:
    """Add every file sent under ``d.<document>``; how many. Raises with the document it belongs to."""
    added = 0
    declared = {each.key: each for each in procedures.of(draft).procedure.documents}
    for name in files:
        key = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or key not in declared:
            raise BadInput(both("Không có loại giấy tờ này.", "There is no such document."), where=key)
        for given in files.getlist(name):
            drafting.attach(draft, key, take(given.chunks(), given.name or "", declared[key]))
            added += 1
    return added


def take(content: Iterable[bytes], name: str, declared: DocumentType) -> DocumentMeta:
    """Keep one file, when it is what it says and not too large."""
    blobs, limit = registry.blobs(), declared.max_mb << 20
    try:
        blob = blobs.put(content, limit=limit)
    except BlobTooLarge:
        raise TooLarge(
            both(f"Tệp lớn hơn {declared.max_mb} MB.", f"The file is larger than {declared.max_mb} MB."),
            where=declared.key,
        ) from None
    with blobs.open(blob.digest) as file:
        try:
            media = checks.media_type(file, name, declared.accept)
        except checks.WrongFile as error:
            raise BadInput(error.detail, where=declared.key) from error
    return DocumentMeta(
        id=uuid7_str(),
        name=_plain(name),
        media_type=media,
        size=blob.size,
        sha256=blob.digest,
        at_us=now_us(),
    )


def _plain(name: str) -> str:
    """The file's own name without a path or letters that end a header."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    return "".join(each for each in plain if each.isprintable() and each not in '"<>')[:200] or "file"
