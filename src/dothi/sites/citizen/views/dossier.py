"""Filling a dossier in: one thing a page, saved each time, checked before it is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.services import drafts, prefill, procedures
from dothi.centres.services.actions import drafting, sending
from dothi.centres.services.models import Draft
from dothi.core.errors import BadInput, TooMany, both
from dothi.kernel.identity.web import actor_of
from dothi.sites.citizen.reads import mine
from dothi.sites.citizen.views.common import (
    CASES,
    DRAFTS,
    citizen,
    remember,
    secret_of,
)
from dothi.sites.forms import showing
from dothi.sites.forms.filling import Filling
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
    return Own(request, held, procedures.of(held)).step(step)


def _draft(request: HttpRequest, id: UUID) -> Draft:
    return drafts.draft(id, by=actor_of(request), secret=secret_of(request, DRAFTS, str(id)))


def _at(held: Draft, step: str) -> str:
    return reverse("citizen:step", args=[held.pk, step])


class Own(Filling):
    """A dossier that somebody fills in themselves, in their own browser."""

    frame = "citizen/frame.html"

    def at(self, step: str) -> str:
        return _at(self.held, step)

    def root(self) -> str:
        return reverse("citizen:draft", args=[self.held.pk])

    def begun_from(self) -> str:
        return reverse("citizen:service", args=[self.held.procedure])

    def context(self) -> dict[str, Any]:
        secret = secret_of(self.request, DRAFTS, str(self.held.pk))
        return {"link": f"{self.request.build_absolute_uri(self.root())}?k={secret}"}

    def render(self, name: str, context: dict[str, Any], status: int) -> HttpResponseBase:
        return render(self.request, f"forms/steps/{name}.html", {"nav": "citizen"} | context, status=status)

    def sent(self, done: sending.Sent) -> HttpResponseBase:
        if done.secret:
            remember(self.request, CASES, done.code, done.secret)
        return HttpResponseRedirect(f"{reverse('citizen:case', args=[done.code])}?new=1")

    def who(self, step: str) -> HttpResponseBase:
        held, compiled, request = self.held, self.compiled, self.request
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
                    each.register: each.purpose
                    for each in offered
                    if request.POST.get(f"agree.{each.register}")
                }
                if agreed:
                    prefill.consent(held, agreed, by=by)
                return self.next(step)
            except BadInput as error:
                told = [showing.Fault(f"w-{error.where}", error.text(lang))]
        fields = {
            each.key: each.declared.label.text(lang)
            for form in compiled.forms.values()
            for each in form.fields()
        }
        rows = [
            (each.register, each.label[lang], [fields[key] for key in each.fields if key in fields])
            for each in offered
        ]
        told_of = {"given": given, "offered": rows, "person": person, "by": by, "faults": told}
        return self.shown(step, "who", told_of)
