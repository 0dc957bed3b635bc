"""What a feed is: it brings entities into the live city, on a rhythm of its own or as a stream."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from dothi.kernel.context.history.append import Run
from dothi.kernel.identity.access import SYSTEM, Actor

Provenance = Literal["observed", "computed", "simulated"]
Payload = dict[str, Any] | bytes


class Batch(Protocol):
    """What writing a batch came to: ids created and updated, and an error per refused entity."""

    @property
    def created(self) -> Sequence[str]: ...

    @property
    def updated(self) -> Sequence[str]: ...

    @property
    def errors(self) -> Sequence[tuple[Any, Exception]]: ...


class Writer(Protocol):
    """The part of :class:`dothi.kernel.context.service.Context` that feeds write through."""

    def upsert(
        self, entities: Sequence[Payload], *, mode: Literal["replace", "update"] = "update", by: Actor
    ) -> Batch: ...

    def append(self, runs: Sequence[Run], *, by: Actor) -> int: ...

    def entity(self, id: str) -> dict[str, Any] | None: ...

    def delete(self, ids: Sequence[str], *, by: Actor) -> object: ...


@dataclass(frozen=True, slots=True)
class Label:
    """A feed's name in both languages."""

    vi: str
    en: str

    def text(self, language: str) -> str:
        """The name in ``language`` (``vi`` or ``en``)."""
        return self.en if language.startswith("en") else self.vi


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What one run did: how many entities it read, wrote and had refused, and why they were refused."""

    read: int = 0
    written: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: FeedResult) -> FeedResult:
        reasons = dict(Counter(self.reasons) + Counter(other.reasons))
        return FeedResult(
            self.read + other.read, self.written + other.written, self.rejected + other.rejected, reasons
        )


@runtime_checkable
class Feed(Protocol):
    """A feed asked again every ``interval``. ``run_once`` may come late, twice, or after a gap."""

    key: str
    label: Label
    provenance: Provenance
    interval: timedelta

    def run_once(self, context: Writer, now: datetime) -> FeedResult: ...


@runtime_checkable
class Stream(Protocol):
    """A feed that is sent to: ``run`` returns when ``stop`` is set and raises when its source is lost."""

    key: str
    label: Label
    provenance: Provenance

    def run(self, context: Writer, stop: threading.Event, report: Report) -> None: ...


class Report(Protocol):
    """How a stream tells what it has done since it told last."""

    def __call__(self, result: FeedResult) -> None: ...


def write(context: Writer, entities: Sequence[Payload]) -> FeedResult:
    """Write a batch as the platform itself and count what became of it."""
    if not entities:
        return FeedResult()
    done = context.upsert(entities, mode="update", by=SYSTEM)
    reasons = Counter(type(error).__name__ for _, error in done.errors)
    refused = len(done.errors)
    return FeedResult(len(entities), len(entities) - refused, refused, dict(reasons))
