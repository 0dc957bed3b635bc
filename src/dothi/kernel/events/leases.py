"""Which process works for a consumer: one row each, taken for a while and renewed."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Sequence

from django.db import transaction

from dothi.core.clock import now_us
from dothi.kernel.events.models import ConsumerOffset

LEASE_US = 20_000_000
_here: set[str] = set()


class LeaseLost(Exception):
    """Another process works for this consumer now."""


def new_owner() -> str:
    """A name for one runner: host, process, and a token of its own."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    _here.add(owner)
    return owner


def forget_owner(owner: str) -> None:
    """The runner has ended."""
    _here.discard(owner)


def is_dead(owner: str) -> bool:
    """Whether the runner was of this machine and is surely gone: no need to wait for its lease to run out."""
    host, _, rest = owner.partition(":")
    pid, _, _ = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return owner not in _here
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def holds(name: str, owner: str) -> ConsumerOffset | None:
    """The row when ``owner`` surely holds it. Writes nothing: a write would wake every reader for nothing."""
    sure = now_us() + LEASE_US // 4
    return ConsumerOffset.objects.filter(name=name, owner=owner, leased_until_us__gt=sure).first()


@transaction.atomic
def take(name: str, owner: str) -> ConsumerOffset | None:
    """The row of the consumer, now held by ``owner``; None when another one holds it."""
    row = ConsumerOffset.objects.select_for_update().get(name=name)
    if row.owner not in ("", owner) and row.leased_until_us > now_us() and not is_dead(row.owner):
        return None
    row.owner, row.leased_until_us = owner, now_us() + LEASE_US
    row.save(update_fields=["owner", "leased_until_us"])
    return row


def fence(name: str, owner: str) -> ConsumerOffset:
    """The row, locked until the end of the transaction; raises :class:`LeaseLost` when it is another's."""
    row = ConsumerOffset.objects.select_for_update().get(name=name)
    if row.owner != owner:
        raise LeaseLost(name)
    return row


def renew(owner: str) -> None:
    """Hold on to all that ``owner`` holds."""
    ConsumerOffset.objects.filter(owner=owner).update(leased_until_us=now_us() + LEASE_US)


def release(names: Sequence[str], owner: str) -> None:
    """Let others work for these."""
    ConsumerOffset.objects.filter(name__in=names, owner=owner).update(owner="", leased_until_us=0)
