"""A draft edited part by part, and as YAML. Each save is a revision; one made on an old page is refused."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dothi.centres.services.designing import actions, checking, paths
from dothi.centres.services.designing.models import Design
from dothi.core.errors import BadInput, Conflict, DothiError, both
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs import source
from dothi.sites.designer.reads import controls, elements, grids, parts
from dothi.sites.designer.reads import expression as feel
from dothi.sites.designer.views.common import back, design_page, designer, found, refused, rev_of, save
from dothi.sites.ui.shell import language

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_LISTS = ("question", "page", "field", "document", "fee", "result")


@designer
@require_GET
def overview(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """What is wrong, what is left to be finished, and who changed it last."""
    design = found(request, id)
    examined = checking.examine(design.body)
    counts: dict[str, int] = {}
    for each in examined.problems:
        part_key = checking.part_of(each.path)
        counts[part_key] = counts.get(part_key, 0) + 1
    doubts = [
        (index, each, each["ask"][language()], elements.nearest(each["where"]), checking.part_of(each["where"]))
        for index, each in enumerate(design.doubts)
    ]  # fmt: skip
    return design_page(
        request, "overview", design,
        {"told": parts.told(examined.problems), "counts": counts, "doubts": doubts, "left": design.unsettled, "runs": examined.procedure is not None},
    )  # fmt: skip


@designer
@require_POST
def settle(request: HttpRequest, id: UUID, index: int) -> HttpResponseBase:
    """A point was looked at."""
    design = found(request, id)
    try:
        actions.settle(design, index, rev=rev_of(request), by=actor_of(request), settled=request.POST.get("settled") == "1")  # fmt: skip
    except DothiError as error:
        refused(request, error)
    return HttpResponseRedirect(reverse("designer:overview", args=[id]) + "#points")


@designer
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, id: UUID, part: str) -> HttpResponseBase:
    """One part: its own members as a form, and lists of what stands in it."""
    if part not in checking.PARTS:
        raise Http404
    design = found(request, id)
    own = elements.ELEMENTS.get(part) if part in ("general", "fees") else None
    fault = None
    if request.method == "POST" and own is not None:
        fault = _keep(request, design, "", own)
        if fault is None:
            return back("part", design, part)
    examined = checking.examine(design.body)
    shown = (
        [controls.shown(each, design.body, design.body, language()) for each in own.controls] if own else []
    )
    _typed(request, shown, fault)
    here = [each for each in parts.told(examined.problems) if each.part == part]
    return design_page(
        request, "part", design,
        {
            "part": part, "sections": parts.Parts(design, examined.problems).sections(part), "controls": shown, "told": here,
            "fault": fault.text(language()) if fault else "", "sources": _sources(design, part),
        },
        status=422 if fault else 200,
    )  # fmt: skip


def _sources(design: Design, part: str) -> list[tuple[str, str]]:
    """The sentences that members without a row of their own were read from."""
    general = ("label", "code", "sector", "agency", "basis", "start.eligibility")
    wanted = {"general": general, "fees": ("fees",)}.get(part, ())
    return [(key, design.sources[key]) for key in wanted if key in design.sources]


def _keep(request: HttpRequest, design: Design, at: str, element: elements.Element) -> DothiError | None:
    """Save what was typed; what is wrong with it."""
    here = paths.steps(at)
    try:
        made = controls.changed(paths.get(design.body, here), element.controls, request.POST)
        if element.kind == "fees" and "fees" in made:
            made["fees"] = {"key": design.key[:60].strip("-"), "items": [], **made["fees"]}
        saved = save(
            request, design, paths.put(design.body, here, made) if here else made, at or element.kind
        )
    except DothiError as error:
        return error
    if saved.problems:
        messages.warning(request, _("Saved. There are still problems: see the list."))
    else:
        messages.success(request, _("Saved."))
    return None


def _typed(request: HttpRequest, shown: list[controls.Shown], fault: DothiError | None) -> None:
    """After a refusal the page keeps what was typed, and says where it is wrong."""
    if fault is None:
        return
    for each in shown:
        if each.kind == "tick":
            each.ticked = each.name in request.POST
        else:
            each.value = request.POST.get(each.name, "")
            each.second = request.POST.get(f"{each.name}.{'counter' if each.kind == 'price' else 'en'}", "")
        if each.name == fault.where:
            each.faults.append(fault.text(language()))


@designer
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """One thing: a question, a state, an action, a clock …"""
    design = found(request, id)
    at = request.GET.get("at", "")[: paths.LONGEST]
    element = elements.element_at(at)
    part_key = checking.part_of(at)
    if at in ("", "fees"):
        return back("part", design, part_key)
    standing = paths.get(design.body, paths.steps(at))
    if standing is None:
        raise BadInput(both("Phần này không còn.", "This part is not there any more."), where="at")
    if element.kind == "table":
        return back("grid", design, at.rpartition(".")[2])
    fault = None
    if request.method == "POST":
        fault = _keep(request, design, at, element)
        if fault is None:
            return back("part", design, part_key)
    shown = [controls.shown(each, standing, design.body, language()) for each in element.controls]
    _typed(request, shown, fault)
    examined = checking.examine(design.body)
    here = [each for each in parts.told(examined.problems) if each.at == at]
    name = standing.get("label") or standing.get("ask") or standing.get("subject") or {} if isinstance(standing, dict) else {}  # fmt: skip
    return design_page(
        request, "item", design,
        {
            "part": part_key, "part_name": parts.names()[part_key], "at": at, "element": element.name[language()], "controls": shown, "told": here,
            "name": (name.get(language()) if isinstance(name, dict) else "") or at, "source": design.sources.get(at, ""),
            "fault": fault.text(language()) if fault else "",
        },
        status=422 if fault else 200,
    )  # fmt: skip


@designer
@require_POST
def change(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Add, move or remove a thing. ``do`` is ``up:PATH``, ``down:PATH``, ``remove:PATH`` or ``add:KIND:PATH``."""
    design = found(request, id)
    what, _colon, rest = request.POST.get("do", "")[: paths.LONGEST + 20].partition(":")
    target = ""
    try:
        if what == "add":
            body, target = _added(request, design, rest)
        elif what == "remove":
            elements.element_at(rest)
            body = paths.put(design.body, paths.steps(rest), None)
        elif what in ("up", "down"):
            body = paths.moved(design.body, paths.steps(rest), -1 if what == "up" else 1)
        else:
            raise BadInput(both("Không rõ thao tác.", "What is to be done is not clear."), where="do")
        save(request, design, body, f"{what} {target or rest}")
        messages.success(request, _("Saved."))
    except DothiError as error:
        refused(request, error)
        target = ""
    if target and not target.startswith("decisions."):
        return HttpResponseRedirect(f"{reverse('designer:item', args=[id])}?{urlencode({'at': target})}")
    return back("part", design, request.POST.get("part", "general") if request.POST.get("part") in checking.PARTS else "general")  # fmt: skip


def _added(request: HttpRequest, design: Design, rest: str) -> tuple[dict[str, Any], str]:
    """The body with a new thing, and where it stands."""
    kind, _colon, into = rest.partition(":")
    key = request.POST.get("key", "").strip()
    vi, en = (request.POST.get(name, "").strip()[:300] for name in ("vi", "en"))
    if kind not in elements.ELEMENTS or not _KEY.fullmatch(key):
        raise BadInput(both("Mã gồm chữ thường không dấu, số và gạch nối.", "A key is small plain letters, digits and hyphens."), where="key")  # fmt: skip
    body = design.body
    if kind == "fee" and not isinstance(body.get("fees"), dict):
        body["fees"] = {"key": design.key[:60].strip("-"), "label": {"vi": "Phí, lệ phí", "en": "Fees and charges"}, "items": []}  # fmt: skip
    inside = {"page": f"{into}.pages", "field": f"{into}.fields", "action": f"{into}.actions"}.get(kind, into)
    if kind in _LISTS:
        there = paths.get(body, paths.steps(inside))
        if there is None:
            body = paths.put(body, paths.steps(inside), [])
        at = f"{inside}[{len(there) if isinstance(there, list) else 0}]"
    else:
        at = f"{inside}.{key}"
        if paths.get(body, paths.steps(at)) is not None:
            raise Conflict(both(f"Đã có “{key}”.", f"There is '{key}' already."), where="key")
    elements.element_at(at)
    return paths.put(body, paths.steps(at), elements.fresh(kind, key, vi, en)), at


@designer
@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, id: UUID, key: str) -> HttpResponseBase:
    """A decision table as a grid of cells; its columns are edited below."""
    design = found(request, id)
    at = f"decisions.{key}"
    table = paths.get(design.body, paths.steps(at))
    if not isinstance(table, dict):
        raise Http404
    element, fault = elements.ELEMENTS["table"], None
    if request.method == "POST":
        try:
            made = (
                controls.changed(table, element.controls, request.POST)
                if "hit" in request.POST
                else dict(table)
            )
            made = grids.changed(made, request.POST)
            save(request, design, paths.put(design.body, paths.steps(at), made), at)
            messages.success(request, _("Saved."))
            return back("grid", design, key)
        except DothiError as error:
            fault = error
    examined = checking.examine(design.body)
    shown = [controls.shown(each, table, design.body, language()) for each in element.controls]
    _typed(request, shown, fault)
    return design_page(
        request, "grid", design,
        {
            "part": "decisions", "part_name": parts.names()["decisions"], "key": key, "grid": grids.grid(table, language()), "controls": shown,
            "told": [each for each in parts.told(examined.problems) if each.path.startswith(at)], "fault": fault.text(language()) if fault else "",
        },
        status=422 if fault else 200,
    )  # fmt: skip


@designer
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The same as YAML, with what is wrong by line. Text that is no YAML is not kept."""
    design = found(request, id)
    given = source.write(design.body)
    fault = ""
    if request.method == "POST":
        given = request.POST.get("yaml", "").replace("\r\n", "\n")[: actions.MOST]
        read = checking.parsed(given)
        if isinstance(read.data, dict) and not read.problems:
            try:
                saved = save(request, design, read.data, "YAML")
                messages.success(request, _("Saved.") if not saved.problems else _("Saved. There are still problems: see the list."))  # fmt: skip
                return back("yaml", design)
            except DothiError as error:
                fault = error.text(language())
        else:
            fault = _("This is no YAML that can be read; nothing was saved.")
    problems = checking.examine_text(given, design.key).problems
    return design_page(request, "yaml", design, {"yaml": given, "lines": given.count("\n") + 1, "told": parts.told(problems), "fault": fault}, status=422 if fault else 200)  # fmt: skip


@designer
@require_GET
def expression(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """What an expression that is being typed means; a part of a page."""
    design = found(request, id)
    at, name = request.GET.get("at", "")[: paths.LONGEST], request.GET.get("name", "")[:40]
    whole = f"{at}.{name}" if at else name
    said = feel.verdict(checking.examine(design.body).procedure, whole, request.GET.get(name, "")[:2000], language())  # fmt: skip
    return render(request, "designer/verdict.html", {"said": said})
