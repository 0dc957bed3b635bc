"""Imports over HTTP: bring a file, try a mapping, start, follow, fetch what was refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from dothi.core.errors import BadInput, both
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.imports import actions, queries
from dothi.kernel.registers.imports.models import ImportJob

router = Router()


class JobOut(Schema):
    """An import as it is now. ``total`` is about how many rows the file has."""

    id: UUID
    type: str
    file: str
    format: str
    size: int
    digest: str
    columns: list[str]
    reading: dict[str, Any]
    mapping: dict[str, str]
    mode: str
    all_or_nothing: bool
    state: str
    phase: str
    total: int
    checkpoint: int
    checked: int
    created: int
    revised: int
    unchanged: int
    failed: int
    first_seq: int
    last_seq: int
    undone: bool
    error: dict[str, str] | None
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def resolve_error(job: ImportJob) -> dict[str, str] | None:
        return both(job.error_vi, job.error_en) if job.error_vi else None


class ReadingIn(Schema):
    """How a file is to be read; what is left out is recognised."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    numbers: Literal["", "vi", "en"] = ""


class TryIn(Schema):
    """A mapping to try: target → column; none: the one suggested."""

    mapping: dict[str, str] | None = None
    mode: Literal["create", "upsert"] = "create"
    limit: int = 20


class StartIn(Schema):
    """How to import. ``again``: although the same file was imported the same way before."""

    mapping: dict[str, str] | None = None
    mode: Literal["create", "upsert"] = "create"
    all_or_nothing: bool = False
    valid_from: date | None = None
    reason: str = ""
    source: str = ""
    simulated: bool = False
    again: bool = False


@router.get("", response=list[JobOut], summary="The latest imports")
def jobs(
    request: HttpRequest, type: str = "", before: UUID | None = None, limit: int = 50
) -> list[ImportJob]:
    """Those this reader may see, the newest first."""
    return queries.jobs(type, by=actor_of(request), before=before, limit=limit)


@router.post("/{type}/files", response={201: JobOut}, summary="Bring a file")
def bring(
    request: HttpRequest,
    type: str,
    file: File[UploadedFile],
    options: Form[ReadingIn] = ReadingIn(),  # noqa: B008
) -> Status[Any]:
    """Its columns and a suggested mapping; nothing is imported yet."""
    given = {key: value for key, value in options.dict().items() if value}
    if not file.name:
        raise BadInput(both("Tệp cần có tên.", "The file needs a name."), where="file")
    return Status(201, actions.bring(type, file.name, file.chunks(), by=actor_of(request), options=given))


@router.get("/{id}", response=JobOut, summary="One import")
def job(request: HttpRequest, id: UUID) -> ImportJob:
    """Its state and how far it is."""
    return queries.job(id, by=actor_of(request))


@router.post("/{id}/preview", summary="Try a mapping")
def preview(request: HttpRequest, id: UUID, body: TryIn) -> list[dict[str, Any]]:
    """The first rows as they would be kept, with what is wrong."""
    by = actor_of(request)
    tried = queries.preview(
        queries.job(id, by=by), by=by, mapping=body.mapping, mode=body.mode, limit=body.limit
    )
    return [
        {"row": each.row, "data": each.data, "problems": [{"where": f.where, "code": f.code, **f.text} for f in each.faults]}
        for each in tried
    ]  # fmt: skip


@router.post("/{id}/start", response={202: JobOut}, summary="Start the import")
def start(request: HttpRequest, id: UUID, body: StartIn) -> Status[Any]:
    """Worked off in the background; the earlier import when the same file was imported the same way."""
    by = actor_of(request)
    given = body.dict()
    chosen = given.pop("mapping")
    return Status(202, actions.start(queries.job(id, by=by), by=by, mapping_=chosen, **given))


@router.post("/{id}/cancel", response=JobOut, summary="Stop the import")
def cancel(request: HttpRequest, id: UUID) -> ImportJob:
    """After the batch under way; what was kept stays."""
    by = actor_of(request)
    return actions.cancel(queries.job(id, by=by), by=by)


@router.get("/{id}/errors.csv", summary="The refused rows")
def errors(request: HttpRequest, id: UUID) -> FileResponse:
    """Their own columns and what is wrong with them: to be mended and brought again."""
    by = actor_of(request)
    path = queries.refused_rows(queries.job(id, by=by), by=by)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"loi-{id}.csv", content_type="text/csv"
    )


def plain(job: ImportJob) -> dict[str, Any]:
    """An import for a script."""
    return JobOut.from_orm(job).model_dump(mode="json")
