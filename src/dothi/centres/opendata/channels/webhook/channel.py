"""POSTs a CloudEvent to an address that somebody gave us: signed, never into our own network.

The name is resolved once and the connection made to the address that was judged, so that a name that changes its
mind between the two (DNS rebinding) gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dothi.centres.opendata.channels.base import Notice, Undeliverable
from dothi.core import outside
from dothi.core.clock import iso, now
from dothi.core.config import current
from dothi.core.errors import BadInput, both

TIMEOUT_S = 10
LONGEST = 1000


def signature(secret: str, body: bytes, at: int) -> str:
    """``t=<unix time>,v1=<hex>``: HMAC-SHA256 of ``<time>.<body>`` with the subscription's secret."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def event(notice: Notice) -> bytes:
    """The notice as a CloudEvent 1.0."""
    made: dict[str, Any] = {
        "specversion": "1.0",
        "id": notice.id,
        "type": f"vn.dothi.opendata.{notice.kind}",
        "source": current().url,
        "time": iso(now()),
        "datacontenttype": "application/json",
        "data": {**notice.data, "title": dict(notice.subject), "link": notice.link},
    }
    return msgspec.json.encode(made)


def judged(host: str, port: int) -> str:
    """An address of ``host`` in the public internet; raises :class:`Undeliverable` when one of its is not."""
    try:
        return outside.resolve(host, port, current().inside_allowed)[0]
    except (OSError, outside.Inside) as error:
        raise Undeliverable(f"{host}: {error}") from error


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address judged before, with the certificate checked for the name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


class WebhookChannel:
    """A webhook."""

    def ready(self) -> bool:
        return True

    def check(self, address: str) -> str:
        made = address.strip()
        try:
            parts = urlsplit(made)
            fits = parts.scheme == "https" and parts.hostname and parts.port != 0 and not parts.username
        except ValueError:
            fits = None
        if not fits or len(made) > LONGEST or any(ord(each) < 33 for each in made):
            raise BadInput(both("Cần địa chỉ https://…", "Write an address: https://…"), where="address")
        return made

    def send(self, address: str, notice: Notice, *, language: str, secret: str) -> None:
        parts = urlsplit(address)
        host, port, body = parts.hostname or "", parts.port or 443, event(notice)
        headers = {
            "Content-Type": "application/cloudevents+json",
            "Dothi-Signature": signature(secret, body, int(time.time())),
            "User-Agent": "dothi-opendata",
        }
        connection = _Pinned(host, port, judged(host, port))
        try:
            connection.request(
                "POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers
            )
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise Undeliverable(f"{host}: {error}") from error
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise Undeliverable(f"{host} answers HTTP {status}")
