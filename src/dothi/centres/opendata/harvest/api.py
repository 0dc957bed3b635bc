"""Harvest another catalogue over HTTP: asked for, then looked at until it is done."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from dothi.centres.opendata import forms
from dothi.centres.opendata.harvest import runs
from dothi.centres.opendata.harvest.actions import Catalogue
from dothi.centres.opendata.models import HarvestRun
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.api import AUTH

router = Router(auth=AUTH)


def _by(request: HttpRequest) -> Actor:
    return cast(Actor, request.auth)  # type: ignore[attr-defined]


@router.post("", response={202: forms.HarvestOut}, summary="Have another catalogue harvested")
def ask(request: HttpRequest, body: forms.HarvestIn) -> Status[dict[str, Any]]:
    """One draft for each dataset there; ask again as often as wanted, only what differs is written.

    Worked off in the background: look at ``/harvests/{id}`` until ``state`` is ``succeeded`` or ``failed``.
    """
    return Status(202, shown(runs.ask(Catalogue(**body.dict()), by=_by(request))))


@router.get("", response=list[forms.HarvestOut], summary="The latest harvests")
def latest(request: HttpRequest) -> list[dict[str, Any]]:
    """Newest first."""
    return [shown(each) for each in runs.runs(_by(request))]


@router.get("/{id}", response=forms.HarvestOut, summary="One harvest")
def one(request: HttpRequest, id: str) -> dict[str, Any]:
    """How far it is, what came of it, or why not."""
    return shown(runs.needed(id, by=_by(request)))


@router.post("/{id}/again", response={202: forms.HarvestOut}, summary="Try a failed harvest again")
def again(request: HttpRequest, id: str) -> Status[dict[str, Any]]:
    """Only one that failed."""
    by = _by(request)
    return Status(202, shown(runs.again(runs.needed(id, by=by), by=by)))


def shown(run: HarvestRun) -> dict[str, Any]:
    """A harvest with what came of it."""
    lists = ("added", "changed", "same", "kept", "gone", "refused")
    told = {name: run.report.get(name, []) for name in (*lists, "sources")}
    plain = {
        "id": str(run.pk), "state": run.state, "url": run.url, "seen": run.seen, "attempts": run.attempts,
        "error": {"vi": run.error_vi, "en": run.error_en},
    }  # fmt: skip
    refused = [{"id": id, "why": why} for id, why in told["refused"]]
    return plain | told | {"counts": {name: len(told[name]) for name in lists}, "refused": refused}
