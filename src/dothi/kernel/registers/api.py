"""The registers over HTTP: types, records as the reader may see them, changes of them, the feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from dothi.core.clock import from_us
from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers import actions, bulk, finding, merging, migrating, queries, readings, retaining
from dothi.kernel.registers.bodies import (
    BulkIn,
    ChangeOut,
    CorrectionIn,
    DisposalIn,
    Done,
    EndIn,
    HistoryOut,
    LinkOut,
    MergeIn,
    PageOut,
    ReadingOut,
    ReasonIn,
    RecordIn,
    RevisionIn,
    SeenOut,
)
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.reform.api import router as reform
from dothi.kernel.registers.seen import Seen
from dothi.kernel.registers.types import Kind, kind

router = Router()
router.add_router("", reform)
Few = Annotated[int, Field(ge=1, le=finding.PAGE_AT_MOST)]
Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Wheres = Annotated[list[str], Query(description="property:operator:value; eq, ge, le, in (values by commas)")]
_ORDERS = Literal["num", "name"]


def _summary(each: Kind) -> dict[str, Any]:
    declared = each.declared
    return {
        "key": each.key,
        "label": {"vi": declared.label.vi, "en": declared.label.en},
        "plural": {"vi": declared.plural.vi, "en": declared.plural.en},
        "group": declared.group,
        "version": declared.version,
        "open": declared.access.open,
        "geometry": declared.geometry,
        "indexed": list(declared.indexed),
        "identifiers": [identifier.key for identifier in declared.identifiers],
        "purposes": [
            {"key": purpose.key, "label": {"vi": purpose.label.vi, "en": purpose.label.en}}
            for purpose in declared.access.purposes
        ],
    }


@router.get("/types", auth=None, summary="The record types this reader may see something of")
def types(request: HttpRequest) -> list[dict[str, Any]]:
    """Key, names, purposes, what lists are filtered by."""
    return [_summary(each) for each in queries.visible_kinds(actor_of(request))]


@router.get("/types/{type}", auth=None, summary="One record type with its JSON Schema")
def one_type(request: HttpRequest, type: str) -> dict[str, Any]:
    """Declarations are public."""
    declared = kind(type)
    return {**_summary(declared), "schema": declared.declared.schema}


@router.get("/{type}/records", auth=None, response=PageOut, summary="A page of records")
def list_records(
    request: HttpRequest,
    type: str,
    where: Wheres = [],  # noqa: B006  ninja reads the default and never changes it
    unit: Word = "",
    bbox: Word = "",
    state: Literal["active", "ended", "future", "merged"] = "active",
    order: _ORDERS = "num",
    purpose: Word = "",
    case: Word = "",
    after: Word = "",
    limit: Few = 50,
) -> finding.Page:
    """Along the order, filtered; ``after`` is the ``next`` of the page before."""
    return finding.page(
        type,
        by=actor_of(request),
        purpose=purpose,
        where=[_where(each) for each in where],
        unit=unit,
        bbox=_bbox(bbox),
        state=state,
        order=order,
        after=after,
        limit=limit,
        case=case,
    )


def _where(text: str) -> tuple[str, Any, Any]:
    parts = text.split(":", 2)
    if len(parts) != 3:
        wrong = both("Viết where=thuộc_tính:eq:giá_trị.", "Write where=property:eq:value.")
        raise BadInput(wrong, where="where")
    return parts[0], parts[1], parts[2].split(",") if parts[1] == "in" else parts[2]


def _bbox(text: str) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        wrong = both("Viết bbox=tây,nam,đông,bắc.", "Write bbox=west,south,east,north.")
        raise BadInput(wrong, where="bbox") from None
    return west, south, east, north


@router.get("/{type}/search", auth=None, response=PageOut, summary="Records by words or by an identifier")
def search(
    request: HttpRequest,
    type: str,
    q: Word,
    unit: Word = "",
    purpose: Word = "",
    case: Word = "",
    limit: Few = 50,
) -> finding.Page:
    """With or without diacritics; the likeliest first."""
    return finding.search(type, q, by=actor_of(request), purpose=purpose, unit=unit, limit=limit, case=case)


@router.get(
    "/{type}/by/{scheme}/{value}", auth=None, response=SeenOut, summary="The record with an identifier"
)
def by_identifier(
    request: HttpRequest, type: str, scheme: str, value: Word, purpose: Word = "", case: Word = ""
) -> Seen:
    """However the identifier is written."""
    return queries.by_identifier(type, scheme, value, by=actor_of(request), purpose=purpose, case=case)


@router.get("/{type}/records/{id}", auth=None, response=SeenOut, summary="One record")
def get(
    request: HttpRequest,
    type: str,
    id: UUID,
    purpose: Word = "",
    known_on: datetime | None = None,
    valid_on: date | None = None,
    case: Word = "",
) -> Seen:
    """On a day (today), as it was known at a moment (now)."""
    moment = _moment(known_on)
    return queries.get(
        type, id, by=actor_of(request), purpose=purpose, known_on=moment, valid_on=valid_on, case=case
    )


def _moment(known_on: datetime | None) -> datetime | None:
    if known_on is not None and known_on.tzinfo is None:
        wrong = both("known_on cần múi giờ, ví dụ 2026-11-22T07:00:00Z.", "known_on needs a zone, such as 2026-11-22T07:00:00Z.")  # fmt: skip
        raise BadInput(wrong, where="known_on")
    return known_on


@router.get("/{type}/records/{id}/history", auth=None, response=HistoryOut, summary="A record through time")
def history(
    request: HttpRequest,
    type: str,
    id: UUID,
    purpose: Word = "",
    known_on: datetime | None = None,
    case: Word = "",
) -> queries.History:
    """All its days, and everything recorded of it."""
    moment = _moment(known_on)
    return queries.history(type, id, by=actor_of(request), purpose=purpose, known_on=moment, case=case)


@router.get("/{type}/records/{id}/links", auth=None, response=list[LinkOut], summary="What it is linked with")
def links(request: HttpRequest, type: str, id: UUID, purpose: Word = "") -> list[queries.Linked]:
    """The records it names, then those that name it."""
    return queries.links(type, id, by=actor_of(request), purpose=purpose)


@router.get("/{type}/records/{id}/readings", response=list[ReadingOut], summary="Who read its personal data")
def read_by(
    request: HttpRequest, type: str, id: UUID, before: int | None = None, limit: Few = 100
) -> list[dict[str, Any]]:
    """The latest first."""
    found = readings.of(type, id, by=_by(request), before=before, limit=limit)
    return [
        {
            "id": each.pk,
            "at": from_us(each.at_us),
            "actor": each.actor,
            "purpose": each.purpose,
            "how": each.how,
            "fields": each.fields.split(),
            "case": each.case,
        }
        for each in found
    ]


def _by(request: HttpRequest) -> Actor:
    return actor_of(request)


def _record(type: str, id: UUID) -> Record:
    found = Record.objects.filter(id=id, type=type).first()
    if found is None:
        raise NotFound(both("Không có hồ sơ này.", "There is no such record."))
    return found


@router.post("/{type}/records", response={201: Done}, summary="A new record")
def create(request: HttpRequest, type: str, body: RecordIn) -> Status[Any]:
    """Refused with every fault of its data."""
    made = actions.create(
        type,
        body.data,
        by=_by(request),
        valid_from=body.valid_from,
        reason=body.reason,
        source=body.source,
    )
    return Status(201, {"id": made.id, "seq": made.current or 0})


@router.patch("/{type}/records/{id}", response=Done, summary="What is different from a day on")
def revise(request: HttpRequest, type: str, id: UUID, body: RevisionIn) -> dict[str, Any]:
    """Earlier days keep what they said."""
    version = actions.revise(_record(type, id), by=_by(request), **_given(body))
    return {"id": id, "seq": version.seq}


@router.post("/{type}/records/{id}/correct", response=Done, summary="What was recorded wrongly")
def correct(request: HttpRequest, type: str, id: UUID, body: CorrectionIn) -> dict[str, Any]:
    """The days stay; what was known before is still known to have been."""
    version = actions.correct(_record(type, id), by=_by(request), **_given(body))
    return {"id": id, "seq": version.seq}


@router.post("/{type}/records/{id}/end", response=Done, summary="From a day on nothing holds")
def end(request: HttpRequest, type: str, id: UUID, body: EndIn) -> dict[str, Any]:
    """The record stays, and its identifiers."""
    version = actions.end(_record(type, id), by=_by(request), **_given(body))
    return {"id": id, "seq": version.seq}


def _given(body: Schema) -> Mapping[str, Any]:
    return body.dict()


@router.post("/{type}/records/{id}/merge", response={201: dict[str, Any]}, summary="Two records are one")
def merge(request: HttpRequest, type: str, id: UUID, body: MergeIn) -> Status[Any]:
    """The one in the path stays."""
    loser = _record(type, body.loser)
    done = merging.merge(
        _record(type, id), loser, by=_by(request), reason=body.reason, data=body.data, origins=body.origins
    )
    return Status(201, {"merge": done.pk})


@router.post("/merges/{key}/undo", summary="Two records were not one")
def unmerge(request: HttpRequest, key: int, body: ReasonIn) -> dict[str, Any]:
    """``restored`` is false when the winner was changed since, and a person should look at it."""
    result = merging.unmerge(key, by=_by(request), reason=body.reason)
    return {"merge": result.merge.pk, "restored": result.restored}


@router.post("/{type}/bulk", summary="Some thousands of records at once")
def load(request: HttpRequest, type: str, body: BulkIn) -> dict[str, Any]:
    """What became of the rows; those refused with their number (from 0) and all that is wrong in them."""
    report = bulk.bulk(type, by=_by(request), **_given(body))
    found = asdict(report)
    found["errors"] = [
        {"row": each.row, "problems": [{"where": f.where, "code": f.code, **f.text} for f in each.faults]}
        for each in report.errors
    ]
    return found


@router.post("/{type}/migrate", summary="Bring records to the declared schema")
def migrate(request: HttpRequest, type: str, dry_run: bool = True) -> dict[str, Any]:
    """A report: how many were (or would be) migrated, what changes, which do not fit and why."""
    report = migrating.migrate_schema(type, by=_by(request), dry_run=dry_run)
    return {
        "version": report.version,
        "dry_run": report.dry_run,
        "total": report.total,
        "migrated": report.migrated,
        "properties": report.properties,
        "unfit": [
            {"id": each.id, "problems": [{"where": f.where, **f.text} for f in each.faults]}
            for each in report.unfit[:1_000]
        ],
        "unfit_total": len(report.unfit),
    }


@router.get("/{type}/changes", response=list[ChangeOut], summary="The feed of changes")
def changes(request: HttpRequest, type: str, after: int = 0, limit: Few = 1_000) -> list[queries.Change]:
    """What was recorded after a number, in order."""
    return queries.changes(type, after, limit, by=_by(request))


@router.get("/{type}/retention", summary="Records kept longer than declared")
def retention(request: HttpRequest, type: str, after: UUID | None = None, limit: Few = 100) -> dict[str, Any]:
    """The rule, and the records it lets go; ``after``: the last id of the page before."""
    rule = kind(type).declared.retention
    found = retaining.due(type, by=_by(request), after=after, limit=limit)
    declared = None if rule is None else {"years": rule.years, "after": rule.after, "basis": {"vi": rule.basis.vi, "en": rule.basis.en}}  # fmt: skip
    return {"rule": declared, "due": [asdict(each) for each in found]}


@router.post("/{type}/retention/dispose", summary="Let go what these records said")
def dispose(request: HttpRequest, type: str, body: DisposalIn) -> dict[str, Any]:
    """Only records whose time is over; with the decision that says so. It cannot be taken back."""
    return {"disposed": retaining.dispose(type, body.ids, by=_by(request), decision=body.decision)}
