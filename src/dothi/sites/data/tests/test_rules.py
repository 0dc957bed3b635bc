"""How fresh, how values are written, what may be filtered: decisions on plain data."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dothi.sites.data import rules

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "days", "state"),
    [
        ("DAILY", 1, "fresh"),
        ("DAILY", 2, "late"),
        ("MONTHLY", 46, "fresh"),
        ("MONTHLY", 47, "late"),
        ("ANNUAL", 400, "fresh"),
        ("AS_NEEDED", 4000, "unpromised"),
        ("UNKNOWN", 1, "unpromised"),
    ],
)
def test_a_dataset_is_late_once_its_period_and_half_of_it_have_passed(frequency, days, state):
    assert rules.freshness(frequency, NOW - timedelta(days=days), NOW).state == state


def test_the_next_change_is_due_a_period_after_the_last():
    assert rules.freshness("WEEKLY", NOW, NOW).due == NOW + timedelta(days=7)
    assert rules.freshness("NEVER", NOW, NOW).due is None


@pytest.mark.parametrize(
    ("value", "column", "vi", "en"),
    [
        (None, {}, "–", "–"),
        (True, {}, "có", "yes"),
        (False, {}, "không", "no"),
        (2026, {"role": "time"}, "2026", "2026"),
        (12345, {"role": "measure"}, "12.345", "12,345"),
        (1234.5, {"role": "measure"}, "1.234,5", "1,234.5"),
        (106.70123456, {"role": "longitude"}, "106.701", "106.701"),
        (date(2026, 11, 2), {}, "02/11/2026", "2 Nov 2026"),
        (datetime(2026, 11, 22, 7, tzinfo=UTC), {}, "14:00 22/11/2026", "22 Nov 2026, 14:00"),
        ({"type": "Point", "coordinates": [106.7, 10.78]}, {}, "10.78000, 106.70000", "10.78000, 106.70000"),
        ({"type": "Polygon", "coordinates": []}, {}, "Polygon", "Polygon"),
    ],
)
def test_a_value_is_written_as_people_read_it(value, column, vi, en):
    assert (rules.shown(value, column, "vi"), rules.shown(value, column, "en")) == (vi, en)


def test_a_long_text_ends_in_an_ellipsis():
    text = rules.shown("a" * 5000, {}, "vi")
    assert len(text) == rules.LONGEST_TEXT
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("columns", "places"),
    [
        ([], ()),
        ([{"name": "g", "type": "geometry"}, {"name": "x", "type": "number", "role": "longitude"}], ("g",)),
        (
            [
                {"name": "x", "type": "number", "role": "longitude"},
                {"name": "y", "type": "number", "role": "latitude"},
            ],
            ("x", "y"),
        ),
        ([{"name": "x", "type": "number", "role": "longitude"}], ()),
    ],
)
def test_places_are_a_geometry_or_both_coordinates(columns, places):
    assert rules.placed(columns) == places


@pytest.mark.parametrize(
    ("names", "language", "chosen"),
    [
        (["code", "name_vi", "name_en"], "en", "name_en"),
        (["code", "name_vi", "name_en"], "vi", "name_vi"),
        (["code", "title"], "vi", "title"),
        (["code"], "vi", "code"),
    ],
)
def test_a_row_is_called_by_the_column_that_names_it(names, language, chosen):
    columns = [{"name": name, "type": "string"} for name in names]
    assert rules.label_column(columns, language) == chosen


def test_a_dataset_without_texts_is_called_by_its_first_column():
    assert rules.label_column([{"name": "n", "type": "integer"}], "vi") == "n"


@pytest.mark.parametrize(
    ("code", "vi", "en"),
    [("km2", "km²", "km²"), ("deg", "°", "°"), ("a", "năm", "years"), ("qux", "qux", "qux")],
)
def test_a_unit_is_written_as_people_write_it(code, vi, en):
    assert (rules.unit(code, "vi"), rules.unit(code, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("label", "inside"),
    [("Chiều cao", "chiều cao"), ("PM2.5", "PM2.5"), ("DTI", "DTI"), ("A b", "a b"), ("", "")],
)
def test_a_label_within_a_sentence_begins_small_unless_it_is_a_name(label, inside):
    assert rules.within(label) == inside
