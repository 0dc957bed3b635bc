"""Lists and searches: complete, in order, with and without diacritics, and only what the reader may know."""

from __future__ import annotations

from datetime import date

import pytest

from dothi.core.errors import BadInput, Forbidden, Unauthenticated
from dothi.core.text import collation_key
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.registers import actions, plans, slots
from dothi.kernel.registers.bulk import bulk
from dothi.kernel.registers.finding import page, search, units_of
from dothi.kernel.registers.models import Reading
from dothi.kernel.registers.tests.conftest import OTHER, READER, REGISTRAR, WARD, WARD_OFFICER

pytestmark = pytest.mark.django_db
NAMES = ["Nguyễn Văn An", "Nguyễn Văn Ân", "Trần Thị Mỹ", "Trần Thị My", "Lê Đức Anh", "Đỗ Ánh", "Phạm Hòa"]


def labels(found):
    return [each.label for each in found.items]


def every(type="owner", **asked):
    """All pages of a list, three records at a time."""
    after, found = "", []
    while True:
        part = page(type, after=after, limit=3, **asked)
        found += part.items
        after = part.next
        if not after:
            return found


@pytest.fixture(params=["few", "many"])
def walk(request, monkeypatch):
    """Both ways to read a list: out of the few a filter leaves, and along the order."""
    if request.param == "many":
        monkeypatch.setattr(plans, "NARROW_AT_MOST", 0)


class TestPages:
    def test_every_record_once_in_the_order_of_names(self, owner):
        for name in NAMES:
            owner(name)
        found = every(by=REGISTRAR, purpose="residence", order="name")
        assert [each.label for each in found] == sorted(NAMES, key=collation_key)

    def test_every_record_once_in_the_order_entered(self, owner):
        made = [owner(name).id for name in NAMES]
        assert [each.id for each in every(by=READER)] == made

    def test_names_do_not_sort_for_who_may_not_read_them(self, owner):
        owner()
        with pytest.raises(Forbidden):
            page("owner", by=READER, order="name")

    def test_an_officer_sees_the_records_of_the_ward(self, owner):
        mine = [owner(name, unit=WARD).id for name in NAMES[:4]]
        owner("Khác", unit=OTHER)
        owner("Cả thành phố")
        assert [each.id for each in every(by=WARD_OFFICER)] == mine
        assert len(every(by=WARD_OFFICER, purpose="residence", order="name")) == 4
        with pytest.raises(Forbidden):
            page("owner", by=WARD_OFFICER, unit=OTHER)

    def test_an_open_register_is_listed_to_anyone_and_a_closed_one_is_not(self, tree, owner):
        tree()
        owner()
        assert len(page("tree", by=ANONYMOUS, order="name").items) == 1
        with pytest.raises(Unauthenticated):
            page("owner", by=ANONYMOUS)

    def test_ended_records_are_a_list_of_their_own(self, owner):
        made = owner(valid_from=date(2020, 1, 1))
        owner("Khác")
        actions.end(made, on=date(2021, 1, 1), by=SYSTEM, reason="died")
        assert [each.id for each in page("owner", by=READER, state="ended").items] == [made.id]

    def test_a_cursor_of_another_order_is_refused(self, owner):
        for name in NAMES:
            owner(name)
        after = page("owner", by=REGISTRAR, purpose="residence", order="name", limit=2).next
        for wrong in (after, "rubbish", "e30"):
            with pytest.raises(BadInput):
                page("owner", by=REGISTRAR, after=wrong)

    def test_a_page_in_clear_is_logged_record_by_record(self, owner):
        for name in NAMES:
            owner(name)
        page("owner", by=REGISTRAR, purpose="residence", limit=3)
        assert list(Reading.objects.values_list("how", flat=True)) == ["list"] * 3


@pytest.mark.usefixtures("walk")
class TestFilters:
    def test_by_value(self, owner):
        for number, name in enumerate(NAMES):
            owner(name, sex=("male", "female")[number % 2])
        found = every(by=READER, where=[("sex", "eq", "female")])
        assert len(found) == 3
        found = every(
            by=REGISTRAR, purpose="residence", order="name", where=[("sex", "in", ["female", "unknown"])]
        )
        assert [each.label for each in found] == sorted(NAMES[1::2], key=collation_key)

    def test_by_range_of_numbers(self, owner):
        for height in (-3.5, 0, 9, 10, 150.5):
            owner(height=height)
        assert [each.data["height"] for each in every(by=READER, where=[("height", "ge", 9)])] == [
            9,
            10,
            150.5,
        ]
        assert [each.data["height"] for each in every(by=READER, where=[("height", "le", "0")])] == [-3.5, 0]

    def test_by_truth_and_by_date(self, owner):
        owner(alive=False, born="1950-01-01")
        owner(alive=True, born="1990-01-01")
        assert len(every(by=READER, where=[("alive", "eq", "true")])) == 1
        born = [("born", "ge", "1980-01-01"), ("born", "le", "2000-01-01")]
        assert len(every(by=REGISTRAR, purpose="residence", where=born)) == 1

    def test_by_box(self, tree):
        inside = [tree(lon=106.70 + n / 1000).id for n in range(4)]
        tree(lon=105.0)
        found = every("tree", by=ANONYMOUS, bbox=(106.69, 10.7, 106.71, 10.8))
        assert [each.id for each in found] == inside
        by_name = every("tree", by=ANONYMOUS, bbox=(106.69, 10.7, 106.71, 10.8), order="name")
        assert {each.id for each in by_name} == set(inside)

    def test_several_at_once(self, owner):
        wanted = [
            owner(f"An {n}", unit=unit, sex=sex, height=n)
            for n, (unit, sex) in enumerate(
                [(WARD, "male"), (OTHER, "male"), (WARD, "female"), (WARD, "male")]
            )
        ]
        where = [("sex", "eq", "male"), ("height", "ge", 1)]
        for order in ("num", "name"):
            found = every(by=REGISTRAR, purpose="residence", unit=WARD, where=where, order=order)
            assert [each.id for each in found] == [wanted[3].id]

    def test_a_tree_that_was_moved_is_found_where_it_stands(self, tree):
        made = tree(lon=106.7)
        place = {"type": "Point", "coordinates": [107.5, 10.77]}
        actions.correct(made, {"place": place}, by=SYSTEM, reason="measured again")
        assert page("tree", by=ANONYMOUS, bbox=(106.6, 10, 106.8, 11)).items == []
        assert len(page("tree", by=ANONYMOUS, bbox=(107.4, 10, 107.6, 11)).items) == 1


class TestFiltersRefused:
    def test_personal_data_does_not_filter_for_who_may_not_read_it(self, owner):
        owner(born="1990-01-01")
        with pytest.raises(Forbidden):
            page("owner", by=READER, where=[("born", "eq", "1990-01-01")])
        with pytest.raises(Forbidden):
            page("owner", by=REGISTRAR, where=[("born", "eq", "1990-01-01")])

    @pytest.mark.parametrize(
        "where", [("note", "eq", "x"), ("height", "eq", "tall"), ("sex", "like", "m"), ("sex", "in", [])]
    )
    def test_what_cannot_filter_is_said(self, owner, where):
        with pytest.raises(BadInput):
            page("owner", by=READER, where=[where])


class TestSearch:
    @pytest.fixture(autouse=True)
    def people(self, owner):
        for name in NAMES:
            owner(name, unit=WARD, card=f"07908500000{NAMES.index(name)}")

    def found(self, text, by=REGISTRAR, purpose="residence", **asked):
        return labels(search("owner", text, by=by, purpose=purpose, **asked))

    def test_without_diacritics_all_are_found(self):
        assert set(self.found("tran thi my")) == {"Trần Thị Mỹ", "Trần Thị My"}
        assert self.found("do anh") == ["Đỗ Ánh"]

    def test_with_diacritics_those_written_so_come_first(self):
        assert self.found("Trần Thị Mỹ")[0] == "Trần Thị Mỹ"
        assert self.found("Nguyễn Văn Ân") == ["Nguyễn Văn Ân", "Nguyễn Văn An"]

    def test_the_last_word_may_be_begun_only(self):
        assert set(self.found("nguyen va")) == {"Nguyễn Văn An", "Nguyễn Văn Ân"}

    def test_two_letters_alone_are_a_word(self):
        assert self.found("do") == ["Đỗ Ánh"]
        assert self.found("ng") == []

    def test_composed_or_not_is_the_same(self):
        assert self.found("Pha\u0323m Ho\u0300a") == ["Phạm Hòa"]

    def test_by_number_however_written(self):
        assert self.found("079 085 000 004") == ["Lê Đức Anh"]

    @pytest.mark.parametrize("text", ["", "  ", "!!", '"', "an* OR", "NEAR(", "a:b", "'; --", "zzz"])
    def test_no_text_is_an_error(self, text):
        assert isinstance(self.found(text), list)

    def test_names_do_not_find_for_who_may_not_read_them(self):
        assert self.found("nguyen", by=READER, purpose="") == []
        assert self.found("079085000004", by=READER, purpose="") == []

    def test_what_all_readers_see_finds_for_all(self, owner):
        owner("Ai Đó", note="hẻm Sài Gòn")
        assert self.found("hem sai gon", by=READER, purpose="") == ["A. Đ."]

    def test_another_ward_finds_nothing(self):
        officer = WARD_OFFICER
        assert len(self.found("nguyen", by=officer)) == 2
        with pytest.raises(Forbidden):
            self.found("nguyen", by=officer, unit=OTHER)

    def test_a_corrected_name_is_found_by_the_right_one_only(self, owner):
        made = owner("Võ Sai")
        actions.correct(made, {"full_name": "Võ Đúng"}, by=SYSTEM, reason="misspelt")
        assert self.found("vo sai") == []
        assert self.found("vo dung") == ["Võ Đúng"]

    def test_an_internal_word_of_an_open_register_does_not_find_for_anyone(self, tree):
        tree(remark="bí mật")
        assert search("tree", "bi mat", by=ANONYMOUS).items == []
        assert len(search("tree", "bi mat", by=READER).items) == 1
        assert len(search("tree", "me tay", by=ANONYMOUS).items) == 1


def test_units_are_those_with_records(owner):
    for unit in (WARD, WARD, OTHER, None):
        owner(unit=unit)
    assert units_of("owner") == sorted(["", WARD, OTHER])
    assert units_of("tree") == []


def test_a_list_goes_on_past_what_was_loaded_in_bulk(db):
    bulk("owner", ({"full_name": f"An {n:03d}"} for n in range(100)), by=SYSTEM)
    found = every(by=REGISTRAR, purpose="residence", order="name")
    assert [each.label for each in found] == [f"An {n:03d}" for n in range(100)]


@pytest.mark.parametrize("numbers", [[-1e300, -2.5, -0.0, 0, 1e-9, 1, 2, 10, 1e300]])
def test_numbers_sort_as_texts(numbers):
    written = [slots.number(each) for each in numbers]
    assert written == sorted(written)
    assert slots.number(True) is None
