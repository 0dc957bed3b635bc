"""Decisions and conversions without any run around them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from dothi.core.errors import BadInput
from dothi.kernel.pipelines import columns, drift, records, rules, shaping
from dothi.kernel.pipelines.casting import cast
from dothi.kernel.pipelines.spool import Spool

NOW = datetime(2026, 1, 10, 5, 0, tzinfo=UTC)  # noon in the city


def test_cron_is_read_in_the_citys_time() -> None:
    assert rules.next_time("0 2 * * *", NOW) == datetime(2026, 1, 10, 19, 0, tzinfo=UTC)
    assert rules.next_time("*/15 * * * *", NOW) == NOW + timedelta(minutes=15)
    assert rules.next_time("once", NOW) is None


@pytest.mark.parametrize(
    ("schedule", "succeeded", "changed", "due"),
    [
        ("once", False, False, "now"),
        ("once", True, False, None),
        ("once", True, True, "now"),
        ("manual", False, False, None),
        ("on-change", False, False, None),
        ("on-change", True, True, "now"),
        ("0 2 * * *", False, False, "now"),
        ("0 2 * * *", True, False, "later"),
        ("0 2 * * *", True, True, "now"),
    ],
)
def test_when_a_flow_first_runs(schedule, succeeded, changed, due) -> None:
    found = rules.first_time(schedule, NOW, succeeded=succeeded, changed=changed)
    assert (None if found is None else "now" if found == NOW else "later") == due


def test_waits_grow_and_end() -> None:
    assert [rules.retry_delay(n).total_seconds() for n in (1, 2, 3)] == [10, 20, 40]
    assert rules.retry_delay(1000) == rules.LONGEST_RETRY
    assert rules.may_retry(5, 5, transient=True)
    assert not rules.may_retry(6, 5, transient=True)
    assert not rules.may_retry(1, 5, transient=False)


def test_what_is_made_from_a_dataset_comes_behind_all_it_is_made_from() -> None:
    reads = {"b": ["a"], "c": ["a", "b"], "d": ["c"], "x": ["y"]}
    assert rules.layers(reads, "a") == ["b", "c", "d"]
    assert rules.layers({"b": ["a", "c"], "c": ["b"]}, "a") == ["b", "c"]


DECLARED = [{"name": "k", "type": "string"}, {"name": "n", "type": "number"}, {"name": "d", "type": "date"}]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([("k", "string"), ("n", "number"), ("d", "date")], False),
        ([("k", "string"), ("n", "integer"), ("d", "string")], False),
        ([("k", "null"), ("n", "null"), ("d", "null")], False),
        ([("k", "string"), ("n", "boolean"), ("d", "date")], True),
        ([("k", "string"), ("n", "number")], True),
        ([("k", "string"), ("n", "number"), ("d", "date"), ("e", "string")], True),
    ],
)
def test_drift_is_what_values_cannot_bridge(found, expected) -> None:
    assert bool(drift.compare(DECLARED, found)) is expected


@pytest.mark.parametrize(
    ("rule", "found", "go", "added"),
    [
        ("fail", [("k", "string"), ("n", "number")], "stop", 0),
        ("ignore", [("k", "string"), ("n", "number")], "on", 0),
        ("add", [("k", "string"), ("n", "number"), ("d", "date"), ("e", "json")], "on", 1),
        ("ignore", [("k", "string"), ("n", "number"), ("d", "date"), ("e", "json")], "on", 0),
        ("add", [("k", "string"), ("n", "boolean"), ("d", "date")], "stop", 0),
        ("ignore", [("n", "number"), ("d", "date")], "stop", 0),
        ("ask", [("n", "number"), ("d", "date")], "wait", 0),
    ],
)
def test_the_sources_rule_decides(rule, found, go, added) -> None:
    made = drift.decide(drift.compare(DECLARED, found), rule, ["k"])
    assert (made.go, len(made.add)) == (go, added)


VALUES = [
    (["1", " 2 ", ""], "integer", [1, 2, None]),
    (["1.234,5", "1,234.5", "-", "7"], "number", [1234.5, 1234.5, None, 7.0]),
    (["12,5"], "number", [12.5]),
    ([1.0, 2.0], "integer", [1, 2]),
    (["có", "không", "true", "0"], "boolean", [True, False, True, False]),
    (["21/02/2021", "2021-02-21", "21-02-2021"], "date", [date(2021, 2, 21)] * 3),
    (["23-02-2021 21:00"], "datetime", [datetime(2021, 2, 23, 14, 0, tzinfo=UTC)]),
    (
        ["2021-02-23T21:00:00+07:00", "2021-02-23 21:00:00"],
        "datetime",
        [datetime(2021, 2, 23, 14, 0, tzinfo=UTC)] * 2,
    ),
    (["2021-02-23T20:00:00Z"], "date", [date(2021, 2, 24)]),
    ([date(2021, 2, 23)], "datetime", [datetime(2021, 2, 22, 17, 0, tzinfo=UTC)]),
    ([datetime(2021, 2, 23, 20, 0, tzinfo=UTC)], "date", [date(2021, 2, 24)]),
    ([datetime(2021, 2, 23, 21, 0)], "datetime", [datetime(2021, 2, 23, 14, 0, tzinfo=UTC)]),  # noqa: DTZ001
    ([1, 2], "string", ["1", "2"]),
    ([{"a": 1}], "json", ['{"a":1}']),
    (['{"a":1}'], "json", ['{"a":1}']),
    ([None, None], "number", [None, None]),
]


@pytest.mark.parametrize(("values", "kind", "expected"), VALUES)
def test_values_are_read_as_people_write_them(values, kind, expected) -> None:
    made = cast(pa.array(values), kind)
    assert (made.values.to_pylist(), made.bad) == (expected, 0)


@pytest.mark.parametrize(
    ("values", "kind", "bad"),
    [
        (["1", "x", "x", "1.5"], "integer", 3),
        (["nan", "inf", "1e400"], "number", 2),
        (["31/02/2021", "2021-13-01", "soon"], "date", 3),
        (["maybe"], "boolean", 1),
        (["{"], "json", 1),
        (["POINT(1)"], "geometry", 1),
        ([1.5, 2.0], "integer", 1),
    ],
)
def test_what_cannot_be_read_is_counted_and_empty(values, kind, bad) -> None:
    made = cast(pa.array(values), kind)
    assert made.bad == bad
    assert made.sample


def test_geometries_are_read_from_text() -> None:
    made = cast(pa.array(["POINT (1 2)", '{"type":"Point","coordinates":[1,2]}']), "geometry")
    assert made.values[0] == made.values[1]


@pytest.mark.parametrize(
    ("text", "name"),
    [("PM2.5", "pm2_5"), ("Số nhà", "so_nha"), ("Đường", "duong"), ("2020", "c_2020"), ("%", "c_")],
)
def test_names_of_columns_become_names_here(text, name) -> None:
    assert shaping.column_name(text) == name


def test_two_columns_that_would_share_a_name_are_told() -> None:
    with pytest.raises(BadInput, match="both become ten"):
        shaping.names([pa.schema([("Tên", pa.string()), ("ten", pa.string())])], {})
    assert shaping.names([pa.schema([("Tên", pa.string()), ("ten", pa.string())])], {"other": "ten"}) == {
        "Tên": "ten",
        "ten": "other",
    }


def test_the_widest_type_of_all_portions_counts() -> None:
    schemas = [
        pa.schema([("a", pa.int64()), ("b", pa.null())]),
        pa.schema([("a", pa.float64()), ("b", pa.bool_())]),
    ]
    assert shaping.types(schemas, {"a": "a", "b": "b"}) == [("a", "number"), ("b", "boolean")]


SCHEMAS = {"a": {"k": "string", "x": "number", "y": "number"}, "b": {"k": "string", "z": "number"}}


@pytest.mark.parametrize(
    ("sql", "column", "origins"),
    [
        ("SELECT k FROM a", "k", [("a", "k", "identity")]),
        ("SELECT x + y AS s FROM a", "s", [("a", "x", "transformation"), ("a", "y", "transformation")]),
        ("SELECT sum(x) AS s FROM a GROUP BY k", "s", [("a", "x", "aggregation")]),
        ("WITH c AS (SELECT k, x * 2 AS d FROM a) SELECT d AS e FROM c", "e", [("a", "x", "transformation")]),
        ("SELECT k FROM a UNION ALL SELECT k FROM b", "k", [("a", "k", "identity"), ("b", "k", "identity")]),
        ("SELECT * FROM b", "z", [("b", "z", "identity")]),
        ("SELECT 1 AS one FROM a", "one", []),
        ("SELECT a.k FROM a JOIN b ON a.k = b.k WHERE z > 1", "", [("a", "k", "condition"), ("b", "k", "condition"), ("b", "z", "condition")]),
        ("SELECT CASE WHEN x > 1 THEN y END AS c FROM a", "c", [("a", "x", "transformation"), ("a", "y", "transformation")]),
        ("SELECT row_number() OVER (PARTITION BY k ORDER BY x) AS n FROM a", "n", [("a", "k", "aggregation"), ("a", "x", "aggregation")]),
    ],
)  # fmt: skip
def test_lineage_of_a_column(sql, column, origins) -> None:
    found = columns.origins(sql, SCHEMAS)[column]
    assert [(each.table, each.column, each.how) for each in found] == origins


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.b", 1), ("l.1.x", 2), ("l.9", None), ("a.b.c", None), (None, {"a": {"b": 1}, "l": [{}, {"x": 2}]})],
)
def test_places_in_a_document(path, found) -> None:
    assert records.at({"a": {"b": 1}, "l": [{}, {"x": 2}]}, path) == found


def test_a_spool_forgets_what_was_torn(tmp_path) -> None:
    spool = Spool(tmp_path / "s")
    spool.add(pa.table({"a": [1]}), {"page": 2})
    (tmp_path / "s" / "000002.part").write_bytes(b"PAR1")
    again = Spool(tmp_path / "s")
    assert (again.position(), again.rows(), again.ended()) == ({"page": 2}, 1, None)
    assert not list((tmp_path / "s").glob("*.part"))
    again.end({"page": 9}, {})
    assert again.ended() == {"position": {"page": 9}, "report": {}}
