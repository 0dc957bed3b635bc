"""Entering, revising, correcting and ending records, with forms made from their schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.directory.snapshot import today
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers import actions, merging, queries
from dothi.kernel.registers.access import WRITE, needed
from dothi.kernel.registers.seen import Seen
from dothi.kernel.registers.types import Kind, kind
from dothi.sites.desk.reads import fields
from dothi.sites.desk.views.common import desk, page
from dothi.sites.desk.views.record import day
from dothi.sites.ui.shell import language


@require_http_methods(["GET", "POST"])
@desk
def create(request: HttpRequest, type: str) -> HttpResponseBase:
    """A new record."""
    by, declared = actor_of(request), kind(type)
    if not by.may_somewhere(needed(WRITE, declared)):
        by.require(needed(WRITE, declared))
    made = fields.fields(declared, {}, language())
    told: list[tuple[str, str]] = []
    if request.method == "POST":
        said = fields.changes(declared, made, request.POST, language())
        try:
            done = actions.create(
                type,
                {key: value for key, value in said.items() if value is not None},
                by=by,
                valid_from=day(request.POST.get("valid_from", ""), "valid_from"),
                reason=request.POST.get("reason", "").strip()[:300],
                source=request.POST.get("source", "").strip()[:300],
            )
            messages.success(request, _("The record was entered."))
            return redirect("desk:record", type=type, id=done.id)
        except DothiError as error:
            told = _told(made, error)
    return _form(request, declared, "create", made, told, None)


@require_http_methods(["GET", "POST"])
@desk
def change(request: HttpRequest, type: str, id: UUID, how: str) -> HttpResponseBase:
    """``revise``: different from a day on. ``correct``: recorded wrongly. Masked properties stay as they are."""
    by, declared = actor_of(request), kind(type)
    purpose = request.POST.get("purpose", request.GET.get("purpose", ""))[:60]
    shown = queries.get(type, id, by=by, purpose=purpose)
    by.require(needed(WRITE, declared), unit=shown.unit or None)
    made = fields.fields(declared, shown.data, language(), shown.masked)
    told: list[tuple[str, str]] = []
    if request.method == "POST":
        said = fields.changes(declared, made, request.POST, language())
        try:
            _changed(how, shown, said, request.POST, by)
            messages.success(request, _("The change was recorded."))
            return redirect("desk:record", type=type, id=id)
        except DothiError as error:
            told = _told(made, error)
    return _form(request, declared, how, made, told, shown, purpose)


def _changed(how: str, shown: Seen, said: Mapping[str, Any], post: Mapping[str, Any], by: Actor) -> None:
    different = {key: value for key, value in said.items() if value != shown.data.get(key)}
    if not different:
        raise BadInput(both("Chưa có gì thay đổi.", "Nothing was changed."))
    reason, source = str(post.get("reason", "")), str(post.get("source", ""))[:300]
    if how == "correct":
        wide = "throughout" in post
        actions.correct(shown.id, different, by=by, reason=reason, source=source, throughout=wide)
        return
    begins = _begins(post)
    actions.revise(shown.id, different, valid_from=begins, by=by, reason=reason, source=source)


def _begins(post: Mapping[str, Any]) -> date:
    found = day(str(post.get("valid_from", "")), "valid_from")
    if found is None:
        raise BadInput(both("Hãy ghi ngày bắt đầu.", "Give the first day."), where="valid_from")
    return found


@require_http_methods(["GET", "POST"])
@desk
def end(request: HttpRequest, type: str, id: UUID) -> HttpResponseBase:
    """From a day on nothing holds any more."""
    by, declared = actor_of(request), kind(type)
    shown = queries.get(type, id, by=by)
    by.require(needed(WRITE, declared), unit=shown.unit or None)
    told: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            actions.end(id, on=_begins(request.POST), by=by, reason=request.POST.get("reason", ""))
            messages.success(request, _("The record was ended."))
            return redirect("desk:record", type=type, id=id)
        except DothiError as error:
            told = _told([], error)
    return _form(request, declared, "end", [], told, shown)


@require_POST
@desk
def part(request: HttpRequest, type: str, id: UUID, merge: int) -> HttpResponseBase:
    """Two records were merged by mistake: they are parted again."""
    try:
        done = merging.unmerge(merge, by=actor_of(request), reason=request.POST.get("reason", ""))
    except DothiError as error:
        messages.error(request, error.text(language()))
        return redirect("desk:record", type=type, id=id)
    if done.restored:
        messages.success(request, _("The two records are parted again."))
    else:
        messages.warning(
            request, _("The two are parted. This record was changed since the merge: look at what is whose.")
        )
    return redirect("desk:record", type=type, id=id)


def _told(made: list[fields.Field], error: DothiError) -> list[tuple[str, str]]:
    problems = error.members.get("problems")
    if problems:
        return fields.blame(made, problems, language())
    own = next((each for each in made if each.key == error.where), None)
    if own is not None:
        own.faults.append(error.text(language()))
    return [(own.key if own is not None else "", error.text(language()))]


def _form(
    request: HttpRequest, declared: Kind, how: str, made: list[fields.Field], told: list[tuple[str, str]],
    shown: Seen | None, purpose: str = "",
) -> HttpResponseBase:  # fmt: skip
    titles = {
        "create": _("Enter a record"),
        "revise": _("Revise: it is different from a day on"),
        "correct": _("Correct: it was recorded wrongly"),
        "end": _("End: nothing holds from a day on"),
    }
    context = {
        "kind": declared.declared,
        "how": how,
        "title": titles[how],
        "fields": made,
        "told": told,
        "record": shown,
        "today": today(),
        "form": request.POST,
        "purpose": purpose,
        "masked": [declared.properties[key].label.text(language()) for key in shown.masked] if shown else [],
    }
    return page(request, "form", context, status=400 if told else 200)
