"""From results to a verdict and a score. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from dothi.core.errors import Text

DIMENSIONS: Final = {
    "not_null": "completeness",
    "unique": "uniqueness",
    "range": "validity",
    "accepted": "validity",
    "matches": "validity",
    "type": "validity",
    "holds": "validity",
    "reference": "consistency",
    "sql": "consistency",
    "fresh": "timeliness",
    "rows": "volume",
    "volume": "volume",
}
_WEIGHT: Final = {"error": 3.0, "warn": 1.0}


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found: how many of the rows break it (1 of 1 for a rule about the whole table)."""

    key: str
    kind: str
    columns: tuple[str, ...]
    severity: str
    passed: bool
    rows: int
    failed: int
    label: Text
    why: Text | None = None
    samples: tuple[dict[str, Any], ...] = field(default=())

    @property
    def good(self) -> float:
        """The share that keeps the rule, 0 to 1."""
        if self.rows <= 0:
            return 1.0 if self.passed else 0.0
        return max(0.0, 1.0 - self.failed / self.rows)

    def plain(self) -> dict[str, Any]:
        """As a version of a dataset keeps it."""
        return {
            "check": self.key,
            "kind": self.kind,
            "column": ", ".join(self.columns),
            "passed": self.passed,
            "severity": self.severity,
            "rows": self.rows,
            "failed_rows": self.failed,
            "label": dict(self.label),
            "why": None if self.why is None else dict(self.why),
            "samples": list(self.samples),
        }


def may_publish(results: Sequence[Result]) -> bool:
    """Whether no check of severity ``error`` failed."""
    return all(each.passed for each in results if each.severity == "error")


def score(results: Sequence[Result]) -> float | None:
    """0 to 100: the mean share of rows that keep each rule, a rule that stops publication counting three times.

    None without rules: what nobody checked has no score.
    """
    weights = [_WEIGHT[each.severity] for each in results]
    if not weights:
        return None
    total = sum(weight * each.good for weight, each in zip(weights, results, strict=True))
    return round(100.0 * total / sum(weights), 2)


def dimensions(results: Sequence[Result]) -> dict[str, float]:
    """The score of each dimension that has a rule."""
    groups: dict[str, list[Result]] = {}
    for each in results:
        groups.setdefault(DIMENSIONS[each.kind], []).append(each)
    return {name: value for name, some in sorted(groups.items()) if (value := score(some)) is not None}


def unusual(rows: int, before: Sequence[int], tolerance: float) -> float | None:
    """The usual number of rows when ``rows`` is further from it than ``tolerance`` (a share); None: not unusual.

    Fewer than three earlier versions say nothing about what is usual.
    """
    if len(before) < 3:
        return None
    usual = float(median(before))
    return usual if abs(rows - usual) > tolerance * max(usual, 1.0) else None
