"""The address of a table: the parameters of /data/v1 and the portal's own, kept apart."""

import pytest

from dothi.core.errors import BadInput
from dothi.sites.data.table import Address, added, condition, parted

COLUMNS = [
    {"name": "species", "type": "string"},
    {"name": "height", "type": "number"},
    {"name": "limit", "type": "integer"},
    {"name": "planted", "type": "datetime"},
    {"name": "place", "type": "geometry"},
    {"name": "odd__ge", "type": "number"},
]


def address(*pairs):
    return Address.of(pairs)


def test_the_portals_own_parameters_never_reach_the_rows():
    given = address(
        ("species", "Me"), ("chart.x", "species"), ("lang", "en"), ("map.colour", "height"), ("order", "")
    )
    assert given.rows == (("species", "Me"),)
    assert given.own == (("chart.x", "species"), ("map.colour", "height"))


def test_conditions_are_what_is_neither_order_nor_paging():
    assert address(("species", "Me"), ("order", "height"), ("after", "x"), ("bbox", "1,2,3,4")).filters == (
        ("species", "Me"),
    )


def test_another_order_begins_at_the_first_row():
    assert address(("species", "Me"), ("after", "x")).query(order="height") == "?species=Me&order=height"


def test_the_next_page_keeps_everything():
    assert (
        address(("species", "Me"), ("order", "height")).query(after="y") == "?species=Me&order=height&after=y"
    )


def test_one_condition_is_let_go_and_the_others_stay():
    given = address(("species", "Me"), ("species", "Sao"), ("height__ge", "3"))
    assert given.without(1) == "?species=Me&height__ge=3"


@pytest.mark.parametrize(
    ("column", "op", "value", "pair"),
    [
        ("species", "contains", " me ", ("species__contains", "me")),
        ("species", "eq", "Me", ("species", "Me")),
        ("height", "ge", "3", ("height__ge", "3")),
        ("species", "isnull", "", ("species__isnull", "true")),
        ("limit", "eq", "3", ("where.limit", "3")),
    ],
)
def test_a_condition_is_written_as_the_api_has_it(column, op, value, pair):
    assert condition(COLUMNS, column, op, value) == pair


@pytest.mark.parametrize(
    ("column", "op", "value"),
    [
        ("place", "eq", "x"),
        ("height", "contains", "3"),
        ("none", "eq", "3"),
        ("height", "ge", " "),
        ("planted", "in", "x"),
    ],
)
def test_what_cannot_be_asked_is_refused(column, op, value):
    with pytest.raises(BadInput):
        condition(COLUMNS, column, op, value)


def test_a_form_without_anything_leads_nowhere():
    assert added(address(("species", "Me")), COLUMNS) is None


def test_a_form_adds_its_condition_to_those_there_are():
    given = address(("species", "Me"), ("add.column", "height"), ("add.op", "ge"), ("add.value", "3"))
    assert added(given, COLUMNS) == "?species=Me&height__ge=3"


def test_picked_columns_become_one_parameter():
    given = address(("pick.columns", "species"), ("pick.columns", "height"))
    assert added(given, COLUMNS) == "?columns=species%2Cheight"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("species", ("species", "eq")),
        ("height__ge", ("height", "ge")),
        ("where.limit", ("limit", "eq")),
        ("odd__ge", ("odd__ge", "eq")),
    ],
)
def test_a_condition_is_parted_into_column_and_operator(name, found):
    assert parted(name, COLUMNS) == found
