"""Composes a process: opens the engines the settings name and hands them to the kernel.

Every process (web, worker, a command, a test) calls :func:`configure` once before it uses the kernel's hot
paths; nothing below this floor opens an engine by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dothi.core.config import Config, current
from dothi.engines import registry
from dothi.engines.blob.registry import open_blobs
from dothi.engines.bus.registry import open_bus
from dothi.engines.compute.registry import open_engine
from dothi.engines.lake.registry import open_lake
from dothi.engines.store.registry import open_store
from dothi.kernel import context as live
from dothi.kernel.context.service import Context
from dothi.kernel.context.storage.positions import START, encode
from dothi.kernel.events import log as event_log
from dothi.serve import remote_contexts


def city_url(config: Config) -> str:
    """Where Django's database is, as a store URL."""
    return config.database_url or f"sqlite:///{config.home / 'city.sqlite3'}"


def context_url(config: Config) -> str:
    """Where the live city is kept: the same PostgreSQL in a schema of its own, or a SQLite file of its own."""
    return config.database_url or f"sqlite:///{config.home / 'context.sqlite3'}"


def _consumed() -> str | None:
    """How far every consumer has read the live city's log: later changes are kept, however old."""
    from dothi.kernel.events.queries import consumed  # needs Django's models

    place = consumed("context")
    return place if place is None else place or encode(START)


def configure(config: Config | None = None, *, city: str | None = None, context: str | None = None) -> None:
    """Open stores and bus, make the live city current, register the logs. ``city``/``context`` override URLs."""
    config = config or current()
    config.home.mkdir(parents=True, exist_ok=True)
    registry.use_store("city", open_store(city or city_url(config), schema="public"))
    registry.use_store("context", open_store(context or context_url(config), schema="context"))
    registry.use_bus(open_bus(config.bus_url))
    registry.use_lake(lambda: open_lake(*config.lake_urls))
    registry.use_blob(lambda: open_blobs(config.blob_url or str(config.home / "blobs")))
    registry.use_compute(lambda: open_engine(config.compute, url=config.spark_url, lake=registry.lake))
    live.use(
        Context(
            registry.store("context"),
            fetch=remote_contexts.fetcher(config.context_hosts),
            default="core" if config.context_default == "core" else "packs",
            base_url=config.url,
            consumed=_consumed,
        )
    )
    event_log.register(event_log.CityLog(registry.store("city")))
    event_log.register(live.current().log)


def close() -> None:
    """Finish what was submitted and close every engine of this process."""
    live.current().close()
    registry.close()


@contextmanager
def configured(config: Config | None = None) -> Iterator[None]:
    """The process composed for the length of a block."""
    configure(config)
    try:
        yield
    finally:
        close()
