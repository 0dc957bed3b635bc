"""Filling a dossier in: one thing a page, saved each time, checked before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.services import drafts, prefill, procedures, rules
from dothi.centres.services.actions import drafting, papers, sending
from dothi.centres.services.models import Draft
from dothi.core.errors import BadInput, DothiError, Text, TooMany, both
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import Errors, validate_form
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs import queries as packs
from dothi.sites.citizen.reads import mine
from dothi.sites.citizen.views.common import (
    CASES,
    DRAFTS,
    centre,
    citizen,
    page,
    remember,
    secret_of,
    units,
)
from dothi.sites.forms import posting, showing
from dothi.sites.ui.shell import language


@citizen
@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponseBase:
    """A new draft; this browser keeps its secret."""
    if not ratelimit.consume(request, action="dossier"):
        raise TooMany(
            both(
                "Bạn đã bắt đầu quá nhiều hồ sơ; hãy thử lại sau một giờ.",
                "Too many dossiers were begun here: try again in an hour.",
            )
        )
    made, secret = drafting.begin(key, by=actor_of(request), language=language())
    remember(request, DRAFTS, str(made.pk), secret)
    return HttpResponseRedirect(_at(made, mine.first_step(made)))


@citizen
def resume(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Go on where one stopped; a link with its secret lands here."""
    held = _draft(request, id)
    return HttpResponseRedirect(_at(held, mine.first_step(held)))


@citizen
@require_POST
def leave(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Throw a draft away."""
    drafting.leave(_draft(request, id))
    messages.success(request, _("The unfinished dossier was deleted."))
    return HttpResponseRedirect(reverse("citizen:home"))


@citizen
def step(request: HttpRequest, id: UUID, step: str) -> HttpResponseBase:
    """One page of a draft: shown, or saved and on to the next."""
    held = _draft(request, id)
    compiled = procedures.of(held)
    way = rules.steps(compiled, held.data)
    if step not in way:
        return HttpResponseRedirect(_at(held, mine.first_step(held)))
    view = _STEPS.get(step, _questions)
    return view(request, held, compiled, step)


def _draft(request: HttpRequest, id: UUID) -> Draft:
    return drafts.draft(id, by=actor_of(request), secret=secret_of(request, DRAFTS, str(id)))


def _at(held: Draft, step: str) -> str:
    return reverse("citizen:step", args=[held.pk, step])


def _next(held: Draft, compiled: Compiled, step: str, request: HttpRequest) -> HttpResponseRedirect:
    held.refresh_from_db()
    way = rules.steps(compiled, held.data)
    if request.POST.get("back-to") == "check" and step in way:
        return HttpResponseRedirect(_at(held, "check"))
    return HttpResponseRedirect(_at(held, rules.after(step, way)))


def _shown(
    request: HttpRequest, held: Draft, compiled: Compiled, step: str, name: str, context: Mapping[str, Any]
) -> HttpResponseBase:
    way = rules.steps(compiled, held.data)
    before = rules.before(step, way)
    link = f"{request.build_absolute_uri(reverse('citizen:draft', args=[held.pk]))}?k={secret_of(request, DRAFTS, str(held.pk))}"
    frame = {
        "draft": held, "procedure": compiled.procedure, "step": step, "number": way.index(step) + 1, "steps": len(way),
        "before": _at(held, before) if before else reverse("citizen:service", args=[held.procedure]),
        "back_to": request.POST.get("back-to") or request.GET.get("back", ""), "link": link,
    }  # fmt: skip
    faults = context.get("faults")
    return page(request, f"steps/{name}", frame | dict(context), status=422 if faults else 200)


def _eligibility(request: HttpRequest, held: Draft, compiled: Compiled, step: str) -> HttpResponseBase:
    asked = compiled.procedure.start.eligibility
    reasons: list[Text] = []
    given = held.answers
    if request.method == "POST":
        given = {each.key: request.POST.get(f"a.{each.key}", "") for each in asked}
        reasons = drafting.save_eligibility(held, given)
        unanswered = any(not str(value).strip() for value in given.values())
        if not reasons and not unanswered:
            return _next(held, compiled, step, request)
    lang = language()
    rows = [
        (each.key, each.ask.text(lang), _yes_no(each.when, each.key), _typed(given.get(each.key)))
        for each in asked
    ]
    told = [showing.Fault("", each[lang]) for each in reasons]
    return _shown(request, held, compiled, step, "eligibility", {"rows": rows, "faults": told})


def _yes_no(condition: str, key: str) -> bool:
    """Whether a question is answered by yes or no: its condition compares the answer with one of them."""
    plain = condition.replace(" ", "")
    return f"{key}=true" in plain or f"{key}=false" in plain


def _typed(value: Any) -> str:
    return {True: "true", False: "false", None: ""}.get(value, str(value))


def _who(request: HttpRequest, held: Draft, compiled: Compiled, step: str) -> HttpResponseBase:
    lang, told = language(), []
    by = actor_of(request)
    person = prefill.known(by)
    offered = prefill.wanted(held) if person else []
    given = {
        "capacity": held.capacity, "name": held.on_behalf.get("name", ""), "number": held.on_behalf.get("number", ""),
        "phone": held.contact.get("phone", ""), "email": held.contact.get("email", ""),
    }  # fmt: skip
    if request.method == "POST":
        given = {name: request.POST.get(name, "").strip() for name in given}
        try:
            drafting.save_who(
                held, capacity=given["capacity"], on_behalf={"name": given["name"], "number": given["number"]},
                contact={"phone": given["phone"], "email": given["email"]}, language=lang,
            )  # fmt: skip
            agreed = {
                each.register: each.purpose for each in offered if request.POST.get(f"agree.{each.register}")
            }
            if agreed:
                prefill.consent(held, agreed, by=by)
            return _next(held, compiled, step, request)
        except BadInput as error:
            told = [showing.Fault(f"w-{error.where}", error.text(lang))]
    fields = {
        each.key: each.declared.label.text(lang) for form in compiled.forms.values() for each in form.fields()
    }
    rows = [
        (each.register, each.label[lang], [fields[key] for key in each.fields if key in fields])
        for each in offered
    ]
    return _shown(
        request,
        held,
        compiled,
        step,
        "who",
        {"given": given, "offered": rows, "person": person, "by": by, "faults": told},
    )


def _questions(request: HttpRequest, held: Draft, compiled: Compiled, step: str) -> HttpResponseBase:
    """A page of the form."""
    lang, errors, data = language(), {}, held.data
    form = rules.form_of(compiled)
    assert form is not None
    shown_page, asked = next((p, a) for p, a in rules.pages(compiled, data) if p.declared.key == step)
    if request.method == "POST":
        assert isinstance(request.POST, QueryDict)
        given = posting.answers(shown_page.fields, request.POST, centre=centre)
        pressed = posting.step(request.POST)
        errors = drafting.save_page(held, step, given)
        if pressed is None and not errors:
            return _next(held, compiled, step, request)
        held.refresh_from_db()
        data = posting.rows_changed(held.data, pressed) if pressed else held.data
        errors = {} if pressed else errors
        asked = next(a for p, a in rules.pages(compiled, data) if p.declared.key == step)
    shown = showing.questions(asked, data, errors, lang, units=units(lang), sources=_sources(held, lang))
    declared = shown_page.declared
    context = {
        "label": declared.label, "help": declared.help, "questions": shown,
        "faults": showing.summary_of_faults(shown, errors, lang),
    }  # fmt: skip
    return _shown(request, held, compiled, step, "questions", context)


def _sources(held: Draft, lang: str) -> dict[str, showing.Source]:
    types = packs.record_types()
    return {
        key: showing.Source(types[each["register"]].label.text(lang), each.get("record", ""))
        for key, each in held.sources.items()
        if each.get("register") in types
    }


def _documents(request: HttpRequest, held: Draft, compiled: Compiled, step: str) -> HttpResponseBase:
    lang, told = language(), []
    if request.method == "POST":
        try:
            if taken := request.POST.get("remove", ""):
                key, _, document = taken.partition(":")
                drafting.detach(held, key, document)
                return HttpResponseRedirect(_at(held, step))
            added = papers.take_all(held, request.FILES)
            if request.POST.get("go") or not added:
                held.refresh_from_db()
                lacking = rules.missing(_papers(held, compiled))
                if not lacking:
                    return _next(held, compiled, step, request)
                told = [showing.Fault(f"d-{key}", text[lang]) for key, text in lacking.items()]
            else:
                return HttpResponseRedirect(_at(held, step))
        except DothiError as error:
            told = [showing.Fault(f"d-{error.where}" if error.where else "", error.text(lang))]
        held.refresh_from_db()
    return _shown(
        request, held, compiled, step, "documents", {"papers": _papers(held, compiled), "faults": told}
    )


def _papers(held: Draft, compiled: Compiled) -> list[rules.Paper]:
    form = rules.form_of(compiled)
    data, _ = validate_form(form, held.data) if form else ({}, {})
    return rules.papers(compiled, {"data": data, "facts": {}, **data}, held.documents)


def _check(request: HttpRequest, held: Draft, compiled: Compiled, step: str) -> HttpResponseBase:
    lang = language()
    by = actor_of(request)
    form = rules.form_of(compiled)
    told: list[showing.Fault] = []
    if request.method == "POST":
        if not request.POST.get("sure"):
            told = [showing.Fault("sure", _("Confirm that what you declare is true."))]
        else:
            try:
                sent = sending.send(held, by=by, unit=request.POST.get("unit", ""))
                if sent.secret:
                    remember(request, CASES, sent.code, sent.secret)
                return HttpResponseRedirect(f"{reverse('citizen:case', args=[sent.code])}?new=1")
            except Refused as error:
                told = _refusals(error, held, compiled, lang)
    data, errors = validate_form(form, held.data) if form else ({}, {})
    names = dict(units(lang))
    sections = (
        showing.summary(form, held.data | data, lang, units=names, sources=_sources(held, lang))
        if form
        else []
    )
    context = {
        "sections": sections, "papers": _papers(held, compiled), "incomplete": _incomplete(errors, held, compiled, lang),
        "change": reverse("citizen:draft", args=[held.pk]), "faults": told, "units": list(names.items()),
        "asks_unit": any(fault.id == "unit" for fault in told),
    }  # fmt: skip
    return _shown(request, held, compiled, step, "check", context)


def _page_of(compiled: Compiled, where: str) -> str:
    form, head = rules.form_of(compiled), where.partition(".")[0].partition("[")[0]
    pages = form.pages if form else ()
    return next(
        (each.declared.key for each in pages if any(field.key == head for field in each.fields)), "documents"
    )


def _incomplete(errors: Errors, held: Draft, compiled: Compiled, lang: str) -> list[tuple[str, str]]:
    """What is still open, each with the page it is on."""
    rows = [(_at(held, _page_of(compiled, where)), text[lang]) for where, text in errors.items()]
    lacking = rules.missing(_papers(held, compiled))
    return rows + [(_at(held, "documents"), text[lang]) for text in lacking.values()]


def _refusals(error: Refused, held: Draft, compiled: Compiled, lang: str) -> list[showing.Fault]:
    if not error.errors:
        return [showing.Fault("", error.text(lang))]
    return [
        showing.Fault("unit" if where == "unit" else "", text[lang]) for where, text in error.errors.items()
    ]


_STEPS: dict[str, Callable[[HttpRequest, Draft, Compiled, str], HttpResponseBase]] = {
    "eligibility": _eligibility,
    "who": _who,
    "documents": _documents,
    "check": _check,
}
