"""Looks through the rows of a version for personal data before anybody else may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dothi.centres.opendata.rules import SMALLEST_GROUP, Finding
from dothi.kernel.warehouse.gates import Candidate
from dothi.kernel.warehouse.references import Served

SURE: Final = 0.6  # from this confidence on a finding stops a publication; below, the owner is told of it


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found in the open columns, and the report on small groups (empty when none was asked for)."""

    findings: tuple[Finding, ...] = ()
    anonymity: Mapping[str, Any] | None = None


Screener = Callable[[Served, Sequence[str], Sequence[str]], Screening]


def open_columns(version: Served) -> list[str]:
    """The names of the columns that the public would get."""
    return [each["name"] for each in version.ref.columns if each.get("sensitivity", "open") == "open"]


def look(version: Served, quasi: Sequence[str] = ()) -> Screening:
    """Screen the open columns of ``version``; ``quasi``: the columns that together may point at a person."""
    return _screener[0](version, open_columns(version), quasi)


def look_at(candidate: Candidate) -> Screening:
    """Screen the open columns of a version that does not serve yet."""
    columns = open_columns(candidate.ref)
    return _candidates[0](candidate, columns) if columns and candidate.paths else Screening()


def by_warehouse(version: Served, columns: Sequence[str], quasi: Sequence[str]) -> Screening:
    """The warehouse's own patterns and lists of names, over every row."""
    from dothi.kernel.warehouse import serving  # brings Arrow with it

    found = _found(serving.table(version, columns=columns), columns) if columns else ()
    return Screening(found, _groups(version, quasi) if quasi else None)


def in_files(candidate: Candidate, columns: Sequence[str]) -> Screening:
    """The same over the files of a candidate."""
    import pyarrow.dataset as files  # large, and needed here only

    batches = files.dataset(list(candidate.paths), format="parquet").to_batches(columns=list(columns))
    return Screening(_found(batches, columns))


def _found(batches: Any, columns: Sequence[str]) -> tuple[Finding, ...]:
    from dothi.kernel.warehouse.privacy.screening import screening  # brings Arrow with it

    return tuple(
        Finding(each.column, each.kind, each.count, each.checked, each.samples, each.confidence >= SURE)
        for each in screening(batches, columns)
    )


def _groups(version: Served, quasi: Sequence[str]) -> dict[str, Any]:
    from dothi.kernel.warehouse import serving  # brings Arrow with it
    from dothi.kernel.warehouse.privacy.anonymity import k_anonymity

    report = k_anonymity(serving.table(version, columns=list(quasi)).read_all(), quasi, k=SMALLEST_GROUP)
    return {
        "columns": list(report.quasi),
        "k": report.k,
        "rows": report.rows,
        "groups": report.groups,
        "smallest": report.smallest,
        "small": report.small,
        "rows_at_risk": report.rows_at_risk,
        "unique": report.unique,
    }


_screener: list[Screener] = [by_warehouse]
_candidates: list[Callable[[Candidate, Sequence[str]], Screening]] = [in_files]
