"""What waits to be accepted: the list, and one dossier looked through and accepted, sent back once, or refused."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.centres.services import acceptance
from dothi.centres.services.access import INTAKE
from dothi.centres.services.actions import accepting
from dothi.core.errors import DothiError
from dothi.core.ids import uuid7_str
from dothi.kernel.cases import queries
from dothi.kernel.cases.engine.types import Offer, Refused
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.reads import showing as reads
from dothi.sites.casework.reads.listing import row
from dothi.sites.counter import access
from dothi.sites.counter.reads import waiting
from dothi.sites.counter.views.common import clerk, page
from dothi.sites.forms.showing import Fault
from dothi.sites.ui.shell import language

PAGE = 50


@clerk
def queue(request: HttpRequest) -> HttpResponseBase:
    """The dossiers that wait to be accepted, the first due first."""
    by, lang = actor_of(request), language()
    asked = waiting.Asked.of(request.GET)
    wanted = asked.filter(by.reference)
    found = queries.inbox(wanted, by=by, after=request.GET.get("after", ""), limit=PAGE)
    return page(
        request,
        "queue",
        {
            "asked": asked.given, "rows": [row(each, lang) for each in found.items], "counts": queries.counts(wanted, by=by),
            "most": queries.COUNTED_AT_MOST, "procedures": waiting.procedures(lang), "channels": waiting.CHANNELS,
            "units": access.halls(by, lang, INTAKE), "next": f"{asked.address()}&after={found.next}" if found.next else "",
            "views": [(key, asked.address(mine=key)) for key in ("", "nobody", "me")],
        },
    )  # fmt: skip


@clerk
@require_POST
def claim(request: HttpRequest) -> HttpResponseBase:
    """Take the next one and open it."""
    asked = waiting.Asked.of(request.POST)
    given = asked.given
    taken = accepting.claim_next(
        by=actor_of(request), procedure=given["procedure"], unit=given["unit"], channel=given["channel"]
    )
    if taken is None:
        messages.info(request, _("Nothing waits that nobody has."))
        return HttpResponseRedirect(reverse("counter:queue") + asked.address())
    return HttpResponseRedirect(reverse("counter:look", args=[taken.code]))


@clerk
def look(request: HttpRequest, code: str) -> HttpResponseBase:
    """One dossier with what decides on it: answers, papers, and the three ways on."""
    by, lang = actor_of(request), language()
    view = queries.get(code, by=by)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            return _decide(request, view, by)
        except Refused as error:
            faults = [Fault(where, text[lang]) for where, text in error.errors.items()] or [
                Fault("", error.text(lang))
            ]
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    compiled = queries.compiled(view)
    offers: dict[str, Offer] = {each.action: each for each in queries.available(view.id, by=by)}
    assert view.snapshot is not None
    context = {
        "case": view, "row": row(view, lang), "sections": reads.answers(view, compiled, lang), "faults": faults,
        "papers": reads.papers(view, compiled, lang), "clocks": reads.clocks(view, compiled, lang),
        "accept": offers.get(acceptance.ACCEPT), "ask": offers.get(acceptance.ASK), "refuse": offers.get(acceptance.REFUSE),
        "asked_before": acceptance.ASK in view.snapshot.once, "payments": [each for each in view.snapshot.payments.values() if each],
        "given": request.POST, "chosen": request.POST.getlist("paper"), "key": request.POST.get("key") or uuid7_str(),
        "mine": view.assignee == by.reference,
    }  # fmt: skip
    return page(request, "look", context, status=422 if faults else 200)


def _decide(request: HttpRequest, view: CaseView, by: Actor) -> HttpResponseRedirect:
    given = request.POST
    rev = int(given["rev"]) if given.get("rev", "").isdecimal() else None
    key = f"counter:{given.get('key', '')[:60]}"
    what = given.get("do", "")
    if what == "accept":
        done = accepting.accept(view, by=by, remark=given.get("remark", "").strip()[:2000], rev=rev, key=key)
        messages.success(
            request, _("Accepted: %(code)s. The receipt is being written.") % {"code": done.code}
        )
        return HttpResponseRedirect(reverse("counter:registered", args=[done.code]))
    if what == "ask":
        done = accepting.ask_once(
            view, by=by, papers=given.getlist("paper"), text=given.get("missing", "")[:4000],
            reason=given.get("why_again", "")[:2000], rev=rev, key=key,
        )  # fmt: skip
        messages.success(request, _("The request was sent to the applicant: %(code)s.") % {"code": done.code})
    else:
        done = accepting.refuse(view, by=by, reason=given.get("reason", "")[:2000], rev=rev, key=key)
        messages.success(request, _("Refused: %(code)s.") % {"code": done.code})
    return HttpResponseRedirect(reverse("counter:queue"))
