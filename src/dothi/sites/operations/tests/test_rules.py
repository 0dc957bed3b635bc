"""The address of the map says everything, and a wrong one says what to mend."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput
from dothi.sites.operations import page, rules
from dothi.sites.operations.rules import LEVELS, SORTS, SOURCES, Box, Filters, filters

keys = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,12}", fullmatch=True)
degrees = st.integers(-80, 70)
boxes = st.builds(
    lambda w, s, a, b: Box(w, s, w + a, s + b), degrees, degrees, st.integers(1, 9), st.integers(1, 9)
)
everything = st.builds(
    Filters,
    layers=st.none() | st.lists(keys, min_size=1, max_size=4, unique=True).map(tuple),
    levels=st.frozensets(st.sampled_from(LEVELS)),
    source=st.sampled_from(SOURCES),
    q=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), max_size=20),
    unit=st.from_regex(r"\d{0,8}", fullmatch=True),
    bbox=st.none() | boxes,
    sort=st.sampled_from(SORTS),
    descending=st.booleans(),
    page=st.integers(1, 999),
)


@given(everything)
def test_an_address_that_was_written_reads_back_as_the_same_filters(wanted):
    assert filters(QueryDict(page.address(wanted)[1:]).dict()) == wanted


def test_an_empty_address_shows_everything_by_level():
    assert filters({}) == Filters()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layers", "Air<script>"),
        ("color", "pm25"),
        ("level", "alarming"),
        ("source", "invented"),
        ("unit", "abc"),
        ("bbox", "1,2,3"),
        ("bbox", "107,10,106,11"),
        ("bbox", "a,b,c,d"),
        ("bbox", "nan,0,1,1"),
        ("map", "99/10/106"),
        ("window", "2h"),
        ("view", "globe"),
        ("sort", "colour"),
        ("page", "0"),
        ("page", "two"),
        ("page", "9" * 40),
    ],
)
def test_a_wrong_parameter_is_named_in_both_languages(name, value):
    with pytest.raises(BadInput) as refused:
        filters({name: value})
    assert refused.value.where == name
    assert refused.value.text("vi").startswith(f"Tham số {name}=")
    assert refused.value.text("en").startswith(f"Parameter {name}=")


@given(
    st.dictionaries(
        st.sampled_from(["layers", "color", "level", "bbox", "map", "page", "sort", "q"]),
        st.text(max_size=60),
    )
)
def test_any_address_is_read_or_refused_never_a_crash(query):
    try:
        found = filters(query)
    except BadInput as refused:
        found = refused.where
    assert isinstance(found, Filters) or found in query


def test_a_layer_named_twice_is_one():
    assert filters({"layers": "Camera,Camera,Device"}).layers == ("Camera", "Device")


def test_no_layer_at_all_is_not_the_default():
    assert filters({"layers": ""}).layers == ()


@pytest.mark.parametrize(
    ("text", "found"), [("15 minutes", 900), ("1 hour", 3600), ("2 days", 172800), ("30 seconds", 30)]
)
def test_durations_of_packs_become_seconds(text, found):
    assert rules.seconds(text) == found


def test_a_box_holds_its_border():
    assert Box(106, 10, 107, 11).holds(106, 11)
