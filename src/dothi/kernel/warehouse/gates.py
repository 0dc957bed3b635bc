"""What stands between a candidate version and its publication. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dothi.kernel.warehouse.references import Ref


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that is written to the lake and not published: where its rows are, and the version it follows.

    ``paths`` are the Parquet files of exactly its rows (none: no rows); ``previous`` is the version that is
    published now, None for the first; ``report`` is what reading the input found.
    """

    ref: Ref
    rows: int
    paths: tuple[str, ...]
    checks: tuple[Mapping[str, Any], ...] = ()
    previous: Ref | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateReport:
    """Whether a candidate may be published, its score (0 to 100, None: not scored), and each check's result.

    A result is plain JSON: ``{"check", "column", "passed", "severity", "failed_rows", "why": {vi, en}}``.
    """

    passed: bool
    score: float | None = None
    results: tuple[Mapping[str, Any], ...] = ()


Gate = Callable[[Candidate], GateReport]


def open_gate(candidate: Candidate) -> GateReport:
    """Lets every candidate through, without a score."""
    return GateReport(passed=True)


_standing: dict[str, Gate] = {}


def stand(name: str, gate: Gate) -> None:
    """Ask ``gate`` of every load as well, after the load's own; the same name replaces."""
    _standing[name] = gate


def judged(candidate: Candidate, gate: Gate | None) -> GateReport:
    """What the load's own gate and the standing ones say together; a refusal ends it. The score is the first one's."""
    report = (gate or open_gate)(candidate)
    for each in _standing.values():
        if not report.passed:
            break
        further = each(candidate)
        report = GateReport(further.passed, report.score, (*report.results, *further.results))
    return report
