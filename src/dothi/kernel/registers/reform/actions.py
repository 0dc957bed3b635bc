"""Bringing records to the units of today, batch by batch, and answering what only a person knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from dothi.core.clock import now_us
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.directory.source import REFORM
from dothi.kernel.events.actions import record as tell
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.registers import keeping, rules
from dothi.kernel.registers.access import MIGRATE, WRITE, needed, require
from dothi.kernel.registers.keeping import EVENT, Stated, Why
from dothi.kernel.registers.models import Record, UnitQuestion, Version
from dothi.kernel.registers.reform.rehoming import Rehoming
from dothi.kernel.registers.reform.rules import Question, counted, days
from dothi.kernel.registers.schemas import brought_up
from dothi.kernel.registers.types import kind

AT_ONCE: Final = 500
KEPT: Final = 1_000
SOURCE: Final = "reform:2025-07-01"
REASON: Final = "Đơn vị hành chính mới từ 1/7/2025"


@dataclass(slots=True)
class ConversionReport:
    """What a conversion did, or (``dry_run``) would do. ``next`` > 0: it was stopped; go on after that number.

    ``properties``: in how many segments each changes. ``open``: questions by reason; ``questions`` holds the first.
    """

    type: str
    dry_run: bool
    total: int = 0
    converted: int = 0
    unfit: int = 0
    next: int = 0
    properties: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    questions: list[tuple[Record, Question]] = field(default_factory=list)


def convert(
    type: str,
    *,
    by: Actor,
    dry_run: bool = False,
    old_codes: bool = False,
    after: int = 0,
    go_on: Callable[[], bool] = lambda: True,
) -> ConversionReport:
    """Give every record of ``type`` the units and addresses of today, from 1 July 2025 on. May be run again.

    ``old_codes``: records of before were brought later with codes of the old order (a code that both orders know is
    otherwise old only if it was recorded before the reform). ``go_on`` false stops between two batches.
    """
    declared = kind(type)
    by.require(needed(MIGRATE, declared))
    run = _Run(Rehoming(declared, old_codes=old_codes), ConversionReport(type, dry_run), by)
    if not run.rehoming.properties:
        return run.report
    for nums in _batches(type, after):
        if not go_on():
            break
        run.report.next = nums[-1]
        if dry_run:
            run.batch(nums)
        else:
            _converted(run, nums, by=by)
    else:
        run.report.next = 0
    if run.report.converted and not dry_run:
        _say(run.report, by)
    return run.report


def _batches(type: str, last: int) -> Iterator[list[int]]:
    found = (
        Record.objects.filter(type=type).exclude(state__in=(Record.MERGED, Record.DISPOSED)).order_by("num")
    )
    while nums := list(found.filter(num__gt=last).values_list("num", flat=True)[:AT_ONCE]):
        yield nums
        last = nums[-1]


@action(
    permission=None,
    name="registers.convert_units",
    subject=lambda run, *_, **__: f"register:{run.report.type}",
)
def _converted(run: _Run, nums: list[int], *, by: Actor) -> None:
    """One batch, one transaction."""
    keeping.lock()
    before = run.report.converted
    run.batch(nums)
    note(records=len(nums), converted=run.report.converted - before)


@transaction.atomic
def _say(report: ConversionReport, by: Actor) -> None:
    data = {"type": report.type, "converted": report.converted, "open": dict(report.open)}
    tell(f"{EVENT}.units-converted", subject=f"register:{report.type}", data=data, actor=by.reference)


class _Run:
    """One conversion at work."""

    def __init__(self, rehoming: Rehoming, report: ConversionReport, by: Actor) -> None:
        self.rehoming, self.report, self.kind = rehoming, report, rehoming.kind
        self.why = Why(by, REASON, SOURCE)

    def batch(self, nums: list[int]) -> None:
        told: dict[int, list[Stated]] = {num: [] for num in nums}
        for version in Version.objects.filter(record__in=nums).order_by("seq"):
            told[version.record_id].append(keeping.stated(version))
        answers: dict[int, dict[str, str]] = {}
        for each in UnitQuestion.objects.filter(record__in=nums).exclude(answer=""):
            answers.setdefault(each.record_id, {})[each.property] = each.answer
        for record in Record.objects.filter(num__in=nums).order_by("num"):
            self.report.total += 1
            self.one(record, told[record.pk], answers.get(record.pk, {}))

    def one(self, record: Record, told: list[Stated], answers: dict[str, str]) -> None:
        """Every segment the reform reaches; a record is taken over as a whole or not at all."""
        new: list[tuple[rules.Segment[Stated], dict[str, Any]]] = []
        questions: dict[str, Question] = {}
        for segment in rules.timeline(told):
            if days(segment.valid_from, segment.valid_to, REFORM) is None:
                continue
            data = brought_up(self.kind, segment.version.data or {}, segment.version.schema)
            done = self.rehoming.take(data, segment, answers)
            questions |= {each.property: each for each in done.questions}
            if changed := counted(data, done.data, self.rehoming.properties):
                self.report.properties.update(changed)
                new.append((segment, done.data))
        self._ask(record, questions)
        if any(self.kind.faults(data) for _, data in new):
            self.report.unfit += 1
        elif new:
            self.report.converted += 1
            self._write(record, new)

    def _write(self, record: Record, new: list[tuple[rules.Segment[Stated], dict[str, Any]]]) -> None:
        if self.report.dry_run:
            return
        for segment, data in new:
            span = days(segment.valid_from, segment.valid_to, REFORM)
            assert span is not None
            origins = segment.version.origins
            version = keeping.add(record, Version.REVISE, span, data, self.why, origins=origins)
        keeping.settle(record)
        fields = sorted({key for segment, data in new for key in counted(
            segment.version.data or {}, data, self.rehoming.properties)})  # fmt: skip
        keeping.say("revised", record, version, self.why, fields=fields)

    def _ask(self, record: Record, questions: dict[str, Question]) -> None:
        self.report.open.update(each.why for each in questions.values())
        for each in questions.values():
            if len(self.report.questions) < KEPT:
                self.report.questions.append((record, each))
        if self.report.dry_run:
            return
        there = UnitQuestion.objects.filter(record=record, answer="")
        there.exclude(property__in=questions).delete()
        for each in questions.values():
            facts = {
                "type": record.type, "why": each.why, "old": each.old, "candidates": list(each.candidates),
                "suggested": each.suggested,
            }  # fmt: skip
            UnitQuestion.objects.update_or_create(record=record, property=each.property, defaults=facts)


@action(
    permission=None, subject=lambda question, *_, **__: f"unit-question:{getattr(question, 'pk', question)}"
)
def answer(question: UnitQuestion | int, unit: str, *, by: Actor, reason: str = "") -> UnitQuestion:
    """The record lies in ``unit`` (one of the candidates): its property, and what follows from it, is revised."""
    keeping.lock()
    key = question.pk if isinstance(question, UnitQuestion) else question
    found = UnitQuestion.objects.select_for_update().filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có câu hỏi này.", "There is no such question."))
    record = keeping.held(found.record)
    keeping.unmerged(record)
    declared = kind(record.type)
    require(by, WRITE, declared, [record.unit])
    if found.answer:
        raise Conflict(both("Câu hỏi này đã được trả lời.", "This question is answered already."))
    if unit not in found.candidates:
        raise BadInput(
            both("Hãy chọn một trong các đơn vị được nêu.", "Choose one of the units named."), where="unit"
        )
    found.answer, found.answered_us, found.answered_by = unit, now_us(), by.reference[:80]
    found.save()
    run = _Run(Rehoming(declared, old_codes=True), ConversionReport(record.type, dry_run=False), by)
    run.why = Why(by, reason.strip() or REASON, SOURCE)
    run.batch([record.pk])
    note(property=found.property, unit=unit)
    return found
