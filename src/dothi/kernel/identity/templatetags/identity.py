"""What the pages of identity need beside Django's own tags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

from dothi.core.text import format_datetime
from dothi.kernel.identity.access import AUDIT, PEOPLE_READ, permissions
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.identity.roles import role
from dothi.kernel.identity.web import actor_of

register = template.Library()


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "vi"


@register.filter
def when(value: datetime | None) -> str:
    """A moment as people here write it; a dash for none."""
    return format_datetime(value, lang=_language()) if value else "–"


@register.filter
def role_name(key: str) -> str:
    """What people call a role."""
    declared = role(key)
    return declared.label(_language()) if declared else key


@register.filter
def permission_names(scope: str) -> str:
    """A token's scope in words."""
    known = permissions()
    return ", ".join(known[key].label(_language()) if key in known else key for key in scope.split())


@register.filter
def outcome_name(outcome: str) -> str:
    """An outcome in words."""
    words = {
        AuditEntry.DONE: gettext("done"),
        AuditEntry.REFUSED: gettext("refused"),
        AuditEntry.FAILED: gettext("failed"),
        AuditEntry.THROTTLED: gettext("throttled"),
    }
    return words.get(outcome, outcome)


@register.inclusion_tag("identity/nav.html", takes_context=True)
def identity_nav(context: template.Context) -> dict[str, Any]:
    """The links beside the page: one's own account, and what this person may administer."""
    request: HttpRequest = context["request"]
    actor = actor_of(request)
    links = [
        ("identity:account", gettext("My account")),
        ("mfa_index", gettext("Second step and passkeys")),
        ("identity:tokens", gettext("API tokens")),
        ("identity:sign-ins", gettext("My sign-ins")),
    ]
    if actor.may_somewhere(PEOPLE_READ):
        links.append(("identity:people", gettext("People")))
    if actor.may(AUDIT):
        links.append(("identity:audit", gettext("Audit log")))
    here = request.path
    shown = [{"url": reverse(name), "label": label, "here": reverse(name) == here} for name, label in links]
    return {"links": shown if actor.known else []}
