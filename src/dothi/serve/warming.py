"""Loads what the first visitor would otherwise wait for, by asking for the first page as a visitor does."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

import structlog

WITHIN_S = 3.0
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

log = structlog.get_logger()


def warm(app: Wsgi, path: str = "/", *, within_s: float = WITHIN_S) -> threading.Thread:
    """Ask ``app`` for ``path`` and wait for the answer, at most ``within_s`` seconds; the asking thread.

    It goes on by itself after that: a database that makes the first page wait must not keep the hot paths.
    """
    asking = threading.Thread(target=_ask, args=(app, path), name="warming", daemon=True)
    asking.start()
    asking.join(within_s)
    return asking


def _ask(app: Wsgi, path: str) -> None:
    from django.db import connections

    said: list[str] = []
    try:
        answer = app(_request(path), lambda status, headers, *more: said.append(status))
        for _ in answer:
            pass
        getattr(answer, "close", lambda: None)()
        if not said[0].startswith("200"):
            log.warning("warming failed", path=path, status=said[0])
    except Exception:  # the first visitor meets it again, with a page that says so
        log.exception("warming failed")
    finally:
        connections.close_all()  # this thread's, which nobody else can use


def _request(path: str) -> dict[str, Any]:
    """A visitor's request from this machine, as WSGI has it."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
