"""What is answered: a status, headers and a body; and the problem documents of errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dothi.core.errors import DothiError, problem
from dothi.kernel.context.ld.errors import NgsiLdError

Header = tuple[bytes, bytes]
JSON, LD_JSON, GEO_JSON = "application/json", "application/ld+json", "application/geo+json"
encode = msgspec.json.Encoder().encode
_JSON_HEADER = (b"content-type", b"application/json")


class Answer(Struct):
    """An answer ready to be sent."""

    status: int
    body: bytes = b""
    headers: Sequence[Header] = ()


NO_CONTENT = Answer(204)
NOT_MODIFIED = 304


def json(status: int, value: Any, headers: Sequence[Header] = ()) -> Answer:
    """A JSON answer."""
    return Answer(status, encode(value), (_JSON_HEADER, *headers))


def text(value: str) -> bytes:
    """A header's value."""
    return value.encode("latin-1", "replace")


def refused(error: NgsiLdError) -> Answer:
    """The problem document of an NGSI-LD error."""
    return json(error.status, error.problem())


def denied(error: DothiError, language: str) -> Answer:
    """The problem document of one of the platform's errors (sign-in, permission, load)."""
    extra: list[Header] = []
    if error.status == 401:
        extra.append((b"www-authenticate", b'Bearer realm="dothi"'))
    if error.status == 503:
        extra.append((b"retry-after", b"1"))
    return Answer(
        error.status,
        encode(problem(error, language=language)),
        ((b"content-type", b"application/problem+json"), *extra),
    )


def bare(status: int, *headers: Header) -> Answer:
    """A status without a body."""
    return Answer(status, b"", headers)
