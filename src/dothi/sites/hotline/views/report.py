"""One report at the desk: its code to read aloud, who should answer and why, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.hotline import handling, queries
from dothi.centres.hotline.models import Correction
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.errors import DothiError, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases import queries as cases
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.cases.models import Case, Link
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs import queries as packs
from dothi.sites.hotline.reads import calling, lines
from dothi.sites.hotline.views.common import desk, page
from dothi.sites.ui.shell import language

PRIORITIES: Final = ("low", "normal", "high", "urgent")


@desk
def report(request: HttpRequest, code: str) -> HttpResponseBase:
    """The report."""
    by = actor_of(request)
    return _shown(request, handling.report(code, by=by), by, "")


def _shown(request: HttpRequest, found: CaseView, by: Actor, told: str, what: str = "") -> HttpResponseBase:
    lang = language()
    offers = {each.action for each in cases.available(found.id, by=by) if each.enabled}
    row = queries.routing(found.id, by=by) if by.may_somewhere("hotline.routing.read") else None
    declared = catalogue.categories().get(str(found.data.get("category", "")))
    told_by = (
        queries.suggest(str(found.data.get("description", "")), found.position, category=declared.key)
        if declared
        else None
    )
    suggested = (told_by.organisation if told_by else "") or (row.organisation if row else "")
    context = {
        "case": found, "line": lines.line(found, lang), "spelled": lines.spelled(found.code), "offers": offers, "fault": told, "what": what,
        "category": declared.label.text(lang) if declared else "", "row": row, "suggested": suggested, "given": request.POST,
        "agency": naming.agency(suggested, lang), "why": told_by.organisation_why["en" if lang == "en" else "vi"] if told_by else "",
        "priority": row.priority if row and row.priority else "normal", "priorities": PRIORITIES,
        "answer": (row.answer if row else "") or (declared.norm.answer if declared else ""),
        "agencies": agencies(lang, suggested), "linked": _links(found, by, lang), "near": _near(found),
        "corrections": [
            (naming.agency(each.before, lang), naming.agency(each.after, lang), each)
            for each in Correction.objects.filter(case=found.id)[:10]
        ],
        "groups": calling.groups(lang, ""), "key": uuid7_str(), "call": request.GET.get("call", ""),
        "timeline": cases.timeline(found.id, by=by, language=lang)[-8:][::-1],
    }  # fmt: skip
    return page(request, "report", context, status=422 if told else 200)


def agencies(lang: str, suggested: str = "") -> list[tuple[str, str]]:
    """Who a report may be handed to: the list of the packs, and whom the place names."""
    listed = packs.vocabulary(naming.AGENCIES)
    found = [(each.value, each.label.text(lang)) for each in listed.codes] if listed else []
    if suggested and suggested not in dict(found):
        found.insert(0, (suggested, naming.agency(suggested, lang)))
    return found


def _links(found: CaseView, by: Actor, lang: str) -> list[tuple[str, lines.Line]]:
    """What it is a duplicate or part of, and what is of it."""
    made = []
    rows = [(each.kind, each.other) for each in Link.objects.filter(num=found.num)]
    rows += [(f"back_{each.kind}", each.num) for each in Link.objects.filter(other=found.num)]
    there = set(Case.objects.filter(num__in=[num for _, num in rows]).values_list("num", flat=True))
    for kind, num in rows:
        try:
            made += [(kind, lines.line(cases.get(num, by=by), lang))] if num in there else []
        except NotFound:
            continue
    return made


def _near(found: CaseView) -> list[queries.Near]:
    if found.position is None or not found.open:
        return []
    data = found.data
    near = queries.near(
        found.position, str(data.get("category", "")), text=str(data.get("description", "")), address=str(data.get("place_words", ""))
    )  # fmt: skip
    return [each for each in near if each.report.case != found.id][:5]


@desk
@require_POST
def act(request: HttpRequest, code: str, what: str) -> HttpResponseBase:
    """Hand on, re-route, merge, part or split; a refusal stands on the page with what was written."""
    by = actor_of(request)
    do = _DO.get(what)
    if do is None:
        raise NotFound(both("Không có việc này.", "There is no such step."))
    found = handling.report(code, by=by)
    try:
        do(found, request.POST, by)
    except Refused as error:
        texts = [each[language()] for each in error.errors.values()]
        return _shown(request, found, by, " ".join(texts) or error.text(language()), what)
    except DothiError as error:
        return _shown(request, found, by, error.text(language()), what)
    messages.success(request, _("Done."))
    call = request.POST.get("call", "")
    return HttpResponseRedirect(
        reverse("hotline_desk:report", args=[code]) + (f"?call={call}" if call else "")
    )


def _dispatch(found: CaseView, given: QueryDict, by: Actor) -> None:
    priority = given.get("priority", "normal")
    handling.dispatch(
        found.code, to=given.get("to", "").strip(), priority=priority if priority in PRIORITIES else "normal",
        answer_within=given.get("answer_within", ""), reason=given.get("reason", "").strip()[:1000], by=by, key=_key(given),
    )  # fmt: skip


def _reroute(found: CaseView, given: QueryDict, by: Actor) -> None:
    handling.reroute(
        found.code,
        to=given.get("to", "").strip(),
        reason=given.get("reason", "")[:1000],
        by=by,
        key=_key(given),
    )


def _merge(found: CaseView, given: QueryDict, by: Actor) -> None:
    handling.merge(
        found.code,
        given.get("code", "").strip() or given.get("with", ""),
        note=given.get("reason", "")[:1000],
        by=by,
        key=_key(given),
    )


def _unmerge(found: CaseView, given: QueryDict, by: Actor) -> None:
    handling.unmerge(found.code, reason=given.get("reason", "")[:1000], by=by, key=_key(given))


def _split(found: CaseView, given: QueryDict, by: Actor) -> None:
    pairs = zip(given.getlist("category"), given.getlist("description"), strict=False)
    parts = [handling.Part(category, text.strip()) for category, text in pairs if category and text.strip()]
    handling.split(found.code, parts, by=by, key=_key(given))


def _key(given: QueryDict) -> str:
    return f"desk:{given.get('key', '')[:60]}"


_DO: Final[dict[str, Callable[[CaseView, QueryDict, Actor], Any]]] = {
    "dispatch": _dispatch, "reroute": _reroute, "merge": _merge, "unmerge": _unmerge, "split": _split,
}  # fmt: skip
