"""The pages about people: who there is, what they hold, inviting, granting, revoking."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dothi.core.clock import now
from dothi.core.errors import DothiError
from dothi.kernel.identity import actions, queries
from dothi.kernel.identity.access import PEOPLE, PEOPLE_READ
from dothi.kernel.identity.house_forms import told
from dothi.kernel.identity.links import IssuedLink
from dothi.kernel.identity.models import Account, ApiToken, RoleAssignment
from dothi.kernel.identity.pages.forms import GrantForm, InviteForm, ReasonForm
from dothi.kernel.identity.web import actor_of, require

SHOWN = 200


def _base_url(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


def _person(request: HttpRequest, key: UUID) -> Account:
    """The account, if this reader may see it; else 404 like one that is not there."""
    account = get_object_or_404(Account.objects.prefetch_related("assignments"), pk=key)
    if not queries.may_see(actor_of(request), account):
        raise Http404
    return account


@never_cache
@require(PEOPLE_READ, somewhere=True)
def people(request: HttpRequest) -> HttpResponseBase:
    """Everyone this reader may see; searched with or without diacritics."""
    text = request.GET.get("q", "")[:100]
    found = queries.visible_accounts(actor_of(request), text, limit=SHOWN + 1)
    context = {"people": found[:SHOWN], "more": len(found) > SHOWN, "shown": SHOWN, "q": text}
    return render(request, "identity/people.html", context)


@never_cache
@require(PEOPLE, somewhere=True)
def invite(request: HttpRequest) -> HttpResponseBase:
    """A new person, perhaps with a first role, and the link to hand over."""
    form = InviteForm(request.POST or None)
    issued = None
    if request.method == "POST" and form.is_valid():
        asked, base_url = form.cleaned_data, _base_url(request)
        issued = form.attempt(partial(actions.welcome, base_url=base_url, by=actor_of(request), **asked))
    context = {"form": form, "issued": issued}
    return render(request, "identity/invite.html", context)


@never_cache
@require(PEOPLE_READ, somewhere=True)
def person(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One person: roles now and before, tokens, and what can be done."""
    account = _person(request, key)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        grant = partial(
            actions.grant_role,
            account,
            asked["role"],
            unit=asked["unit"],
            organisation=asked["organisation"],
            reason=asked["reason"],
            by=actor_of(request),
            **form.period(),
        )
        if form.attempt(grant):
            messages.success(request, gettext("The role was granted."))
            return redirect("identity:person", key=key)
    return _show(request, account, form)


def _show(
    request: HttpRequest, account: Account, form: GrantForm | None = None, issued: IssuedLink | None = None
) -> HttpResponse:
    context = {
        "person": account,
        "form": form or GrantForm(),
        "reason_form": ReasonForm(auto_id="why_%s"),
        "assignments": account.assignments.all(),
        "tokens": queries.tokens(account),
        "issued": issued,
        "now": now(),
    }
    return render(request, "identity/person.html", context)


@require_POST
@require()
def revoke_role(request: HttpRequest, key: int) -> HttpResponse:
    """End one assignment."""
    assignment = get_object_or_404(RoleAssignment.objects.select_related("account"), pk=key)
    account = _person(request, assignment.account_id)
    reason = request.POST.get("reason", "")
    _try(request, partial(actions.revoke_role, assignment, by=actor_of(request), reason=reason))
    return redirect("identity:person", key=account.pk)


@require_POST
@require()
def reset_link(request: HttpRequest, key: UUID) -> HttpResponse:
    """A one-time link for a new password, shown once."""
    account = _person(request, key)
    try:
        issued = actions.create_reset_link(account, base_url=_base_url(request), by=actor_of(request))
    except DothiError as error:
        messages.error(request, told(error))
        return redirect("identity:person", key=key)
    return _show(request, account, issued=issued)


@require_POST
@require()
def set_active(request: HttpRequest, key: UUID) -> HttpResponse:
    """Switch an account off or on."""
    account = _person(request, key)
    active = request.POST.get("active") == "true"
    reason = request.POST.get("reason", "")
    _try(request, partial(actions.set_active, account, active, by=actor_of(request), reason=reason))
    return redirect("identity:person", key=key)


@require_POST
@require()
def reset_factors(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take off the second factors of someone who lost them."""
    account = _person(request, key)
    reason = request.POST.get("reason", "")
    _try(request, partial(actions.reset_second_factors, account, by=actor_of(request), reason=reason))
    return redirect("identity:person", key=key)


@require_POST
@require()
def revoke_token(request: HttpRequest, key: UUID) -> HttpResponse:
    """Someone's token stops working."""
    token = get_object_or_404(ApiToken.objects.select_related("owner"), pk=key)
    account = _person(request, token.owner_id)
    _try(request, partial(actions.revoke_token, token, by=actor_of(request)))
    return redirect("identity:person", key=account.pk)


def _try(request: HttpRequest, act: Callable[[], object]) -> None:
    """Do it, and tell on the next page how it went."""
    try:
        act()
        messages.success(request, gettext("Done."))
    except DothiError as error:
        messages.error(request, told(error))
