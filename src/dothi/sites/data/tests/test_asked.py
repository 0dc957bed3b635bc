"""What the address of a search means, and the addresses made from it."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput
from dothi.sites.data.asked import MOST_VALUES, SHOWN, Search, box_text, search


def pairs(address):
    return parse_qsl(address.removeprefix("?"), keep_blank_values=True)


def test_words_facets_box_and_order_are_read():
    found = search(
        [("q", " cây "), ("theme", "ENVI"), ("theme", "TRAN"), ("bbox", "106,10,107,11"), ("order", "title")]
    )
    assert found == Search("cây", {"theme": ("ENVI", "TRAN")}, (106.0, 10.0, 107.0, 11.0), "title")


def test_a_box_of_four_fields_may_have_decimal_commas():
    sides = [("west", "106,5"), ("south", "10"), ("east", "107"), ("north", "11")]
    assert search(sides).bbox == (106.5, 10.0, 107.0, 11.0)


def test_no_box_without_any_side():
    assert search([("west", ""), ("south", ""), ("east", ""), ("north", "")]).bbox is None


@pytest.mark.parametrize(
    "text", ["1,2,3", "a,b,c,d", "107,10,106,11", "106,11,107,10", "nan,1,2,3", "0,0,0,91", "0,0,inf,1"]
)
def test_a_box_that_is_none_is_refused_where_it_stands(text):
    with pytest.raises(BadInput) as refused:
        search([("bbox", text)])
    assert refused.value.where == "bbox"


def test_an_order_there_is_not_is_refused():
    with pytest.raises(BadInput):
        search([("order", "colour")])


def test_too_many_filters_are_refused():
    with pytest.raises(BadInput):
        search([("theme", f"T{i}") for i in range(MOST_VALUES + 1)])


def test_a_click_chooses_a_value_and_another_lets_it_go():
    wanted = Search("cây", {"theme": ("ENVI",)}, after="x")
    assert pairs(wanted.toggled("theme", "TRAN")) == [("q", "cây"), ("theme", "ENVI"), ("theme", "TRAN")]
    assert pairs(wanted.toggled("theme", "ENVI")) == [("q", "cây")]


def test_another_filter_begins_at_the_first_page_again():
    assert "after" not in Search(after="x").address(order="title")
    assert "after=y" in Search(after="x").address(after="y")


_values = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() == text)


@given(
    q=st.text(max_size=40).map(str.strip),
    facets=st.dictionaries(
        st.sampled_from(SHOWN), st.lists(_values, min_size=1, max_size=3, unique=True).map(tuple)
    ),
    order=st.sampled_from([None, "modified", "title"]),
)
def test_an_address_is_read_as_it_was_written(q, facets, order):
    wanted = Search(q, facets, None, order)
    assert search(pairs(wanted.address())) == wanted


def test_a_box_keeps_what_a_metre_needs():
    assert box_text((106.6123456789, 10.0, 107.0, 11.5)) == "106.612,10,107,11.5" or box_text(
        (106.6123456789, 10.0, 107.0, 11.5)
    ).startswith("106.61235")
