"""Harvest another catalogue over HTTP: what came of it is the answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from django.http import HttpRequest
from ninja import Router

from dothi.centres.opendata import forms
from dothi.centres.opendata.harvest.actions import Catalogue, Report, harvest
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.api import AUTH

router = Router(auth=AUTH)


@router.post("", response=forms.HarvestOut, summary="Harvest another catalogue")
def run(request: HttpRequest, body: forms.HarvestIn) -> dict[str, Any]:
    """One draft for each dataset there; ask again as often as wanted, only what differs is written."""
    by = cast(Actor, request.auth)  # type: ignore[attr-defined]
    return shown(harvest(Catalogue(**body.dict()), by=by))


def shown(report: Report) -> dict[str, Any]:
    """A report with its counts."""
    told = asdict(report)
    refused = [{"id": id, "why": why} for id, why in report.refused]
    return told | {"counts": report.counts(), "refused": refused}
