"""``dothi up``: run the platform."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import Annotated, Literal

import typer

from dothi.cli.console import fail, progress, say
from dothi.cli.session import platform, settings
from dothi.core.config import Config, current

READY_WITHIN_S = 60
Role = Literal["all", "web", "worker"]


def up(
    port: Annotated[int | None, typer.Option(help="Port to serve on (DOTHI_PORT).", min=1, max=65535)] = None,
    bind: Annotated[str | None, typer.Option(help="Address to listen on (DOTHI_BIND).")] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="Without the city generator: units, packs and tide only.")
    ] = False,
    scale: Annotated[
        bool, typer.Option("--scale", help="On PostgreSQL and NATS, with several web processes.")
    ] = False,
    role: Annotated[str, typer.Option(help="Run one role alone: web or worker.")] = "all",
    workers: Annotated[
        int | None, typer.Option(help="Web processes (default 1, with --scale one per core).", min=1)
    ] = None,
) -> None:
    """Run the platform: prepare it when needed, then serve everything on one port."""
    config = _with_options(port, bind, bare)
    if role not in {"all", "web", "worker"}:
        fail(f"There is no role {role!r}. Roles: all, web, worker.", 2)
    if scale and not (config.database_url and config.bus_url):
        fail("--scale needs DOTHI_DATABASE_URL (PostgreSQL) and DOTHI_BUS_URL (NATS).", 2)
    count = workers or (os.cpu_count() or 1 if scale else 1)
    if count > 1 and not config.database_url:
        fail("Several web processes need PostgreSQL: set DOTHI_DATABASE_URL, or leave --workers out.", 2)
    from dothi.serve import supervisor

    if role == "worker":
        supervisor.serve_worker(feeds=True)
    elif role == "web":
        supervisor.serve_web(config, workers=count)
    else:
        _everything(config, count)


def _with_options(port: int | None, bind: str | None, bare: bool) -> Config:
    for name, value in (
        ("DOTHI_PORT", port),
        ("DOTHI_BIND", bind),
        ("DOTHI_SIMULATE", "false" if bare else None),
    ):
        if value is not None:
            os.environ[name] = str(value)
    config = settings()
    # Children run in the same folder but must agree on it whatever theirs is.
    os.environ["DOTHI_HOME"] = str(config.home)
    current.cache_clear()
    return settings()


def _everything(config: Config, workers: int) -> None:
    from dothi.serve import supervisor
    from dothi.serve.lock import AlreadyRunning, held
    from dothi.serve.prepare import is_ready

    try:
        with held(config.home):
            _check_port(config)
            if not is_ready(config):
                say(f"Preparing the installation in {config.home}")
                with platform():
                    pass
            _announce(config)
            environ, ready = dict(os.environ), threading.Event()
            children = [
                supervisor.Child("web", ["web", str(workers)], environ),
                supervisor.Child("worker", ["worker"], environ, when=ready.is_set),
            ]
            code = supervisor.run(children, on_start=lambda: _say_when_ready(config, ready))
    except AlreadyRunning as running:
        fail(
            f"The platform is running already on this data folder (process {running.args[0]}). Open {config.url}, or set DOTHI_HOME."
        )
    say("Stopped.")
    raise typer.Exit(code)


def _check_port(config: Config) -> None:
    family = socket.AF_INET6 if ":" in config.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as error:
            fail(
                f"Cannot listen on {config.bind} port {config.port}: {error.strerror}. Choose another with --port or DOTHI_PORT."
            )


def _announce(config: Config) -> None:
    if config.context_access == "open":
        if config.loopback:
            say(
                "[yellow]The NGSI-LD API is open without a token (DOTHI_CONTEXT_ACCESS=open), on this machine only.[/]"
            )
        else:
            say("[yellow]DOTHI_CONTEXT_ACCESS=open is ignored: the platform listens beyond loopback.[/]")
    if not config.loopback:
        say(
            f"[yellow]Listening on {config.bind}: reachable from the network. Put TLS in front (docs/how-to/behind-a-proxy.md).[/]"
        )


def _say_when_ready(config: Config, ready: threading.Event) -> None:
    import urllib.error  # like what shows the progress: wanted when the web process has been started
    import urllib.request

    host = "127.0.0.1" if config.bind in {"0.0.0.0", "::"} else config.bind  # noqa: S104
    address = f"http://{f'[{host}]' if ':' in host else host}:{config.port}/health/ready"
    end = time.monotonic() + READY_WITHIN_S
    with progress("Starting") as advance:
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(address, timeout=2) as response:
                    if response.status == 200:
                        ready.set()
                        break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        else:
            say("[red]The web server did not become ready within a minute; the lines above say why.[/]")
            return
        advance(1, 1)
    say(f"[bold]dothi is up:[/] {config.url}   (Ctrl-C stops it)")
