"""What was told to whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from dothi.kernel.identity.access import Actor
from dothi.kernel.messages.actions import READ
from dothi.kernel.messages.models import Message


def about(subject: str) -> list[Message]:
    """Every message about one thing (``case:…``), the newest first. Who may see the thing may see them."""
    return list(Message.objects.filter(about=subject).order_by("-created_at")[:200])


def failed(by: Actor, *, states: Sequence[str] = (Message.FAILED,), limit: int = 100) -> list[Message]:
    """Messages that did not arrive, the newest first."""
    by.require(READ)
    return list(Message.objects.filter(state__in=states).order_by("-created_at")[:limit])


def counts(by: Actor) -> dict[str, int]:
    """How many messages are in each state."""
    by.require(READ)
    found = Message.objects.order_by().values_list("state").annotate(Count("pk"))
    return {str(state): int(count) for state, count in found}
