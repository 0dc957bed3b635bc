"""The way of a dataset to the public, over HTTP: one call a step."""

from __future__ import annotations

from typing import Annotated, cast

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from dothi.centres.opendata import forms, queries, rules
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.models import Publication, Step
from dothi.centres.opendata.rules import Accepted
from dothi.core.errors import NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.api import AUTH

router = Router(auth=AUTH)
Few = Annotated[int, Field(ge=1, le=200)]
_MAY_SEE = (rules.SUBMIT, rules.APPROVE, rules.PUBLISH, rules.WITHDRAW)


def _by(request: HttpRequest) -> Actor:
    return cast(Actor, request.auth)  # type: ignore[attr-defined]


def _sees(by: Actor, row: Publication) -> bool:
    return any(
        by.may(each, unit=row.unit or None, organisation=row.organisation or None) for each in _MAY_SEE
    )


def _found(request: HttpRequest, key: str) -> Publication:
    row = queries.publication(key)
    if row is None or not _sees(_by(request), row):
        raise NotFound(
            both(f"“{key}” chưa được đề nghị công bố.", f"'{key}' is not on its way to the public.")
        )
    return row


@router.get("", response=list[forms.PublicationOut], summary="Datasets on their way to the public")
def publications(
    request: HttpRequest, state: str = "", unit: str = "", after: str = "", limit: Few = 50
) -> list[Publication]:
    """Those the caller has a part in, in the order of their keys."""
    by = _by(request)
    rows = queries.publications(states=[state] if state else [], unit=unit, after=after, limit=5000)
    return [row for row in rows if _sees(by, row)][:limit]


@router.get("/{key}", response=forms.PublicationOut, summary="One dataset on its way")
def publication(request: HttpRequest, key: str) -> Publication:
    """With what the screening found."""
    return _found(request, key)


@router.get("/{key}/steps", response=list[forms.StepOut], summary="What happened to it")
def history(request: HttpRequest, key: str) -> list[Step]:
    """Newest first."""
    return queries.steps(_found(request, key).dataset)


@router.post("/{key}/prepare", response=forms.PublicationOut, summary="Begin a publication")
def prepare(request: HttpRequest, key: str) -> Publication:
    """A draft of a dataset of the warehouse."""
    return steps.prepare(key, by=_by(request))


@router.post("/{key}/submit", response=forms.PublicationOut, summary="Ask for publication")
def submit(request: HttpRequest, key: str, body: forms.SubmitIn) -> Publication:
    """Screens the rows at once; the answer says what was found."""
    accepted = [Accepted(each.column, each.kind, each.reason) for each in body.accepted]
    made = steps.submit(_found(request, key), by=_by(request), accepted=accepted, text=body.note)
    return steps.screen(made, quasi=body.quasi)


@router.post("/{key}/approve", response=forms.PublicationOut, summary="Approve a publication")
def approve(request: HttpRequest, key: str, body: forms.ReasonIn) -> Publication:
    """By the owner, never by who submitted it."""
    return steps.approve(_found(request, key), by=_by(request), text=body.reason)


@router.post("/{key}/return", response=forms.PublicationOut, summary="Send it back")
def send_back(request: HttpRequest, key: str, body: forms.ReasonIn) -> Publication:
    """To the draft, with the reason."""
    return steps.send_back(_found(request, key), reason=body.reason, by=_by(request))


@router.post("/{key}/publish", response=forms.PublicationOut, summary="Publish it")
def publish(request: HttpRequest, key: str) -> Publication:
    """The approved version, for everybody."""
    return steps.publish(_found(request, key), by=_by(request))


@router.post("/{key}/withdraw", response=forms.PublicationOut, summary="Withdraw it")
def withdraw(request: HttpRequest, key: str, body: forms.ReasonIn) -> Publication:
    """The reason is shown where the dataset was."""
    return steps.withdraw(_found(request, key), reason=body.reason, by=_by(request))


@router.post("/{key}/supersede", response=forms.PublicationOut, summary="Put another in its place")
def supersede(request: HttpRequest, key: str, body: forms.ReasonIn) -> Publication:
    """``successor`` is published already."""
    return steps.supersede(
        _found(request, key), successor=body.successor, reason=body.reason, by=_by(request)
    )


@router.post("/{key}/reopen", response=forms.PublicationOut, summary="Begin again")
def reopen(request: HttpRequest, key: str, body: forms.ReasonIn) -> Publication:
    """After it was withdrawn or superseded."""
    return steps.reopen(_found(request, key), by=_by(request), text=body.reason)
