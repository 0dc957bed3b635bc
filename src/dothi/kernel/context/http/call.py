"""One request, with what handlers ask of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from dothi.core.errors import TooLarge, both
from dothi.kernel.context.http.answers import JSON, LD_JSON
from dothi.kernel.context.http.negotiation import sent
from dothi.kernel.context.ld.context import Contexts, TermMap, link_target
from dothi.kernel.context.ld.entity import context_of, json_of
from dothi.kernel.context.ld.errors import BadRequestData, InvalidRequest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
MAX_BODY = 32 * 1024 * 1024


class Call:
    """A request on its way through a handler.

    ``visible``: IRIs of the types its sender may read (None: all). ``accept``: the media type to answer with.
    """

    __slots__ = ("accept", "body", "headers", "method", "parts", "scope", "tenant", "visible")

    def __init__(self, scope: Scope, parts: list[str]) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.parts = parts
        self.tenant = ""
        self.body = b""
        self.accept = JSON
        self.visible: frozenset[str] | None = None

    @property
    def query_string(self) -> bytes:
        raw: bytes = self.scope.get("query_string", b"")
        return raw

    def parameters(self) -> dict[str, str]:
        """The query string decoded; the ticket of a page is not a parameter of NGSI-LD."""
        return parameters(self.query_string)

    @property
    def media(self) -> str:
        """The media type of the body."""
        return sent(self.headers.get(b"content-type", b""))

    def link(self) -> str | None:
        """The URL of the @context in the Link header."""
        value = self.headers.get(b"link")
        return None if value is None else link_target(value.decode("latin-1"))

    def terms(self, contexts: Contexts) -> TermMap:
        """The @context of a request without a body."""
        url = self.link()
        return contexts.default if url is None else contexts.of(url)

    def body_terms(self, contexts: Contexts, raw: bytes) -> TermMap:
        """The @context of a JSON object that was sent: in it (ld+json) or in the Link header (json)."""
        own = context_of(raw)
        if self.media != LD_JSON:
            if own is not None:
                raise BadRequestData(
                    "send it as application/ld+json, or name it in a Link header", where="@context"
                )
            return self.terms(contexts)
        if b"link" in self.headers and self.link() is not None:
            raise BadRequestData(
                "application/ld+json has its @context in the body, not in a Link header", where="Link"
            )
        if own is None:
            json_of(raw)  # what is no JSON at all is said so
            raise BadRequestData("application/ld+json needs a member @context", where="@context")
        return contexts.of_raw(own)

    async def read(self, receive: Receive) -> None:
        """Take in the body; raises :class:`TooLarge`."""
        pieces: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            piece = message.get("body", b"")
            size += len(piece)
            if size > MAX_BODY:
                raise _too_large()
            pieces.append(piece)
            more = message.get("more_body", False)
        self.body = pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def declared_length(self) -> int | None:
        """The Content-Length; None when there is none. Raises :class:`TooLarge`, :class:`InvalidRequest`."""
        value = self.headers.get(b"content-length")
        if value is None:
            return None
        if not value.isdigit():
            raise InvalidRequest("Content-Length is not a number")
        length = int(value)
        if length > MAX_BODY:
            raise _too_large()
        return length


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


def _too_large() -> TooLarge:
    limit = MAX_BODY // 1024 // 1024
    return TooLarge(
        both(
            f"Yêu cầu lớn hơn {limit} MB. Hãy chia thành nhiều yêu cầu nhỏ hơn.",
            f"The request is larger than {limit} MB. Split it into smaller ones.",
        )
    )


def parameters(query_string: bytes) -> dict[str, str]:
    """A query string decoded; InvalidRequest when a parameter is there twice or is not UTF-8."""
    if not query_string:
        return {}
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=64
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the query string cannot be read: {error}") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise InvalidRequest("is given twice", where=next(name for name in names if names.count(name) > 1))
    found.pop("ticket", None)
    return found
