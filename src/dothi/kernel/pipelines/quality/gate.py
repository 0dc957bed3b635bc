"""The gate of the warehouse: runs a dataset's checks over a candidate and keeps what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import structlog
from django.db import transaction

from dothi.core.clock import iso, now
from dothi.core.errors import BadInput, Text, both
from dothi.engines.compute.base import Source
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.flow_sql import table_name
from dothi.kernel.packs.flows import Check
from dothi.kernel.pipelines import compute
from dothi.kernel.pipelines.models import QualityResult, QualityScore
from dothi.kernel.pipelines.quality import plan, score
from dothi.kernel.pipelines.quality.plan import Planned
from dothi.kernel.pipelines.quality.score import Result
from dothi.kernel.pipelines.rules import duration
from dothi.kernel.pipelines.tables import published_table
from dothi.kernel.warehouse.gates import Candidate, Gate, GateReport

log = structlog.get_logger()
SAMPLES: Final = 5
_HIDDEN: Final = ("personal", "sensitive")


def gate(*, run: str = "", more: Sequence[Check] = ()) -> Gate:
    """A gate for :func:`dothi.kernel.warehouse.actions.load`; ``more``: checks beside those of the dataset."""

    def check(candidate: Candidate) -> GateReport:
        results = examine(candidate, more)
        passed, total = score.may_publish(results), score.score(results)
        keep(candidate, results, run=run, passed=passed, total=total)
        return GateReport(passed, total, tuple(each.plain() for each in results))

    return check


def examine(candidate: Candidate, more: Sequence[Check] = ()) -> list[Result]:
    """The results of all checks of a candidate."""
    checks = [*(msgspec.convert(dict(each), Check) for each in candidate.checks), *more]
    planned = plan.plan(checks, candidate.ref.columns, _codes(checks))
    if not planned:
        return []
    tables: dict[str, Source] = {plan.CANDIDATE: compute.table(candidate.ref)}
    tables |= {table_name(key): published_table(key) for each in planned for key in each.reads}
    (counts,) = compute.rows(plan.text(plan.one_pass(planned)), tables).to_pylist()
    return [
        _result(each, counts.get(f"c{place}"), int(counts["n"]), tables, candidate)
        for place, each in enumerate(planned)
    ]


def _codes(checks: Sequence[Check]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for check in checks:
        if check.accepted is not None and check.accepted.codes:
            codes = packs.vocabulary(check.accepted.codes)
            if codes is None:
                key = check.accepted.codes
                raise BadInput(
                    both(f"Không có danh mục {key}.", f"There is no code list {key}."), where="codes"
                )
            found[check.accepted.codes] = [code.value for code in codes.codes]
    return found


def _count(each: Planned, tables: compute.Tables) -> int:
    return int(compute.rows(plan.text(plan.count_of(each)), tables).column(0)[0].as_py())


def _result(each: Planned, counted: Any, rows: int, tables: compute.Tables, candidate: Candidate) -> Result:
    if each.kind in ("rows", "volume", "fresh"):
        why = _whole(each, counted, rows, candidate)
        return _made(each, why is None, 1, 0 if why is None else 1, why, ())
    failed = int(counted) if each.bad is not None else _count(each, tables)
    allowed = each.check.at_most * rows
    passed = failed <= allowed
    why = None if failed == 0 else _why(each, failed, rows)
    return _made(each, passed, rows, failed, why, _samples(each, tables, candidate) if failed else ())


def _made(
    each: Planned, passed: bool, rows: int, failed: int, why: Text | None, samples: Sequence[dict[str, Any]]
) -> Result:
    given = each.check.label
    label = both(given.vi, given.en) if given else _label(each)
    return Result(
        each.key,
        each.kind,
        each.columns,
        each.check.severity,
        passed,
        rows,
        failed,
        label,
        why,
        tuple(samples),
    )


def _whole(each: Planned, newest: Any, rows: int, candidate: Candidate) -> Text | None:
    """Why a rule about the whole table is broken; None when it holds."""
    check = each.check
    if check.rows is not None:
        low, high = check.rows.min, check.rows.max
        if (low is None or rows >= low) and (high is None or rows <= high):
            return None
        return both(f"Có {rows} dòng.", f"There are {rows} rows.")
    if check.volume is not None:
        usual = score.unusual(rows, _volumes(candidate, check.volume.over), check.volume.tolerance)
        if usual is None:
            return None
        return both(f"Có {rows} dòng, thường là {usual:.0f}.", f"There are {rows} rows, usually {usual:.0f}.")
    assert check.fresh is not None
    age = plan.age_limit(newest, now())
    if age is not None and age <= duration(check.fresh.within).total_seconds():
        return None
    seen = "-" if newest is None else (iso(newest) if hasattr(newest, "tzinfo") else str(newest))
    return both(f"Giá trị mới nhất: {seen}.", f"The newest value is {seen}.")


def _volumes(candidate: Candidate, over: int) -> list[int]:
    rows = QualityScore.objects.filter(dataset=candidate.ref.key, passed=True).values_list("rows", flat=True)
    return list(rows[:over])


def _why(each: Planned, failed: int, rows: int) -> Text:
    share = 100.0 * failed / rows if rows else 100.0
    return both(
        f"{failed} trên {rows} dòng ({share:.2f} %) không đạt.",
        f"{failed} of {rows} rows ({share:.2f} %) break the rule.",
    )


_LABELS: Final = {
    "not_null": ("có giá trị", "has a value"),
    "unique": ("không trùng", "is unique"),
    "range": ("trong khoảng", "is in range"),
    "accepted": ("thuộc danh mục", "is one of the codes"),
    "matches": ("đúng dạng", "has the right form"),
    "type": ("đúng kiểu", "has the right type"),
    "reference": ("có trong bộ dữ liệu liên quan", "is known in the other dataset"),
    "fresh": ("còn mới", "is fresh"),
    "rows": ("số dòng", "number of rows"),
    "volume": ("số dòng như thường lệ", "usual number of rows"),
    "holds": ("điều kiện", "condition"),
    "sql": ("quy tắc", "rule"),
}


def _label(each: Planned) -> Text:
    vi, en = _LABELS[each.kind]
    names = ", ".join(each.columns) or each.check.holds or ""
    return both(f"{names}: {vi}" if names else vi, f"{names}: {en}" if names else en)


def _samples(each: Planned, tables: compute.Tables, candidate: Candidate) -> list[dict[str, Any]]:
    """A few rows that break the rule: key and checked columns, and nothing that is personal."""
    hidden = {column["name"] for column in candidate.ref.columns if column.get("sensitivity") in _HIDDEN}
    wanted = [
        *candidate.ref.key_columns,
        *(name for name in each.columns if name not in candidate.ref.key_columns),
    ]
    wanted = wanted or [column["name"] for column in candidate.ref.columns[:5]]
    query = plan.samples_of(each, [name for name in wanted if name not in hidden], SAMPLES)
    if query is None or (each.kind == "unique" and hidden & set(each.columns)) or hidden >= set(wanted):
        return []
    found = compute.rows(plan.text(query), tables).to_pylist()
    return [{name: _shown(value) for name, value in row.items()} for row in found]


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:200]


@transaction.atomic
def keep(
    candidate: Candidate, results: Sequence[Result], *, run: str, passed: bool, total: float | None
) -> QualityScore:
    """Keep what was found of this version; found again (after a crash), it takes the place of what was kept."""
    ref = candidate.ref
    QualityScore.objects.filter(dataset=ref.key, version=ref.number).delete()
    kept = QualityScore.objects.create(
        dataset=ref.key, version=ref.number, run=run, passed=passed, score=total, rows=candidate.rows,
        dimensions=score.dimensions(results),
    )  # fmt: skip
    QualityResult.objects.bulk_create(_row_of(kept, each) for each in results)
    return kept


def _row_of(kept: QualityScore, each: Result) -> QualityResult:
    why: Mapping[str, str] = each.why or {}
    return QualityResult(
        score=kept, check_key=each.key[:120], kind=each.kind, columns=list(each.columns), severity=each.severity,
        passed=each.passed, rows=each.rows, failed=each.failed, label_vi=each.label["vi"],
        label_en=each.label["en"], why_vi=why.get("vi", ""), why_en=why.get("en", ""), samples=list(each.samples),
    )  # fmt: skip
