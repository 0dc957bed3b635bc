"""Duplicates over HTTP: the queue, two records side by side, decisions, and looking anew."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.linkage import actions, queries

router = Router()
Few = Annotated[int, Field(ge=1, le=queries.PAGE_AT_MOST)]
Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]


class DecisionIn(Schema):
    """What a person found. ``chosen``: property → the side whose value the golden record takes."""

    verdict: Literal["same", "different", "undecided"]
    reason: Reason
    merge: bool = True
    winner: Literal["left", "right"] = "left"
    chosen: dict[str, Literal["left", "right"]] = Field(default_factory=dict)


class TakeBackIn(Schema):
    """Why a decision is taken back."""

    reason: Reason


@router.get("", summary="The types whose duplicates are looked for, and how far")
def types(request: HttpRequest) -> list[dict[str, Any]]:
    """Records and pairs looked at, pairs that wait."""
    return [asdict(each) for each in queries.standings(actor_of(request))]


@router.get("/{type}", summary="Pairs of records that may be one, the likeliest first")
def queue(
    request: HttpRequest,
    type: str,
    state: Literal["open", "same", "different", "undecided"] = "open",
    after: Word = "",
    limit: Few = 50,
) -> dict[str, Any]:
    """``after`` is the ``next`` of the page before."""
    return asdict(queries.queue(type, by=actor_of(request), state=state, after=after, limit=limit))


@router.post("/{type}/scan", summary="Look for duplicates now")
def scan(request: HttpRequest, type: str, full: bool = False) -> dict[str, Any]:
    """New and changed records, or all with ``full``."""
    return asdict(actions.scan(type, by=actor_of(request), full=full))


@router.get("/{type}/pairs/{int:id}", summary="Two records side by side")
def pair(request: HttpRequest, type: str, id: int, purpose: Word = "") -> dict[str, Any]:
    """Each property, how alike the two are, and which the golden record would take."""
    return asdict(queries.side_by_side(id, by=actor_of(request), purpose=purpose, type=type))


@router.post("/{type}/pairs/{int:id}/decision", summary="Say whether two records are one")
def decide(request: HttpRequest, type: str, id: int, said: DecisionIn) -> dict[str, Any]:
    """``same`` merges them unless ``merge`` is false."""
    done = actions.decide(id, by=actor_of(request), **said.dict())
    return {"id": done.pk, "state": done.state, "merge": done.merge_id}


@router.post("/{type}/pairs/{int:id}/take-back", summary="Take a decision back, and part what was merged")
def take_back(request: HttpRequest, type: str, id: int, said: TakeBackIn) -> dict[str, Any]:
    """Merged records are parted and count as different; otherwise the pair waits again."""
    done = actions.take_back(id, by=actor_of(request), reason=said.reason)
    return {"id": done.pk, "state": done.state}


@router.get("/{type}/records/{uuid:id}/origins", summary="Where each property of a record is from")
def origins(request: HttpRequest, type: str, id: UUID, purpose: Word = "") -> list[dict[str, Any]]:
    """Record, version, source, moment and actor of each property."""
    return [asdict(each) for each in queries.provenance(type, id, by=actor_of(request), purpose=purpose)]
