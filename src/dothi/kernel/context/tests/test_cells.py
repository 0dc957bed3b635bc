"""The spatial index finds everything that touches a rectangle."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dothi.kernel.context.storage.cells import Box, cells, cover


def boxes(largest: float) -> st.SearchStrategy[Box]:
    size = st.floats(0, largest)
    west, south = st.floats(-180, 180), st.floats(-90, 90)
    return st.builds(
        lambda x, y, w, h: Box(x, y, min(x + w, 180.0), min(y + h, 90.0)), west, south, size, size
    )


def indexed_under(box: Box, question: Box) -> bool:
    return any(low <= cell <= high for cell in cells(box) for low, high in cover(question).ranges)


@given(boxes(5), boxes(5))
@example(Box(106.7, 10.7, 106.7, 10.7), Box(106.7, 10.7, 106.7, 10.7))
@example(Box(0, 0, 0, 0), Box(-180, -90, 180, 90))
@example(Box(-180, -90, 180, 90), Box(106.7, 10.7, 106.7, 10.7))
def test_whatever_touches_a_rectangle_is_found(box: Box, question: Box) -> None:
    if box.touches(question):
        assert indexed_under(box, question)


@given(boxes(90))
def test_an_entity_is_indexed_under_four_cells_at_most(box: Box) -> None:
    assert 1 <= len(cells(box)) <= 4


@given(boxes(360))
def test_a_question_is_few_ranges(question: Box) -> None:
    assert len(cover(question).ranges) < 400


def test_far_away_things_are_not_visited() -> None:
    assert not indexed_under(Box(2.35, 48.85, 2.35, 48.85), Box(106.6, 10.7, 106.8, 10.9))
