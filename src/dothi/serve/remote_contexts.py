"""Fetches remote @context documents, from listed hosts only.

A URL in a request is somebody else's wish: without bounds it would make the platform ask any machine it can
reach. So a host must be listed, the address behind its name must be a public one (or be listed itself), every
redirect is held to the same, and neither a slow nor an endless answer keeps a thread for long.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult, urljoin, urlsplit

TIMEOUT_S = 5.0
TOTAL_S = 15.0
MAX_BYTES = 4 * 1024 * 1024
MAX_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "Accept": "application/ld+json, application/json;q=0.9",
    "User-Agent": "dothi",
    "Connection": "close",
}


class FetchError(Exception):
    """The document may not, or could not, be fetched; the message says why."""


def fetcher(hosts: Collection[str]) -> Callable[[str], bytes] | None:
    """What fetches documents from ``hosts`` (``host`` or ``host:port``); None when there are none."""
    return RemoteContexts(hosts).fetch if hosts else None


class RemoteContexts:
    """Documents behind the URLs of listed hosts."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._listed = {_listed(host) for host in hosts}
        self._names = {host for host, _ in self._listed}

    def fetch(self, url: str) -> bytes:
        """The document behind ``url``; raises :class:`FetchError`."""
        end = time.monotonic() + TOTAL_S
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._ask(url, end)
            except (OSError, http.client.HTTPException) as error:
                raise FetchError(f"{urlsplit(url).netloc} did not answer as it should: {error}") from error
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise FetchError(f"more than {MAX_REDIRECTS} redirects")

    def _ask(self, url: str, end: float) -> bytes | str:
        """The body, or the URL of a redirect."""
        host, port, parts = self._allowed(url)
        connection = _connection(parts.scheme, host, port, self._address(host, port))
        with _ended_by(connection, end):
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("GET", target, headers=_HEADERS)
            answer = connection.getresponse()
            if answer.status in _REDIRECTS and (to := answer.getheader("Location")):
                return urljoin(url, to)
            if answer.status != 200:
                raise FetchError(f"{parts.netloc} answered {answer.status}")
            return _body(answer)

    def _allowed(self, url: str) -> tuple[str, int, SplitResult]:
        try:
            parts = urlsplit(url)
            usual = _PORTS[parts.scheme]
            port = parts.port or usual
        except (ValueError, KeyError):
            raise FetchError("only http and https URLs are fetched") from None
        if not url.isascii() or any(c <= " " or c == "\x7f" for c in url):
            raise FetchError("the URL has characters that must be percent-encoded")
        if parts.username is not None or not parts.hostname:
            raise FetchError("a URL of a @context names a host, and no user")
        host = parts.hostname.rstrip(".")
        if (host, port) not in self._listed and ((host, None) not in self._listed or port != usual):
            raise FetchError(f"{parts.netloc} is not in the setting context_hosts")
        return host, port, parts

    def _address(self, host: str, port: int) -> str:
        """The address to connect to: public, unless it (or ``localhost``) is listed itself."""
        for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            address = str(place[0])
            if _public(address) or self._meant(host, address):
                return address
        raise FetchError(
            f"{host} has no public address; list the address itself in context_hosts to allow it"
        )

    def _meant(self, host: str, address: str) -> bool:
        return address in self._names or (host == "localhost" and ipaddress.ip_address(address).is_loopback)


def _public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if parsed.version == 6 else None
    return (mapped or parsed).is_global and not parsed.is_multicast


def _listed(host: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{host}")
    return (parts.hostname or "").rstrip("."), parts.port


def _connection(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection to ``address`` that speaks to ``host``: a second look-up of the name could give another."""
    connect = lambda: socket.create_connection((address, port), TIMEOUT_S)  # noqa: E731
    if scheme == "https":
        return _Secure(host, port, connect)
    return _Plain(host, port, connect)


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, connect: Callable[[], socket.socket]) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._connect = connect

    def connect(self) -> None:
        self.sock = self._connect()


class _Secure(_Plain):
    default_port = 443

    def connect(self) -> None:
        self.sock = ssl.create_default_context().wrap_socket(self._connect(), server_hostname=self.host)


@contextmanager
def _ended_by(connection: http.client.HTTPConnection, end: float) -> Iterator[None]:
    """The connection, closed at the end of the block and cut at ``end``: a timeout bounds one read, not all."""
    connection.connect()
    taken: socket.socket = connection.sock
    timer = threading.Timer(max(0.0, end - time.monotonic()), taken.shutdown, (socket.SHUT_RDWR,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()
        if time.monotonic() >= end:
            # What was read may look whole: a cut connection ends like one that is done.
            raise FetchError(f"the document did not arrive within {TOTAL_S:g} s")


def _body(answer: http.client.HTTPResponse) -> bytes:
    body = answer.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise FetchError(f"the document is larger than {MAX_BYTES // 1024 // 1024} MB")
    return body
