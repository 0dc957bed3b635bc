"""``/catalog.atom`` and ``/data/{key}.atom``: the newest changes first, fifty a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from dothi.centres.opendata import queries
from dothi.centres.opendata.atom.feed import MEDIA_TYPE, Entry, Feed, document
from dothi.centres.opendata.http import answers
from dothi.centres.opendata.models import Change
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.directory import queries as directory

PAGE = 50


@require_safe
@answers.public()
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """What happened in the whole catalogue."""
    title = both("Thay đổi của danh mục dữ liệu mở", "Changes of the open data catalogue")
    return _feed(request, "", title[answers.language(request)])


@require_safe
@answers.public()
def dataset(request: HttpRequest, key: str) -> HttpResponseBase:
    """What happened to one dataset; one that was withdrawn still says so."""
    listing = queries.dataset(key) or queries.withdrawn(key)
    if listing is None:
        raise NotFound(both(f"Không có tập dữ liệu mở “{key}”.", f"There is no open dataset '{key}'."))
    return _feed(request, key, listing.title.text(answers.language(request)))


def _feed(request: HttpRequest, key: str, title: str) -> HttpResponseBase:
    before, language, base, stamp = (
        _before(request),
        answers.language(request),
        current().url,
        queries.stamp(),
    )
    etag = answers.tag("atom", key, before, stamp.seq, base, language)
    same = answers.unchanged(request, etag, stamp.changed_at)
    if same is not None:
        return same
    rows = Change.objects.all() if before is None else Change.objects.filter(id__lt=before)
    found = list((rows.filter(dataset=key) if key else rows)[: PAGE + 1])
    url = f"{base}/data/{key}.atom" if key else f"{base}/catalog.atom"
    following = f"{url}?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    updated = found[0].at if found else stamp.changed_at or now()
    here = url if before is None else f"{url}?before={before}"
    feed = Feed(here, title, _author(language), base, updated, language, following)
    body = "".join(document(feed, (_entry(each, language) for each in found[:PAGE])))
    made = HttpResponse(body, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    made["Vary"] = "Accept-Language"
    return answers.dated(made, etag, stamp.changed_at)


def _before(request: HttpRequest) -> int | None:
    given = request.GET.get("before", "")
    if given and (not given.isdecimal() or len(given) > 18):
        raise BadInput(both("“before” là một số.", "'before' is a number."), where="before")
    return int(given) if given else None


def _author(language: str) -> str:
    city = directory.unit(current().city)
    return city.full_name[language] if city else "dothi"


def _entry(change: Change, language: str) -> Entry:
    title = (change.title_en if language == "en" else change.title_vi) or change.title_vi
    return Entry(change.pk, change.dataset, change.kind, change.version, title, change.note, change.at)
