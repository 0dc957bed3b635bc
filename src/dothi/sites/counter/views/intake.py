"""A dossier typed at the counter for somebody who stands there: begun, found again when interrupted, sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.services import catalogue, drafts, prefill, procedures, rules
from dothi.centres.services.access import INTAKE
from dothi.centres.services.actions import drafting, intake, papers, sending
from dothi.centres.services.models import Draft, IdentityCheck
from dothi.core.errors import DothiError
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs import queries as packs
from dothi.sites.counter.reads import waiting
from dothi.sites.counter.views.common import clerk, hall, page, required_hall
from dothi.sites.counter.views.registered import remember
from dothi.sites.forms import showing
from dothi.sites.forms.filling import Filling
from dothi.sites.ui.shell import language


@clerk
def choose(request: HttpRequest) -> HttpResponseBase:
    """Which procedure, and the dossiers that were begun and not sent."""
    by, lang = actor_of(request), language()
    unit, units = hall(request, INTAKE)
    words = request.GET.get("q", "").strip()[:120]
    names = dict(waiting.procedures(lang))
    found = [(each.key, names[each.key]) for each in catalogue.find(words) if each.key in names]
    declared = packs.procedures()
    begun = [
        (each, declared[each.procedure].label.text(lang) if each.procedure in declared else each.procedure)
        for each in (drafts.at_counter(unit, by=by) if unit else [])
    ]
    return page(
        request, "intake", {"unit": unit, "units": units, "q": words, "procedures": found, "begun": begun}
    )


@clerk
@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponseBase:
    """A new draft of this counter."""
    unit = required_hall(request, INTAKE)
    made, _secret = drafting.begin(
        key, by=actor_of(request), language=language(), channel="counter", unit=unit
    )
    return HttpResponseRedirect(reverse("counter:draft", args=[made.pk]))


@clerk
def resume(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Go on where somebody stopped: with who it is, then wherever the clerk goes."""
    held = drafts.draft(id, by=actor_of(request))
    way = rules.steps(procedures.of(held), held.data)
    done = held.identity_checks.exists()
    first = way[0] if not done else next((each for each in way if not _given(held, each)), way[-1])
    return HttpResponseRedirect(reverse("counter:step", args=[held.pk, first]))


def _given(held: Draft, step: str) -> bool:
    """Whether a step was answered: its page has an answer."""
    if step == "eligibility":
        return bool(held.answers)
    if step == "who":
        return bool(held.contact)
    if step == "documents":
        return bool(held.documents)
    form = rules.form_of(procedures.of(held))
    pages = form.pages if form else ()
    fields = next((each.fields for each in pages if each.declared.key == step), ())
    return any(field.key in held.data for field in fields)


@clerk
@require_POST
def leave(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Throw a draft away."""
    drafting.leave(drafts.draft(id, by=actor_of(request)))
    messages.success(request, _("The unfinished dossier was deleted."))
    return HttpResponseRedirect(reverse("counter:intake"))


@clerk
def step(request: HttpRequest, id: UUID, step: str) -> HttpResponseBase:
    """One page of a draft."""
    held = drafts.draft(id, by=actor_of(request))
    if step not in ("eligibility", "who") and not held.identity_checks.exists():
        return HttpResponseRedirect(reverse("counter:step", args=[held.pk, "who"]))
    return AtCounter(request, held, procedures.of(held)).step(step)


class AtCounter(Filling):
    """A dossier that a clerk types for somebody."""

    frame = "counter/frame.html"

    def at(self, step: str) -> str:
        return reverse("counter:step", args=[self.held.pk, step])

    def root(self) -> str:
        return reverse("counter:draft", args=[self.held.pk])

    def begun_from(self) -> str:
        return reverse("counter:intake")

    def context(self) -> dict[str, Any]:
        return {"scans": True, "applicant": self.held.on_behalf.get("name", "")}

    def render(self, name: str, context: dict[str, Any], status: int) -> HttpResponseBase:
        folder = "counter" if name == "identify" else "forms/steps"
        return render(self.request, f"{folder}/{name}.html", {"nav": "counter"} | context, status=status)

    def files(self, given: Mapping[str, Any]) -> int:
        return papers.take_all(self.held, self.request.FILES, joined=bool(given.get("joined")))

    def sent(self, done: sending.Sent) -> HttpResponseBase:
        remember(self.request, done.code, done.secret)
        return HttpResponseRedirect(reverse("counter:registered", args=[done.code]))

    def who(self, step: str) -> HttpResponseBase:
        """Who stands there, by which document, and what may be read from registers for them."""
        held, request, by, lang = self.held, self.request, actor_of(self.request), language()
        offered = prefill.wanted(held)
        faults: list[showing.Fault] = []
        given = {
            "name": held.on_behalf.get("name", ""), "number": held.on_behalf.get("number", ""), "document": "card",
            "phone": held.contact.get("phone", ""), "email": held.contact.get("email", ""),
        }  # fmt: skip
        if request.method == "POST":
            given = {name: request.POST.get(name, "").strip()[:200] for name in given}
            try:
                intake.identify(held, **given, seen=bool(request.POST.get("seen")), by=by, language=lang)
                agreed = {
                    each.register: each.purpose
                    for each in offered
                    if request.POST.get(f"agree.{each.register}")
                }
                if agreed:
                    prefill.consent_at_counter(held, agreed, by=by)
                return self.next(step)
            except DothiError as error:
                faults = [showing.Fault(f"w-{error.where}" if error.where else "", error.text(lang))]
        context = {
            "given": given, "documents": IdentityCheck.DOCUMENTS, "faults": faults,
            "offered": [(each.register, each.label[lang]) for each in offered], "checks": held.identity_checks.all()[:5],
        }  # fmt: skip
        return self.shown(step, "identify", context)
