"""Notes where each request comes from, so that whatever it does is audited with its address."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse

from dothi.core.config import LOOPBACK, current
from dothi.kernel.identity.origin import Origin, from_origin


def client_address(request: HttpRequest) -> str:
    """The client's address: the connection's, or what the proxy on this machine says it was.

    ``X-Forwarded-For`` counts only when a public URL is set (there is a proxy) and the connection comes from
    this machine; then its last entry, the one the proxy itself wrote.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    if forwarded and direct in LOOPBACK and current().public_url:
        try:
            return str(ip_address(forwarded))
        except ValueError:
            return direct
    return direct


class OriginMiddleware:
    """Makes address and program of the request the origin of all that is done for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = Origin(client_address(request), str(request.META.get("HTTP_USER_AGENT", ""))[:300])
        with from_origin(asked):
            return self.get_response(request)
