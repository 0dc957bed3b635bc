"""Tickets: short-lived proofs that a page's reader is who they are, for the hot paths. No Django here.

A page puts one into the address of its event stream, where no header can be sent. It says who, until when and
at most for what; what that person may do is read anew each time it is used.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from dothi.core.clock import now_us
from dothi.core.config import current
from dothi.core.errors import Unauthenticated, both
from dothi.core.secrets import secret
from dothi.kernel.identity import lookup, rules
from dothi.kernel.identity.access import ANONYMOUS, Actor

TTL_S = 300


class Ticket(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is signed: kind, account id, end (µs), permission patterns (None: all that the account has)."""

    kind: Literal["account", "anonymous"]
    id: str
    ends: int
    scope: tuple[str, ...] | None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Ticket).decode


@cache
def _key(home: Path) -> bytes:
    return secret(home, "tickets").encode()


def _mac(body: bytes) -> bytes:
    return hmac.digest(_key(current().home), body, hashlib.sha256)


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        both("Vé truy cập đã hết hạn. Hãy tải lại trang.", "The ticket has expired. Reload the page.")
    )


def mint(actor: Actor, ttl_s: float = TTL_S, scope: Sequence[str] | None = None) -> str:
    """A ticket for ``actor`` (an account or nobody in particular), good for ``ttl_s`` seconds.

    ``scope`` narrows it to some permissions (``["context.read"]``): an address may be seen by others.
    """
    if actor.kind not in ("account", "anonymous"):
        raise ValueError(f"a ticket stands for a person's page, not for a {actor.kind}")
    kind: Literal["account", "anonymous"] = "account" if actor.kind == "account" else "anonymous"
    ticket = Ticket(
        kind, actor.id, now_us() + int(ttl_s * 1_000_000), tuple(scope) if scope is not None else None
    )
    body = _encode(ticket)
    return base64.urlsafe_b64encode(_mac(body) + body).rstrip(b"=").decode()


def read(text: str) -> Actor:
    """The actor of a ticket; :class:`Unauthenticated` when it is forged, over, or its account is off."""
    ticket = _verified(text)
    if ticket.kind == "anonymous":
        return ANONYMOUS
    actor = lookup.by_account(UUID(ticket.id))
    if actor is None:
        raise _invalid()
    if ticket.scope is None:
        return actor
    return replace(actor, within=rules.within(ticket.scope, "", ""))


def _verified(text: str) -> Ticket:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _invalid() from None
    mac, body = raw[:32], raw[32:]
    if not hmac.compare_digest(mac, _mac(body)):
        raise _invalid()
    ticket = _decode(body)  # ours, hence well-formed
    if now_us() >= ticket.ends:
        raise _invalid()
    return ticket
