"""What a query may be made of. Whatever is not listed here is refused.

Functions are listed as examples in DuckDB's dialect; what the parser makes of each example is what is
allowed. The reference page of the documentation shows the same lists.
"""

from __future__ import annotations

from functools import cache

from sqlglot import exp, parse_one

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "aggregates": (
        "count(*)", "count(DISTINCT a)", "sum(a)", "avg(a)", "min(a)", "max(a)", "median(a)", "mode(a)",
        "quantile_cont(a, 0.9)", "quantile_disc(a, 0.9)", "stddev(a)", "stddev_samp(a)", "stddev_pop(a)", "variance(a)",
        "var_samp(a)", "var_pop(a)", "corr(a, b)", "covar_pop(a, b)", "covar_samp(a, b)", "any_value(a)", "first(a)",
        "last(a)", "arg_max(a, b)", "arg_min(a, b)", "bool_and(a)", "bool_or(a)", "approx_count_distinct(a)",
        "string_agg(a, ', ' ORDER BY b)", "count_if(a)", "skewness(a)", "kurtosis(a)", "regr_slope(a, b)",
        "regr_intercept(a, b)", "regr_r2(a, b)",
    ),
    "windows": (
        "row_number() OVER (PARTITION BY a ORDER BY b)", "rank() OVER (ORDER BY a)", "dense_rank() OVER (ORDER BY a)",
        "percent_rank() OVER (ORDER BY a)", "cume_dist() OVER (ORDER BY a)", "ntile(4) OVER (ORDER BY a)",
        "lag(a, 1) OVER (ORDER BY b)", "lead(a, 1) OVER (ORDER BY b)", "first_value(a) OVER (ORDER BY b)",
        "last_value(a) OVER (ORDER BY b)", "nth_value(a, 2) OVER (ORDER BY b)",
    ),
    "numbers": (
        "abs(a)", "ceil(a)", "floor(a)", "round(a, 2)", "trunc(a)", "sign(a)", "sqrt(a)", "exp(a)", "ln(a)",
        "log10(a)", "log2(a)", "power(a, 2)", "mod(a, 2)", "a % 2", "pi()", "sin(a)", "cos(a)", "tan(a)", "asin(a)",
        "acos(a)", "atan(a)", "atan2(a, b)", "radians(a)", "degrees(a)", "greatest(a, b)", "least(a, b)", "isnan(a)",
        "isfinite(a)",
    ),
    "choices": (
        "coalesce(a, b)", "nullif(a, b)", "ifnull(a, b)", "CASE WHEN a THEN b ELSE NULL END", "if(a, b, 1)",
        "CAST(a AS DECIMAL(10, 2))", "TRY_CAST(a AS DATE)",
    ),
    "texts": (
        "lower(a)", "upper(a)", "trim(a)", "ltrim(a)", "rtrim(a)", "length(a)", "substring(a, 1, 3)", "left(a, 2)",
        "right(a, 2)", "concat(a, b)", "concat_ws('-', a, b)", "a || b", "replace(a, 'x', 'y')", "reverse(a)",
        "strpos(a, 'x')", "position('x' IN a)", "starts_with(a, 'x')", "ends_with(a, 'x')", "contains(a, 'x')",
        "split_part(a, '-', 1)", "strip_accents(a)", "lpad(a, 5, '0')", "rpad(a, 5, ' ')", "ascii(a)",
        "regexp_matches(a, 'x')", "regexp_extract(a, 'x(.)', 1)", "regexp_replace(a, 'x', 'y', 'g')",
        "levenshtein(a, b)", "jaro_winkler_similarity(a, b)", "md5(a)",
    ),
    "times": (
        "current_date", "current_timestamp", "now()", "date_trunc('month', a)", "date_part('year', a)", "extract(year FROM a)", "year(a)",
        "month(a)", "day(a)", "hour(a)", "minute(a)", "quarter(a)", "week(a)", "isodow(a)", "dayofweek(a)",
        "dayofyear(a)", "date_diff('day', a, b)", "datediff('day', a, b)", "a + INTERVAL '1' DAY", "INTERVAL 1 MONTH",
        "make_date(2026, 7, 1)", "strftime(a, '%Y-%m')", "strptime(a, '%d/%m/%Y')", "epoch(a)", "last_day(a)",
        "to_timestamp(a)", "a AT TIME ZONE 'Asia/Ho_Chi_Minh'", "DATE '2026-07-01'", "TIMESTAMP '2026-07-01 00:00:00'",
        "monthname(a)", "dayname(a)",
    ),
}  # fmt: skip
_FORMS = (
    "SELECT DISTINCT t.a AS x, -b, (a + b) * 2 / 3 - 1, true, NULL FROM t AS t JOIN u ON t.a = u.a LEFT JOIN v USING (a)"
    " WHERE a = 1 AND NOT b <> 2 OR a < 1 AND a <= 2 AND b > 3 AND b >= 4 AND a IN (1, 2) AND (a, b) IN (SELECT 1, 2)"
    " AND a BETWEEN 1 AND 2 AND a LIKE 'x%' ESCAPE '!' AND a ILIKE '%y' AND a IS NULL AND a IS NOT DISTINCT FROM b"
    " AND EXISTS (SELECT 1) AND a IS DISTINCT FROM b AND a = ANY (SELECT 1) AND a > ALL (SELECT 1) AND a SIMILAR TO 'x'"
    " GROUP BY ROLLUP (a), CUBE (b), GROUPING SETS ((a), (b)) HAVING count(*) > 1"
    " QUALIFY row_number() OVER w = 1 WINDOW w AS (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
    " ORDER BY x DESC NULLS LAST LIMIT 10 OFFSET 5",
    "WITH c(x) AS (SELECT * EXCLUDE (a) REPLACE (b AS c) FROM t) SELECT c.*, sum(a) FILTER (WHERE b) FROM (SELECT 1 AS a) AS c",
    "(SELECT 1) UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4",
    "SELECT DISTINCT ON (a) a, quantile_cont(a, 0.5), percentile_cont(0.5) WITHIN GROUP (ORDER BY a), a // 2 FROM t GROUP BY ALL",
)  # fmt: skip

# Arguments of these may change which rows are read, or are written out as they came: only these.
ARGUMENTS: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset(
        {
            "with_",
            "distinct",
            "expressions",
            "from_",
            "joins",
            "where",
            "group",
            "having",
            "qualify",
            "windows",
        }
        | {"order", "limit", "offset"}
    ),
    exp.Table: frozenset({"this", "alias", "joins"}),
    exp.Subquery: frozenset({"this", "alias", "with_", "order", "limit", "offset", "joins"}),
    exp.Join: frozenset({"this", "on", "using", "side", "kind"}),
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias", "materialized"}),
    exp.TableAlias: frozenset({"this", "columns"}),
    exp.Star: frozenset({"except_", "replace"}),
    exp.Column: frozenset({"this", "table"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.TryCast: frozenset({"this", "to", "safe"}),
    exp.DataType: frozenset({"this", "expressions", "nested"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "alias", "over"}),
    exp.Group: frozenset({"expressions", "all", "rollup", "cube", "grouping_sets"}),
    exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Limit: frozenset({"expression"}),
    exp.Offset: frozenset({"expression"}),
    exp.Distinct: frozenset({"expressions", "on"}),
}
for _set in (exp.Union, exp.Intersect, exp.Except):
    ARGUMENTS[_set] = frozenset({"with_", "this", "expression", "distinct", "order", "limit", "offset"})

_TYPES = (
    "BOOLEAN TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT FLOAT DOUBLE DECIMAL"
    " VARCHAR CHAR TEXT DATE TIME TIMESTAMP TIMESTAMPTZ TIMESTAMPNTZ INTERVAL UUID"
)
TYPES = frozenset(getattr(exp.DataType.Type, name) for name in _TYPES.split())
JOIN_SIDES = frozenset({"", "LEFT", "RIGHT", "FULL"})
JOIN_KINDS = frozenset({"", "INNER", "OUTER", "CROSS", "SEMI", "ANTI"})


@cache
def nodes() -> frozenset[type[exp.Expr]]:
    """The classes a query's tree may have: those of the examples and forms above."""
    found = {type(node) for text in _texts() for node in parse_one(text, read="duckdb").walk()}
    return frozenset(found - {exp.Anonymous})


@cache
def names() -> frozenset[str]:
    """Functions the parser has no class of its own for, by their lower-case names."""
    trees = (parse_one(text, read="duckdb") for text in _texts())
    return frozenset(node.name.lower() for tree in trees for node in tree.find_all(exp.Anonymous))


def _texts() -> list[str]:
    examples = (example for group in FUNCTIONS.values() for example in group)
    return [*("SELECT " + example for example in examples), *_FORMS]
