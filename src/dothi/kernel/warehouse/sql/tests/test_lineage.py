"""Which output column is made of which columns."""

import pytest

from dothi.kernel.warehouse.sql.errors import SqlRefused
from dothi.kernel.warehouse.sql.lineage import lineage

SCHEMAS = {
    "people": {"id": "VARCHAR", "name": "VARCHAR", "age": "INT", "ward": "VARCHAR"},
    "wards": {"ward": "VARCHAR", "province": "VARCHAR"},
}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id FROM people", {"id": [("people", "id")]}),
        ("SELECT name || ward AS x FROM people", {"x": [("people", "name"), ("people", "ward")]}),
        ("SELECT count(*) AS n, 1 AS one FROM people", {"n": [], "one": []}),
        ("SELECT avg(age) AS mean FROM people GROUP BY ward", {"mean": [("people", "age")]}),
        ("SELECT * FROM wards", {"ward": [("wards", "ward")], "province": [("wards", "province")]}),
        (
            "WITH a AS (SELECT p.*, province FROM people p JOIN wards USING (ward)) SELECT province, max(age) AS m FROM a GROUP BY 1",
            {"province": [("wards", "province")], "m": [("people", "age")]},
        ),
        (
            "SELECT id FROM people UNION ALL SELECT ward FROM wards",
            {"id": [("people", "id"), ("wards", "ward")]},
        ),
        ("SELECT x.n FROM (SELECT name AS n FROM people) x", {"n": [("people", "name")]}),
        (
            "SELECT (SELECT max(province) FROM wards w WHERE w.ward = p.ward) AS q FROM people p",
            {"q": [("wards", "province")]},
        ),
        (
            "SELECT row_number() OVER (PARTITION BY ward ORDER BY age) AS r FROM people",
            {"r": [("people", "age"), ("people", "ward")]},
        ),
    ],
)
def test_lineage_reaches_the_columns(sql, expected):
    assert lineage(sql, SCHEMAS) == expected


@pytest.mark.parametrize(
    "sql", ["SELECT nothing FROM people", "DELETE FROM people", "SELECT (", "SELECT * FROM nowhere"]
)
def test_what_cannot_be_traced_is_refused(sql):
    with pytest.raises(SqlRefused):
        lineage(sql, SCHEMAS)
