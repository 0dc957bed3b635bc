"""Where a one-time link leads: the first administrator, an invitation, a new password."""

from __future__ import annotations

from functools import partial

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from dothi.kernel.identity import actions, queries
from dothi.kernel.identity.house_forms import HouseForm
from dothi.kernel.identity.models import Account, OneTimeLink
from dothi.kernel.identity.pages.forms import FirstAdministratorForm, ResetForm, SetupForm, profile_of

FORMS: dict[str, type[HouseForm]] = {
    OneTimeLink.ADMINISTRATOR: FirstAdministratorForm,
    OneTimeLink.INVITATION: SetupForm,
    OneTimeLink.RESET: ResetForm,
}


@never_cache
@sensitive_post_parameters("password")
def setup(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the form of the link; once filled in, the link is used up and the person is signed in.

    Who has a second factor signs in with it as always: the link only replaces the password.
    """
    link = queries.open_link(secret)
    if link is None:
        return render(request, "identity/link_over.html", status=410)
    initial = profile_of(link.account) if link.account else {"language": request.LANGUAGE_CODE}
    form = FORMS[link.purpose](request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        account = form.attempt(partial(actions.redeem, secret, **form.cleaned_data))
        if account is not None:
            return _enter(request, account)
    return render(request, "identity/setup.html", {"form": form, "link": link})


def _enter(request: HttpRequest, account: Account) -> HttpResponse:
    """The link stands for the password just chosen; a second factor is asked for as always."""
    record_authentication(request, account, method="link", reauthenticated=True)
    response: HttpResponse = perform_login(
        request, Login(user=account, redirect_url=reverse("identity:account"))
    )
    return response
