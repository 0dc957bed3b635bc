"""The page of what may be written says what the guard allows."""

from pathlib import Path

import pytest

from dothi.kernel.warehouse.sql import allowed
from dothi.kernel.warehouse.sql.parse import DEEPEST, LONGEST

PAGE = Path(__file__).parents[6] / "docs" / "reference" / "sql.md"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="installed without its documentation")


def test_every_function_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    missing = [each for group in allowed.FUNCTIONS.values() for each in group if f"`{each}`" not in text]
    assert missing == []


def test_every_type_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert [kind.value for kind in allowed.TYPES if f"`{kind.value}`" not in text] == []


def test_the_bounds_are_those_of_the_parser():
    text = PAGE.read_text(encoding="utf-8")
    assert f"{LONGEST:,} characters" in text
    assert f"{DEEPEST} levels" in text
