"""SQL is translated, or refused with what was wrong."""

import pytest

from dothi.engines.compute.base import QueryRefused
from dothi.engines.compute.dialects import translate


def test_the_house_s_own_sql_is_left_as_it_is():
    assert translate("select  1", "duckdb") == "select  1"


@pytest.mark.parametrize("to", ["spark", "postgres"])
def test_a_division_is_one_of_fractions_and_null_for_zero(to):
    assert "NULLIF(b, 0)" in translate("SELECT a / b FROM t", to)
    assert "DOUBLE" in translate("SELECT a / b FROM t", to)


def test_divisions_within_divisions_are_all_translated():
    assert translate("SELECT a / b / c / d FROM t", "spark").count("NULLIF") == 3


@pytest.mark.parametrize("sql", ["", "SELECT (", "SELECT 1; SELECT 2", ")"])
def test_what_is_not_one_statement_is_refused(sql):
    with pytest.raises(QueryRefused):
        translate(sql, "spark")
