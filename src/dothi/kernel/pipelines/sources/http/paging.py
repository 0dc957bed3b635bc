"""The ways services divide their answers: which request comes first, and which behind an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dothi.kernel.packs.flows import HttpSource
from dothi.kernel.pipelines import records
from dothi.kernel.pipelines.sources.http.client import Answer, Client

_LINK = re.compile(r'<([^>]+)>\s*;[^,]*\brel="?next"?')
Place = dict[str, Any]


def first(spec: HttpSource) -> Place:
    """Where the first page is."""
    paging = spec.paging
    if paging is None or paging.kind in ("cursor", "next", "link"):
        return {}
    default = 1 if paging.kind == "page" else 0
    return {"number": default if paging.start is None else paging.start}


def request(spec: HttpSource, place: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Address and parameters of the page at ``place``."""
    if "url" in place:
        return str(place["url"]), {}
    params = dict(spec.params)
    paging = spec.paging
    if paging is not None:
        if paging.size_param:
            params[paging.size_param] = str(paging.size)
        if "number" in place:
            params[paging.param or paging.kind] = str(place["number"])
        elif "cursor" in place:
            params[paging.param or "cursor"] = str(place["cursor"])
    return spec.url, params


def following(
    spec: HttpSource, place: Mapping[str, Any], answer: Answer, document: Any, count: int, client: Client
) -> Place | None:
    """Where the page behind an answer with ``count`` records is; None when it was the last."""
    paging = spec.paging
    if paging is None or count == 0:
        return None
    if paging.kind == "page":
        return None if count < paging.size and paging.size_param else {"number": place["number"] + 1}
    if paging.kind == "offset":
        return None if count < paging.size and paging.size_param else {"number": place["number"] + count}
    if paging.kind == "cursor":
        cursor = records.at(document, paging.path)
        return None if cursor in (None, "", False, place.get("cursor")) else {"cursor": cursor}
    if paging.kind == "next":
        link = records.at(document, paging.path or "next")
    else:
        found = _LINK.search(answer.headers.get("Link", ""))
        link = found[1] if found else None
    return {"url": client.following(answer.url, str(link))} if link else None
