"""When sign-in may be tried again: reads the failures that allauth's rate limits keep in the cache."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

ACTION = {"app": "allauth.account", "action": "login_failed"}


def free_at(history: Sequence[float], amount: int, duration: float) -> float:
    """When the oldest of the last ``amount`` failures stops counting; 0 while there are fewer."""
    return history[amount - 1] + duration if len(history) >= amount else 0.0


def wait_seconds(request: HttpRequest, key: str) -> int:
    """How long until a sign-in for ``key`` from this address is looked at again, in whole seconds."""
    latest = 0.0
    for rate in ratelimit.get_rates(**ACTION):
        counted = cache.get(ratelimit.get_cache_key(request, rate=rate, key=key, **ACTION), [])
        latest = max(latest, free_at(counted, rate.amount, rate.duration))
    return max(1, math.ceil(latest - time.time()))


def message(seconds: int) -> str:
    """What a person is told, in their language."""
    minutes = math.ceil(seconds / 60)
    wait = (
        ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
        if seconds <= 90
        else ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    )
    return gettext(
        "Too many failed attempts. Try again in %(wait)s. "
        "If you forgot your password, ask an administrator for a one-time link."
    ) % {"wait": wait}
