"""The questions every engine must answer alike, in the house's SQL, over three small tables.

Each begins as the warehouse asks: filters, groups, joins, windows, dates, Vietnamese text, exact money, NULLs.
``bench/engines.py`` asks the same ones of further engines.
"""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

ROWS = 600
_KINDS = ("flood", "light", "noise", "road", "waste")
_NOTES = ("Ngập nước", "Đèn hỏng", "tiếng ồn", "Ổ gà", "", None, "rác THẢI", "Đường 3/2")


def tables(rows: int = ROWS, seed: int = 7) -> dict[str, pa.Table]:
    """Reports of simulated citizens, the wards they name and a few that nobody names, readings of gauges."""
    chance = random.Random(seed)
    start = datetime(2025, 7, 1, tzinfo=UTC)
    reports = [_report(n, chance, start) for n in range(rows)]
    wards = [
        {"code": 100 + n, "name": f"Phường {n}", "area": round(1 + n * 0.75, 2), "people": 20_000 + 1_711 * n}
        for n in range(14)
    ]
    readings = [
        {
            "gauge": f"g{n % 4}",
            "taken": start + timedelta(minutes=30 * n),
            "level": None if n % 17 == 0 else round(math.sin(n / 5) * 2, 3),
        }
        for n in range(rows // 2)
    ]
    return {
        "reports": pa.Table.from_pylist(reports, _REPORTS),
        "wards": pa.Table.from_pylist(wards, _WARDS),
        "readings": pa.Table.from_pylist(readings, _READINGS),
    }


_REPORTS = pa.schema(
    [
        ("id", pa.int64()),
        ("ward", pa.int32()),
        ("kind", pa.string()),
        ("opened", pa.timestamp("us")),
        ("day", pa.date32()),
        ("hours", pa.float64()),
        ("cost", pa.decimal128(12, 2)),
        ("urgent", pa.bool_()),
        ("note", pa.string()),
    ]
)
_WARDS = pa.schema(
    [("code", pa.int32()), ("name", pa.string()), ("area", pa.float64()), ("people", pa.int64())]
)
_READINGS = pa.schema([("gauge", pa.string()), ("taken", pa.timestamp("us")), ("level", pa.float64())])


def _report(n: int, chance: random.Random, start: datetime) -> dict[str, Any]:
    opened = (start + timedelta(minutes=chance.randrange(200_000))).replace(tzinfo=None)
    return {
        "id": n,
        "ward": None if n % 29 == 0 else 100 + chance.randrange(12),
        "kind": chance.choice(_KINDS),
        "opened": opened,
        "day": opened.date(),
        "hours": None if n % 7 == 0 else round(chance.uniform(0.25, 90), 2),
        "cost": Decimal(chance.randrange(0, 5_000_000)) / 100,
        "urgent": chance.random() < 0.2,
        "note": chance.choice(_NOTES),
    }


QUERIES: dict[str, str] = {
    # Filters and order
    "all columns, a few rows": "SELECT * FROM reports WHERE id < 5 ORDER BY id",
    "and, or, not": "SELECT id FROM reports WHERE (kind = 'flood' OR kind = 'road') AND NOT urgent ORDER BY id",
    "in and between": "SELECT id FROM reports WHERE ward IN (101, 103) AND hours BETWEEN 10 AND 20 ORDER BY id",
    "null is not equal": "SELECT count(*) AS n FROM reports WHERE ward <> 101",
    "is null": "SELECT id FROM reports WHERE ward IS NULL AND hours IS NOT NULL ORDER BY id",
    "descending puts null last": "SELECT id, hours FROM reports WHERE id < 40 ORDER BY hours DESC NULLS LAST, id",
    "ascending puts null last": "SELECT id, ward FROM reports WHERE id < 60 ORDER BY ward NULLS LAST, id",
    "null order by default": "SELECT id, ward FROM reports WHERE id < 60 ORDER BY ward, id",
    "limit": "SELECT id, cost FROM reports ORDER BY cost DESC, id LIMIT 7",
    "a keyset page": "SELECT id, hours FROM reports WHERE hours > 30 OR (hours = 30 AND id > 5) ORDER BY hours, id LIMIT 10",
    "distinct": "SELECT DISTINCT kind FROM reports ORDER BY kind",
    "distinct with null": "SELECT DISTINCT ward FROM reports ORDER BY ward NULLS LAST",
    # Aggregates
    "count of rows and values": "SELECT count(*) AS n, count(ward) AS w, count(DISTINCT ward) AS d FROM reports",
    "sum and mean of money": "SELECT sum(cost) AS s, avg(cost) AS m FROM reports",
    "extremes": "SELECT min(opened) AS a, max(opened) AS b, min(note) AS c, max(hours) AS d FROM reports",
    "group by": "SELECT kind, count(*) AS n, avg(hours) AS h FROM reports GROUP BY kind ORDER BY kind",
    "group by two with null": "SELECT ward, kind, count(*) AS n FROM reports GROUP BY ward, kind ORDER BY ward NULLS LAST, kind",
    "having": "SELECT ward, count(*) AS n FROM reports GROUP BY ward HAVING count(*) > 48 ORDER BY n DESC, ward",
    "conditional count": "SELECT kind, sum(CASE WHEN urgent THEN 1 ELSE 0 END) AS u FROM reports GROUP BY kind ORDER BY kind",
    "filter clause": "SELECT kind, count(*) FILTER (WHERE hours > 50) AS slow FROM reports GROUP BY kind ORDER BY kind",
    "no rows": "SELECT count(*) AS n, sum(hours) AS s, max(kind) AS k FROM reports WHERE id < 0",
    "deviation": "SELECT kind, stddev_samp(hours) AS d, var_samp(hours) AS v FROM reports GROUP BY kind ORDER BY kind",
    "group by an expression": "SELECT id % 10 AS r, sum(cost) AS s FROM reports GROUP BY id % 10 ORDER BY r",
    "bool aggregates": "SELECT ward, bool_or(urgent) AS some, bool_and(urgent) AS every FROM reports WHERE ward IS NOT NULL GROUP BY ward ORDER BY ward",
    # Joins and sets
    "inner join": "SELECT r.id, w.name FROM reports AS r JOIN wards AS w ON r.ward = w.code WHERE r.id < 30 ORDER BY r.id",
    "left join": "SELECT r.id, w.name FROM reports AS r LEFT JOIN wards AS w ON r.ward = w.code WHERE r.id < 40 ORDER BY r.id",
    "wards nobody names": "SELECT w.code FROM wards AS w LEFT JOIN reports AS r ON r.ward = w.code WHERE r.id IS NULL ORDER BY w.code",
    "per person": "SELECT w.name, count(*) * 10000.0 / max(w.people) AS rate FROM reports AS r JOIN wards AS w ON r.ward = w.code GROUP BY w.name ORDER BY w.name",
    "in a subquery": "SELECT count(*) AS n FROM reports WHERE ward IN (SELECT code FROM wards WHERE people > 30000)",
    "exists": "SELECT code FROM wards AS w WHERE EXISTS (SELECT 1 FROM reports AS r WHERE r.ward = w.code AND r.urgent) ORDER BY code",
    "not exists": "SELECT code FROM wards AS w WHERE NOT EXISTS (SELECT 1 FROM reports AS r WHERE r.ward = w.code) ORDER BY code",
    "union": "SELECT ward AS c FROM reports WHERE id < 50 AND ward IS NOT NULL UNION SELECT code FROM wards ORDER BY c",
    "union all": "SELECT kind AS k FROM reports WHERE id < 3 UNION ALL SELECT name FROM wards WHERE code < 103 ORDER BY k",
    "with": "WITH slow AS (SELECT ward, count(*) AS n FROM reports WHERE hours > 40 GROUP BY ward) SELECT w.name, s.n FROM slow AS s JOIN wards AS w ON w.code = s.ward ORDER BY w.name",
    "a scalar from above": "SELECT id FROM reports WHERE cost > (SELECT avg(cost) * 1.9 FROM reports) ORDER BY id",
    "self join": "SELECT count(*) AS n FROM reports AS a JOIN reports AS b ON a.ward = b.ward AND a.kind = b.kind AND a.id < b.id",
    "cross join": "SELECT count(*) AS n FROM wards AS a CROSS JOIN wards AS b",
    # Windows
    "row number": "SELECT id, row_number() OVER (PARTITION BY kind ORDER BY cost DESC, id) AS n FROM reports WHERE id < 60 ORDER BY id",
    "rank": "SELECT code, rank() OVER (ORDER BY people DESC) AS r FROM wards ORDER BY code",
    "newest of each": "SELECT kind, id FROM (SELECT kind, id, row_number() OVER (PARTITION BY kind ORDER BY opened DESC, id) AS n FROM reports) AS t WHERE n = 1 ORDER BY kind",
    "running sum": "SELECT id, sum(cost) OVER (PARTITION BY ward ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s FROM reports WHERE id < 80 AND ward IS NOT NULL ORDER BY id",
    "change since the last": "SELECT gauge, taken, level - lag(level) OVER (PARTITION BY gauge ORDER BY taken) AS change FROM readings ORDER BY gauge, taken",
    "share of all": "SELECT kind, count(*) AS n, count(*) * 100.0 / sum(count(*)) OVER () AS share FROM reports GROUP BY kind ORDER BY kind",
    "moving mean": "SELECT gauge, taken, avg(level) OVER (PARTITION BY gauge ORDER BY taken ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS m FROM readings WHERE level IS NOT NULL ORDER BY gauge, taken",
    # Dates
    "by month": "SELECT date_trunc('month', opened) AS m, count(*) AS n FROM reports GROUP BY date_trunc('month', opened) ORDER BY m",
    "by year and month": "SELECT year(day) AS y, month(day) AS m, count(*) AS n FROM reports GROUP BY year(day), month(day) ORDER BY y, m",
    "by hour": "SELECT extract(hour FROM opened) AS h, count(*) AS n FROM reports GROUP BY extract(hour FROM opened) ORDER BY h",
    "since a day": "SELECT count(*) AS n FROM reports WHERE day >= DATE '2025-09-01' AND day < DATE '2025-10-01'",
    "before a moment": "SELECT count(*) AS n FROM reports WHERE opened < TIMESTAMP '2025-08-01 12:00:00'",
    "a week later": "SELECT id, day + INTERVAL 7 DAY AS due FROM reports WHERE id < 10 ORDER BY id",
    "days between": "SELECT id, date_diff('day', DATE '2025-07-01', day) AS d FROM reports WHERE id < 20 ORDER BY id",
    # Text
    "case of letters": "SELECT code, upper(name) AS u, lower(name) AS l FROM wards ORDER BY code",
    "length counts letters": "SELECT id, length(note) AS n FROM reports WHERE id < 30 ORDER BY id",
    "like": "SELECT id FROM reports WHERE note LIKE 'Đ%' ORDER BY id",
    "put together": "SELECT code, name || ' (' || cast(code AS VARCHAR) || ')' AS t FROM wards ORDER BY code",
    "parts of text": "SELECT code, substring(name, 1, 6) AS a, replace(name, 'Phường', 'P.') AS b, trim('  x ') AS c FROM wards ORDER BY code",
    "order of text": "SELECT DISTINCT note FROM reports WHERE note IS NOT NULL ORDER BY note",
    "search in any case": "SELECT count(*) AS n FROM reports WHERE lower(note) LIKE '%rác%'",
    # Numbers and choices
    "division of whole numbers": "SELECT code, people / 1000 AS exact, people // 1000 AS whole, people % 1000 AS rest FROM wards ORDER BY code",
    "division by zero is null": "SELECT code, people / (code - 105) AS q, people % nullif(code - 105, 0) AS r FROM wards ORDER BY code",
    "rounding": "SELECT code, round(area, 1) AS r, floor(area) AS f, ceil(area) AS c, abs(-area) AS a FROM wards ORDER BY code",
    "coalesce and nullif": "SELECT id, coalesce(hours, -1) AS h, nullif(kind, 'road') AS k FROM reports WHERE id < 30 ORDER BY id",
    "case": "SELECT id, CASE WHEN hours IS NULL THEN 'open' WHEN hours < 24 THEN 'day' ELSE 'late' END AS c FROM reports WHERE id < 40 ORDER BY id",
    "casts": "SELECT id, cast(cost AS DOUBLE) AS d, cast(round(hours) AS BIGINT) AS b, cast(id AS VARCHAR) AS t FROM reports WHERE id IN (1, 2, 3) ORDER BY id",
    "greatest and least": "SELECT code, greatest(code, 105) AS g, least(code, 105) AS l FROM wards ORDER BY code",
    "powers and roots": "SELECT code, sqrt(area) AS s, power(area, 2) AS p, ln(area) AS l FROM wards ORDER BY code",
}


def plain(value: Any) -> Any:
    """A value as it is compared: numbers by value, moments in UTC, days as the moment they begin."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        number = float(value)
        return "nan" if math.isnan(number) else float(f"{number:.9g}") + 0.0
    if isinstance(value, timedelta):
        return float(value / timedelta(days=1))
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # compared with local times
    return value


def answer(table: pa.Table) -> list[tuple[Any, ...]]:
    """The rows in their order, each value :func:`plain`."""
    return [tuple(map(plain, row.values())) for row in table.to_pylist()]
