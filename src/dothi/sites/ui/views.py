"""A visitor's choices, and the pages that say what went wrong and what to do next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dothi.core.config import current
from dothi.sites.ui.middleware import GROUND_COOKIE, GROUNDS, LANGUAGES, ground_of, language_of

YEAR_S = 365 * 24 * 3600


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


@require_POST
def preferences(request: HttpRequest) -> HttpResponseBase:
    """Remember language and ground, and go back to the very page the visitor was on."""
    response = HttpResponseRedirect(_next(request))
    chosen = ((settings.LANGUAGE_COOKIE_NAME, "language", LANGUAGES), (GROUND_COOKIE, "ground", GROUNDS))
    for cookie, field, allowed in chosen:
        if (value := request.POST.get(field)) in allowed:
            response.set_cookie(
                cookie, str(value), max_age=YEAR_S, samesite="Lax", secure=current().url.startswith("https:")
            )
    return response


def fault(request: HttpRequest, status: int, title: str, advice: str, detail: str = "") -> HttpResponse:
    """A page for one fault: what happened, what to do next, in the visitor's language."""
    context = {"status": status, "title": title, "advice": advice, "detail": detail}
    return render(request, "ui/fault.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    advice = _("Something in the address or the form cannot be used. Go back and try again.")
    return fault(request, 400, _("We could not read this request"), advice)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    advice = _("Sign in with an account that may see it, or ask an administrator for the right.")
    return fault(request, 403, _("This page is not open to you"), advice)


def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form that is too old or was sent from elsewhere."""
    advice = _(
        "The form was open for too long, or cookies are blocked. Go back, reload the page and send it again."
    )
    return fault(request, 403, _("This form is no longer valid"), advice)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    advice = _("The address may be mistyped, or the page was moved. The map and the search still work.")
    return fault(request, 404, _("There is no such page"), advice)


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Uses nothing that may itself be broken: no context processors, no database."""
    context: dict[str, Any] = {
        "language": language_of(request),
        "ground": ground_of(request),
        "status": 500,
        "title": _("Something went wrong on our side"),
        "advice": _(
            "Nothing you entered was the cause. Try again in a minute; if it stays, tell the administrator."
        ),
        "request_id": request.headers.get("x-request-id", ""),
    }
    return HttpResponse(loader.get_template("ui/server_error.html").render(context), status=500)
