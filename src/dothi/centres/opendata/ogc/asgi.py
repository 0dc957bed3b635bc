"""``/ogc``: OGC API Features, Records and Tiles. Plain ASGI; rows of datasets are answered without Django."""

from __future__ import annotations

from typing import Final

from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse.asgi import Admit, Application, Authenticate, Scope
from dothi.kernel.warehouse.http.answers import Answer

PREFIX: Final = "/ogc"


def build(authenticate: Authenticate, admit: Admit | None = None) -> Application:
    """The application. ``admit(actor, scope)`` may refuse a request (``TooMany``) before it costs anything."""
    return Application(authenticate, admit, _respond)


def _respond(scope: Scope, actor: Actor) -> Answer:
    from dothi.centres.opendata.ogc.views import answer  # brings Arrow: not before somebody asks

    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return answer(path.removeprefix(PREFIX), scope.get("query_string", b""), scope["headers"], actor)
