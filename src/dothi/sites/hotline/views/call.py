"""The call screen: written on while somebody talks, kept at every pause, sent by one key."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.hotline import calls
from dothi.centres.hotline.models import Call
from dothi.core.errors import BadInput, DothiError
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.messages.rules import Recipient, phone
from dothi.sites.forms import showing
from dothi.sites.hotline.reads import calling, lines
from dothi.sites.hotline.views.common import desk, page
from dothi.sites.ui.shell import language

_WHERE = {"category": "category", "description": "description", "place": "f-place", "phone": "number", "email": "email", "number": "number"}  # fmt: skip


@desk
@require_POST
def begin(request: HttpRequest) -> HttpResponseBase:
    """Take a call."""
    made = calls.begin(by=actor_of(request), number=request.POST.get("number", ""))
    return HttpResponseRedirect(reverse("hotline_desk:call", args=[made.pk]))


@desk
def call(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The screen; without scripts its buttons save, suggest and send."""
    by = actor_of(request)
    found = calls.mine(id, by=by)
    told: list[showing.Fault] = []
    if request.method == "POST" and found.ended_at is None:
        draft = calling.posted(request.POST, found.draft)
        if request.POST.get("choose"):
            draft["category"] = request.POST["choose"]
        found = calls.save_draft(id, draft, by=by)
        try:
            if request.POST.get("follow"):
                calls.follow(id, request.POST["follow"], contact=_contact(found), by=by)
                return HttpResponseRedirect(_report(request.POST["follow"], found))
            if request.POST.get("do") == "send":
                return HttpResponseRedirect(_report(_send(found, by), found))
        except Refused as error:
            told = [showing.Fault("", each[language()]) for each in error.errors.values()]
            told = told or [showing.Fault("", error.text(language()))]
        except DothiError as error:
            told = [showing.Fault(_WHERE.get(error.where or "", f"a-{error.where}"), error.text(language()))]
    return _screen(request, found, by, told)


def _report(code: str, found: Call) -> str:
    return f"{reverse('hotline_desk:report', args=[code])}?call={found.pk}"


def _contact(found: Call) -> Recipient:
    draft = found.draft
    number = str(draft.get("number", ""))
    try:
        number = phone(number) if number else ""
    except BadInput:
        number = ""  # a line that takes no messages: the caller hears by telephone
    return Recipient(name=str(draft.get("name", "")), email=str(draft.get("email", "")), phone=number)


def _send(found: Call, by: Actor) -> str:
    draft = found.draft
    if (draft.get("lon") or draft.get("lat")) and calling.position(draft) is None:
        raise BadInput(_("The coordinates are not right. Leave them empty or correct them."), where="place")
    return calls.file(
        found.pk, category=str(draft.get("category", "")), description=str(draft.get("description", "")), by=by,
        position=calling.position(draft), place_words=calling.words(draft), unit=str(draft.get("unit", "")),
        answers=calling.given_answers(draft), contact=_contact(found),
    ).code  # fmt: skip


def _screen(request: HttpRequest, found: Call, by: Actor, told: list[showing.Fault]) -> HttpResponseBase:
    lang, draft = language(), found.draft
    faults = [each.text for each in told if each.id == "f-place"]
    known = _known(str(draft.get("number", "")), by, lang)
    context = {
        "call": found, "draft": draft, "faults": told, "groups": calling.groups(lang, str(draft.get("category", ""))),
        "each": calling.place(draft, lang, _("Where is it?"), faults), "help": calling.assist(draft, lang), **known,
        "case": lines.code_of(found.case, by),
    }  # fmt: skip
    return page(request, "call", context, status=422 if told else 200)


def _known(number: str, by: Actor, lang: str) -> dict[str, object]:
    try:
        known = calls.caller(number, by=by)
    except BadInput as error:
        return {"wrong": error.text(lang)}
    return {
        "opened": [lines.line(each, lang) for each in known.open], "closed": [lines.line(each, lang) for each in known.closed],
        "rung": known.calls, "number": number,
    }  # fmt: skip


@desk
@require_POST
def assist(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Keep what is written, and show what it suggests."""
    by = actor_of(request)
    draft = calling.posted(request.POST, calls.mine(id, by=by).draft)
    found = calls.save_draft(id, draft, by=by)
    other = request.POST.get("asked", "") != found.draft.get("category", "")
    return page(
        request, "assist", {"call": found, "draft": found.draft, "help": calling.assist(found.draft, language()), "oob": other}
    )  # fmt: skip


@desk
@require_POST
def known(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """What the number told before."""
    by = actor_of(request)
    found = calls.mine(id, by=by)
    return page(request, "known", {"call": found, **_known(request.POST.get("number", ""), by, language())})


@desk
@require_POST
def end(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Hang up: what came of the call."""
    calls.end(
        id, outcome=request.POST.get("outcome", ""), note=request.POST.get("note", ""), by=actor_of(request)
    )
    return HttpResponseRedirect(reverse("hotline_desk:queue"))
