"""The leader's list: what waits for a signature, the paper as it would be, one or many signed, or given back with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.centres.services import signatures
from dothi.core.errors import BadInput, DothiError, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases import actions, queries
from dothi.kernel.fulfilment import writing
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.reads.signing import waiting
from dothi.sites.casework.views.case import framed
from dothi.sites.casework.views.common import officer, page
from dothi.sites.ui.shell import language


@officer
def signing(request: HttpRequest) -> HttpResponseBase:
    """What waits for one's signature; those chosen are signed, or given back."""
    by, lang = actor_of(request), language()
    refused: list[tuple[str, str]] = []
    if request.method == "POST":
        chosen = request.POST.getlist("code")[:200]
        back = request.POST.get("do") == "return"
        reason = request.POST.get("reason", "").strip()[:2000]
        if not chosen:
            refused.append(("", _("Choose at least one dossier.")))
        done = 0
        for code in chosen:
            try:
                _one(request, code, back=back, reason=reason)
                done += 1
            except DothiError as error:
                refused.append((code, error.text(lang)))
        if done:
            said = (
                ngettext("%(n)s given back.", "%(n)s given back.", done)
                if back
                else ngettext("%(n)s signed.", "%(n)s signed.", done)
            )
            messages.success(request, said % {"n": done})
        if not refused:
            return HttpResponseRedirect(reverse("casework:signing"))
    context = {
        "rows": waiting(by, lang),
        "refused": refused,
        "key": uuid7_str(),
        "reason": request.POST.get("reason", ""),
    }
    return page(request, "signing", context, status=422 if refused else 200)


def _one(request: HttpRequest, code: str, *, back: bool, reason: str) -> None:
    by = actor_of(request)
    view = queries.get(code, by=by)
    rev = request.POST.get(f"rev.{code}", "")
    if back and not reason:
        raise BadInput(both("Hãy ghi lý do trả lại.", "Say why it is given back."), where="reason")
    _asked, known = signatures.waiting()
    action = signatures.RETURN if back else known.get(view.procedure, {}).get(view.state, "")
    key = f"sign:{request.POST.get('key', '')[:40]}:{view.num}"
    actions.act(
        view.id,
        action,
        by=by,
        note=reason if back else "",
        rev=int(rev) if rev.isdecimal() else None,
        key=key,
    )


@officer
def paper(request: HttpRequest, code: str, action: str) -> HttpResponseBase:
    """The paper that would be signed, as a draft."""
    by = actor_of(request)
    made = writing.preview(queries.get(code, by=by).id, action, by=by)
    if made is None:
        raise NotFound(both("Bước này không có văn bản để ký.", "This step writes no paper to sign."))
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{code}-draft.pdf"'
    return framed(answer)
