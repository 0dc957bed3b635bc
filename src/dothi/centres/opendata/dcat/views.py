"""``/catalog.ttl|.rdf|.jsonld`` and ``/data/{key}.ttl|.rdf|.jsonld``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from dothi.centres.opendata import queries
from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.dcat import describe, jsonld, rdfxml, turtle
from dothi.centres.opendata.dcat.describe import About
from dothi.centres.opendata.dcat.nodes import Node
from dothi.centres.opendata.http import answers
from dothi.core.config import current
from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.directory import queries as directory

Writer = Callable[[Iterable[Node]], Iterator[str]]
FORMS: Final = MappingProxyType(
    {
        "ttl": (turtle.document, turtle.MEDIA_TYPE),
        "rdf": (rdfxml.document, rdfxml.MEDIA_TYPE),
        "jsonld": (jsonld.document, jsonld.MEDIA_TYPE),
    }
)
PAGE, MOST = 100, 1000
_ACCEPTED = (("text/turtle", "ttl"), ("application/rdf+xml", "rdf"), ("application/ld+json", "jsonld"))


def about(stamp: queries.Stamp) -> About:
    """What is said of the catalogue, in the words of the city this installation serves."""
    config = current()
    city = directory.unit(config.city)
    vi, en = (city.full_name["vi"], city.full_name["en"]) if city else ("thành phố", "the city")
    first = min((each.issued for each in queries.published()), default=None)
    return About(
        config.url,
        both(f"Dữ liệu mở của {vi}", f"Open data of {en}"),
        both(
            f"Các tập dữ liệu được {vi} công bố: mô tả, phiên bản, giấy phép và cách tải về.",
            f"The datasets that {en} publishes: descriptions, versions, licences and how to get them.",
        ),
        both(vi, en),
        None,
        first,
        stamp.changed_at,
    )


@require_safe
def negotiate(request: HttpRequest) -> HttpResponse:
    """``/catalog``: to the form the reader accepts, Turtle when none is named."""
    accepted = request.headers.get("Accept", "")
    form = next((form for media, form in _ACCEPTED if media in accepted), "ttl")
    answer = HttpResponseRedirect(f"/catalog.{form}")
    answer.status_code = 303
    answer["Vary"] = "Accept"
    return answer


@require_safe
@answers.public(cost=2)
def catalogue(request: HttpRequest, form: str) -> HttpResponseBase:
    """A page of the catalogue (``after``, ``limit``), or all of it at once (``limit=all``)."""
    after, limit = request.GET.get("after", ""), _limit(request.GET.get("limit", ""))
    stamp, base = queries.stamp(), current().url
    etag = answers.tag("catalog", form, after, limit, stamp.seq, base)
    same = answers.unchanged(request, etag, stamp.changed_at)
    if same is not None:
        return same
    every = queries.published()
    shown = every if limit is None else queries.page(after, limit)
    whole = describe.whole(
        about(stamp), shown, [each.key for each in shown], _pager(form, after, limit, shown, every)
    )
    write, media_type = FORMS[form]
    answer = answers.streamed(write(whole), media_type)
    answer["Link"] = '<https://semiceu.github.io/DCAT-AP/releases/3.0.1/>; rel="profile"'
    return answers.dated(answer, etag, stamp.changed_at)


def _limit(given: str) -> int | None:
    if given == "all":
        return None
    if not given:
        return PAGE
    if not given.isdigit() or not 1 <= int(given) <= MOST:
        raise BadInput(both(f"Từ 1 đến {MOST}, hoặc all.", f"From 1 to {MOST}, or 'all'."), where="limit")
    return int(given)


def _pager(
    form: str, after: str, limit: int | None, shown: list[Listing], every: list[Listing]
) -> Iterator[Node]:
    """Nothing when all is on one page."""
    if limit is None or len(shown) == len(every):
        return
    base = current().url

    def link(begin: str) -> str:
        query = {"limit": limit} | ({"after": begin} if begin else {})
        return f"{base}/catalog.{form}?{urlencode(query)}"

    links = {"first": link("")}
    if shown and shown[-1].key != every[-1].key:
        links["next"] = link(shown[-1].key)
    yield describe.page(link(after), about(queries.Stamp(0, None)), len(every), links)


@require_safe
@answers.public()
def dataset(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """One dataset."""
    if form not in FORMS:
        raise NotFound
    listing, base = queries.needed(key), current().url
    etag = answers.tag("dataset", form, key, listing.version, listing.modified, base, queries.stamp().seq)
    same = answers.unchanged(request, etag, listing.modified)
    if same is not None:
        return same
    write, media_type = FORMS[form]
    answer = HttpResponse("".join(write(describe.alone(listing, base))), content_type=media_type)
    return answers.dated(answer, etag, listing.modified)
