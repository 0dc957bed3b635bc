"""One runner acts at a time, in however many processes: it holds a lease that it has to renew."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from dothi.core.ids import uuid7_str
from dothi.kernel.feeds.models import Lease

TTL = timedelta(seconds=15)


def new_holder() -> str:
    """A name no other process has."""
    return f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid7_str()[-12:]}"


def take(name: str, holder: str, now: datetime, ttl: timedelta = TTL) -> bool:
    """Take or renew the lease; false while somebody else holds it."""
    mine_or_free = Q(holder=holder) | Q(expires_at__lte=now)
    if Lease.objects.filter(mine_or_free, name=name).update(holder=holder, expires_at=now + ttl):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, expires_at=now + ttl)
    except IntegrityError:
        return False
    return True


def give_back(name: str, holder: str) -> None:
    """Free the lease at once, if it is ours."""
    Lease.objects.filter(name=name, holder=holder).delete()
