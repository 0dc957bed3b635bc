"""What a chart shows, where it is drawn, how a graph is laid out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput
from dothi.sites.data.charts import geometry, layered
from dothi.sites.data.charts.spec import Spec, chart, position, span, suggestion
from dothi.sites.data.table import Address

COLUMNS = [
    {"name": "id", "type": "integer", "role": "key"},
    {"name": "species", "type": "string", "role": "dimension"},
    {"name": "height", "type": "number", "role": "measure"},
    {"name": "planted", "type": "date", "role": "time"},
    {"name": "place", "type": "geometry"},
]
PROFILE = {
    "species": {"distinct": 3},
    "planted": {"distinct": 120, "min": "2015-01-01", "max": "2024-12-01"},
}
finite = st.floats(-1e9, 1e9, allow_nan=False)


def asked(**own):
    return Address((), tuple((f"chart.{name}", value) for name, value in own.items()))


def test_a_measure_over_time_is_suggested_with_a_line_for_each_of_a_few_groups():
    assert suggestion(COLUMNS, PROFILE) == Spec("line", "planted:year", "avg", "height", "species")


def test_without_a_time_bars_by_the_group_are_suggested():
    assert suggestion(COLUMNS[:3], PROFILE) == Spec("bar", "species", "avg", "height")


def test_a_year_that_is_a_number_is_a_time():
    columns = [
        {"name": "year", "type": "integer", "role": "time"},
        {"name": "n", "type": "integer", "role": "measure"},
    ]
    assert suggestion(columns, {}) == Spec("line", "year", "sum", "n")


def test_numbers_alone_suggest_nothing():
    assert suggestion([{"name": "n", "type": "number"}], {}) is None


def test_what_the_reader_chose_goes_before_the_suggestion():
    made = chart(asked(kind="bar", x="species", y="max:height", top="5", sort="x"), COLUMNS, PROFILE)
    assert made == Spec("bar", "species", "max", "height", "", "x", 5)


@pytest.mark.parametrize(
    "own",
    [
        {"kind": "pie"},
        {"x": "none"},
        {"x": "place"},
        {"x": "species:month"},
        {"x": "planted:decade"},
        {"y": "avg:species"},
        {"y": "avg"},
        {"y": "power:height"},
        {"split": "none"},
        {"top": "0"},
        {"top": "many"},
        {"top": "5000"},
        {"sort": "colour"},
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(own):
    with pytest.raises(BadInput) as refused:
        chart(asked(**own), COLUMNS, PROFILE)
    assert refused.value.where.startswith("chart.")


@pytest.mark.parametrize(
    ("first", "last", "part"),
    [
        ("2010-01-01", "2020-01-01", "year"),
        ("2026-01-01", "2026-12-01", "month"),
        ("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", "day"),
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "hour"),
        (None, None, "month"),
    ],
)
def test_the_part_of_a_time_fits_its_span(first, last, part):
    assert span({"min": first, "max": last}) == part


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (1, 2),
        ("2026", "2027"),
        ("2026-01", "2026-02"),
        ("2026-01-31", "2026-02-01"),
        ("2026-01-01T05:00", "2026-01-01T06:00"),
    ],
)
def test_groups_stand_in_their_order(earlier, later):
    assert position(earlier) < position(later)


@pytest.mark.parametrize("name", ["Me", "", "20260", "2026-13", True, None])
def test_a_name_has_no_place_on_a_line(name):
    assert position(name) is None


@given(st.lists(finite, min_size=1, max_size=50), st.booleans())
def test_every_value_lies_on_the_scale(values, from_zero):
    on = geometry.scale(values, from_zero=from_zero)
    assert all(-0.1 <= on.y(value) <= geometry.HEIGHT + 0.1 for value in values)


@given(st.lists(finite, min_size=1, max_size=50))
def test_ticks_are_few_and_cover_the_scale(values):
    found = geometry.ticks(geometry.scale(values, from_zero=False), "vi")
    assert 2 <= len(found) <= 8
    assert len({tick.at for tick in found}) == len(found)


@given(st.lists(finite, min_size=1, max_size=20))
def test_bars_begin_at_zero_and_stay_within_the_width(values):
    on = geometry.scale(values, from_zero=True)
    for value in values:
        start, length = geometry.share(value, on)
        assert -0.1 <= start <= 100.1
        assert start + length <= 100.2


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [(2_500_000, "2,5 tr", "2.5m"), (3e9, "3 tỷ", "3bn"), (15_000, "15 ng", "15k"), (12, "12", "12")],
)
def test_large_numbers_beside_an_axis_are_short(value, vi, en):
    assert (geometry.short(value, "vi", 0), geometry.short(value, "en", 0)) == (vi, en)


def test_a_missing_value_leaves_a_gap_in_the_line():
    assert geometry.path([0, 1, 2], [1.0, None, 2.0], geometry.Scale(0, 2)).count("M") == 2


def test_the_foot_of_a_chart_names_its_ends():
    labels = [str(i) for i in range(100)]
    found = geometry.foot(geometry.across([float(i) for i in range(100)]), labels)
    assert (found[0].text, found[-1].text) == ("0", "99")
    assert (found[0].anchor, found[-1].anchor) == ("start", "end")


def test_a_single_place_stands_in_the_middle():
    assert geometry.across([5.0]) == [500.0]
    assert geometry.across([]) == []


NODES = [
    ("source:a", "source", "a", "Nguồn"),
    ("dataset:b", "dataset", "b", "Bảng"),
    ("dataset:c", "dataset", "c", "Kết quả"),
]


def test_what_comes_from_something_stands_right_of_it():
    links = [("source:a", "dataset:b", "run"), ("dataset:b", "dataset:c", "sql")]
    boxes = {box.id: box for box in layered.layout(NODES, links, "dataset:c").boxes}
    assert boxes["source:a"].x < boxes["dataset:b"].x < boxes["dataset:c"].x
    assert boxes["dataset:c"].here


def test_a_circle_ends_the_count_instead_of_going_on_for_ever():
    links = [("dataset:b", "dataset:c", "x"), ("dataset:c", "dataset:b", "y")]
    assert len(layered.layout(NODES, links).boxes) == 3


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_no_two_boxes_stand_on_each_other(pairs):
    nodes = [(str(i), "dataset", str(i), str(i)) for i in range(10)]
    drawing = layered.layout(nodes, [(str(a), str(b), "") for a, b in pairs])
    assert len({(box.x, box.y) for box in drawing.boxes}) == 10


def test_an_arrow_to_what_is_not_shown_is_left_out():
    assert layered.layout(NODES, [("source:a", "dataset:z", "run")]).arrows == ()


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Ngắn", ("Ngắn",)),
        ("Đơn vị hành chính Việt Nam hiện hành", ("Đơn vị hành chính Việt Nam", "hiện hành")),
        ("", ("",)),
    ],
)
def test_a_label_is_broken_into_two_lines(label, lines):
    assert layered.wrapped(label) == lines


def test_a_label_that_is_too_long_ends_in_an_ellipsis():
    assert layered.wrapped("chữ " * 40)[1].endswith("…")
    assert len(layered.wrapped("x" * 100)[0]) == layered.LETTERS
