"""Which band a value falls in, whether it is possible, how it is read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.kernel.packs.declarations import Attribute, Choice, Label, Range, Threshold
from dothi.kernel.packs.rules import display, level_of, shown, valid

NAME = Label(vi="Tên", en="Name")
LEVELS = ("normal", "info", "warn", "alert", "critical")
NUMBERS = st.floats(-1e6, 1e6)


def banded(edges: list[float], **more: object) -> Attribute:
    """An attribute with bands between ``edges``, open at both ends."""
    ends: list[float | None] = [None, *edges, None]
    bands = tuple(
        Threshold(
            level=LEVELS[i % 5],
            label=Label(vi=str(i), en=str(i)),
            colour="#8A989B",
            from_=ends[i],
            below=ends[i + 1],
        )
        for i in range(len(ends) - 1)
    )
    return Attribute(key="x", label=NAME, thresholds=bands, **more)


@given(st.lists(NUMBERS, min_size=1, max_size=8, unique=True).map(sorted), NUMBERS)
def test_every_value_is_in_exactly_one_of_contiguous_bands(edges, value) -> None:
    attribute = banded(edges)
    holding = [
        band
        for band in attribute.thresholds
        if (band.from_ is None or value >= band.from_) and (band.below is None or value < band.below)
    ]
    assert holding == [level_of(attribute, value)]


@given(st.lists(NUMBERS, min_size=1, max_size=8, unique=True).map(sorted), NUMBERS, NUMBERS)
def test_a_greater_value_is_never_in_an_earlier_band(edges, one, other) -> None:
    attribute = banded(edges)
    low, high = sorted((one, other))
    bands = list(attribute.thresholds)
    assert bands.index(level_of(attribute, low)) <= bands.index(level_of(attribute, high))


@given(st.lists(NUMBERS, min_size=1, max_size=8, unique=True).map(sorted))
def test_an_edge_belongs_to_the_band_above_it(edges) -> None:
    attribute = banded(edges)
    assert [level_of(attribute, edge).from_ for edge in edges] == edges


@given(st.floats(0, 1))
def test_a_fraction_and_its_percentage_are_in_the_same_band(value) -> None:
    attribute = banded([0.2, 0.5, 0.7], unit="C62")
    percent = value * 100
    assert level_of(attribute, percent, "P1") == level_of(attribute, percent * 0.01)


@given(st.one_of(st.none(), st.booleans(), st.lists(st.integers()), st.just(math.nan), st.just(math.inf)))
def test_what_is_no_number_is_in_no_band(value) -> None:
    assert level_of(banded([1.0]), value) is None


@given(NUMBERS)
def test_a_value_in_an_incomparable_unit_is_in_no_band_and_not_valid(value) -> None:
    attribute = banded([1.0], unit="GQ")
    assert (level_of(attribute, value, "CEL"), valid(attribute, value, "CEL")) == (None, False)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_value_is_valid_when_it_lies_in_the_range_ends_included(low, high, value) -> None:
    low, high = sorted((low, high))
    attribute = Attribute(key="x", label=NAME, range=Range(min=low, max=high))
    assert valid(attribute, value) == (low <= value <= high)
    assert valid(attribute, low)
    assert valid(attribute, high)


def test_a_reading_in_another_unit_is_compared_in_the_declared_one() -> None:
    co = Attribute(key="co", label=NAME, unit="GQ", range=Range(min=0, max=200_000))
    assert valid(co, 0.9, "GP")
    assert not valid(co, 276, "GP")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("number", True, False),
        ("number", "1", False),
        ("number", math.nan, False),
        ("integer", 2.0, True),
        ("integer", 2.5, False),
        ("text", "x", True),
        ("text", 1, False),
        ("boolean", False, True),
        ("boolean", 0, False),
        ("list", [1], True),
        ("object", {}, True),
        ("object", [], False),
        ("datetime", "2026-11-22T07:00:00Z", True),
        ("datetime", 1, False),
    ],
)
def test_a_value_is_of_its_kind(kind, value, expected) -> None:
    assert valid(Attribute(key="x", label=NAME, value=kind), value) is expected


def test_a_word_has_the_sign_of_its_level() -> None:
    choices = (Choice(value="heavy", label=Label(vi="Ùn tắc", en="Congested"), level="alert"),)
    band = level_of(Attribute(key="x", label=NAME, value="text", choices=choices), "heavy")
    assert band is not None
    assert (band.level, band.colour, band.shape, band.label.vi) == ("alert", "#D55E00", "triangle", "Ùn tắc")


def test_an_undeclared_word_has_no_level() -> None:
    assert level_of(Attribute(key="x", label=NAME, value="text"), "heavy") is None


def test_a_fraction_is_shown_as_a_percentage() -> None:
    humidity = Attribute(key="x", label=NAME, unit="C62", shown_in="P1", decimals=0)
    value, unit = shown(humidity, 0.74)
    assert (round(value, 6), unit) == (74, "P1")
    assert shown(humidity, 74, "P1")[1] == "P1"


@pytest.mark.parametrize(
    ("attribute", "value", "unit", "vi", "en"),
    [
        (Attribute(key="x", label=NAME, unit="GQ"), 1234.56, None, "1.234,6 µg/m³", "1,234.6 µg/m³"),
        (Attribute(key="x", label=NAME, unit="C62", shown_in="P1", decimals=0), 0.74, None, "74 %", "74 %"),
        (Attribute(key="x", label=NAME, unit="C62", decimals=0), 12, None, "12", "12"),
        (Attribute(key="x", label=NAME, unit="GQ", decimals=0), 0.9, "GP", "900 µg/m³", "900 µg/m³"),
        (Attribute(key="x", label=NAME, value="boolean"), True, None, "Có", "Yes"),
        (Attribute(key="x", label=NAME, value="text"), "PTZ", None, "PTZ", "PTZ"),
        (Attribute(key="x", label=NAME, value="list"), ["a", "b"], None, "a, b", "a, b"),
        (
            Attribute(key="x", label=NAME, value="datetime"),
            "2026-11-22T07:05:00Z",
            None,
            "14:05 22/11/2026",
            "22 Nov 2026, 14:05",
        ),
        (Attribute(key="x", label=NAME, value="datetime"), "yesterday", None, "yesterday", "yesterday"),
    ],
)
def test_a_value_is_written_as_people_read_it(attribute, value, unit, vi, en) -> None:
    assert (display(attribute, value, "vi", unit), display(attribute, value, "en", unit)) == (vi, en)
