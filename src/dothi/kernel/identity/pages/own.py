"""The pages about oneself: profile, tokens, sign-ins."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dothi.core.clock import now
from dothi.kernel.identity import actions, queries
from dothi.kernel.identity.models import ApiToken
from dothi.kernel.identity.pages.forms import ProfileForm, TokenForm, profile_of
from dothi.kernel.identity.pages.paging import position
from dothi.kernel.identity.web import actor_of, require, signed_in


@never_cache
@require()
def account(request: HttpRequest) -> HttpResponseBase:
    """Name and language, what protects the account, which roles it holds."""
    me = signed_in(request)
    form = ProfileForm(request.POST or None, initial=profile_of(me))
    if request.method == "POST" and form.is_valid():
        save = partial(actions.update_profile, me, by=actor_of(request), **form.cleaned_data)
        if form.attempt(save):
            messages.success(request, gettext("Saved."))
            response = redirect("identity:account")
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, me.language, samesite="Lax")
            return response
    factors = {str(kind) for kind in Authenticator.objects.filter(user=me).values_list("type", flat=True)}
    held = me.assignments.filter(revoked_at=None)
    return render(
        request, "identity/account.html", {"form": form, "me": me, "factors": factors, "held": held}
    )


@never_cache
@require()
def tokens(request: HttpRequest) -> HttpResponseBase:
    """One's own API tokens, and a new one, whose secret is shown this once."""
    me, actor = signed_in(request), actor_of(request)
    form = TokenForm(request.POST or None, actor=actor)
    issued = None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        lasts = timedelta(days=asked["days"])
        issue = partial(
            actions.issue_token,
            me,
            name=asked["name"],
            permissions=asked["permissions"],
            lasts=lasts,
            by=actor,
        )
        issued = form.attempt(issue)
        form = TokenForm(actor=actor) if issued else form
    context = {"form": form, "issued": issued, "tokens": queries.tokens(me), "now": now()}
    return render(request, "identity/tokens.html", context)


@require_POST
@require()
def revoke_token(request: HttpRequest, key: UUID) -> HttpResponse:
    """One of one's own tokens stops working."""
    token = get_object_or_404(ApiToken, pk=key, owner=signed_in(request))
    actions.revoke_token(token, by=actor_of(request))
    messages.success(request, gettext("The token no longer works."))
    return redirect("identity:tokens")


@never_cache
@require()
def sign_ins(request: HttpRequest) -> HttpResponseBase:
    """When and from where someone signed in to this account."""
    page = queries.own_sign_ins(signed_in(request), before=position(request))
    return render(request, "identity/sign_ins.html", {"page": page})
