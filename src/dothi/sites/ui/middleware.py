"""What a visitor chose: language and ground. Kept in two plain cookies; no account is needed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

GROUND_COOKIE = "dothi_ground"
GROUNDS = ("auto", "paper", "night")
LANGUAGES = ("vi", "en")


def language_of(request: HttpRequest) -> str:
    """The chosen language, else the city's own: a browser's list is not asked (Vietnamese first)."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE


def ground_of(request: HttpRequest) -> str:
    """``auto``, ``paper`` or ``night``; empty when nothing was chosen and the surface decides."""
    chosen = request.COOKIES.get(GROUND_COOKIE, "")
    return chosen if chosen in GROUNDS else ""


class Preferences:
    """Activates the visitor's language for the request. Stands where Django's LocaleMiddleware would."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response
