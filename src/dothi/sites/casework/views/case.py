"""A case: facts on the left, history in the middle, the next steps on the right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.hotline import library as answers
from dothi.centres.services import procedures
from dothi.core.errors import DothiError, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases import actions, changing, queries
from dothi.kernel.cases import documents as files
from dothi.kernel.cases.engine.forms import Errors, visible_fields
from dothi.kernel.cases.engine.types import Offer, Refused
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.messages import queries as told
from dothi.sites.casework.reads import showing as reads
from dothi.sites.casework.views.common import officer, page
from dothi.sites.forms import posting, showing
from dothi.sites.ui.shell import language

ANSWER_FIELD = "answer_text"

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})


@officer
def case(request: HttpRequest, code: str) -> HttpResponseBase:
    """One case."""
    by, lang = actor_of(request), language()
    view = queries.get(code, by=by)
    compiled = procedures.version(view.procedure, view.version)
    offers = queries.available(view.id, by=by)
    return page(
        request,
        "case",
        {
            "case": view, "row": reads.row(view, lang), "declared": compiled.procedure, "sections": reads.answers(view, compiled, lang),
            "facts": reads.facts(view, compiled, lang), "clocks": reads.clocks(view, compiled, lang),
            "papers": reads.papers(view, compiled, lang), "lines": reads.lines(queries.timeline(view.id, by=by, language=lang)),
            "opinions": reads.opinions(view, lang),
            "offers": [each for each in offers if each.enabled], "blocked": [each for each in offers if not each.enabled],
            "told": told.about(view.reference), "key": uuid7_str(), "mine": view.assignee == f"account:{by.account}",
            "masked": view.snapshot is not None and not view.snapshot.data and bool(compiled.procedure.start.form),
        },
    )  # fmt: skip


def _back(view: CaseView) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("casework:case", args=[view.code]))


def framed(answer: HttpResponseBase) -> HttpResponseBase:
    """An image or a PDF (never markup) that pages of our own may show in a frame."""
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@officer
@require_POST
def take(request: HttpRequest, code: str) -> HttpResponseBase:
    """Take the case oneself."""
    view = queries.get(code, by=actor_of(request))
    changing.take(view.id, by=actor_of(request))
    messages.success(request, _("The case is yours."))
    return _back(view)


@officer
@require_POST
def comment(request: HttpRequest, code: str) -> HttpResponseBase:
    """A remark: internal, or for the applicant too."""
    view = queries.get(code, by=actor_of(request))
    text = request.POST.get("text", "").strip()
    if text:
        changing.comment(
            view.id, text[:4000], public=bool(request.POST.get("public")), by=actor_of(request),
            key=f"desk:{request.POST.get('key', '')[:60]}",
        )  # fmt: skip
        messages.success(request, _("The remark was added."))
    return _back(view)


@officer
def act(request: HttpRequest, code: str, action: str) -> HttpResponseBase:
    """A step of the procedure: its form, a note, documents; refused with reasons, done once."""
    by, lang = actor_of(request), language()
    view = queries.get(code, by=by)
    offer = next((each for each in queries.available(view.id, by=by) if each.action == action), None)
    if offer is None:
        raise NotFound(both("Bây giờ không làm được việc này.", "This cannot be done now."))
    compiled = procedures.version(view.procedure, view.version)
    form = compiled.forms[offer.form] if offer.form else None
    data: dict[str, Any] = {key: view.data[key] for key in form.keys if key in view.data} if form else {}
    errors: Errors = {}
    faults: list[showing.Fault] = []
    library = form is not None and ANSWER_FIELD in form.keys
    if library and request.GET.get("answer"):
        data[ANSWER_FIELD] = answers.filled(answers.get(_uuid(request.GET["answer"]), by=by), view, lang)
    if request.method == "POST":
        assert isinstance(request.POST, QueryDict)
        data = posting.answers(form.fields(), request.POST) if form else {}
        try:
            _do(request, view, offer, data, by)
            messages.success(request, _("Done: %(what)s") % {"what": offer.label[lang]})
            return _back(view)
        except Refused as error:
            errors = error.errors
            faults = [] if errors else [showing.Fault("", error.text(lang))]
        except DothiError as error:
            faults = [showing.Fault("", error.text(lang))]
    asked = (
        [each for _, fields in visible_fields(form, {**view.data, **data}) for each in fields] if form else []
    )
    shown = showing.questions(asked, data, errors, lang, units=reads.units(lang))
    faults += showing.summary_of_faults(shown, errors, lang)
    context = {
        "case": view, "row": reads.row(view, lang), "offer": offer, "questions": shown, "faults": faults,
        "note": request.POST.get("note", ""), "key": request.POST.get("key") or uuid7_str(), "rev": view.rev,
        "papers": [each for each in compiled.procedure.documents if offer.action in each.for_],
        "library": library,
        "organisations": reads.organisations(lang) if any(each.key in reads.AGENCY_FIELDS for each in shown) else [],
    }  # fmt: skip
    return page(request, "act", context, status=422 if faults else 200)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(both("Không có câu trả lời này.", "There is no such answer.")) from error


def _do(request: HttpRequest, view: CaseView, offer: Offer, data: dict[str, Any], by: Actor) -> None:
    for name in request.FILES:
        for given in request.FILES.getlist(name):
            files.add_document(view.id, name.removeprefix("d."), given.chunks(), name=given.name or "", by=by)
    if offer.outcomes:
        data["outcome"] = request.POST.get("outcome", "")
    rev = request.POST.get("rev", "")
    actions.act(
        view.id, offer.action, by=by, data=data, note=request.POST.get("note", "").strip(),
        rev=int(rev) if rev.isdecimal() and not request.FILES else None, key=f"desk:{request.POST.get('key', '')[:60]}",
    )  # fmt: skip


@officer
def document(request: HttpRequest, code: str, id: UUID) -> HttpResponseBase:
    """A document of the case, as a download; pictures and PDF files are shown with ``?show=1``."""
    by = actor_of(request)
    view = queries.get(code, by=by)
    version, content = files.open_document(id, by=by)
    if str(version.document.num) != str(view.num):
        raise NotFound(both("Không có giấy tờ này.", "There is no such document."))
    shown = bool(request.GET.get("show")) and version.media_type in SHOWN
    answer = FileResponse(
        content, as_attachment=not shown, filename=version.name, content_type=version.media_type
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return framed(answer) if shown else answer
