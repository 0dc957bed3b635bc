"""A draft tried out: every path, one by hand, and the form as a citizen would see it. Nothing of it is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dothi.centres.services.designing import trying
from dothi.centres.services.designing.models import Design
from dothi.core.errors import BadInput, Conflict, DothiError, both
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import CompiledForm, Errors, validate_form, visible_fields
from dothi.sites.casework.reads.showing import units
from dothi.sites.designer.views.common import compiled_of, design_page, designer, found
from dothi.sites.forms import posting, showing
from dothi.sites.ui.shell import language


def _ready(design: Design) -> Compiled:
    compiled = compiled_of(design)
    if compiled is None:
        raise Conflict(both("Bản nháp chưa chạy thử được: hãy sửa các lỗi.", "The draft cannot be tried yet: mend its problems."))  # fmt: skip
    return compiled


@designer
@require_GET
def paths(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Every path with its steps, time and fees."""
    design = found(request, id)
    walked = trying.every_way(_ready(design))
    return design_page(
        request, "paths", design, {"walked": walked, "ended": sum(way.done for way in walked.ways)}
    )


@designer
@require_http_methods(["GET", "POST"])
def walk(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """One path by hand: the page carries the steps taken so far, and takes them again each time."""
    design, lang = found(request, id), language()
    compiled = _ready(design)
    taken = trying.steps_of(request.POST.get("steps", ""))
    errors: Errors = {}
    told, asked = "", request.POST.get("ask", "")
    if request.POST.get("do") == "back":
        taken, asked = taken[:-1], ""
    elif request.POST.get("do") == "take":
        form = _form_of(compiled, taken, asked)
        assert isinstance(request.POST, QueryDict)
        data = posting.answers(form.fields(), request.POST) if form else {}
        step = trying.Taken(asked or "open", data, request.POST.get("outcome") or None)
        try:
            trying.stand(compiled, [*taken, step])
            taken, asked = [*taken, step], ""
        except trying.Refused as error:
            errors, told = error.errors, "" if error.errors else error.text(lang)
    try:
        here = trying.stand(compiled, taken)
    except DothiError as error:
        taken, here, told = [], trying.stand(compiled, []), error.text(lang)
    form = _form_of(compiled, taken, asked)
    data = _typed(request, form) if errors else trying.example(form) if form else {}
    fields = [each for _page, found_ in visible_fields(form, data) for each in found_] if form else []
    shown = showing.questions(fields, data, errors, lang, units=units(lang))
    return design_page(
        request, "walk", design,
        {
            "stand": here, "steps": msgspec.json.encode(taken).decode(), "asked": asked or ("open" if not taken else ""), "questions": shown,
            "faults": showing.summary_of_faults(shown, errors, lang), "refused": told,
            "asked_label": trying.label_of(compiled, asked)[lang] if asked else _("Submit the dossier"),
        },
    )  # fmt: skip


def _form_of(compiled: Compiled, taken: list[trying.Taken], asked: str) -> CompiledForm | None:
    if not taken:
        key = compiled.procedure.start.form
        return compiled.forms[key] if key else None
    return next((row.form for row in compiled.table.values() if row.key == asked and row.form), None)


def _typed(request: HttpRequest, form: CompiledForm | None) -> dict[str, Any]:
    assert isinstance(request.POST, QueryDict)
    return posting.answers(form.fields(), request.POST) if form else {}


@designer
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The form to submit, one thing a page, as a citizen would see it; the answers travel in the page only."""
    design, lang = found(request, id), language()
    compiled = _ready(design)
    key = compiled.procedure.start.form
    if key is None:
        raise Conflict(both("Thủ tục này không có biểu mẫu nộp.", "This procedure has no form to submit."))
    declared = compiled.forms[key]
    data, number = _carried(request), _number(request)
    errors: Errors = {}
    if request.method == "POST":
        assert isinstance(request.POST, QueryDict)
        pages = visible_fields(declared, data)
        asked = pages[min(number, len(pages) - 1)][1] if pages else []
        own = {each.key for each in asked}
        data = {name: value for name, value in data.items() if name not in own} | posting.answers(asked, request.POST)  # fmt: skip
        step = posting.step(request.POST)
        if step is not None:
            data = posting.rows_changed(data, step)
        elif request.POST.get("do") == "back":
            number = max(0, number - 1)
        else:
            _cleaned, wrong = validate_form(declared, data)
            errors = {where: text for where, text in wrong.items() if where.partition(".")[0].partition("[")[0] in own}  # fmt: skip
            number += not errors
    pages = visible_fields(declared, data)
    done = number >= len(pages)
    shown = [] if done else showing.questions(pages[number][1], data, errors, lang, units=units(lang))
    return design_page(
        request, "form", design,
        {
            "number": number, "count": len(pages), "page_label": "" if done else pages[number][0].declared.label.text(lang), "questions": shown,
            "faults": showing.summary_of_faults(shown, errors, lang), "carried": msgspec.json.encode(data).decode(), "done": done,
            "sections": showing.summary(declared, data, lang, units=dict(units(lang))) if done else [],
        },
        status=422 if errors else 200,
    )  # fmt: skip


def _carried(request: HttpRequest) -> dict[str, Any]:
    try:
        return msgspec.json.decode(request.POST.get("carried", "") or "{}", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadInput(both("Không đọc được các câu trả lời.", "The answers cannot be read.")) from error


def _number(request: HttpRequest) -> int:
    given = request.POST.get("number", "0")
    return min(int(given), 200) if given.isascii() and given.isdecimal() and len(given) < 5 else 0
