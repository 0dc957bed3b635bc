"""The reform of units over HTTP: convert a type, see what is asked, answer it."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.reform import actions, queries
from dothi.kernel.registers.reform.actions import ConversionReport

router = Router()
SECONDS = 20.0


class AnswerIn(Schema):
    """The unit a record lies in, one of the candidates."""

    unit: str
    reason: Annotated[str, Field(max_length=300)] = ""


def plain(report: ConversionReport) -> dict[str, Any]:
    """A report for a script."""
    return {
        "type": report.type,
        "dry_run": report.dry_run,
        "total": report.total,
        "converted": report.converted,
        "unfit": report.unfit,
        "next": report.next,
        "properties": dict(report.properties),
        "open": dict(report.open),
        "questions": [{"record": record.id, **asdict(each)} for record, each in report.questions],
    }


@router.post("/{type}/units/convert", summary="Give records the units of today")
def convert(
    request: HttpRequest, type: str, dry_run: bool = True, old_codes: bool = False, after: int = 0
) -> dict[str, Any]:
    """A report: what was (or would be) converted, and what is to be asked. ``next`` > 0: ask again after it."""
    until = time.monotonic() + SECONDS
    report = actions.convert(
        type, by=actor_of(request), dry_run=dry_run, old_codes=old_codes, after=after,
        go_on=lambda: time.monotonic() < until,
    )  # fmt: skip
    return plain(report)


@router.get("/{type}/units/questions", summary="What a person has to say after a reform of units")
def questions(request: HttpRequest, type: str, after: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """Which record, which property, the old unit and those it became; ``after``: the last id of the page before."""
    return [asdict(each) for each in queries.questions(type, by=actor_of(request), after=after, limit=limit)]


@router.post("/{type}/units/questions/{int:id}", summary="Say in which unit a record lies")
def answer(request: HttpRequest, type: str, id: int, body: AnswerIn) -> dict[str, Any]:
    """The record is revised from 1 July 2025 on."""
    done = actions.answer(id, body.unit, by=actor_of(request), reason=body.reason)
    return {"id": done.pk, "record": done.record.id, "unit": done.answer}
