"""What the addresses of ``/sdmx`` answer."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from dothi.centres.opendata import queries
from dothi.centres.opendata.http import answers
from dothi.centres.opendata.sdmx import codes, messages, observations
from dothi.centres.opendata.sdmx import structure as told
from dothi.centres.opendata.sdmx.flows import AGENCY, VERSION, Flow, flow, key_of
from dothi.core.clock import now
from dothi.core.errors import NotFound, both

_ALL = ("all", "", "latest", "*")
_PREFIXES = {"datastructure": "DSD_", "conceptscheme": "CS_"}


@require_safe
@answers.public(cost=2)
def structure(
    request: HttpRequest, what: str, agency: str = "", id: str = "", version: str = ""
) -> HttpResponseBase:
    """Dataflows, data structures, code lists, concept schemes; ``references`` brings what belongs to them."""
    if (agency or "all") not in (*_ALL, AGENCY, "SDMX") or (version or "all") not in (*_ALL, VERSION):
        raise _nothing()
    stamp = queries.stamp()
    etag = answers.tag("sdmx", request.path, request.GET.urlencode(), stamp.seq)
    same = answers.unchanged(request, etag, stamp.changed_at)
    if same is not None:
        return same
    wanted = _wanted(what, id or "all", request.GET.get("references", "none") != "none")
    at = stamp.changed_at or now()
    made = answers.streamed(told.document(wanted, at), told.MEDIA_TYPE)
    return answers.dated(made, etag, stamp.changed_at)


def _wanted(what: str, id: str, related: bool) -> told.Wanted:
    if what == "agencyscheme":
        return told.Wanted(agencies=True)
    flows = _flows(what, id)
    every = related or what == "structure"
    coded = every or what in ("datastructure", "codelist")
    return told.Wanted(
        flows=flows if every or what == "dataflow" else (),
        structures=flows if every or what == "datastructure" else (),
        concepts=flows if every or what == "conceptscheme" else (),
        codelists={each.id: (each, codes.codelists(each)) for each in flows} if coded else {},
        lists=every or what == "codelist",
        only_list=id if what == "codelist" and id not in _ALL else "",
    )


def _flows(what: str, id: str) -> tuple[Flow, ...]:
    """The dataflows an id of a dataflow, structure, concept scheme or code list stands for."""
    if id in _ALL:
        return tuple(made for each in queries.published() if (made := flow(each)) is not None)
    name = id.removeprefix(_PREFIXES.get(what, ""))
    if what == "codelist":
        owners = [each for each in _flows("", "all") if id.startswith(f"CL_{each.id}_")]
        owners.sort(key=lambda each: len(each.id))
        if not owners:
            raise _nothing()
        return (owners[-1],)
    return (_needed(name),)


def _needed(id: str) -> Flow:
    listing = queries.dataset(key_of(id))
    made = None if listing is None else flow(listing)
    if made is None:
        raise _nothing()
    return made


def _nothing() -> NotFound:
    return NotFound(both("Không có cấu trúc SDMX này.", "There is no such SDMX structure."))


@require_safe
@answers.public(cost=5)
def data(request: HttpRequest, flow: str, key: str = "", provider: str = "") -> HttpResponseBase:
    """Observations, as generic or structure-specific data, CSV or JSON: what ``Accept`` (or ``format=``) names."""
    found = _needed(flow.split(",")[1] if flow.count(",") else flow)
    asked = observations.asked(
        found, key or "all", request.GET.get("startPeriod", ""), request.GET.get("endPeriod", "")
    )
    form, at = _form(request), found.listing.modified
    etag = answers.tag(
        "sdmx",
        form,
        request.headers.get("Accept", ""),
        request.path,
        request.GET.urlencode(),
        found.listing.version,
        at,
    )
    same = answers.unchanged(request, etag, at)
    if same is not None:
        return same
    rows = observations.observations(found, asked)
    made: HttpResponseBase
    if form == "json":
        language = answers.language(request)
        document = messages.document(found, rows, codes.codelists(found), at, language)
        if "-wd" in request.headers.get("Accept", ""):
            document, media = messages.draft(document), messages.JSON_DRAFT
        else:
            media = messages.JSON
        made = HttpResponse(msgspec.json.encode(document), content_type=media)
    elif form == "csv":
        made = answers.streamed(messages.table(found, rows), messages.CSV)
    elif form == "specific":
        made = answers.streamed(messages.specific(found, rows, at), messages.SPECIFIC)
    else:
        made = answers.streamed(messages.generic(found, rows, at), messages.GENERIC)
    made["Vary"] = "Accept, Accept-Language"
    return answers.dated(made, etag, at)


def _form(request: HttpRequest) -> str:
    """``xml``, ``specific``, ``csv`` or ``json``; of the two in XML the one that is named first."""
    accepted = (request.GET.get("format") or request.headers.get("Accept", "")).lower()
    named = {
        form: place
        for form, word in (("specific", "structurespecificdata"), ("xml", "generic"))
        if (place := accepted.find(word)) >= 0
    }
    if named:
        return min(named, key=lambda form: named[form])
    return next((form for form in ("csv", "json") if form in accepted), "xml")
