"""Boundaries: what was imported, and importing a file with a report of every feature."""

from __future__ import annotations

import re
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dothi.core.clock import iso, now, parse_iso
from dothi.kernel.directory import queries
from dothi.kernel.directory.actions import import_boundaries
from dothi.kernel.directory.boundaries import FeatureProblem, Report
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of, require
from dothi.sites.admin.access import UNITS, UNITS_WRITE
from dothi.sites.admin.forms import BoundariesForm
from dothi.sites.admin.reads import units as reads
from dothi.sites.admin.views.common import page

SESSION_KEY = "administration_boundaries"
KEPT_PROBLEMS = 500


@never_cache
@require_http_methods(["GET", "POST"])
@require(UNITS)
def boundaries(request: HttpRequest) -> HttpResponseBase:
    """The state of the boundaries, a file to import, and the report of the last import of this session."""
    actor = actor_of(request)
    may_write = actor.may(UNITS_WRITE)
    if request.method == "POST" and not may_write:
        raise PermissionDenied(UNITS_WRITE)
    form = BoundariesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        report = form.attempt(partial(_import, asked["file"], asked["code_property"], actor))
        if report is not None:
            request.session[SESSION_KEY] = report
            return redirect("administration:boundaries")
    context = {
        "form": form,
        "may_write": may_write,
        "report": _shown(request.session.get(SESSION_KEY)),
        "status": queries.boundaries_status(),
        "sources": reads.sources(),
        "at": now(),
    }
    return page(request, "boundaries", "units", context)


def _import(file: UploadedFile[Any], code_property: str, by: Actor) -> dict[str, Any]:
    """Through a file of its own name, so that audit and boundaries say where they came from."""
    with tempfile.TemporaryDirectory(prefix="dothi-boundaries-") as folder:
        path = Path(folder) / _safe(file.name or "")
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        report = import_boundaries(path, by=by, code_property=code_property)
    return _kept(report, path.name)


def _safe(name: str) -> str:
    """The name as it was sent, without what means something to a file system."""
    return re.sub(r"[^\w.() -]+", "_", Path(name).name)[-120:].lstrip(".") or "boundaries.geojson"


def _kept(report: Report, name: str) -> dict[str, Any]:
    """The report as plain JSON for the session."""
    problems = [_problem(each) for each in (*report.errors, *report.warnings)]
    return {
        "name": name,
        "at": iso(now()),
        "matched": report.matched,
        "total": report.total,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "problems": problems[:KEPT_PROBLEMS],
        "left_out": max(0, len(problems) - KEPT_PROBLEMS),
        "missing": list(report.missing),
    }


def _problem(each: FeatureProblem) -> dict[str, Any]:
    return {"feature": each.feature, "code": each.code, "severity": each.severity, "text": dict(each.text)}


def _shown(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """The kept report with names for codes and a moment for its time."""
    if kept is None:
        return None
    units = [(code, queries.unit(code)) for code in kept["missing"]]
    return kept | {"at": parse_iso(kept["at"]), "missing": units}
