"""Files added to a draft: looked at, kept by their content, named in the draft; they become the case's when it is sent."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from dothi.centres.services import files, procedures
from dothi.centres.services.actions import drafting
from dothi.centres.services.models import Draft
from dothi.core.errors import BadInput, both

PREFIX: Final = "d."


def take_all(draft: Draft, sent: MultiValueDict[str, UploadedFile[Any]]) -> int:
    """Add every file sent under ``d.<document>``; how many. Raises with the document it belongs to."""
    added = 0
    declared = {each.key: each for each in procedures.of(draft).procedure.documents}
    for name in sent:
        key = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or key not in declared:
            raise BadInput(both("Không có loại giấy tờ này.", "There is no such document."), where=key)
        for given in sent.getlist(name):
            drafting.attach(draft, key, files.take(given.chunks(), given.name or "", declared[key]))
            added += 1
    return added
