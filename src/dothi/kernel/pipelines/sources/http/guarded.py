"""Connections for addresses that people typed: each goes to an address that was judged, after every redirect too."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from dothi.core import outside


def guard(pool: urllib3.PoolManager, allowed: Sequence[str]) -> None:
    """Let ``pool`` connect to public addresses, and to ``allowed`` ones, only; else it raises ``outside.Inside``.

    The connection is made to the address that was judged; certificates are checked for the name all the same.
    """

    def connect(made: HTTPConnection) -> socket.socket:
        host, port = made.host, made.port
        try:
            addresses = outside.resolve(host, port, allowed)
        except socket.gaierror as error:
            raise NameResolutionError(host, made, error) from error
        wrong: OSError | None = None
        for each in addresses:
            try:
                return create_connection(
                    (each, port), made.timeout, source_address=made.source_address,
                    socket_options=made.socket_options,
                )  # fmt: skip
            except OSError as error:
                wrong = error
        raise NewConnectionError(made, f"{host}: {wrong or 'no address'}") from wrong

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    pool.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
