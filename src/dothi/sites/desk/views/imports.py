"""Bringing files into a register: upload, columns, a look, the run, what was refused."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.imports import actions, faults_file, mapping, queries
from dothi.kernel.registers.imports.actions import require
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.types import kind, kinds
from dothi.sites.desk.reads import values
from dothi.sites.desk.views.common import desk, page
from dothi.sites.desk.views.record import day
from dothi.sites.ui.shell import language

READING = ("encoding", "delimiter", "sheet", "numbers")


def _states() -> dict[str, str]:
    return {
        "draft": _("not started"),
        "queued": _("waiting"),
        "running": _("running"),
        "done": _("done"),
        "failed": _("failed"),
        "cancelled": _("stopped on request"),
    }


@require_http_methods(["GET", "POST"])
@desk
def bring(request: HttpRequest, type: str) -> HttpResponseBase:
    """A file for a register, and the latest imports into it."""
    by, declared = actor_of(request), kind(type)
    require(by, declared)
    problem = ""
    if request.method == "POST":
        try:
            return redirect("desk:import", id=_brought(request, type, by).pk)
        except DothiError as error:
            problem = error.text(language())
    jobs = queries.jobs(type, by=by, limit=20)
    context = {"kind": declared.declared, "problem": problem, "jobs": jobs, "states": _states()}
    return page(request, "bring", context, status=400 if problem else 200)


def _brought(request: HttpRequest, type: str, by: Actor) -> ImportJob:
    file = request.FILES.get("file")
    if file is None or not file.name:
        raise BadInput(both("Hãy chọn một tệp.", "Choose a file."), where="file")
    return actions.bring(type, file.name, file.chunks(), by=by)


@require_http_methods(["GET", "POST"])
@desk
def job(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """A draft: its columns and a look at the rows. A started import: how far it is, and what came of it."""
    by = actor_of(request)
    found = queries.job(id, by=by)
    if found.state != ImportJob.DRAFT:
        return _progress(request, found)
    chosen, problem = _chosen(request, found), ""
    if request.method == "POST":
        act = (
            partial(_start, request, found, chosen, by)
            if "start" in request.POST
            else partial(_read, request, found, by)
        )
        try:
            return act()
        except DothiError as error:
            problem = error.text(language())
    return _draft(request, found, chosen, problem, by)


def _chosen(request: HttpRequest, found: ImportJob) -> dict[str, str]:
    """The mapping of the form; the suggested one on the first visit."""
    if not any(key.startswith("map.") for key in request.POST):
        return dict(found.mapping)
    return {
        key.removeprefix("map."): column
        for key, column in request.POST.items()
        if key.startswith("map.") and isinstance(column, str) and column in found.columns
    }


def _read(request: HttpRequest, found: ImportJob, by: Actor) -> HttpResponseBase:
    """Read the file in another way, or look at it with other columns."""
    wanted = {key: request.POST.get(key, "") for key in READING}
    given = {key: value for key, value in wanted.items() if value}
    if any(str(found.reading.get(key, "")) != value for key, value in given.items()):
        chosen = _chosen(request, found)
        actions.reread(found, given, by=by)
        kept = {key: column for key, column in chosen.items() if column in found.columns}
        return _draft(request, found, kept or dict(found.mapping), "", by)
    return _draft(request, found, _chosen(request, found), "", by)


def _start(request: HttpRequest, found: ImportJob, chosen: dict[str, str], by: Actor) -> HttpResponseBase:
    mode = request.POST.get("mode", ImportJob.CREATE)
    started = actions.start(
        found,
        by=by,
        mapping_=chosen,
        mode=cast(Any, mode),
        all_or_nothing="all_or_nothing" in request.POST,
        valid_from=day(request.POST.get("valid_from", ""), "valid_from"),
        reason=request.POST.get("reason", "").strip(),
        source=request.POST.get("source", "").strip(),
        again="again" in request.POST,
    )
    if started.pk != found.pk:
        messages.warning(request, _("The same file was imported the same way before; this is that import."))
    return redirect("desk:import", id=started.pk)


def _draft(
    request: HttpRequest, found: ImportJob, chosen: dict[str, str], problem: str, by: Actor
) -> HttpResponseBase:
    declared, lang = kind(found.type), language()
    mode = request.POST.get("mode", ImportJob.CREATE)
    tried = queries.preview(found, by=by, mapping=chosen, mode=mode)
    keys = [key for key in declared.properties if any(key in each.data for each in tried)]
    rows = [
        {
            "row": each.row,
            "cells": [values.shown(declared, key, each.data.get(key), lang) for key in keys],
            "fault": faults_file.said(declared, each.faults, lang),
        }
        for each in tried
    ]
    context = {
        "job": found,
        "kind": declared.declared,
        "targets": [
            (each, each.label.text(lang), chosen.get(each.key, "")) for each in mapping.targets(declared)
        ],
        "unused": [column for column in found.columns if column not in chosen.values()],
        "headings": [declared.properties[key].label.text(lang) for key in keys],
        "rows": rows,
        "wrong": sum(1 for each in tried if each.faults),
        "problem": problem,
        "form": request.POST,
        "sheets": found.reading.get("sheets", []),
    }
    return page(request, "import_draft", context, status=400 if problem else 200)


def _progress(request: HttpRequest, found: ImportJob) -> HttpResponseBase:
    lang = language()
    context = {
        "job": found,
        "kind": kind(found.type).declared,
        "state": _states().get(found.state, found.state),
        "under_way": found.state in ImportJob.OPEN,
        "error": found.error_en if lang == "en" else found.error_vi,
        "faults": [(row, en if lang == "en" else vi) for row, vi, en in queries.first_faults(found)],
        "has_file": found.faults_path.is_file(),
    }
    return page(request, "import", context)


@require_POST
@desk
def cancel(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Stop an import; what was kept stays."""
    by = actor_of(request)
    found = queries.job(id, by=by)
    actions.cancel(found, by=by)
    messages.success(request, _("The import stops after the batch under way."))
    return redirect("desk:import", id=id)


@require_GET
@desk
def refused_rows(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The refused rows as a file to mend and bring again."""
    by = actor_of(request)
    path = queries.refused_rows(queries.job(id, by=by), by=by)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"loi-{id}.csv", content_type="text/csv; charset=utf-8"
    )


@require_GET
@desk
def imports(request: HttpRequest) -> HttpResponseBase:
    """The latest imports of all registers this person may import into."""
    by = actor_of(request)
    jobs = [(each, kinds()[each.type].declared) for each in queries.jobs(by=by)]
    return page(request, "imports", {"jobs": jobs, "states": _states()})
