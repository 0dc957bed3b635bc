"""Answers of ``/data/v1``: JSON with validators, problem documents, files with ranges, streams."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec

from dothi.core.errors import DothiError, TooMany, problem

Header = tuple[bytes, bytes]
encode = msgspec.json.Encoder().encode
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"etag, link, content-disposition, retry-after, x-next"),
)


@dataclass(slots=True)
class Answer:
    """What is sent: a body, or a file (from ``start`` up to ``end``), or pieces as they are made."""

    status: int = 200
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""
    file: Path | None = None
    start: int = 0
    end: int = 0
    pieces: Iterator[bytes] | None = None


def etag_of(*parts: Any) -> str:
    """A strong validator for a representation that these parts decide."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def validators(etag: str, modified: datetime, *, public: bool, pinned: bool = False) -> list[Header]:
    """ETag, Last-Modified and how long the answer may be kept; ``pinned``: a version named by its number."""
    who = "public" if public else "private"
    how_long = "max-age=86400, immutable" if pinned and public else "no-cache"
    return [
        (b"etag", f'"{etag}"'.encode()),
        (b"last-modified", format_datetime(modified.astimezone(UTC), usegmt=True).encode()),
        (b"cache-control", f"{who}, {how_long}".encode()),
        (b"vary", b"authorization, x-dothi-ticket, accept-encoding"),
    ]


def unchanged(headers: Sequence[Header], etag: str, modified: datetime) -> bool:
    """Whether the client holds this representation already (RFC 9110, 13.1)."""
    given = header(headers, b"if-none-match")
    if given is not None:
        tags = [tag.strip().removeprefix("W/").strip('"') for tag in given.split(",")]
        return "*" in tags or etag in tags
    since = header(headers, b"if-modified-since")
    if since is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def header(headers: Sequence[Header], name: bytes) -> str | None:
    """The last value of a header."""
    found = [value for key, value in headers if key.lower() == name]
    return found[-1].decode("latin-1") if found else None


def span(headers: Sequence[Header], size: int, etag: str) -> tuple[int, int] | None:
    """The one range asked for, as start and end; None for all. ``(size, size)``: it cannot be satisfied."""
    given = header(headers, b"range")
    if given is None or not given.startswith("bytes=") or "," in given:
        return None
    condition = header(headers, b"if-range")
    if condition is not None and condition.strip('"') != etag:
        return None
    first, _, last = given.removeprefix("bytes=").strip().partition("-")
    if not (first + last).isdecimal():
        return None
    if not first:
        return (max(0, size - int(last)), size) if int(last) else (size, size)
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, end) if start < size else (size, size)


def refusal(error: DothiError, path: str, language: str) -> Answer:
    """The problem document of a refusal."""
    headers: list[Header] = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    if error.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="dothi"'))
    if isinstance(error, TooMany) or error.status == 503:
        headers.append((b"retry-after", str(error.members.get("retry_after", 1)).encode()))
    return Answer(error.status, headers, encode(problem(error, path, language)))
