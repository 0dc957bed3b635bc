"""What may be asked: the whole of ordinary SQL over named datasets."""

import duckdb
import pytest

from dothi.kernel.warehouse.sql import allowed
from dothi.kernel.warehouse.sql.errors import SqlRefused
from dothi.kernel.warehouse.sql.guard import guard
from dothi.kernel.warehouse.sql.parse import DEEPEST, LONGEST, parse_sql
from dothi.kernel.warehouse.sql.rewrite import place_in_schema
from dothi.kernel.warehouse.sql.transpile import transpile

EXAMPLES = [example for group in allowed.FUNCTIONS.values() for example in group]
ASKED = [
    "SELECT 1",
    "SELECT * FROM t",
    "SELECT t.*, a AS x FROM t",
    "SELECT * EXCLUDE (a) FROM t",
    "FROM t SELECT a",
    "SELECT ward, avg(pm25) AS mean FROM air GROUP BY ward HAVING count(*) > 10 ORDER BY mean DESC LIMIT 5 OFFSET 2",
    "SELECT a.x, b.y FROM a LEFT JOIN b ON a.id = b.id AND b.y > 0",
    "SELECT * FROM a FULL OUTER JOIN b USING (id)",
    "SELECT * FROM a SEMI JOIN b USING (id)",
    "SELECT * FROM a, b WHERE a.id = b.id",
    "SELECT * FROM (SELECT a FROM t) AS s WHERE a IN (SELECT a FROM u)",
    "WITH m AS (SELECT date_trunc('month', d) AS month, sum(v) AS total FROM t GROUP BY 1) SELECT * FROM m ORDER BY month",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b",
    "SELECT a, lag(a) OVER (PARTITION BY b ORDER BY c) FROM t QUALIFY row_number() OVER (ORDER BY a) <= 3",
    "SELECT CASE WHEN a > 1 THEN 'cao' ELSE 'thấp' END AS mức FROM t",
    "SELECT count(*) FILTER (WHERE a > 1), count(DISTINCT b) FROM t",
    "SELECT a FROM t UNION ALL SELECT a FROM u EXCEPT SELECT 1",
    "SELECT a::INT, TRY_CAST(b AS DOUBLE), CAST(c AS DECIMAL(10, 2)) FROM t",
    "SELECT * FROM t WHERE name ILIKE '%nguyễn%' AND d BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'",
    "SELECT EXTRACT(year FROM d), d + INTERVAL 7 DAY, d AT TIME ZONE 'Asia/Ho_Chi_Minh' FROM t",
    "SELECT a FROM t GROUP BY ALL ORDER BY ALL",
    "SELECT a, b, sum(c) FROM t GROUP BY CUBE (a, b)",
    "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY a) FROM t",
    "SELECT a -- chú thích\nFROM t /* và */",
    'SELECT "tên cột" FROM "tập-dữ-liệu"',
    "SELECT 'it''s', 'a;b', '--', '/*' FROM t",
    "(SELECT a FROM t) ORDER BY a LIMIT 1",
    "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b",
    "SELECT max(a) FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
    "SELECT string_agg(a, ', ' ORDER BY a) FROM t",
    "SELECT 1.5e3, .5, -1, +2, 10 % 3, 7 // 2",
]


@pytest.mark.parametrize("sql", ASKED)
def test_ordinary_questions_are_taken(sql):
    guard(parse_sql(sql))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_listed_function_is_taken_and_known_to_the_engine(example):
    text = transpile(guard(parse_sql(f"SELECT {example} AS x FROM t")).tree)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a VARCHAR, b VARCHAR)")
        try:
            connection.execute(text)
        except duckdb.CatalogException as error:
            pytest.fail(str(error))
        except duckdb.Error:
            pass  # the function is there; these columns are of other types


@pytest.mark.parametrize("sql", ASKED + [f"SELECT {example} FROM t" for example in EXAMPLES])
def test_what_is_written_again_is_allowed_again_and_stays_the_same(sql):
    once = transpile(guard(parse_sql(sql)).tree)
    again = transpile(guard(parse_sql(once)).tree)
    assert again == once


def test_postgres_sql_is_written_for_the_engine():
    text = transpile(
        guard(parse_sql("SELECT a::text, now() FROM \"t\" WHERE a ~ '^x' LIMIT 3", "postgres")).tree
    )
    assert (
        text
        == 'SELECT CAST("a" AS TEXT), CURRENT_TIMESTAMP FROM "t" WHERE REGEXP_MATCHES("a", \'^x\') LIMIT 3'
    )


def test_comments_are_not_passed_on():
    text = transpile(guard(parse_sql("SELECT /* one */ a -- two\nFROM t /* three */")).tree)
    assert text == 'SELECT "a" FROM "t"'


def test_a_quote_in_a_name_or_text_stays_inside_it():
    text = transpile(guard(parse_sql("""SELECT 'a''; DROP TABLE t; --' AS "x"";y" FROM t""")).tree)
    with duckdb.connect() as connection:
        assert len(connection.extract_statements(text)) == 1
    assert '"x"";y"' in text


def test_tables_are_named_as_they_were_written():
    sql = 'WITH c AS (SELECT * FROM "Dan-So") SELECT * FROM c JOIN air_quality USING (x) JOIN (SELECT 1) s ON true'
    assert guard(parse_sql(sql)).tables == ("Dan-So", "air_quality") or set(guard(parse_sql(sql)).tables) == {
        "Dan-So",
        "air_quality",
    }


def test_tables_move_into_a_schema_and_expressions_do_not():
    checked = guard(parse_sql('WITH c AS (SELECT * FROM "dan-so") SELECT c.a, t.b FROM c, t'))
    placed = place_in_schema(checked.tree, {"dan-so": "dan_so", "t": "t"}, "city")
    assert transpile(placed) == (
        'WITH "c" AS (SELECT * FROM "city"."dan_so" AS "dan-so") SELECT "c"."a", "t"."b" FROM "c", "city"."t" AS "t"'
    )
    assert checked.tree.find_ancestor is not None
    assert "city" not in transpile(checked.tree)


def test_a_refusal_names_what_is_not_allowed():
    for sql, word in (
        ("SELECT getenv('x')", "getenv()"),
        ("SELECT * FROM t TABLESAMPLE 1%", "sample"),
        ("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a", "RECURSIVE"),
        ("SELECT a FROM t WHERE (", "line 1"),
        ("DELETE FROM t", "SELECT"),
    ):
        with pytest.raises(SqlRefused) as error:
            guard(parse_sql(sql))
        assert word.lower() in error.value.detail["en"].lower()
        assert error.value.detail["vi"] != error.value.detail["en"]


def test_a_name_that_is_a_dataset_for_somebody_cannot_be_taken():
    statement = parse_sql("WITH dan_so AS (SELECT 1 AS a) SELECT * FROM dan_so")
    assert guard(statement).tables == ()
    with pytest.raises(SqlRefused):
        guard(statement, lambda name: name == "dan_so")


def test_bounds_are_taken_up_to_their_edge():
    guard(parse_sql("SELECT '" + "x" * (LONGEST - 9) + "'"))
    with pytest.raises(SqlRefused):
        parse_sql("SELECT '" + "x" * (LONGEST - 8) + "'")
    deep = DEEPEST - 1
    guard(parse_sql("SELECT " + "(" * deep + "1" + ")" * deep))
    with pytest.raises(SqlRefused):
        parse_sql("SELECT " + "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1))


def test_a_dialect_there_is_not_is_refused():
    with pytest.raises(SqlRefused):
        parse_sql("SELECT 1", "mysql")


def test_hidden_characters_are_named():
    with pytest.raises(SqlRefused, match=r"U\+200B"):
        parse_sql("SELECT\u200b 1")


def test_vietnamese_letters_are_letters():
    guard(parse_sql("SELECT đường, \"số nhà\" FROM t WHERE quận = 'Gò Vấp – Thủ Đức'"))


def test_an_allowed_class_was_allowed_on_purpose():
    """A change of the parser that gives an example a wider class shows here."""
    classes = {kind.__name__ for kind in allowed.nodes()}
    never = {
        "Anonymous",
        "Command",
        "Dot",
        "Lateral",
        "Unnest",
        "Placeholder",
        "Parameter",
        "Pivot",
        "TableSample",
    }
    never |= {
        "ReadCSV",
        "ReadParquet",
        "Func",
        "UserDefinedFunction",
        "Array",
        "Struct",
        "Lambda",
        "JSONExtract",
    }
    never |= {"HexString", "ByteString", "RawString", "Values", "SessionParameter", "Into", "Lock", "Bracket"}
    assert not classes & never
    assert allowed.names() == {"date_part", "isfinite", "now", "strip_accents"}
