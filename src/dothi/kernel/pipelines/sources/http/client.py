"""Asks HTTP services: again when they are busy, once only what has not changed, never a secret to a stranger."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec
import urllib3
from urllib3.util import Retry, Timeout, make_headers

from dothi import __version__
from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import Auth
from dothi.kernel.pipelines.credentials import credential
from dothi.kernel.pipelines.sources.base import SourceAway
from dothi.kernel.pipelines.sources.http.guarded import guard

LARGEST_PAGE: Final = 256 << 20
_PIECE: Final = 1 << 20
_BUSY: Final = (408, 425, 429, 500, 502, 503, 504)
ATTEMPTS: Final = 4
BACKOFF_S = 0.5  # doubled each time; tests shorten it


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; ``status`` is 200 or 304."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """The body as JSON; raises :class:`BadInput`."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise BadInput(
                both(f"{self.url} không trả JSON: {error}", f"{self.url} does not answer JSON: {error}")
            ) from None

    def conditions(self) -> dict[str, str]:
        """What to send next time so that the same content is not sent again."""
        kept = {
            "If-None-Match": self.headers.get("ETag"),
            "If-Modified-Since": self.headers.get("Last-Modified"),
        }
        return {name: value for name, value in kept.items() if value}


@dataclass(frozen=True, slots=True)
class Typed:
    """What holds for an address that somebody typed: where inside it may lead all the same, how much it may give.

    ``bytes``: of one answer, ``seconds``: of everything this client asks for.
    """

    allowed: tuple[str, ...] = ()
    bytes: int = 32 << 20
    seconds: float = 1800.0


class Client:
    """One service. The credential goes to its own host only. ``typed``: its address is not of a pack."""

    def __init__(
        self,
        base: str,
        *,
        auth: Auth | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: int = 60,
        typed: Typed | None = None,
    ) -> None:
        self._origin = origin(base)
        self._most = typed.bytes if typed else LARGEST_PAGE
        self._until = time.monotonic() + typed.seconds if typed else None
        self._auth = auth
        named = {"Authorization", "Cookie"} | ({auth.name} if auth and auth.kind == "header" else set())
        self._pool = urllib3.PoolManager(
            num_pools=4,
            timeout=Timeout(connect=10, read=timeout_s),
            retries=Retry(
                total=ATTEMPTS, redirect=5, backoff_factor=BACKOFF_S, backoff_max=30, status_forcelist=_BUSY,
                respect_retry_after_header=True, raise_on_status=False, allowed_methods=None,
                remove_headers_on_redirect=frozenset(named),
            ),
        )  # fmt: skip
        if typed is not None:
            guard(self._pool, typed.allowed)
        self._headers = {"User-Agent": f"dothi/{__version__}", "Accept-Encoding": "gzip"} | dict(
            headers or {}
        )

    def get(
        self, url: str, params: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The whole answer; raises :class:`SourceAway` or :class:`BadInput`."""
        response = self._open(url, params, headers)
        try:
            body = self._body(response, url)
        except urllib3.exceptions.HTTPError as error:
            raise SourceAway(url, error) from error
        except BaseException:
            response.close()
            raise
        finally:
            response.release_conn()
        return Answer(response.status, url, response.headers, body)

    def _body(self, response: urllib3.BaseHTTPResponse, url: str) -> bytes:
        found = bytearray()
        for piece in response.stream(_PIECE, decode_content=True):
            self._in_time(url)
            found += piece
            if len(found) > self._most:
                raise BadInput(both(f"{url} trả lời quá lớn.", f"{url} answers too much at once."))
        return bytes(found)

    def _in_time(self, url: str) -> None:
        if self._until is not None and time.monotonic() > self._until:
            raise BadInput(both(f"{url} trả lời quá lâu.", f"{url} takes too long."))

    def download(self, url: str, target: Path, *, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer's body as a file (not written when the service says that nothing changed)."""
        response = self._open(url, None, headers)
        try:
            if response.status != 304:
                with target.open("wb") as file:
                    for piece in response.stream(_PIECE, decode_content=True):
                        file.write(piece)
        except urllib3.exceptions.HTTPError as error:
            raise SourceAway(url, error) from error
        finally:
            response.release_conn()
        return Answer(response.status, url, response.headers, b"")

    def _open(
        self, url: str, params: Mapping[str, Any] | None, headers: Mapping[str, str] | None
    ) -> urllib3.BaseHTTPResponse:
        self._in_time(url)
        fields = {name: str(value) for name, value in (params or {}).items()}
        sent = self._headers | dict(headers or {})
        if self._auth is not None and origin(url) == self._origin:
            _sign(self._auth, sent, fields)
        if fields:
            url += ("&" if urlsplit(url).query else "?") + urlencode(fields)
        try:
            response = self._pool.request("GET", url, headers=sent, preload_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise SourceAway(_public(url), getattr(error, "reason", None) or error) from error
        if response.status in _BUSY:
            response.release_conn()
            raise SourceAway(_public(url), f"HTTP {response.status}")
        if response.status not in (200, 304):
            response.release_conn()
            raise BadInput(
                both(
                    f"{_public(url)} trả HTTP {response.status}.",
                    f"{_public(url)} answers HTTP {response.status}.",
                )
            )
        return response

    def following(self, here: str, link: str) -> str:
        """The address of a link in an answer; raises :class:`BadInput` when it leads to another host."""
        url = urljoin(here, link)
        if origin(url) != self._origin:
            raise BadInput(
                both(f"Trang sau nằm ở máy chủ khác: {url}", f"The next page is on another host: {url}")
            )
        return url


def origin(url: str) -> tuple[str, str]:
    """Scheme and host of an address; raises :class:`BadInput` for what is not HTTP."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadInput(both(f"Không phải địa chỉ HTTP: {url}", f"Not an HTTP address: {url}"), where="url")
    return parts.scheme, parts.netloc


def _public(url: str) -> str:
    """An address without its parameters, which may hold a secret."""
    return url.partition("?")[0]


def _sign(auth: Auth, headers: dict[str, str], fields: dict[str, str]) -> None:
    value = credential(auth.secret)
    if auth.kind == "bearer":
        headers["Authorization"] = f"Bearer {value}"
    elif auth.kind == "basic":
        headers |= {"Authorization": make_headers(basic_auth=f"{auth.name}:{value}")["authorization"]}
    elif auth.kind == "header":
        headers[auth.name] = value
    else:
        fields[auth.name] = value
