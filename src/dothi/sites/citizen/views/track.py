"""Following a case: what happened, what comes next, what one can do, what there is to pay and to fetch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from dothi.core.clock import from_us, now_us
from dothi.core.errors import DothiError, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases import actions, queries
from dothi.kernel.cases import documents as files
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import CompiledForm, Errors, visible_fields
from dothi.kernel.cases.engine.types import Offer, Refused
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.payments import orders
from dothi.sites.citizen.reads import following, mine
from dothi.sites.citizen.views import confirm as confirming
from dothi.sites.citizen.views.common import CASES, centre, citizen, page, remember, secret_of, units
from dothi.sites.forms import posting, showing
from dothi.sites.ui.shell import language


@citizen
def ask(request: HttpRequest) -> HttpResponseBase:
    """By code and secret: for whoever got them on paper or in a message."""
    told = ""
    code, secret = request.POST.get("code", "").strip().upper(), request.POST.get("secret", "").strip()
    if request.method == "POST":
        try:
            found = queries.by_link(code, secret)[0] if secret else queries.get(code, by=actor_of(request))
            if secret:
                remember(request, CASES, found.code, secret)
            return HttpResponseRedirect(reverse("citizen:case", args=[found.code]))
        except DothiError:
            told = _("There is no case with this code and secret. Check both, or call 1022.")
    things = mine.cases(actor_of(request), request.session.get(CASES, {}), language())
    return page(request, "track", {"code": code, "told": told, "things": things}, status=404 if told else 200)


def found(request: HttpRequest, code: str) -> tuple[CaseView, Actor]:
    """The case for whoever asks: its person by account or secret, or an officer. Raises ``NotFound``."""
    secret = secret_of(request, CASES, code)
    if secret:
        try:
            return queries.by_link(code, secret)
        except NotFound:
            pass
    by = actor_of(request)
    if not by.known:
        raise NotFound(
            both(
                "Hãy đăng nhập, hoặc mở bằng mã và mật mã trên giấy hẹn.",
                "Sign in, or open it with the code and the secret on your receipt.",
            )
        )
    return queries.get(code, by=by), by


@citizen
def case(request: HttpRequest, code: str) -> HttpResponseBase:
    """One case."""
    view, by = found(request, code)
    if request.GET.get("k"):
        fresh = "?new=1" if request.GET.get("new") else ""
        return HttpResponseRedirect(reverse("citizen:case", args=[view.code]) + fresh)
    lang = language()
    compiled = following.compiled_of(view)
    offers = [each for each in queries.available(view.id, by=by) if each.enabled]
    return page(
        request,
        "case",
        {
            "case": view, "thing": mine.thing(view, lang), "new": bool(request.GET.get("new")), "offers": offers,
            "clocks": following.clocks(view, compiled, lang), "orders": orders.of_subject(view.reference),
            "lines": following.happened(view, by, lang), "now": from_us(now_us()),
            "papers": following.papers(view, compiled, lang), "sections": following.answers(view, compiled, lang, dict(units(lang))),
            "handler": following.handler(view, lang), "contact": following.contact(view, by), "said": following.said(view, compiled, lang), "declared": compiled.procedure,
            "link": f"{request.build_absolute_uri(request.path)}?k={secret_of(request, CASES, view.code)}"
            if secret_of(request, CASES, view.code)
            else "",
        },
    )  # fmt: skip


@citizen
def confirm(request: HttpRequest, code: str) -> HttpResponseBase:
    """Send a code to one of the addresses given with a case."""
    view, by = found(request, code)
    wanted = request.POST.get("way", "")
    for each in following.contact(view, by):
        if each.address.way == wanted and not each.confirmed and request.method == "POST":
            return confirming.send(request, each.address, after=reverse("citizen:case", args=[view.code]))
    raise NotFound(both("Không có địa chỉ cần xác nhận.", "There is no address to confirm."))


@citizen
def act(request: HttpRequest, code: str, action: str) -> HttpResponseBase:
    """Something its person can do: supplement, withdraw, rate, appeal."""
    view, by = found(request, code)
    offer = next((each for each in queries.available(view.id, by=by) if each.action == action), None)
    if offer is None or not offer.enabled:
        raise NotFound(both("Bây giờ không làm được việc này.", "This cannot be done now."))
    compiled = following.compiled_of(view)
    form = compiled.forms[offer.form] if offer.form else None
    data: dict[str, Any] = {}
    errors: Errors = {}
    told: list[showing.Fault] = []
    if request.method == "POST":
        assert isinstance(request.POST, QueryDict)
        data = posting.answers(form.fields(), request.POST, centre=centre) if form else {}
        try:
            _do(request, view, offer, data, by)
            messages.success(request, _("Done. Thank you."))
            return HttpResponseRedirect(reverse("citizen:case", args=[view.code]))
        except Refused as error:
            errors = error.errors
            told = [] if errors else [showing.Fault("", error.text(language()))]
        except DothiError as error:
            told = [showing.Fault("", error.text(language()))]
    shown = _questions(form, data, errors, compiled, view)
    told += showing.summary_of_faults(shown, errors, language())
    context = {
        "case": view, "thing": mine.thing(view, language()), "offer": offer, "questions": shown, "faults": told,
        "note": request.POST.get("note", ""), "key": request.POST.get("key") or uuid7_str(), "papers": following.asked(compiled, offer),
    }  # fmt: skip
    return page(request, "act", context, status=422 if told else 200)


def _do(request: HttpRequest, view: CaseView, offer: Offer, data: dict[str, Any], by: Actor) -> None:
    for name in request.FILES:
        for given in request.FILES.getlist(name):
            files.add_document(view.id, name.removeprefix("d."), given.chunks(), name=given.name or "", by=by)
    actions.act(
        view.id, offer.action, by=by, data=data, note=request.POST.get("note", "").strip(),
        key=f"citizen:{request.POST.get('key', '')[:60]}",
    )  # fmt: skip


def _questions(
    form: CompiledForm | None, data: dict[str, Any], errors: Errors, compiled: Compiled, view: CaseView
) -> list[showing.Shown]:
    if form is None:
        return []
    asked = [each for _, fields in visible_fields(form, {**view.data, **data}) for each in fields]
    return showing.questions(asked, data, errors, language(), units=units(language()))


@citizen
def document(request: HttpRequest, code: str, id: UUID) -> HttpResponseBase:
    """A document of the case, as a download."""
    view, by = found(request, code)
    version, content = files.open_document(id, by=by)
    if str(version.document.num) != str(view.num):
        raise NotFound(both("Không có giấy tờ này.", "There is no such document."))
    answer = FileResponse(content, as_attachment=True, filename=version.name, content_type=version.media_type)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
