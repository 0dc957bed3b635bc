"""The web process and the worker process, put together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dothi.serve.django_settings")

import structlog
from a2wsgi import WSGIMiddleware

from dothi.centres.opendata import quota
from dothi.centres.opendata.ogc import asgi as ogc_asgi
from dothi.core.config import current
from dothi.kernel import context as live
from dothi.kernel.context import asgi as context_asgi
from dothi.kernel.events import asgi as events_asgi
from dothi.kernel.events import log as event_log
from dothi.kernel.identity.bearer import authenticate
from dothi.kernel.warehouse import asgi as data_asgi
from dothi.serve import collecting, health, hosts, logs, supervisor, visibility, warming, wiring
from dothi.serve.asgi import App, Dispatcher
from dothi.serve.wsgi import application as django

log = structlog.get_logger()
DJANGO_THREADS = 8


def _end_with_parent(close: Callable[[], None]) -> None:
    """End this process when its parent is gone: an orphan would hold the port and never be stopped."""
    parent = supervisor.server or os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    log.warning("the parent process is gone; ending")
    close()
    os._exit(1)


def web() -> tuple[App, Callable[[], None]]:
    """The dispatcher of a web process, and what closes its engines."""
    config = current()
    logs.configure(config.log_level, config.log_format)
    wiring.configure(config)
    from dothi.kernel.cases import group  # these need Django's models
    from dothi.serve import sources

    sources.register()  # the worker runs the feeds; the pages show them
    group.committer()  # has its calendar ready before the first command comes
    context = context_asgi.build(live.current(), authenticate, config.context_open)
    stream = events_asgi.build(event_log.logs(), visibility.authorise, visible=visibility.visible)

    def close() -> None:
        stream.close()
        group.close()
        wiring.close()

    threading.Thread(target=_end_with_parent, args=(close,), daemon=True).start()
    warming.warm(cast(Any, django))
    routes: list[tuple[str, App]] = [
        ("/ngsi-ld/v1", hosts.guarded(context, config)),
        ("/events/stream", hosts.guarded(stream, config)),
        (
            data_asgi.PREFIX,
            hosts.guarded(quota.metered(data_asgi.build(authenticate), authenticate, quota.cost_of), config),
        ),
        (
            ogc_asgi.PREFIX,
            hosts.guarded(
                quota.metered(ogc_asgi.build(authenticate), authenticate, quota.cost_of_places), config
            ),
        ),
        ("/health", health.health),
        ("/metrics", hosts.guarded(health.metrics_app(authenticate), config)),
    ]
    return Dispatcher(routes, cast(App, WSGIMiddleware(cast(Any, django), workers=DJANGO_THREADS))), close


class Worker:
    """The background half of the platform: consumers of the logs, compaction of history, feeds."""

    def __init__(self, *, feeds: bool = True) -> None:
        self.stop = threading.Event()
        self._feeds = feeds

    def run(self) -> None:
        """Run until :attr:`stop` is set. A part that fails is logged and started again."""
        import django as django_package

        django_package.setup()
        config = current()
        logs.configure(config.log_level, config.log_format)
        wiring.configure(config)
        from dothi.serve.background import parts
        from dothi.serve.welcome import invite_administrator

        invite_administrator(config)
        threads = [
            threading.Thread(target=self._keep, args=(name, part), name=name, daemon=True)
            for name, part in parts(self.stop, feeds=self._feeds)
        ]
        for thread in threads:
            thread.start()
        collecting.settle()
        self.stop.wait()
        for thread in threads:
            thread.join(timeout=5)
        wiring.close()

    def _keep(self, name: str, part: Callable[[], None]) -> None:
        while not self.stop.is_set():
            try:
                part()
                return
            except Exception:
                log.exception("background part failed", part=name)
                self.stop.wait(5)
