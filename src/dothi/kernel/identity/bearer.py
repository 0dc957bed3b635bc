"""Who sends a request, told from its headers alone: for hot paths, which have no session. No Django."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from dothi.core.errors import Unauthenticated, both
from dothi.kernel.identity import lookup, tickets
from dothi.kernel.identity.access import ANONYMOUS, Actor
from dothi.kernel.identity.secrets import TOKEN_PREFIX, digest

_MAX = 2048


def authenticate(headers: Iterable[tuple[bytes, bytes]], query_string: bytes = b"") -> Actor:
    """The actor of ``Authorization: Bearer dothi_…``, ``X-Dothi-Ticket: …`` or ``?ticket=…``.

    :data:`ANONYMOUS` when there is none of them; raises :class:`Unauthenticated` when one is there and bad.
    Header names in lower case, as ASGI gives them.
    """
    ticket: bytes | None = None
    for name, value in headers:
        if name == b"authorization":
            return _bearer(value)
        if name == b"x-dothi-ticket":
            ticket = value
    if ticket is not None:
        return tickets.read(ticket[:_MAX].decode("latin-1"))
    if b"ticket=" in query_string:
        given = dict(parse_qsl(query_string.decode("latin-1"))).get("ticket")
        if given:
            return tickets.read(given[:_MAX])
    return ANONYMOUS


def _bearer(value: bytes) -> Actor:
    scheme, _, given = value[:_MAX].decode("latin-1").partition(" ")
    secret = given.strip()
    actor = None
    if scheme.lower() == "bearer" and secret.startswith(TOKEN_PREFIX):
        actor = lookup.by_secret(digest(secret))
    if actor is None:
        raise Unauthenticated(
            both(
                "Mã truy cập API sai, đã hết hạn hoặc đã bị thu hồi. Hãy gửi Authorization: Bearer dothi_…",
                "The API token is wrong, expired or revoked. Send Authorization: Bearer dothi_…",
            )
        )
    return actor
