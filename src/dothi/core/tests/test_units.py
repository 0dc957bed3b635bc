import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.units import UNITS, IncompatibleUnits, UnknownUnit, convert, symbol, unit

CODES = [
    "CEL",
    "GQ",
    "GP",
    "KMH",
    "MTR",
    "MMT",
    "P1",
    "A97",
    "2N",
    "MTS",
    "C62",
    "LUX",
    "VLT",
    "WTT",
    "KWH",
    "E34",
    "H67",
    "DD",
    "SEC",
    "LTR",
    "KNT",
    "SMI",
]
pairs = st.sampled_from(
    [(a.code, b.code) for a in UNITS.values() for b in UNITS.values() if a.quantity == b.quantity]
)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (25, "CEL", "KEL", 298.15),
        (100, "CEL", "FAH", 212),
        (-40, "FAH", "CEL", -40),
        (36, "KMH", "MTS", 10),
        (1, "KNT", "KMH", 1.852),
        (1, "GP", "GQ", 1000),
        (45, "P1", "C62", 0.45),
        (1013.25, "A97", "PAL", 101325),
        (1, "KWH", "JOU", 3.6e6),
        (1, "MQS", "MQH", 3600),
        (180, "DD", "C81", 3.141592653589793),
    ],
)
def test_a_value_converts_into_another_unit(value, source, target, expected):
    assert convert(value, source, target) == pytest.approx(expected)


@given(st.floats(-1e6, 1e6), pairs)
def test_a_value_converts_back_into_itself(value, pair):
    there = convert(value, *pair)
    assert convert(there, *reversed(pair)) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_a_value_in_its_own_unit_is_left_exactly_as_it_is():
    assert convert(0.1, "CEL", "CEL") == 0.1


def test_units_of_different_quantities_do_not_convert():
    with pytest.raises(IncompatibleUnits, match="degree Celsius cannot be converted to metre"):
        convert(1, "CEL", "MTR")


def test_an_unknown_unit_is_named_with_the_one_probably_meant():
    with pytest.raises(UnknownUnit, match="Did you mean CEL"):
        unit("CELS")


def test_a_unit_has_the_symbol_people_write():
    assert symbol("GQ") == "µg/m³"


def test_a_code_not_in_the_table_is_shown_as_it_is():
    assert symbol("X1Y") == "X1Y"


@pytest.mark.parametrize(
    "code",
    [
        "CEL",
        "GQ",
        "GP",
        "KMH",
        "MTR",
        "MMT",
        "P1",
        "A97",
        "2N",
        "MTS",
        "C62",
        "LUX",
        "VLT",
        "WTT",
        "KWH",
        "E34",
        "H67",
        "DD",
        "SEC",
        "LTR",
        "KNT",
        "SMI",
    ],
)
def test_the_codes_of_smart_data_models_are_there(code):
    assert unit(code).code == code


@pytest.mark.parametrize("each", UNITS.values(), ids=lambda each: each.code)
def test_every_unit_is_named_in_both_languages(each):
    assert each.label["vi"]
    assert each.label["en"]
