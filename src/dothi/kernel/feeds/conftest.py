"""An in-memory stand-in for the context with the same signatures, so that feeds are tested alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shapely

from dothi.core import clock
from dothi.engines.store.registry import open_store
from dothi.kernel.context.service import Context
from dothi.kernel.feeds.generator.places import Ward


@dataclass
class Done:
    """What became of a batch."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    errors: list[tuple[Any, Exception]] = field(default_factory=list)


class Memory:
    """Keeps the merged entities, and every (observedAt, value) of every attribute."""

    def __init__(self) -> None:
        self.entities_by_id: dict[str, dict[str, Any]] = {}
        self.history: dict[tuple[str, str], list[tuple[str | None, Any]]] = defaultdict(list)
        self.batches: list[int] = []
        self.fail_next: Exception | None = None

    def upsert(self, entities: Any, *, mode: str = "update", by: Any) -> Done:
        if self.fail_next is not None:
            failure, self.fail_next = self.fail_next, None
            raise failure
        done = Done()
        self.batches.append(len(entities))
        for index, given in enumerate(entities):
            entity = msgspec.json.decode(given) if isinstance(given, bytes) else given
            if not str(entity.get("id", "")).startswith("urn:") or "type" not in entity:
                done.errors.append((entity.get("id", index), ValueError("not an entity")))
                continue
            self._merge(entity, done)
        return done

    def _merge(self, entity: dict[str, Any], done: Done) -> None:
        known = self.entities_by_id.setdefault(entity["id"], {})
        (done.updated if known else done.created).append(entity["id"])
        known.update(entity)
        for key, attribute in entity.items():
            if isinstance(attribute, dict) and attribute.get("type") == "Property":
                self.history[entity["id"], key].append((attribute.get("observedAt"), attribute["value"]))

    def append(self, runs: Any, *, by: Any) -> int:
        added = 0
        for run in runs:
            for at, value in zip(run.times_us.tolist(), run.values.tolist(), strict=True):
                self.history[run.id, run.attribute].append((clock.iso(clock.from_us(at)), value))
                added += 1
        return added

    def entity(self, id: str) -> dict[str, Any] | None:
        return self.entities_by_id.get(id)

    def delete(self, ids: Any, *, by: Any) -> None:
        for id in ids:
            self.entities_by_id.pop(id, None)


@pytest.fixture
def memory() -> Memory:
    """An empty stand-in."""
    return Memory()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Context]:
    """A real live city of its own."""
    store = open_store(f"sqlite:///{tmp_path / 'context.sqlite3'}", schema="context")
    context = Context(store)
    yield context
    context.close()
    store.close()


@pytest.fixture(scope="session")
def some_wards() -> list[Ward]:
    """Twelve by twelve invented wards of three kilometres, the outer ones communes."""
    return [
        Ward(f"{row:02d}{column:02d}", f"Phường {row}-{column}", lon, lat, 2 < row < 10, _square(lon, lat))
        for row in range(12)
        for column in range(12)
        for lon, lat in [(106.53 + 0.028 * column, 10.62 + 0.027 * row)]
    ]


def _square(lon: float, lat: float) -> shapely.Polygon:
    return shapely.box(lon - 0.013, lat - 0.013, lon + 0.013, lat + 0.013)
