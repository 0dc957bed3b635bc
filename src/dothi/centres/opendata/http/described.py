"""One dataset told in a JSON form, with its validators: shared by the standards that describe a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from dothi.centres.opendata import queries
from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.http import answers
from dothi.core.config import current

Describe = Callable[[Listing, str, str], Mapping[str, Any]]


def answer(request: HttpRequest, key: str, describe: Describe, media_type: str) -> HttpResponseBase:
    """``describe(listing, base address, language)`` as an answer; 304 when the reader has it already."""
    listing, base, language = queries.needed(key), current().url, answers.language(request)
    etag = answers.tag(media_type, request.path, listing.version, queries.stamp().seq, base, language)
    same = answers.unchanged(request, etag, listing.modified)
    if same is not None:
        return same
    body = msgspec.json.encode(describe(listing, base, language))
    made = HttpResponse(body, content_type=media_type)
    made["Vary"] = "Accept-Language"
    return answers.dated(made, etag, listing.modified)
