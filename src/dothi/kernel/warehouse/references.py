"""How a version is named where there is no Django: hot paths and serving copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Ref:
    """One version: its dataset's id and key, its number and id, and where its rows are in the lake."""

    dataset: str
    key: str
    number: int
    version: str
    table: str
    snapshot: int
    rows: int
    columns: tuple[Mapping[str, Any], ...]
    key_columns: tuple[str, ...]

    @property
    def ref(self) -> Ref:
        """Itself, so that a version's row and a reference are taken alike."""
        return self

    @property
    def folder(self) -> str:
        """The name of its serving copy's folder below ``serving/``."""
        return f"{self.dataset}/{self.number}-{self.version}"


class Served(Protocol):
    """A version: a :class:`Ref`, or a row of ``DatasetVersion``."""

    @property
    def ref(self) -> Ref: ...
