"""The search: words with and without diacritics, facets, boxes, orders, pages."""

from datetime import timedelta

import pytest

from dothi.centres.opendata.catalogue.find import Question, find
from dothi.centres.opendata.catalogue.index import MOST_RECENT, Index
from dothi.centres.opendata.catalogue.listing import Words
from dothi.core.errors import BadInput


@pytest.fixture(scope="module")
def index(listing):
    """Four datasets."""
    return Index.of(
        [
            listing("air"),
            listing("land", 2, title=Words("Giá đất", "Land prices"), themes=("ECON", "REGI"), spatial=None),
            listing(
                "east", 3, title=Words("Đường phía đông", "Eastern roads"), spatial=(107.5, 10.0, 108.0, 10.5)
            ),
            listing(
                "dates",
                4,
                title=Words("Đạt chuẩn", "Standards met"),
                keywords=(),
                publisher="H29.2",
                spatial=None,
            ),
        ]
    )


def keys(index, text="", facets=None, bbox=None, **more):
    found = find(index.parts, Question(text, facets or {}, bbox, more.pop("order", None)), **more)
    return [each.key for each in found.listings]


def test_words_are_found_without_diacritics(index):
    assert keys(index, "chat luong khong khi") == ["air"]


def test_the_exact_spelling_comes_first(index):
    assert keys(index, "đất")[0] == "land"
    assert keys(index, "đạt")[0] == "dates"


def test_english_words_are_found(index):
    assert keys(index, "eastern ROADS") == ["east"]


def test_a_word_begun_is_found(index):
    assert keys(index, "standar") == ["dates"]


def test_every_word_must_stand_there(index):
    assert keys(index, "giá đường") == []


def test_the_title_weighs_more_than_the_description(listing):
    index = Index.of(
        [
            listing("body", title=Words("Khác", "Other"), description=Words("ngập nước", "flood")),
            listing("title", title=Words("Ngập nước", "Flood"), description=Words("khác", "other")),
        ]
    )
    assert keys(index, "ngập nước") == ["title", "body"]


def test_two_syllables_together_rank_above_apart(listing):
    index = Index.of(
        [
            listing("apart", title=Words("Số phận và dân", "x"), keywords=()),
            listing("together", title=Words("Dân số và phận", "x"), keywords=()),
        ]
    )
    assert keys(index, "dân số")[0] == "together"


def test_columns_and_publishers_are_found(index):
    assert len(keys(index, "pm25")) == 4
    assert len(keys(index, "so moi truong")) == 4


def test_without_words_the_newest_come_first(index):
    assert keys(index) == ["dates", "east", "land", "air"]


def test_titles_are_sorted_as_in_a_vietnamese_dictionary(index):
    assert keys(index, order="title") == ["air", "dates", "east", "land"]


def test_a_facet_narrows(index):
    assert keys(index, facets={"theme": ["ECON"]}) == ["land"]


def test_values_of_one_facet_are_alternatives_and_facets_add_up(index):
    assert keys(index, facets={"theme": ["ECON", "ENVI"], "publisher": ["H29.2"]}) == ["dates"]


def test_a_facet_counts_without_its_own_choice(index):
    found = find(index.parts, Question(facets={"theme": ["ECON"]}))
    assert found.facets["theme"] == {"ENVI": 3, "ECON": 1, "REGI": 1}
    assert found.facets["publisher"] == {"H29.1": 1}


def test_formats_are_a_facet(index):
    found = find(index.parts, Question())
    assert {"CSV", "JSON", "GeoJSON", "XLSX", "Parquet"} <= set(found.facets["format"])


def test_a_facet_that_is_not_there_is_refused_by_name(index):
    with pytest.raises(BadInput, match="there are: theme"):
        find(index.parts, Question(facets={"color": ["x"]}))


def test_an_unknown_value_finds_nothing(index):
    assert keys(index, facets={"theme": ["NONE"]}) == []


def test_a_box_finds_what_meets_it_and_not_what_has_no_place(index):
    assert keys(index, bbox=(107.4, 10.0, 107.6, 10.2)) == ["east"]
    assert sorted(keys(index, bbox=(106.0, 10.0, 108.0, 11.0))) == ["air", "east"]


@pytest.mark.parametrize("order", [None, "modified", "issued", "title", "key"])
@pytest.mark.parametrize("text", ["", "so moi truong"])
def test_pages_follow_each_other_without_gap_or_repeat(index, order, text):
    seen, after = [], None
    while True:
        found = find(index.parts, Question(text, order=order), after=after, limit=1)
        seen += [each.key for each in found.listings]
        after = found.next
        if after is None:
            break
    assert seen == keys(index, text, order=order, limit=100)
    assert len(seen) == 4


def test_a_page_goes_on_when_its_last_dataset_is_gone(index):
    first = find(index.parts, Question(), limit=2)
    later = index.changed([], ["east"])
    assert keys(later, after=first.next) == ["land", "air"]


def test_what_fits_equally_is_in_a_steady_order(listing):
    many = Index.of([listing(f"d{n:03}", modified=listing().modified) for n in range(50)])
    first = find(many.parts, Question(), limit=20)
    assert [each.key for each in first.listings] == [f"d{n:03}" for n in range(20)]
    assert keys(many, after=first.next, limit=20)[0] == "d020"


def test_a_number_of_datasets_can_be_left_out(index):
    assert keys(index, skip=1, limit=2) == ["east", "land"]


@pytest.mark.parametrize("after", ["x", "!!", "bnVsbA", "WyJ0aXRsZSIsMSwiYSJd"])
def test_a_broken_cursor_is_refused(index, after):
    with pytest.raises(BadInput, match="cursor"):
        keys(index, after=after)


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_page_has_a_size(index, limit):
    with pytest.raises(BadInput, match="page has"):
        keys(index, limit=limit)


def test_a_changed_dataset_is_found_by_its_new_words_only(index, listing):
    later = index.changed([listing("air", title=Words("Tiếng ồn", "Noise"), modified=listing().modified)], [])
    assert keys(later, "noise") == ["air"]
    assert keys(later, "chất lượng không khí") == []
    assert (len(later), len(index)) == (4, 4)


def test_a_removed_dataset_is_not_found_nor_counted(index):
    later = index.changed([], ["land"])
    assert later.get("land") is None
    assert "ECON" not in find(later.parts, Question()).facets["theme"]


def test_many_changes_are_merged_into_the_large_segment(index, listing):
    later = index.changed([listing(f"n{n}") for n in range(MOST_RECENT + 1)], ["air"])
    assert later.recent.size == 0
    assert len(later) == 3 + MOST_RECENT + 1
    assert [each.key for each in later.listings] == sorted(each.key for each in later.listings)


def test_a_dataset_changed_twice_stands_there_once(index, listing):
    later = index.changed([listing("new")], []).changed([listing("new", 2)], [])
    assert len(later) == 5
    assert later.get("new").modified == listing("new", 2).modified


def test_an_empty_catalogue_answers(listing):
    found = find(Index.of(()).parts, Question("x"))
    assert (found.listings, found.matched, found.next) == ([], 0, None)


def test_a_very_long_question_is_answered(index):
    assert keys(index, "không khí " * 500) == ["air"]


def test_issued_sorts_by_first_publication(listing):
    old, new = listing("old"), listing("new", issued=listing().issued + timedelta(days=9))
    assert keys(Index.of([old, new]), order="issued") == ["new", "old"]
