"""Addresses that somebody typed lead out of the house: never to this machine, its network or a cloud's metadata service.

A name is resolved once and the connection made to the address that was judged, so that a name that changes its mind
between the two (DNS rebinding) gains nothing. ``allowed`` lists what an installation lets through all the same: hosts
(``portal.internal``) and networks (``10.2.0.0/16``, ``10.1.2.3``).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from dothi.core.errors import BadInput, both

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SCHEMES: Final = {"http": 80, "https": 443}
_INSIDE: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("168.63.129.16/32", "192.88.99.0/24", "fec0::/10")  # Azure's host; relays; old site-local
)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class Inside(BadInput):
    """The address leads into a network that is not to be reached from what people type."""


def public(address: str) -> bool:
    """Whether an IP address is one of the public internet, whichever way it is wrapped (mapped, 6to4, Teredo, NAT64)."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return all(
        each.is_global
        and not each.is_multicast
        and not any(each in net for net in _INSIDE if net.version == each.version)
        for each in (parsed, *_wrapped(parsed))
    )


def _wrapped(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def resolve(host: str, port: int, allowed: Sequence[str] = ()) -> list[str]:
    """The addresses of ``host``, every one judged; connect to one of them and to nothing else.

    Raises :class:`Inside` when any of them is not public and not allowed, ``OSError`` when there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(str(error)) from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for each in addresses:
        if not (public(each) or _let_through(host, each, allowed)):
            raise Inside(
                both(
                    f"{host} dẫn vào mạng nội bộ ({each}); không được đọc địa chỉ này.",
                    f"{host} leads to an address that is not public ({each}); it is not read.",
                ),
                where="url",
            )
    return addresses


def _let_through(host: str, address: str, allowed: Sequence[str]) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    for each in allowed:
        if each.lower() == host.lower().rstrip("."):
            return True
        net = network(each)
        if net is not None and net.version == parsed.version and parsed in net:
            return True
    return False


def network(text: str) -> Network | None:
    """A network or single address; None for a name."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def parts(url: str) -> tuple[str, int]:
    """Host and port of an http or https address without user and odd characters; raises :class:`BadInput`."""
    try:
        split = urlsplit(url)
        port = split.port or _SCHEMES[split.scheme]
    except (ValueError, KeyError):
        split, port = None, 0
    if split is None or not split.hostname or split.username is not None or any(ord(c) < 33 for c in url):
        raise BadInput(
            both("Cần địa chỉ http:// hoặc https://…", "Write an address: http:// or https://…"), where="url"
        )
    return split.hostname, port
