"""Taking the reports of a file: in groups, each wholly or not at all; what is there already is not taken twice."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from dothi.centres.hotline import access
from dothi.centres.hotline.importing.converting import Brought, Rejected, convert
from dothi.centres.hotline.importing.mapping import Mapping
from dothi.centres.hotline.importing.reading import rows
from dothi.centres.hotline.models import ImportedReport
from dothi.centres.hotline.publishing import PROCEDURE
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.clock import us
from dothi.core.config import current
from dothi.core.errors import DothiError, Text, both
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases.commands import Act, Open
from dothi.kernel.cases.views import CaseView
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import action, audit
from dothi.kernel.packs import queries as packs

TOGETHER: Final = 200
ANSWERED: Final = "Đã xử lý theo dữ liệu của hệ thống nguồn."
OUTSIDE: Final = both("Ngoài địa bàn thành phố.", "It lies outside the city.")
TWICE: Final = both("Mã lặp lại trong tệp.", "Its identifier stands in the file before.")


@dataclass(slots=True)
class Imported:
    """What became of a file's rows: each was taken, there before, or rejected for a reason."""

    read: int = 0
    taken: int = 0
    before: int = 0
    rejected: Counter[str] = field(default_factory=Counter)  # the reason (en) → rows
    endings: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    report: Brought


@action(permission=access.IMPORT)
def import_reports(
    path: Path,
    mapping: Mapping,
    *,
    by: Actor,
    rejects: Path | None = None,
    dry: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Reports of another system as cases with its times; the state in which it left them.

    Idempotent by the source's name and its identifier: an import that was cut off is begun again. ``rejects``: a CSV
    with the number, the identifier and the reason of each row that was not taken. ``dry``: only says what would be
    taken. Nobody is written to: the file names no senders. Raises :class:`~dothi.core.errors.BadInput` when the
    file cannot be read.
    """
    done = Imported()
    refused: list[tuple[int, str, Text]] = []
    lines = _lines(path, mapping, done, refused)
    while group := list(islice(lines, TOGETHER)):
        fresh = _fresh(group, mapping.source, done)
        if dry:
            done.taken += len(fresh)
        elif fresh:
            _take(fresh, mapping, done, refused)
        progress(done.read)
    done.rejected.update(why["en"] for _, _, why in refused)
    if rejects is not None:
        _write(rejects, refused)
    if not dry:
        detail = {"source": mapping.source, "taken": done.taken, "rejected": len(refused)}
        audit("hotline.import", by=by, detail=detail)
    return done


def _lines(
    path: Path, mapping: Mapping, done: Imported, refused: list[tuple[int, str, Text]]
) -> Iterator[_Line]:
    known, seen = catalogue.categories(), set[str]()
    for number, row in rows(path):
        done.read += 1
        try:
            report = convert(row, mapping, known)
            if report.id in seen:
                raise Rejected(TWICE)
        except Rejected as error:
            id = next((row[name] for name in mapping.columns.id if row.get(name)), "")
            refused.append((number, id[:80], error.why))
            continue
        seen.add(report.id)
        yield _Line(number, report)


def _fresh(group: list[_Line], source: str, done: Imported) -> list[_Line]:
    ids = [line.report.id for line in group]
    there = set(
        ImportedReport.objects.filter(source=source, identifier__in=ids).values_list("identifier", flat=True)
    )
    done.before += len(there)
    return [line for line in group if line.report.id not in there]


def _take(group: list[_Line], mapping: Mapping, done: Imported, refused: list[tuple[int, str, Text]]) -> None:
    desk = packs.procedures()[PROCEDURE].agency.organisation
    placed: list[tuple[_Line, Open]] = []
    for line in group:
        unit = _unit(line.report, mapping)
        if unit is None:
            refused.append((line.number, line.report.id, OUTSIDE))
        else:
            placed.append((line, _open(line.report, unit, desk)))
    with transaction.atomic():
        opened = cases.perform([order for _, order in placed])
        made: list[tuple[Brought, CaseView]] = []
        for (line, _), result in zip(placed, opened, strict=True):
            if isinstance(result, DothiError):
                refused.append((line.number, line.report.id, _why(result)))
            else:
                made.append((line.report, result))
        for result in cases.perform(
            [step for report, case in made for step in _steps(report, case.id, desk)]
        ):
            if isinstance(result, DothiError):  # declared otherwise than this module takes it to be
                raise result
        ImportedReport.objects.bulk_create(
            ImportedReport(source=mapping.source, identifier=report.id, case=case.id) for report, case in made
        )
    done.taken += len(made)
    done.endings.update(report.ending for report, _ in made)


def _why(error: DothiError) -> Text:
    return both(error.text("vi"), error.text("en"))


def _unit(report: Brought, mapping: Mapping) -> str | None:
    """The ward the place lies in, the city where there is none; None: outside the city, which is not wanted."""
    city = current().city
    found = directory.unit_at(*report.position) if report.position else None
    if found is not None and directory.covers(city, found.code):
        return found.code
    return None if report.position and not mapping.anywhere else city


def _open(report: Brought, unit: str, desk: str | None) -> Open:
    data: dict[str, Any] = {"category": report.category, "description": report.description}
    data["place_words"] = report.address or ("—" if report.position else "")
    if report.position:
        lon, lat = report.position
        data["place"] = {"lon": lon, "lat": lat, "address": report.address, "unit": unit}
    return Open(
        procedure=PROCEDURE, data=data, by=SYSTEM, unit=unit, organisation=desk, channel=report.channel,
        position=report.position, title=catalogue.categories()[report.category].label.vi, at_us=us(report.opened),
    )  # fmt: skip


def _steps(report: Brought, case: str, desk: str | None) -> Iterable[Act]:
    """From open to where the other system left it: handed on when it was opened, ended when it was."""
    if report.closed is None:
        return
    end = us(report.closed)
    if report.ending == "withdrawn":
        yield Act(case=case, action="withdraw", by=SYSTEM, at_us=end)
    elif report.ending == "refused":
        note = report.answer or "Hệ thống nguồn chuyển nơi khác."
        yield Act(case=case, action="refuse", by=SYSTEM, note=note, at_us=end)
    else:
        to = {"responder": desk or "", "priority": "normal"}
        yield Act(case=case, action="dispatch", by=SYSTEM, data=to, at_us=us(report.opened))
        yield Act(case=case, action="accept", by=SYSTEM, at_us=us(report.opened))
        said = {"result": "done", "answer_text": report.answer or ANSWERED}
        yield Act(case=case, action="answer", by=SYSTEM, data=said, at_us=end)
        yield Act(case=case, action="close", by=SYSTEM, at_us=end)


def _write(path: Path, refused: list[tuple[int, str, Text]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "id", "reason", "lý do"])
        writer.writerows((number, id, why["en"], why["vi"]) for number, id, why in sorted(refused))
