"""Checks over real rows: each kind lets good rows through and counts bad ones."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pyarrow as pa
import pytest

from dothi.core import clock
from dothi.core.errors import BadInput
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs.flows import Check
from dothi.kernel.pipelines import queries
from dothi.kernel.pipelines.quality import plan, score
from dothi.kernel.pipelines.quality.gate import gate
from dothi.kernel.pipelines.quality.score import Result
from dothi.kernel.warehouse import actions as warehouse
from dothi.kernel.warehouse.models import DatasetVersion

LABEL = {"vi": "x", "en": "x"}
COLUMNS = {"code": "string", "value": "number", "day": "date", "at": "datetime", "cccd": "string"}
DAY = datetime(2026, 1, 10, tzinfo=UTC)
ROWS = pa.table(
    {
        "code": ["a1", "b2", "b2", None, "zz"],
        "value": [1.0, 2.0, 3.0, None, 99.0],
        "day": pa.array([DAY.date()] * 5),
        "at": pa.array([DAY] * 5, pa.timestamp("us", tz="UTC")),
        "cccd": ["079099000001", "079099000002", "0", None, "x"],
    }
)


def declare(*checks: dict, key: str = "measured", rows: pa.Table | None = None):
    columns = [
        {"name": name, "type": kind} | ({"sensitivity": "personal"} if name == "cccd" else {})
        for name, kind in COLUMNS.items()
    ]
    found = warehouse.declare(
        {"key": key, "title": LABEL, "columns": columns, "checks": list(checks)}, by=SYSTEM
    )
    return warehouse.load(found, ROWS if rows is None else rows, by=SYSTEM, gate=gate())


CASES = [
    ({"not_null": ["code"]}, 1),
    ({"not_null": ["code", "value"]}, 1),
    ({"unique": ["code"]}, 1),
    ({"unique": ["code", "value"]}, 0),
    ({"range": {"column": "value", "min": 2}}, 1),
    ({"range": {"column": "value", "max": 50}}, 1),
    ({"range": {"column": "day", "min": "2026-01-01", "max": "2026-01-31"}}, 0),
    ({"range": {"column": "day", "max": "2026-01-09"}}, 5),
    ({"range": {"column": "at", "min": "2026-01-10T00:00:01Z"}}, 5),
    ({"accepted": {"column": "code", "values": ["a1", "b2"]}}, 1),
    ({"matches": {"column": "code", "pattern": "[a-z][0-9]"}}, 1),
    ({"matches": {"column": "code", "pattern": "a|b2"}}, 2),
    ({"type": {"column": "code", "type": "integer"}}, 4),
    ({"holds": "value < 50 OR code = 'zz'"}, 0),
    ({"holds": "value <> 2"}, 1),
    ({"sql": "SELECT code FROM candidate GROUP BY code HAVING count(*) > 1"}, 1),
    ({"rows": {"min": 5, "max": 5}}, 0),
    ({"rows": {"min": 6}}, 1),
    ({"fresh": {"column": "at", "within": "2 days"}}, 0),
    ({"fresh": {"column": "day", "within": "1 hour"}}, 1),
]


@pytest.mark.usefixtures("lake")
@pytest.mark.parametrize(
    ("check", "failed"), CASES, ids=[f"{next(iter(case[0]))}-{n}" for n, case in enumerate(CASES)]
)
def test_a_check_counts_what_breaks_it(check, failed) -> None:
    with clock.frozen(datetime(2026, 1, 11, tzinfo=UTC)):
        version = declare(check)
    (found,) = queries.results("measured")
    assert (found["failed_rows"], found["passed"]) == (failed, failed == 0)
    assert version.state == ("published" if failed == 0 else "failed")
    assert found["label"]["vi"]
    assert (found["why"]["en"] != "") == (failed > 0)


@pytest.mark.usefixtures("lake")
def test_references_are_looked_up_in_the_published_version() -> None:
    known = pa.table(
        {
            "code": ["a1", "b2"],
            "value": [1.0, 2.0],
            "day": [None, None],
            "at": [None, None],
            "cccd": [None, None],
        }
    )
    declare(key="known", rows=known)
    check = {"reference": {"columns": ["code"], "dataset": "known", "to": ["code"]}}
    version = declare(check)
    assert version.quality[0]["failed_rows"] == 1
    assert version.quality[0]["samples"] == [{"code": "zz"}]
    declare({"sql": "SELECT c.* FROM candidate c ANTI JOIN known k USING (code)"}, key="again")
    assert queries.results("again")[0]["failed_rows"] == 2


@pytest.mark.usefixtures("lake")
def test_a_share_may_be_let_pass_and_a_warning_never_stops() -> None:
    version = declare({"not_null": ["code"], "at_most": 0.2}, {"unique": ["code"], "severity": "warn"})
    assert version.state == DatasetVersion.PUBLISHED
    assert [(each["passed"], each["failed_rows"]) for each in version.quality] == [(True, 1), (False, 1)]
    assert version.quality_score == 80.0


@pytest.mark.usefixtures("lake")
def test_samples_show_nothing_that_is_personal() -> None:
    version = declare({"matches": {"column": "cccd", "pattern": "[0-9]{12}"}}, {"unique": ["cccd"]})
    assert version.quality[0]["failed_rows"] == 2
    assert version.quality[0]["samples"] == []
    assert "079099" not in str(version.quality)


@pytest.mark.usefixtures("lake")
def test_an_unusual_number_of_rows_is_noticed() -> None:
    check = {"volume": {"tolerance": 0.5, "over": 8}}
    for _ in range(3):
        assert declare(check).state == "published"
    assert declare(check, rows=ROWS.slice(0, 1)).state == "failed"
    assert queries.results("measured")[0]["why"]["en"] == "There are 1 rows, usually 5."
    assert [(each.version, each.passed, each.rows) for each in queries.scores("measured")] == [
        (4, False, 1), (3, True, 5), (2, True, 5), (1, True, 5),
    ]  # fmt: skip


@pytest.mark.usefixtures("lake")
def test_the_score_of_a_dataset_is_kept_over_time() -> None:
    declare({"not_null": ["code"], "severity": "warn"}, {"range": {"column": "value", "max": 100}})
    (found,) = queries.scores("measured")
    assert found.score == 95.0
    assert found.dimensions == {"completeness": 80.0, "validity": 100.0}
    assert queries.results("nothing") == []


@pytest.mark.parametrize(
    "check",
    [
        {"not_null": ["no_such"]},
        {"holds": "value > (SELECT max(value) FROM candidate)"},
        {"holds": "value >"},
        {"holds": "SELECT 1"},
        {"sql": "DELETE FROM candidate"},
        {"sql": "value > 1"},
    ],
)
def test_a_check_that_cannot_be_used_is_refused(check) -> None:
    columns = [{"name": name, "type": kind} for name, kind in COLUMNS.items()]
    with pytest.raises(BadInput):
        plan.plan([msgspec.convert(check, Check)], columns, {})


def test_names_and_values_never_become_sql() -> None:
    columns = [{"name": 'a" OR 1=1 --', "type": "string"}]
    check = msgspec.convert({"accepted": {"column": "x", "values": ["'; DROP TABLE t; --"]}}, Check)
    evil = msgspec.structs.replace(
        check, accepted=msgspec.structs.replace(check.accepted, column='a" OR 1=1 --')
    )
    sql = plan.text(plan.one_pass(plan.plan([evil], columns, {})))
    assert '"a"" OR 1=1 --"' in sql
    assert "'''; DROP TABLE t; --'" in sql


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_checks_can_be_said_in_every_engines_words(dialect) -> None:
    columns = [{"name": name, "type": kind} for name, kind in COLUMNS.items()]
    checks = [msgspec.convert(case, Check) for case, _ in CASES if "sql" not in case]
    sql = plan.text(plan.one_pass(plan.plan(checks, columns, {})), dialect)
    assert sql.startswith("SELECT COUNT(*) AS n")


def result(severity: str, rows: int, failed: int, *, kind: str = "range", passed: bool = False) -> Result:
    return Result("k", kind, (), severity, passed or failed == 0, rows, failed, LABEL)


def test_the_score_weighs_what_stops_publication_three_times() -> None:
    assert score.score([]) is None
    assert score.score([result("error", 10, 5), result("warn", 10, 0)]) == 62.5
    assert score.score([result("error", 0, 0)]) == 100.0
    assert score.may_publish([result("warn", 10, 10)])
    assert not score.may_publish([result("error", 10, 1)])


@pytest.mark.parametrize(
    ("rows", "before", "unusual"),
    [(5, [5, 5], None), (1, [5, 5, 5], 5.0), (7, [5, 5, 5], None), (0, [0, 0, 0], None)],
)
def test_what_is_usual_needs_three_versions(rows, before, unusual) -> None:
    assert score.unusual(rows, before, 0.5) == unusual
