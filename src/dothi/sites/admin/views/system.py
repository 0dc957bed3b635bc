"""The system: its parts, versions, what it keeps, its settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dothi.core.clock import now
from dothi.core.config import current
from dothi.kernel.feeds import queries as feeds
from dothi.kernel.feeds.generator.feed import KEY as GENERATOR
from dothi.kernel.identity.web import require
from dothi.sites.admin.access import SYSTEM
from dothi.sites.admin.reads import health, installation
from dothi.sites.admin.views.common import page


@never_cache
@require_GET
@require(SYSTEM)
def system(request: HttpRequest) -> HttpResponseBase:
    """Everything about this installation on one page; htmx asks for its parts again."""
    context = {"parts": health.parts(), "at": now(), "live": True}
    if not getattr(request, "htmx", False):
        context |= {
            "versions": installation.versions(),
            "storage": installation.storage(),
            "settings": installation.settings_in_force(),
            "config": current(),
            "encrypted": current().public_url.startswith("https://"),
            "simulating": feeds.enabled(GENERATOR),
        }
    return page(request, "system", "system", context)
