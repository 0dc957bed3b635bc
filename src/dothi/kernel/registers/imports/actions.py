"""Bringing a file, starting, stopping and forgetting its import."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec
from django.db import transaction

from dothi.core.errors import BadInput, Conflict, TooLarge, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.registers.access import IMPORT, needed
from dothi.kernel.registers.imports import life, mapping
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.readers.registry import format_of, open_table
from dothi.kernel.registers.keeping import EVENT
from dothi.kernel.registers.types import Kind, kind

LARGEST = 2 << 30
_LOOKED_AT = 1_000


def require(by: Actor, declared: Kind) -> None:
    """Raise unless ``by`` may import records of this type in some unit; each row asks for its own again."""
    permission = needed(IMPORT, declared)
    if not by.may_somewhere(permission):
        by.require(permission)


@action(permission=None, subject=lambda type, **_: f"register:{type}")
def bring(
    type: str,
    name: str,
    chunks: Iterable[bytes],
    *,
    by: Actor,
    options: Mapping[str, Any] | None = None,
) -> ImportJob:
    """Keep a file, read its columns and suggest which fills what; nothing is imported yet.

    ``options``: ``encoding``, ``delimiter``, ``sheet``, ``numbers``. Raises :class:`BadInput` for what cannot be read.
    """
    declared = kind(type)
    require(by, declared)
    format = format_of(name)
    job = ImportJob(type=type, file=Path(name).name[-200:], format=format, **_asked_by(by))
    try:
        job.size, job.digest = _kept(job.path, chunks)
        read(job, options or {})
        job.save(force_insert=True)
    except BaseException:
        shutil.rmtree(job.folder, ignore_errors=True)
        raise
    note(file=job.file, digest=job.digest, size=job.size)
    return job


def _asked_by(by: Actor) -> dict[str, Any]:
    within = None if by.within is None else [[g.pattern, g.unit, g.organisation] for g in by.within]
    return {"actor": by.reference[:80], "account": by.account or "", "within": within}


def _kept(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise TooLarge(both("Tệp lớn hơn 2 GiB.", "The file is larger than 2 GiB."), where="file")
            digest.update(chunk)
            target.write(chunk)
    return size, digest.hexdigest()


def read(job: ImportJob, options: Mapping[str, Any]) -> None:
    """Read the columns (again) and suggest a mapping."""
    declared, table = kind(job.type), open_table(job.path, job.format, options)
    job.columns, job.total = table.columns, table.total
    job.mapping = mapping.suggest(declared, table.columns)
    looked = list(islice(table.rows(0), _LOOKED_AT))
    numbers = options.get("numbers") or mapping.numbers_of(declared, table.columns, job.mapping, looked)
    job.reading = {**table.reading, "numbers": numbers}


@action(permission=None)
def reread(job: ImportJob, options: Mapping[str, Any], *, by: Actor) -> ImportJob:
    """Read a file that was not started yet in another way: its encoding, delimiter, sheet or numbers."""
    require(by, kind(job.type))
    _still_a_draft(job)
    read(job, options)
    job.save()
    return job


@action(permission=None)
def start(
    job: ImportJob,
    *,
    by: Actor,
    mapping_: Mapping[str, str] | None = None,
    mode: Literal["create", "upsert"] = "create",
    all_or_nothing: bool = False,
    valid_from: date | None = None,
    reason: str = "",
    source: str = "",
    simulated: bool = False,
    again: bool = False,
) -> ImportJob:
    """Queue the import. The same file with the same mapping is imported once: the earlier import is given back.

    ``again`` imports it nevertheless. Raises :class:`BadInput` for a mapping that cannot work.
    """
    declared = kind(job.type)
    require(by, declared)
    _still_a_draft(job)
    chosen = dict(job.mapping if mapping_ is None else mapping_)
    mapping.check(declared, job.columns, chosen)
    if mode not in (ImportJob.CREATE, ImportJob.UPSERT):
        raise BadInput(both("Chọn thêm mới hoặc cập nhật.", "Choose create or upsert."), where="mode")
    fingerprint = _fingerprint(job, chosen, mode)
    same = ImportJob.objects.filter(fingerprint=fingerprint, state__in=(*ImportJob.OPEN, ImportJob.DONE))
    earlier = same.filter(undone=False).exclude(pk=job.pk).order_by("made_at").first()
    if earlier is not None and not again:
        note(same_as=str(earlier.pk))
        return earlier
    _queue(job, mapping=chosen, mode=mode, all_or_nothing=all_or_nothing, valid_from=valid_from, reason=reason[:300],
           source=source[:300], simulated=simulated, fingerprint=fingerprint, **_asked_by(by))  # fmt: skip
    note(file=job.file, mode=mode, mapping=chosen)
    data = {"type": job.type, "file": job.digest, "mode": mode}
    record(f"{EVENT}.import-started", subject=job.reference, data=data, actor=by.reference)
    return job


def _queue(job: ImportJob, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(job, name, value)
    job.state = ImportJob.QUEUED
    job.save()


def _fingerprint(job: ImportJob, chosen: Mapping[str, str], mode: str) -> str:
    said = msgspec.json.encode(
        [job.type, job.digest, sorted(chosen.items()), mode, sorted(map(str, job.reading.items()))]
    )
    return hashlib.sha256(said).hexdigest()


def _still_a_draft(job: ImportJob) -> None:
    if job.state != ImportJob.DRAFT:
        raise Conflict(both("Lần nhập này đã bắt đầu.", "This import was started already."))


@action(permission=None)
def cancel(job: ImportJob, *, by: Actor) -> ImportJob:
    """Stop after the batch under way; what was kept stays."""
    require(by, kind(job.type))
    with transaction.atomic():
        held = ImportJob.objects.select_for_update().get(pk=job.pk)
        if held.state == ImportJob.RUNNING:
            held.cancel_asked = True
            held.save(update_fields=["cancel_asked"])
        elif held.state in (ImportJob.DRAFT, ImportJob.QUEUED):
            life.end(held, ImportJob.CANCELLED)
        else:
            raise Conflict(both("Lần nhập này đã kết thúc.", "This import has ended."))
    return held


def forget_files(job: ImportJob) -> None:
    """Delete the files of an import that ended long ago; its row stays."""
    shutil.rmtree(job.folder, ignore_errors=True)
