"""Cases over HTTP: open, act, lists, timeline. A case's secret in the header ``Case-Secret`` acts as its applicant.

Every command takes ``Idempotency-Key``; ``ETag`` is the case's revision and ``If-Match`` refuses a change of a case
that is not as the caller saw it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, File, Header, Query, Router, Schema, Status
from ninja.files import UploadedFile

from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.cases import actions, documents, procedures, queries
from dothi.kernel.cases.bodies import (
    ActIn,
    CaseOut,
    CountsOut,
    Lat,
    LineOut,
    LoadOut,
    Lon,
    NearOut,
    OfferOut,
    OpenIn,
    PageOut,
    ProcedureOut,
    Word,
    case_out,
    page_out,
)
from dothi.kernel.cases.filters import OPEN_PHASES, Filter
from dothi.kernel.cases.models import Document
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of

router = Router(auth=None)
Few = Annotated[int, Field(ge=1, le=queries.PAGE_AT_MOST)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200, pattern=r"^[^\x00]+$")]
Match = Annotated[str | None, Header(alias="If-Match", max_length=40)]
Micros = Annotated[int, Field(ge=0, lt=1 << 62)]


class Asked(Schema):
    """What a list is narrowed by; several values of one are joined by commas."""

    kinds: Word = ""
    procedures: Word = ""
    states: Word = ""
    phases: Literal["open", "done", "all"] = "open"
    unit: Word = ""
    organisation: Word = ""
    assignee: Word = ""
    mine: bool = False
    due_before: Micros | None = None
    late: bool | None = None
    q: Word = ""
    bbox: Word = ""
    opened_from: Micros | None = None
    opened_to: Micros | None = None
    priority: Annotated[int, Field(ge=-100, le=100)] | None = None
    order: Literal["due", "opened", "changed"] = "due"

    def filter(self, by: Actor) -> Filter:
        """As the queries take it. ``mine``: cases this actor applied for."""
        phases = {"open": OPEN_PHASES, "done": ("done",), "all": ()}[self.phases]
        assignee = by.reference if self.assignee == "me" else self.assignee
        return Filter(
            kinds=_split(self.kinds),
            procedures=_split(self.procedures),
            states=_split(self.states),
            phases=phases,
            unit=self.unit,
            organisation=self.organisation,
            assignee=assignee,
            applicant=f"account:{by.account or by.id}" if self.mine else "",
            due_before=self.due_before,
            late=self.late,
            text=self.q,
            box=_box(self.bbox),
            opened_from=self.opened_from,
            opened_to=self.opened_to,
            priority=self.priority,
            order=self.order,
        )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _box(text: str) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        wrong = both("Viết bbox=tây,nam,đông,bắc.", "Write bbox=west,south,east,north.")
        raise BadInput(wrong, where="bbox") from None
    if not all(-1000 < each < 1000 for each in (west, south, east, north)):
        raise BadInput(both("Tọa độ tính bằng độ.", "Coordinates are in degrees."), where="bbox")
    return west, south, east, north


def _actor(request: HttpRequest, case: str) -> Actor:
    """Who asks about a case: the holder of its secret, else whoever is signed in."""
    secret = request.headers.get("Case-Secret")
    return queries.by_link(case, secret)[1] if secret else actor_of(request)


def _rev(match: str | None) -> int | None:
    if match is None or match.strip() == "*":
        return None
    text = match.strip().removeprefix("W/").strip('"')
    if not text.isdecimal() or len(text) > 9:
        raise BadInput(
            both("If-Match là ETag của hồ sơ.", "If-Match is the ETag of the case."), where="If-Match"
        )
    return int(text)


def _answer(found: CaseView, response: HttpResponse, by: Actor) -> dict[str, Any]:
    response["ETag"] = f'"{found.rev}"'
    response["Cache-Control"] = "private, no-cache"
    return case_out(queries.shown(found, by))


@router.get("/procedures", response=list[ProcedureOut], summary="The procedures that can be asked for")
def list_procedures(request: HttpRequest) -> list[dict[str, Any]]:
    """Declarations are public."""
    return [procedures.summary(each) for each in procedures.all_published()]


@router.get("/procedures/{key}", response=dict[str, Any], summary="One procedure with its forms and states")
def one_procedure(request: HttpRequest, key: Word) -> dict[str, Any]:
    """The published version."""
    plain: dict[str, Any] = msgspec.to_builtins(procedures.published(key))
    return plain


@router.get("/inbox", response=PageOut, summary="A page of a list of cases")
def inbox(
    request: HttpRequest, asked: Annotated[Asked, Query()], after: Word = "", limit: Few = 50
) -> dict[str, Any]:
    """Open cases by due time unless asked otherwise."""
    by = actor_of(request)
    return page_out(queries.inbox(asked.filter(by), by=by, after=after, limit=limit))


@router.get("/counts", response=CountsOut, summary="How many cases a list has, up to a limit")
def counts(request: HttpRequest, asked: Annotated[Asked, Query()]) -> queries.Counts:
    """1001 means more than 1000."""
    by = actor_of(request)
    return queries.counts(asked.filter(by), by=by)


@router.get("/search", response=PageOut, summary="Cases by code or words")
def search(request: HttpRequest, q: Word, limit: Few = 50) -> dict[str, Any]:
    """With or without diacritics; the newest first."""
    return page_out(queries.search(q, by=actor_of(request), limit=limit))


@router.get("/near", response=list[NearOut], summary="Cases around a point")
def near(
    request: HttpRequest,
    lon: Lon,
    lat: Lat,
    metres: Annotated[float, Field(gt=0, le=5000)] = 200,
    days: Annotated[float, Field(gt=0, le=3660)] = 30,
    kinds: Word = "",
    limit: Few = 50,
) -> list[dict[str, Any]]:
    """Those this reader may see, the nearest first."""
    by = actor_of(request)
    found = queries.near((lon, lat), metres, by=by, days=days, kinds=_split(kinds), limit=limit)
    return [{"metres": each.metres, "case": case_out(queries.shown(each.case, by))} for each in found]


@router.get("/workload", response=list[LoadOut], summary="Open work by organisation, unit or person")
def workload(
    request: HttpRequest,
    of: Literal["organisation", "unit", "assignee"] = "organisation",
    unit: Word = "",
    organisation: Word = "",
) -> list[queries.Load]:
    """The most late first."""
    return queries.workload(actor_of(request), of=of, unit=unit, organisation=organisation)


@router.post("", response={201: CaseOut}, summary="Open a case")
def open_case(
    request: HttpRequest, response: HttpResponse, body: OpenIn, key: Key = None
) -> Status[dict[str, Any]]:
    """By the procedure's published version; what is wrong with the form is said by field."""
    by = actor_of(request)
    found = actions.open_case(
        body.procedure,
        data=body.data,
        answers=body.answers,
        by=by,
        applicant=body.applicant,
        unit=body.unit or None,
        organisation=body.organisation or None,
        channel="api" if by.kind == "token" else "web",
        position=body.position,
        title=body.title,
        note=body.note,
        secret=body.secret,
        key=key,
    )
    response["Location"] = f"/api/cases/{found.id}"
    # Whoever opened it sees what they wrote.
    response["ETag"] = f'"{found.rev}"'
    return Status(201, case_out(found))


@router.get("/{case}", response=CaseOut, summary="One case")
def one(request: HttpRequest, response: HttpResponse, case: Word) -> dict[str, Any]:
    """By id or code."""
    by = _actor(request, case)
    return _answer(queries.get(case, by=by), response, by)


@router.get("/{case}/timeline", response=list[LineOut], summary="What happened to a case")
def timeline(
    request: HttpRequest, case: Word, public: bool = False, lang: Literal["vi", "en"] = "vi"
) -> list[dict[str, Any]]:
    """Oldest first; applicants see what is public."""
    found = queries.timeline(case, by=_actor(request, case), public=public, language=lang)
    return [msgspec.to_builtins(line) for line in found]


@router.get("/{case}/actions", response=list[OfferOut], summary="What this reader could do with a case")
def offered(request: HttpRequest, case: Word) -> list[dict[str, Any]]:
    """And why not what they cannot."""
    return [msgspec.to_builtins(each) for each in queries.available(case, by=_actor(request, case))]


@router.post("/{case}/actions/{action}", response=CaseOut, summary="Do something with a case")
def act(
    request: HttpRequest,
    response: HttpResponse,
    case: Word,
    action: Word,
    body: ActIn,
    key: Key = None,
    match: Match = None,
) -> dict[str, Any]:
    """An action of the procedure, or ``task.<key>``."""
    by = _actor(request, case)
    found = queries.get(case, by=by)
    done = actions.act(found.num, action, by=by, data=body.data, note=body.note, rev=_rev(match), key=key)
    return _answer(done, response, by)


class DocumentOut(Schema):
    """A document of a case, its current version."""

    id: UUID
    kind: str
    name: str
    media_type: str
    size: int
    state: Literal["quarantine", "clean", "refused"]
    version: int


def _document(row: Document) -> dict[str, Any]:
    version = row.versions.get(version=row.current)
    return {
        "id": row.id, "kind": row.key, "name": version.name, "media_type": version.media_type,
        "size": version.size, "state": version.state, "version": version.version,
    }  # fmt: skip


@router.post("/{case}/documents", response={201: DocumentOut}, summary="Add a document to a case")
def add_document(
    request: HttpRequest, case: Word, kind: Word, file: File[UploadedFile], key: Key = None
) -> Status[dict[str, Any]]:
    """Of one of the procedure's kinds, or ``other``; checked by its content."""
    by = _actor(request, case)
    found = queries.get(case, by=by)
    row = documents.add_document(found.num, kind, file.chunks(), name=file.name or "file", by=by, key=key)
    return Status(201, _document(row))


@router.get("/{case}/documents/{document}", summary="The content of a document")
def document(request: HttpRequest, case: Word, document: Word) -> StreamingHttpResponse:
    """The current version, to be saved; never shown by the browser as a page of ours."""
    try:
        id = UUID(document)
    except ValueError:
        raise NotFound from None
    version, file = documents.open_document(id, by=_actor(request, case))
    answer = FileResponse(file, as_attachment=True, filename=version.name, content_type=version.media_type)
    answer["Content-Length"] = str(version.size)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
