"""Open data over HTTP, for everybody: search, changes, requests, error reports, the gallery, subscriptions."""

from __future__ import annotations

from typing import Annotated, Any, cast

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from pydantic import Field

from dothi.centres.opendata import asked, forms, queries, rules
from dothi.centres.opendata.actions import asking, subscriptions
from dothi.centres.opendata.api_publishing import router as publishing
from dothi.centres.opendata.casework import Sent
from dothi.centres.opendata.catalogue.find import ORDERS, Box, Order
from dothi.centres.opendata.catalogue.listing import Listing, facts
from dothi.centres.opendata.catalogue.rendered import Rendered
from dothi.centres.opendata.catalogue.segment import FACETS
from dothi.centres.opendata.distributions import distributions
from dothi.centres.opendata.harvest.api import router as harvests
from dothi.centres.opendata.http.readers import reader
from dothi.centres.opendata.models import Change, DataRequest, ErrorReport, Reuse, Subscription
from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.kernel.identity.access import Actor

router = Router(auth=reader)
router.add_router("/publications", publishing)
router.add_router("/harvests", harvests)
Page = Annotated[int, Field(ge=1, le=1000)]
Few = Annotated[int, Field(ge=1, le=200)]


def _by(request: HttpRequest) -> Actor:
    return cast(Actor, request.auth)  # type: ignore[attr-defined]


def shown(listing: Listing) -> dict[str, Any]:
    """A dataset as the API gives it: its description and the forms it can be had in."""
    base = current().url
    forms_ = [
        {"key": each.key, "format": each.format, "media_type": each.media_type, "url": each.url(base)}
        for each in distributions(listing)
    ]
    return facts(listing) | {"page": f"{base}/data/{listing.key}", "distributions": forms_}


_rendered = Rendered(shown)


@router.get("/datasets", response=forms.FoundOut, summary="Search open datasets")
def search(
    request: HttpRequest,
    q: str = "",
    bbox: str = "",
    order: str = "",
    after: str | None = None,
    limit: Page = 20,
) -> HttpResponse:
    """Words with or without diacritics; facets as further parameters (``theme=ENVI&theme=TRAN&format=CSV``)."""
    if order and order not in ORDERS:
        raise BadInput(both(f"Có: {', '.join(ORDERS)}.", f"There are: {', '.join(ORDERS)}."), where="order")
    wanted = {name: request.GET.getlist(name) for name in FACETS if name in request.GET}
    page = queries.find(
        q, wanted, box(bbox), order=cast(Order, order) if order else None, after=after, limit=limit
    )
    found = {
        "matched": page.matched,
        "datasets": [_rendered(each) for each in page.listings],
        "facets": {name: _labelled(name, counts) for name, counts in page.facets.items()},
        "next": page.next,
    }
    return HttpResponse(msgspec.json.encode(found), content_type="application/json")


def _labelled(facet: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": dict(queries.label(facet, value)), "count": n}
        for value, n in list(counts.items())[:50]
    ]


def box(text: str) -> Box | None:
    """``west,south,east,north`` in degrees; raises :class:`BadInput`."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(
            both("Khung là tây,nam,đông,bắc.", "A box is west,south,east,north."), where="bbox"
        ) from None
    return west, south, east, north


@router.get("/datasets/{key}", summary="One open dataset")
def dataset(request: HttpRequest, key: str) -> dict[str, Any]:
    """Its description and the forms it can be had in."""
    return shown(queries.needed(key))


@router.get("/changes", response=list[forms.ChangeOut], summary="What happened in the catalogue")
def changes(request: HttpRequest, dataset: str = "", after: int = 0, limit: Few = 50) -> list[Change]:
    """Newest first; ``after``: only what is newer than this change."""
    return queries.changes(dataset=dataset, after=after, limit=limit)


@router.get("/requests", response=list[forms.RequestOut], summary="What others asked for")
def requests(
    request: HttpRequest, state: str = "", q: str = "", after: str = "", limit: Few = 50
) -> list[DataRequest]:
    """Newest first."""
    return asked.requests(states=[state] if state else [], q=q, after=after, limit=limit)


@router.post("/requests", response={201: forms.RequestSentOut}, summary="Ask for data that is not published")
def ask(request: HttpRequest, body: forms.RequestIn) -> Status[DataRequest]:
    """The question is shown to everybody; name and address are not. Followed at ``/c/track/<code>``."""
    return Status(201, _sent(asking.ask_for_data(by=_by(request), **body.dict())))


def _sent(sent: Sent) -> Any:
    row: Any = sent.row
    row.code, row.secret = sent.code, sent.secret or ""
    return row


@router.post("/requests/{key}/support", response=forms.RequestOut, summary="Want this data as well")
def support(request: HttpRequest, key: str) -> DataRequest:
    """Once for each account."""
    return asking.support(asked.one(DataRequest, key), by=_by(request))


@router.post("/requests/{key}/answer", response=forms.RequestOut, summary="Answer a request")
def answer(request: HttpRequest, key: str, body: forms.AnswerIn) -> DataRequest:
    """``accepted``, ``declined`` (with why) or ``answered``."""
    return asking.answer_request(
        asked.one(DataRequest, key),
        state=body.state,
        answer=body.answer,
        dataset=body.dataset,
        by=_by(request),
    )


@router.post("/reports", response={201: forms.ReportSentOut}, summary="Report an error in a dataset")
def report(request: HttpRequest, body: forms.ReportIn) -> Status[ErrorReport]:
    """Becomes a case of the unit that answers for the dataset. Followed at ``/c/track/<code>``."""
    given = body.dict()
    return Status(201, _sent(asking.report_error(given.pop("dataset"), by=_by(request), **given)))


@router.get("/reports", response=list[forms.ReportFullOut], summary="Error reports to answer")
def reports(
    request: HttpRequest, dataset: str = "", state: str = "", after: str = "", limit: Few = 50
) -> list[ErrorReport]:
    """Those the caller answers for, newest first."""
    return asked.reports(
        _by(request), dataset=dataset, states=[state] if state else [], after=after, limit=limit
    )


@router.post("/reports/{key}/answer", response=forms.ReportFullOut, summary="Answer an error report")
def answer_report(request: HttpRequest, key: str, body: forms.AnswerIn) -> ErrorReport:
    """``in-review``, ``confirmed``, ``mended``, ``explained`` or ``declined`` (the last three with an answer)."""
    found = asked.one(ErrorReport, key)
    return asking.answer_report(
        found, state=body.state, answer=body.answer, mended_in=body.mended_in, by=_by(request)
    )


@router.get("/reuses", response=list[forms.ReuseOut], summary="What was made with the data")
def reuses(
    request: HttpRequest, dataset: str = "", kind: str = "", after: str = "", limit: Few = 50
) -> list[Reuse]:
    """The gallery, newest first."""
    return asked.gallery(dataset=dataset, kind=kind, after=after, limit=limit)


@router.post("/reuses", response={201: forms.ReuseOut}, summary="Show what you made")
def propose(request: HttpRequest, body: forms.ReuseIn) -> Status[Reuse]:
    """Appears in the gallery once it was looked at."""
    return Status(201, asking.propose_reuse(by=_by(request), **body.dict()))


@router.post("/reuses/{key}/judge", response=forms.ReuseOut, summary="Show or hide a reuse")
def judge(request: HttpRequest, key: str, body: forms.JudgeIn) -> Reuse:
    """For who looks after the gallery."""
    return asking.judge_reuse(asked.one(Reuse, key), show=body.show, reason=body.reason, by=_by(request))


@router.post("/subscriptions", response={201: forms.SubscribedOut}, summary="Follow the catalogue")
def subscribe(request: HttpRequest, body: forms.SubscribeIn) -> Status[dict[str, str]]:
    """One dataset, a theme, a publisher, or everything. Who subscribed before gets the same answer and no secret."""
    by = _by(request)
    made = subscriptions.subscribe(by=by, **body.dict())
    mine = by.known and made.account == rules.person(by)
    return Status(
        201, {"state": made.state if mine else "unconfirmed", "secret": made.secret if mine else ""}
    )


@router.get("/subscriptions", response=list[forms.SubscriptionOut], summary="What I follow")
def mine(request: HttpRequest) -> list[Subscription]:
    """Empty for nobody in particular."""
    return asked.subscriptions(_by(request))


@router.post("/subscriptions/confirm", response={204: None}, summary="Confirm an e-mail address")
def confirm(request: HttpRequest, body: forms.TokenIn) -> Status[None]:
    """With the token of the letter."""
    subscriptions.confirm(body.token, by=_by(request))
    return Status(204, None)


@router.post("/subscriptions/leave", response={204: None}, summary="Stop following, by the link of a notice")
def leave(request: HttpRequest, body: forms.TokenIn) -> Status[None]:
    """With the token of any notice."""
    subscriptions.leave(body.token, by=_by(request))
    return Status(204, None)


@router.delete("/subscriptions/{key}", response={204: None}, summary="Stop following")
def unsubscribe(request: HttpRequest, key: str) -> Status[None]:
    """One's own."""
    subscriptions.unsubscribe(asked.one(Subscription, key), by=_by(request))
    return Status(204, None)
