"""Which engine carries the bus, by its URL."""

from __future__ import annotations

from pathlib import Path

from dothi.engines.bus.base import Bus, BusError
from dothi.engines.bus.embedded.bus import EmbeddedBus


def open_bus(url: str, *, path: Path | None = None, namespace: str = "dothi") -> Bus:
    """The bus at ``nats://…`` (JetStream stream ``namespace``), or for ``''`` the embedded one.

    The embedded bus keeps its messages in the file ``path`` when one is given, else in memory.
    """
    if not url:
        return EmbeddedBus(path)
    if url.startswith(("nats://", "tls://")):
        return _nats(url, namespace)
    raise BusError(
        f"no bus engine for {url.partition('://')[0]}://; write nats://host:4222 or leave it empty"
    )


def _nats(url: str, namespace: str) -> Bus:
    try:  # the client comes with an extra, so that the base install stays light
        from dothi.engines.bus.nats.bus import NatsBus
    except ImportError as error:
        raise BusError("NATS needs its client. Bring it with: ./dothi add scale") from error
    return NatsBus(url, namespace)
