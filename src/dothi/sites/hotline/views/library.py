"""The library of answers: searched, put into the answer of a report, written by who may."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dothi.centres.hotline import access, handling, library
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.errors import DothiError
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.web import actor_of
from dothi.sites.forms import showing
from dothi.sites.hotline.reads import calling
from dothi.sites.hotline.views.common import desk, page
from dothi.sites.hotline.views.report import agencies
from dothi.sites.ui.shell import language


@desk
def answers(request: HttpRequest) -> HttpResponseBase:
    """The answers that fit; for a report (``?report=``) filled with what it says, to be put into its answer."""
    by, lang = actor_of(request), language()
    asked = {
        name: request.GET.get(name, "").strip()[:60] for name in ("q", "category", "organisation", "report")
    }
    case = handling.report(asked["report"], by=by) if asked["report"] else None
    if case is not None and not asked["category"]:
        asked["category"] = str(case.data.get("category", ""))
    organisation = asked["organisation"] or (case.organisation if case else "")
    edits = by.may_somewhere(access.EDIT_ANSWERS)
    found = library.find(
        by=by,
        text=asked["q"],
        category=asked["category"],
        organisation=organisation,
        retired=edits and case is None,
    )
    known = catalogue.categories()
    rows = [
        (
            each, each.title_en if lang == "en" else each.title_vi,
            library.filled(each, case, lang) if case else (each.text_en if lang == "en" else each.text_vi),
            known[each.category].label.text(lang) if each.category in known else "", naming.agency(each.organisation, lang),
        )
        for each in found
    ]  # fmt: skip
    context = {
        "rows": rows, "asked": asked, "case": case, "edits": edits, "groups": calling.groups(lang, asked["category"]),
    }  # fmt: skip
    return page(request, "answers", context)


@desk
def edit(request: HttpRequest, id: UUID | None = None) -> HttpResponseBase:
    """A new answer, or another version of one."""
    by, lang = actor_of(request), language()
    held = library.get(id, by=by) if id else None
    told: list[showing.Fault] = []
    given = request.POST
    if request.method == "POST":
        title, text = (
            {each: given.get(f"{name}_{each}", "") for each in ("vi", "en")} for name in ("title", "text")
        )
        try:
            if held is None:
                library.write(
                    title=title,
                    text=text,
                    category=given.get("category", ""),
                    organisation=given.get("organisation", "")[:60],
                    by=by,
                )
            elif given.get("do") in ("retire", "offer"):
                library.retire(held.pk, given["do"] == "retire", by=by)
            else:
                version = given.get("version", "")
                library.revise(
                    held.pk, title=title, text=text, version=int(version) if version.isdecimal() else 0, by=by
                )
            messages.success(request, _("The answer was kept."))
            return HttpResponseRedirect(reverse("hotline_desk:answers"))
        except DothiError as error:
            told = [showing.Fault(error.where or "", error.text(lang))]
    names = ("title_vi", "title_en", "text_vi", "text_en")
    context = {
        "held": held, "faults": told, "groups": calling.groups(lang, given.get("category", "")), "agencies": agencies(lang),
        "given": {name: given.get(name, getattr(held, name, "")) for name in names} | {"to": given.get("organisation", "")},
        "versions": held.versions.all()[:20] if held else [], "fields": library.FIELDS,
        "of": naming.agency(held.organisation, lang) if held else "", "edits": by.may(access.EDIT_ANSWERS, organisation=(held.organisation or None) if held else None) or (held is None and by.may_somewhere(access.EDIT_ANSWERS)),
    }  # fmt: skip
    return page(request, "answer", context, status=422 if told else 200)
