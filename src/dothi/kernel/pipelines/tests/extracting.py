"""Asks an extractor directly, without a run around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.pipelines.sources.base import Portion
from dothi.kernel.pipelines.sources.registry import extractor


class FakeTask:
    """A run that goes on until it is told to stop."""

    def __init__(self, folder: Path, *, full: bool = False) -> None:
        self.folder, self.full = folder, full
        self.lines: list[str] = []

    def say(self, vi: str, en: str, level: str = "info") -> None:
        self.lines.append(en)

    def check(self) -> None:
        pass


def declare(**fields: Any) -> SourceDeclaration:
    """A source with what its kind says."""
    plain = {"key": "some", "label": {"vi": "Thử", "en": "Test"}, "dataset": "some"} | fields
    return msgspec.convert(plain, SourceDeclaration)


def portions(
    declared: SourceDeclaration,
    folder: Path,
    position: Mapping[str, Any] | None = None,
    *,
    full: bool = False,
) -> Iterator[Portion]:
    """The portions it gives."""
    task = FakeTask(folder, full=full)
    yield from extractor(declared.kind).read(declared, position or {}, task)


def read(
    declared: SourceDeclaration,
    folder: Path,
    position: Mapping[str, Any] | None = None,
    *,
    full: bool = False,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All rows, and the place behind them."""
    rows: list[dict[str, Any]] = []
    last: dict[str, Any] = {}
    for portion in portions(declared, folder, position, full=full):
        rows += portion.rows.to_pylist() if portion.rows is not None else []
        last = portion.position
    return rows, last
