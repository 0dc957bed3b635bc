"""How each part of the platform is doing at this moment: stores, bus, background work."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dothi.core.clock import now
from dothi.core.config import current
from dothi.engines import registry
from dothi.engines.bus.base import BusError
from dothi.engines.store.base import StoreError
from dothi.kernel.events import queries as events
from dothi.kernel.events.queries import ConsumerState
from dothi.kernel.feeds.models import Lease
from dothi.sites.admin.reads.signs import Sign

STORES = ("city", "context")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: whether it answers, with what, how quickly; ``problem`` in words when it does not."""

    key: str
    name: str
    kind: str
    ok: bool
    problem: str = ""
    took_ms: float | None = None
    at: datetime | None = None

    @property
    def sign(self) -> Sign:
        """Its state in a word."""
        return Sign("normal", _("in order")) if self.ok else Sign("critical", _("not in order"))


def parts(states: Sequence[ConsumerState] | None = None) -> list[Part]:
    """Every part, the ones that answer and the ones that do not; ``states`` of the consumers when known."""
    names = {"city": _("The city's database"), "context": _("The live city")}
    stores = [_store(key, names[key]) for key in STORES]
    return [
        *stores,
        _bus(),
        _feeds_worker(),
        _consumers_worker(events.consumer_states() if states is None else states),
    ]


def _timed(ask: Callable[[], str]) -> tuple[str, float]:
    """What is wrong (empty: nothing), and how many milliseconds the question took."""
    begun = time.perf_counter()
    try:
        problem = ask()
    except (StoreError, BusError, registry.NotWired, OSError) as error:
        problem = str(error) or type(error).__name__
    return problem, (time.perf_counter() - begun) * 1000


def _store(key: str, name: str) -> Part:
    def ask() -> str:
        with registry.store(key).read() as session:
            session.query("SELECT 1")
        return ""

    problem, took = _timed(ask)
    kind = "PostgreSQL" if current().database_url else "SQLite"
    return Part(key, name, kind, not problem, problem, took, now())


def _bus() -> Part:
    def ask() -> str:
        return "" if registry.bus().healthy() else _("The bus is not connected.")

    problem, took = _timed(ask)
    kind = "NATS JetStream" if current().bus_url else _("embedded")
    return Part("bus", _("Message bus"), kind, not problem, problem, took, now())


def _feeds_worker() -> Part:
    """One process runs the feeds and renews its lease; a lease that is over means that nobody does."""
    lease = Lease.objects.filter(name="feeds").first()
    alive = lease is not None and lease.expires_at > now()
    problem = "" if alive else _("No process runs the feeds. Start a worker: dothi up --role worker.")
    return Part("feeds", _("Feed runner"), lease.holder if lease and alive else "–", alive, problem, at=now())


def _consumers_worker(states: Sequence[ConsumerState]) -> Part:
    idle = [state.name for state in states if not state.running]
    kind = states[0].owner if states and not idle else "–" if states else _("none has run here")
    problem = _("Nobody runs: %(names)s. Start a worker: dothi up --role worker.") % {
        "names": ", ".join(idle)
    }
    return Part("consumers", _("Event consumers"), kind, not idle, problem if idle else "", at=now())
