"""Files added to a draft: looked at, kept by their content, named in the draft; they become the case's when it is sent."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from dothi.centres.services import files, procedures, scans
from dothi.centres.services.actions import drafting
from dothi.centres.services.models import Draft
from dothi.core.errors import BadInput, both

PREFIX: Final = "d."


def take_all(draft: Draft, sent: MultiValueDict[str, UploadedFile[Any]], *, joined: bool = False) -> int:
    """Add every file sent under ``d.<document>``; how many. Raises with the document it belongs to.

    ``joined``: several pictures of one document are the pages of one PDF.
    """
    added = 0
    declared = {each.key: each for each in procedures.of(draft).procedure.documents}
    for name in sent:
        key = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or key not in declared:
            raise BadInput(both("Không có loại giấy tờ này.", "There is no such document."), where=key)
        pages = sent.getlist(name)
        if joined and len(pages) > 1:
            made = scans.one_pdf(each.file for each in pages if each.file)
            drafting.attach(draft, key, files.take([made], f"{key}.pdf", declared[key]))
            added += 1
            continue
        for given in pages:
            drafting.attach(draft, key, files.take(given.chunks(), given.name or "", declared[key]))
            added += 1
    return added
