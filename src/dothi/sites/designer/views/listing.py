"""The drafts and what is published; new drafts from files, from a procedure there is, or blank."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dothi.centres.services import catalogue
from dothi.centres.services.access import DESIGN
from dothi.centres.services.designing import access as rights
from dothi.centres.services.designing import actions, bodies, importing, queries
from dothi.centres.services.designing.models import Design
from dothi.core.errors import BadInput, DothiError, NotFound, both
from dothi.core.text import collation_key, fold
from dothi.kernel.cases import procedures as cases
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.web import actor_of
from dothi.sites.designer.reads import table
from dothi.sites.designer.views.common import designer, page
from dothi.sites.ui.shell import language

FILES_MOST = 300


def agency(key: str) -> str:
    """What a level or an organisation is called."""
    levels = {
        "ward": _("Wards, communes, special zone"),
        "city": _("The city"),
        "country": _("National agencies"),
    }
    return levels.get(key) or naming.agency(key, language())


@designer
def listing(request: HttpRequest) -> HttpResponseBase:
    """Drafts and published procedures, by agency and by words."""
    by, lang = actor_of(request), language()
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("q", "agency", "show")}
    closed = asked["show"] == "closed"
    states = (Design.PUBLISHED, Design.DISCARDED) if closed else Design.OPEN
    drafts = queries.listing(by=by, text=asked["q"], agency=asked["agency"], states=states)
    words = fold(asked["q"]).split()
    published = []
    for each in sorted(cases.all_published(), key=lambda one: collation_key(one.label.text(lang))):
        level = each.agency.organisation or each.agency.level
        known = fold(" ".join((each.label.vi, each.label.en, each.code or "", each.key)))
        if all(word in known for word in words) and asked["agency"] in ("", level):
            published.append((each, agency(level)))
    keys = {*queries.agencies(by=by), *(each.agency.organisation or each.agency.level for each in cases.all_published())}  # fmt: skip
    return page(
        request, "list",
        {
            "asked": asked, "drafts": [(each, agency(each.agency)) for each in drafts], "published": published, "closed": closed,
            "agencies": sorted(((key, agency(key)) for key in keys if key), key=lambda pair: collation_key(pair[1])),
            "may_design": by.may_somewhere(DESIGN), "full": len(drafts) >= queries.LIST_AT_MOST,
        },
    )  # fmt: skip


@designer
def new(request: HttpRequest) -> HttpResponseBase:
    """A new draft: official descriptions or BPMN files, a published procedure, or the usual course."""
    by = actor_of(request)
    brought: list[importing.Brought] = []
    fault = ""
    if request.method == "POST":
        try:
            how = request.POST.get("how", "")
            if how == "files":
                given = request.FILES.getlist("files")[:FILES_MOST]
                if not given:
                    raise BadInput(both("Hãy chọn tệp.", "Choose a file."), where="files")
                brought = [importing.bring(each.name or "", each.read(importing.FILE_MOST + 1), by=by) for each in given]  # fmt: skip
                if len(brought) == 1 and brought[0].design is not None:
                    messages.success(
                        request, _("The draft was made. Look at the points that are left to you.")
                    )
                    return redirect("designer:overview", id=brought[0].design.pk)
            else:
                made = _begun(request, how)
                messages.success(request, _("The draft was made."))
                return redirect("designer:overview", id=made.pk)
        except DothiError as error:
            fault = error.text(language())
    choices = sorted(((each.key, each.label.text(language())) for each in cases.all_published()), key=lambda pair: collation_key(pair[1]))  # fmt: skip
    return page(request, "new", {"brought": brought, "fault": fault, "choices": choices, "given": request.POST}, status=422 if fault else 200)  # fmt: skip


def _begun(request: HttpRequest, how: str) -> Design:
    by, post = actor_of(request), request.POST
    if how == "procedure":
        return actions.begin_again(post.get("key", "")[:100], by=by)
    return actions.begin_blank(
        post.get("new_key", "").strip()[:100], {"vi": post.get("vi", "")[:300], "en": post.get("en", "")[:300]},
        post.get("sector", "").strip()[:100] or "khac", by=by,
    )  # fmt: skip


@designer
def published(request: HttpRequest, key: str) -> HttpResponseBase:
    """A published procedure: its states and actions, its picture, its versions."""
    declared = next((each for each in cases.all_published() if each.key == key), None)
    if declared is None:
        raise NotFound(both("Không có thủ tục này.", "There is no such procedure."))
    by = actor_of(request)
    if request.method == "POST":
        made = actions.begin_again(key, by=by)
        return redirect("designer:overview", id=made.pk)
    body = queries.published_body(declared)
    return page(
        request, "published",
        {
            "each": declared, "agency": agency(bodies.agency_of(body)[0]), "rows": table.rows(body, language()), "versions": cases.versions(key),
            "open": Design.objects.filter(key=key, state__in=Design.OPEN).first(), "may_design": rights.may(by, DESIGN, bodies.agency_of(body)[1]),
            "for_people": declared.kind == catalogue.KIND,
        },
    )  # fmt: skip
