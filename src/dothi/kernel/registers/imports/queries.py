"""Imports as those see them who may import: the newest first; a look at what a mapping gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from dothi.core.errors import Forbidden, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import audit
from dothi.kernel.registers.access import IMPORT, needed
from dothi.kernel.registers.imports.actions import require
from dothi.kernel.registers.imports.mapping import Mapper
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.readers.registry import open_table
from dothi.kernel.registers.rows import Sifter
from dothi.kernel.registers.types import kind, kinds
from dothi.kernel.registers.validation import Fault

PREVIEWED = 100


def _theirs(job: ImportJob, by: Actor) -> bool:
    """Files hold personal data: whoever brought one sees it, and those who may import everywhere."""
    return by.kind == "system" or by.may(needed(IMPORT, kind(job.type))) or (
        bool(by.account) and job.account == by.account
    )  # fmt: skip


def job(id: UUID | str, *, by: Actor) -> ImportJob:
    """One import; raises :class:`NotFound` for one that is not there or not theirs."""
    found = ImportJob.objects.filter(pk=id).first()
    if found is None or found.type not in kinds():
        raise NotFound(both("Không có lần nhập này.", "There is no such import."))
    require(by, kind(found.type))
    if not _theirs(found, by):
        raise Forbidden(both("Tệp này do người khác gửi.", "Somebody else brought this file."))
    return found


def jobs(type: str = "", *, by: Actor, before: UUID | None = None, limit: int = 50) -> list[ImportJob]:
    """Imports this reader may see, the newest first; ``before``: only older ones."""
    allowed = [
        key for key, each in kinds().items() if by.may_somewhere(needed(IMPORT, each)) and type in ("", key)
    ]
    found = ImportJob.objects.filter(type__in=allowed)
    if before is not None:
        found = found.filter(pk__lt=before)  # ids grow with time
    mine = (each for each in found.order_by("-pk").iterator(chunk_size=200) if _theirs(each, by))
    return list(islice(mine, max(1, min(limit, 200))))


@dataclass(frozen=True, slots=True)
class Tried:
    """A row as it would be kept, or what is wrong with it. ``row`` counts from 1."""

    row: int
    cells: Sequence[Any]
    data: Mapping[str, Any]
    faults: Sequence[Fault]


def preview(
    job: ImportJob, *, by: Actor, mapping: Mapping[str, str] | None = None, mode: str = "", limit: int = 20
) -> list[Tried]:
    """The first rows as a mapping makes them, with all that would be refused."""
    require(by, kind(job.type))
    declared, table = kind(job.type), open_table(job.path, job.format, job.reading)
    chosen = job.mapping if mapping is None else mapping
    known = {key: column for key, column in chosen.items() if column in table.columns}
    mapper = Mapper(declared, table.columns, known, job.reading.get("numbers", "vi"))
    cells = list(islice(table.rows(0), min(limit, PREVIEWED)))
    rows = [mapper.row(each) for each in cells]
    sifter = Sifter(declared, by, (mode or job.mode) == ImportJob.UPSERT)
    sifter.sift(0, rows)
    sifter.compare()
    faults = {each.row: each.faults for each in sifter.errors}
    datas = [each if isinstance(each, dict) else each.data for each in rows]
    return [Tried(index + 1, cells[index], data, faults.get(index, ())) for index, data in enumerate(datas)]


def refused_rows(job: ImportJob, *, by: Actor) -> Path:
    """The file of refused rows; who fetches it is in the audit. Raises :class:`NotFound` when there is none."""
    if not job.faults_path.is_file():
        raise NotFound(both("Không có tệp lỗi.", "There is no file of refused rows."))
    audit("registers.imports.refused_rows", by=by, subject=job.reference, detail={"failed": job.failed})
    return job.faults_path


def first_faults(job: ImportJob, limit: int = 20) -> Iterator[tuple[str, str, str]]:
    """Row number and what is wrong (vi, en) of the first refused rows."""
    import csv

    if job.faults_path.is_file():
        with job.faults_path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            next(rows, None)
            for row in islice(rows, limit):
                yield row[-3], row[-2], row[-1]
