"""``/data/v1``: the rows of published versions over HTTP. Plain ASGI, no Django.

    GET /data/v1/{dataset}                    what it is, its columns and versions
    GET /data/v1/{dataset}/rows               a page: conditions, order, columns, bbox, after, limit
    GET /data/v1/{dataset}/rows/{key}         one row by its key (parts of a key joined by commas)
    GET /data/v1/{dataset}/aggregate          groups: by, measures, conditions
    GET /data/v1/{dataset}/summary            the profile of each column
    GET /data/v1/{dataset}/download.{format}  everything: csv, json, ndjson, geojson, parquet, xlsx

With ``/versions/{number}`` behind the dataset: that version.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Protocol

import structlog

from dothi.core.errors import DothiError, Unavailable, both
from dothi.engines.lake.base import LakeError
from dothi.engines.store.base import StoreUnavailable
from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse.http.answers import CORS, Answer, Header, header, refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Admit = Callable[[Actor, Mapping[str, Any]], None]
PREFIX = "/data/v1"
_PIECE = 1 << 18
_SMALLEST_ZIPPED = 1024
log = structlog.get_logger()


class Authenticate(Protocol):
    """Tells who sends a request; raises :class:`DothiError` when a credential is bad."""

    def __call__(self, headers: list[Header], query_string: bytes = b"") -> Actor: ...


class NotAllowed(DothiError):
    """Data is only read here."""

    kind, status = "method-not-allowed", 405
    title = both("Phương thức không được phép", "Method not allowed")


def build(authenticate: Authenticate, admit: Admit | None = None) -> Application:
    """The application. ``admit(actor, scope)`` may refuse a request (``TooMany``) before it costs anything."""
    return Application(authenticate, admit)


def rows(scope: Scope, actor: Actor) -> Answer:
    """What an address of ``/data/v1`` answers."""
    from dothi.kernel.warehouse.http.views import answer  # brings Arrow: not before somebody asks

    path = scope["path"].removeprefix(PREFIX)
    return answer(path, scope.get("query_string", b""), scope["headers"], actor)


class Application:
    """Finds out who asks, answers in a thread (what is answered may be read from disk), sends it.

    ``respond(scope, actor)`` makes the answer, or raises what the request is refused with.
    """

    def __init__(
        self,
        authenticate: Authenticate,
        admit: Admit | None,
        respond: Callable[[Scope, Actor], Answer] = rows,
    ) -> None:
        self._authenticate, self._admit, self._respond = authenticate, admit, respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "OPTIONS":
            await _send(
                send,
                Answer(
                    204,
                    [
                        (b"access-control-allow-methods", b"GET, HEAD"),
                        (b"access-control-allow-headers", b"authorization, range, if-none-match"),
                        (b"access-control-max-age", b"86400"),
                    ],
                ),
                head=True,
            )
            return
        found = await asyncio.to_thread(self._answer, scope)
        await _send(send, _zipped(scope, found), head=scope["method"] == "HEAD")

    def _answer(self, scope: Scope) -> Answer:
        language = (
            "en" if (header(scope["headers"], b"accept-language") or "vi").lower().startswith("en") else "vi"
        )
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise NotAllowed
            actor = self._authenticate(scope["headers"], scope.get("query_string", b""))
            if self._admit is not None:
                self._admit(actor, scope)
            return self._respond(scope, actor)
        except DothiError as error:
            return refusal(error, scope["path"], language)
        except (StoreUnavailable, LakeError) as error:
            log.warning("data.unavailable", path=scope["path"], error=str(error))
            return refusal(Unavailable(), scope["path"], language)
        except Exception:
            log.exception("data.request.failed", path=scope["path"])
            return refusal(DothiError(), scope["path"], language)


def _zipped(scope: Scope, found: Answer) -> Answer:
    """The answer compressed, for a client that takes it, where it is text and worth it."""
    kind = next((value for name, value in found.headers if name == b"content-type"), b"")
    texts = kind.startswith((b"text/", b"application/json", b"application/geo+json", b"application/x-ndjson"))
    takes = "gzip" in (header(scope["headers"], b"accept-encoding") or "")
    if not texts or not takes or found.status != 200:
        return found
    if found.file is None and found.pieces is None:
        if len(found.body) < _SMALLEST_ZIPPED:
            return found
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = packer.compress(found.body) + packer.flush()
        return Answer(200, [*_weak(found.headers), (b"content-encoding", b"gzip")], body)
    pieces = found.pieces if found.pieces is not None else _read(found.file, found.start, found.end)
    headers = [pair for pair in _weak(found.headers) if pair[0] not in (b"content-length", b"accept-ranges")]
    return Answer(200, [*headers, (b"content-encoding", b"gzip")], pieces=_packed(pieces))


def _weak(headers: list[Header]) -> list[Header]:
    """The validator of a compressed form: the same content, other bytes."""
    return [(name, b"W/" + value if name == b"etag" else value) for name, value in headers]


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _read(path: Path | None, start: int, end: int) -> Iterator[bytes]:
    assert path is not None
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


async def _send(send: Send, found: Answer, *, head: bool) -> None:
    headers = [*found.headers, *CORS]
    if found.file is None and found.pieces is None:
        headers.append((b"content-length", str(len(found.body)).encode()))
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    pieces = found.pieces
    if found.file is not None:
        pieces = _read(found.file, found.start, found.end)
    if head or pieces is None:
        await send({"type": "http.response.body", "body": b"" if head else found.body})
        return
    try:
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except OSError:
        pass  # the connection broke while writing
    finally:
        await asyncio.to_thread(getattr(pieces, "close", lambda: None))
