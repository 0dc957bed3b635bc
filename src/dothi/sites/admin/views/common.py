"""What every page here does alike: its menu, an attempt with its outcome, a part of a page for htmx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from dothi.core.errors import DothiError
from dothi.kernel.identity.web import actor_of
from dothi.sites.admin.access import sections
from dothi.sites.ui.shell import language

PAGE = 50


def page(request: HttpRequest, name: str, section: str, context: dict[str, Any]) -> HttpResponse:
    """The page ``administration/<name>.html`` with its menu; an htmx request gets ``<name>_live.html`` alone."""
    htmx = cast(HtmxDetails, getattr(request, "htmx", False))
    if htmx and not htmx.boosted and context.get("live"):
        return render(request, f"administration/{name}_live.html", context)
    menu = {"nav": "administration", "section": section, "sections": sections(actor_of(request))}
    return render(request, f"administration/{name}.html", menu | context)


def attempt(request: HttpRequest, act: Callable[[], object], done: str | Callable[[Any], str]) -> bool:
    """Do it and tell on the next page how it went; ``done`` may make its sentence from the result."""
    try:
        result = act()
    except DothiError as error:
        messages.error(request, error.text(language()))
        return False
    messages.success(request, done if isinstance(done, str) else done(result))
    return True
