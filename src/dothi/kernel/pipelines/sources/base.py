"""What a kind of source answers to. Imported only where sources run: rows are Arrow.

A source gives its rows in portions. Each portion says where to go on behind it, so that a run that was cut off
goes on from its last portion, and the next run begins where this one ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from dothi.core.errors import Unavailable, both
from dothi.kernel.packs.flows import SourceDeclaration

Position = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows, named as the source names them (None: no more rows), and the place behind them.

    ``total``: how many rows the source says there are in all. ``report``: what reading found worth telling.
    """

    rows: pa.Table | None
    position: dict[str, Any]
    total: int | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


class Unchanged(Exception):
    """The source has nothing that is new since the last run."""


class Restart(Exception):
    """What was read before the run was cut off cannot be gone on from: everything of this run is read again."""


class SourceAway(Unavailable):
    """The source cannot be reached, or asks to come back later: the run is tried again by itself."""

    def __init__(self, what: str, why: object) -> None:
        super().__init__(
            both(f"Không đọc được {what}: {why}. Sẽ thử lại.", f"{what} cannot be read: {why}. Trying again.")
        )


class Task(Protocol):
    """The run a source works for."""

    @property
    def full(self) -> bool:
        """Whether everything is to be read again, whatever was read before."""
        ...

    @property
    def folder(self) -> Path:
        """A folder for files of this run; removed when it has ended."""
        ...

    def say(self, vi: str, en: str, level: str = "info") -> None:
        """A line for the run's log."""
        ...

    def check(self) -> None:
        """Raise when somebody asked the run to stop."""
        ...


class Extractor(Protocol):
    """One kind of source."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        """The rows behind ``position`` ({}: all). Raises :class:`Unchanged`, :class:`SourceAway`, ``BadInput``.

        A position holds ``resume`` while a run is under way; the last portion's must not.
        """
        ...
