"""What every page shows around its content: city, links, language, ground, version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from dothi import __version__
from dothi.core.clock import now
from dothi.core.config import current
from dothi.kernel.directory import queries as directory
from dothi.sites.ui.middleware import ground_of
from dothi.sites.ui.navigation import links

_city: dict[str, dict[str, str]] = {}


def language() -> str:
    """``vi`` or ``en``: the language of the page being made."""
    return "en" if (get_language() or "").startswith("en") else "vi"


def city_name() -> str:
    """The city's own name in the page's language; empty until the directory is loaded."""
    code = current().city
    if code not in _city:
        unit = directory.unit(code)
        if unit is None:
            return ""
        _city[code] = dict(unit.name)
    return _city[code].get(language(), "")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {
        "language": language(),
        "ground": ground_of(request),
        "surface_ground": "auto",  # a surface with a ground of its own gives it with its page
        "city_name": city_name(),
        "links": links(request),
        "version": __version__,
        "page_now": now(),
        "here": request.get_full_path(),
        "login_url": settings.LOGIN_URL,
    }
