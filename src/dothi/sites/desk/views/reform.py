"""After a reform of units: convert the records of a register, and say where those of divided wards lie."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dothi.core.errors import DothiError
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import audit
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.access import MIGRATE, READ, needed
from dothi.kernel.registers.reform import actions, queries
from dothi.kernel.registers.reform.actions import ConversionReport
from dothi.kernel.registers.types import Kind, kind
from dothi.sites.desk.views.common import desk, number, page
from dothi.sites.ui.shell import language

PAGE, SECONDS = 20, 20.0


@require_http_methods(["GET", "POST"])
@desk
def units(request: HttpRequest, type: str) -> HttpResponseBase:
    """The open questions; a POST tries or runs the conversion, or answers one question."""
    by, declared = actor_of(request), kind(type)
    report: ConversionReport | None = None
    if request.method == "POST" and "question" in request.POST:
        return _answered(request, type, by)
    if request.method == "POST":
        until = time.monotonic() + SECONDS
        report = actions.convert(
            type, by=by, dry_run="apply" not in request.POST, old_codes="old_codes" in request.POST,
            after=number(request.POST.get("after", "")), go_on=lambda: time.monotonic() < until,
        )  # fmt: skip
    shown = queries.questions(type, by=by, after=number(request.GET.get("after", "")), limit=PAGE + 1)
    context: dict[str, Any] = {
        "kind": declared.declared,
        "questions": [_line(declared, each) for each in shown[:PAGE]],
        "next": shown[PAGE - 1].id if len(shown) > PAGE else 0,
        "waiting": queries.waiting(type),
        "report": report,
        "open": _reasons(report) if report else [],
        "old_codes": "old_codes" in request.POST,
        "may_convert": by.may(needed(MIGRATE, declared)),
        "whole_city": by.may(needed(READ, declared)),
    }
    return page(request, "units", context)


def _line(declared: Kind, each: queries.Asked) -> dict[str, Any]:
    return {
        "asked": each,
        "end": str(each.record)[-6:],
        "property": declared.properties[each.property].label.text(language()),
        "old": each.old_name[language()],
        "why": _words()[each.why],
        "choices": [(one, one.name[language()]) for one in each.choices],
    }


def _words() -> dict[str, str]:
    return {
        "divided": _("divided among several units"),
        "unknown": _("no unit has this code"),
        "unread": _("the address names no ward"),
    }


def _reasons(report: ConversionReport) -> list[tuple[str, int]]:
    return [(_words()[why], count) for why, count in sorted(report.open.items())]


def _answered(request: HttpRequest, type: str, by: Actor) -> HttpResponseBase:
    try:
        actions.answer(number(request.POST["question"]), request.POST.get("unit", ""), by=by)
        messages.success(request, _("The record was revised."))
    except DothiError as error:
        messages.error(request, error.text(language()))
    return redirect("desk:units", type)


@require_GET
@desk
def report(request: HttpRequest, type: str) -> HttpResponseBase:
    """The open questions as a file."""
    by, text = actor_of(request), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(queries.HEADINGS)
    writer.writerows(queries.lines(type, by=by))
    audit("registers.units_report", by=by, subject=f"register:{type}")
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{type}-units.csv"'
    return answer
