"""Who has a case: given to a colleague, handed to another house; opinions asked of others, and reminded."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from msgspec import UNSET

from dothi.core.clock import HCMC, now
from dothi.core.errors import BadInput, DothiError, NotFound, both
from dothi.kernel.cases import changing, people, queries, reminding
from dothi.kernel.cases.access import ASSIGN, CONFIGURE
from dothi.kernel.cases.models import Delegation, DutyRoster
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.reads import colleagues
from dothi.sites.casework.reads import showing as reads
from dothi.sites.casework.reads.listing import row
from dothi.sites.casework.views.common import officer, page
from dothi.sites.forms.showing import Fault
from dothi.sites.ui.shell import language


@officer
def assign(request: HttpRequest, code: str) -> HttpResponseBase:
    """Give a case to a colleague, or hand it to another unit or organisation."""
    by, lang = actor_of(request), language()
    view = queries.get(code, by=by)
    faults: list[Fault] = []
    if request.method == "POST":
        given, note = request.POST, request.POST.get("note", "").strip()[:2000]
        rev = int(given["rev"]) if given.get("rev", "").isdecimal() else None
        try:
            if given.get("do") == "assign":
                changing.assign(view.id, by=by, assignee=given.get("assignee") or None, note=note, rev=rev)
            else:
                if not given.get("organisation") and not given.get("to_unit"):
                    raise BadInput(both("Hãy chọn nơi chuyển đến.", "Choose where it goes."), where="to_unit")
                changing.hand_over(
                    view.id, by=by, organisation=given.get("organisation") or None, unit=given.get("to_unit") or UNSET,
                    note=note, rev=rev,
                )  # fmt: skip
            messages.success(request, _("The case has changed hands."))
            return HttpResponseRedirect(reverse("casework:queue"))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    context = {
        "case": view, "row": row(view, lang), "faults": faults, "given": request.POST,
        "colleagues": colleagues.of(view.unit, view.organisation), "organisations": reads.organisations(lang), "units": reads.units(lang),
        "may": by.may(ASSIGN, unit=view.unit or None, organisation=view.organisation or None),
    }  # fmt: skip
    return page(request, "assign", context, status=422 if faults else 200)


@officer
@require_POST
def remind(request: HttpRequest, code: str) -> HttpResponseBase:
    """Remind those whose opinion a case waits for."""
    by = actor_of(request)
    view = queries.get(code, by=by)
    reminding.remind(view, request.POST.get("child", ""), by=by)
    messages.success(request, _("The reminder is in the case of those asked."))
    return HttpResponseRedirect(reverse("casework:case", args=[view.code]))


def _span(given: Any) -> tuple[datetime, datetime]:
    """The days of a form, both of them whole."""
    try:
        first, last = (datetime.fromisoformat(given.get(name, "")).date() for name in ("from", "until"))
    except ValueError as error:
        raise BadInput(
            both("Hãy ghi ngày bắt đầu và kết thúc.", "Give the first and the last day."), where="from"
        ) from error
    return datetime.combine(first, time(), HCMC), datetime.combine(last + timedelta(days=1), time(), HCMC)


@officer
def away(request: HttpRequest) -> HttpResponseBase:
    """Whose work one does, who does one's own; and the duty roster."""
    by, lang = actor_of(request), language()
    faults: list[Fault] = []
    if request.method == "POST":
        given = request.POST
        try:
            start, end = _span(given) if given.get("do") in ("delegate", "duty") else (now(), now())
            if given.get("do") == "delegate":
                people.delegate(
                    colleagues.known(given.get("to", ""), by),
                    start=start,
                    end=end,
                    reason=given.get("reason", ""),
                    by=by,
                )
            elif given.get("do") == "end":
                people.end_delegation(_delegation(given.get("key", "")), by=by)
            elif given.get("do") == "duty":
                account = colleagues.known(given.get("account", ""), by)
                people.put_on_duty(
                    given.get("organisation", ""),
                    given.get("role", "")[:60],
                    account,
                    start=start,
                    end=end,
                    by=by,
                )
            elif given.get("do") == "off":
                people.take_off_duty(_duty(given.get("key", "")), by=by)
            return HttpResponseRedirect(reverse("casework:away"))
        except DothiError as error:
            faults = [Fault(error.where or "", error.text(lang))]
    context = {
        "faults": faults, "given": request.POST, "mine": colleagues.handed_on(by), "others": colleagues.taken_on(by),
        "colleagues": colleagues.visible(by), "roster": colleagues.roster(by, lang), "organisations": reads.organisations(lang),
        "configures": by.may_somewhere(CONFIGURE),
    }  # fmt: skip
    return page(request, "away", context, status=422 if faults else 200)


def _delegation(key: str) -> Delegation:
    found = Delegation.objects.filter(pk=int(key)).first() if key.isdecimal() else None
    if found is None:
        raise NotFound(both("Không có uỷ quyền này.", "There is no such delegation."))
    return found


def _duty(key: str) -> DutyRoster:
    found = DutyRoster.objects.filter(pk=int(key)).first() if key.isdecimal() else None
    if found is None:
        raise NotFound(both("Không có ca trực này.", "There is no such duty."))
    return found
