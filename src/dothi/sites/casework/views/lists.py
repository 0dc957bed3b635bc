"""What one does with a whole list: keep it under a name, do one step on many of its cases."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dothi.core.errors import DothiError, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases import changing, people, queries
from dothi.kernel.cases.models import SavedFilter
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.reads.listing import Asked, row
from dothi.sites.casework.views.common import officer, page
from dothi.sites.ui.shell import language

AT_ONCE = 200


@officer
@require_POST
def keep(request: HttpRequest) -> HttpResponseBase:
    """Keep the list under a name."""
    by, asked = actor_of(request), Asked.of(request.POST)
    people.save_filter(request.POST.get("name", ""), asked.filter(by), by=by)
    messages.success(request, _("The list is kept."))
    return HttpResponseRedirect(reverse("casework:queue") + asked.address())


@officer
@require_POST
def forget(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Remove a kept list of one's own."""
    found = SavedFilter.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có bộ lọc này.", "There is no such list."))
    people.forget_filter(found, by=actor_of(request))
    return HttpResponseRedirect(reverse("casework:queue"))


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can be done on chosen cases: on how many of them."""

    action: str
    label: str
    count: int
    note: str


@officer
@require_POST
def bulk(request: HttpRequest) -> HttpResponseBase:
    """The same step on many cases: first what is possible, then what became of each."""
    by, lang = actor_of(request), language()
    codes = request.POST.getlist("code")[:AT_ONCE]
    views, steps = _possible(codes, by, lang)
    rows = [row(each, lang) for each in views]
    action = request.POST.get("action", "")
    names = {each.id: each.code for each in views}
    refused: list[tuple[str, str]] = []
    status = 200
    if action and codes:
        try:
            results = changing.bulk_act(
                [each.id for each in views], action, by=by, note=request.POST.get("note", "").strip()[:2000],
                key=f"bulk:{request.POST.get('key', '')[:40]}",
            )  # fmt: skip
        except DothiError as error:
            results, refused, status = [], [("", error.text(lang))], error.status
        refused += [
            (names.get(str(id), str(id)), each.text(lang))
            for id, each in results
            if isinstance(each, DothiError)
        ]
        done = sum(not isinstance(each, DothiError) for _id, each in results)
        if done:
            messages.success(request, ngettext("%(n)s done.", "%(n)s done.", done) % {"n": done})
        if not refused:
            return HttpResponseRedirect(reverse("casework:queue"))
    context = {
        "rows": rows,
        "steps": steps,
        "refused": refused,
        "key": uuid7_str(),
        "note": request.POST.get("note", ""),
    }
    return page(request, "bulk", context, status=status)


def _possible(codes: list[str], by: Actor, lang: str) -> tuple[list[CaseView], list[Step]]:
    """The chosen cases that one sees, and the steps without a form that can be done on them."""
    views, counts, offers = [], dict[str, int](), {}
    for code in codes:
        try:
            view = queries.get(code, by=by)
        except DothiError:
            continue
        views.append(view)
        for each in queries.available(view.id, by=by):
            if each.enabled and not each.form and not each.outcomes:
                counts[each.action] = counts.get(each.action, 0) + 1
                offers[each.action] = each
    steps = [Step(key, offers[key].label[lang], count, offers[key].note) for key, count in counts.items()]
    return views, sorted(steps, key=lambda each: -each.count)
