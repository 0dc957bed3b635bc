"""Keeping generated records, marked for what they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dothi.kernel.identity.access import Actor
from dothi.kernel.registers.bulk import BulkReport, Progress, bulk
from dothi.kernel.registers.samples.making import Maker
from dothi.kernel.registers.types import kind

SOURCE = "simulated"


def records(type: str, count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """``count`` records of a type that fit its schema; the same for the same seed (and the same records to link to)."""
    maker = Maker(kind(type), seed)
    return (maker.record() for _ in range(count))


def simulate(
    type: str, count: int, *, by: Actor, seed: int = 1, progress: Progress | None = None
) -> BulkReport:
    """Keep generated records, each marked ``simulated``. Asks for ``registers.import.<type>``.

    Made again with the same seed, records with an identifier are there already and are left as they are.
    """
    return bulk(
        type, records(type, count, seed), by=by, mode="upsert", reason="simulated", source=SOURCE, simulated=True,
        batch=5_000, progress=progress,
    )  # fmt: skip
