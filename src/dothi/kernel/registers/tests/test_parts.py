"""The small parts: identifiers as they are compared, names, words, faults in words, places, cursors."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput, NotFound
from dothi.core.text import fold
from dothi.kernel.registers import cursors, names, normalise, places, preparing, slots, types
from dothi.kernel.registers.names import Template
from dothi.kernel.registers.validation import Schema, refusal, written


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("form", "given", "same"),
        [
            ("digits", "079 085-000.001", "079085000001"),
            ("compact", "ab-12/ 3.4_5", "AB12345"),
            ("upper", " a  b-1 ", "A B-1"),
            ("text", " Số  7 ", "số 7"),
            ("plate", "51f-123.45", "51F12345"),
            ("phone", "+84 90 123 4567", "0901234567"),
            ("phone", "0084901234567", "0901234567"),
            ("phone", "84901234567", "0901234567"),
            ("phone", "0901 234 567", "0901234567"),
            ("phone", "+1 202 555 0100", "12025550100"),
            ("phone", "8412345", "8412345"),
        ],
    )
    def test_writing_does_not_decide(self, form, given, same):
        assert normalise.NORMALISERS[form](given) == same

    @given(
        st.text(string.printable, max_size=30),
        st.sampled_from(["digits", "compact", "upper", "text", "plate"]),
    )
    def test_normal_forms_are_fixed(self, text, form):
        once = normalise.NORMALISERS[form](text)
        assert normalise.NORMALISERS[form](once) == once

    def test_an_empty_identifier_is_none(self):
        assert preparing.identifiers(types.kind("owner"), {"card": "  - "}) == []


class TestNames:
    @pytest.mark.parametrize(
        ("template", "data", "name"),
        [
            ("{a}", {"a": "Lê"}, "Lê"),
            ("{a}", {}, ""),
            ("{a} ({b})", {"a": "Lê", "b": 7}, "Lê (7)"),
            ("{a} ({b})", {"a": "Lê"}, "Lê"),
            ("{a}, {b}", {"b": "x"}, "x"),
            ("{a} – {b}", {"a": "x", "b": {"no": 1}}, "x"),
            ("No. {a}", {"a": 1}, "No. 1"),
        ],
    )
    def test_what_is_missing_leaves_no_brackets(self, template, data, name):
        assert Template(template).fill(data) == name

    def test_words_are_folded_and_those_with_marks_kept_as_written(self):
        assert names.words_of("Nguyễn Van Đô-thị") == "nguyen van do thi nguyễn đô thị"
        assert names.words_of("Plain text") == "plain text"

    @given(st.text(max_size=60))
    def test_what_is_typed_is_found_in_what_is_kept(self, text):
        text = unicodedata.normalize("NFC", text)
        kept = names.words_of(text).split(" ")
        _, folded = names.asked(text)
        if fold(" ".join(folded)) == " ".join(folded) and all(folded):
            assert all(word in kept for word in folded)


class TestFaults:
    SCHEMA = Schema.of(
        {
            "type": "object",
            "properties": {
                "n": {"type": "integer", "minimum": 1, "maximum": 5},
                "t": {"type": "string", "minLength": 2, "maxLength": 3},
                "list": {"type": "array", "items": {"type": "object", "required": ["role"]}},
                "d": {"type": "string", "format": "date"},
                "odd": {"not": {"type": "string"}},
                "code": {"enum": [str(n) for n in range(30)]},
            },
        }
    )

    @pytest.mark.parametrize(
        ("data", "where", "code"),
        [
            ({"n": 0}, "n", "minimum"),
            ({"n": 9}, "n", "maximum"),
            ({"n": 1.5}, "n", "type"),
            ({"t": "x"}, "t", "minLength"),
            ({"t": "xxxx"}, "t", "maxLength"),
            ({"list": [{"role": 1}, {}]}, "list[1].role", "required"),
            ({"d": "30/02/1985"}, "d", "format"),
            ({"odd": "x"}, "odd", "not"),
            ({"code": "x"}, "code", "enum"),
        ],
    )
    def test_each_says_where_and_what_in_both_languages(self, data, where, code):
        [fault] = self.SCHEMA.faults(data)
        assert (fault.where, fault.code) == (where, code)
        assert fault.text["vi"]
        assert fault.text["en"]
        assert len(fault.text["vi"]) < 150

    def test_the_refusal_tells_the_first_and_carries_all(self):
        error = refusal(self.SCHEMA.faults({"n": 0, "t": "x"}))
        assert isinstance(error, BadInput)
        assert "và 1 lỗi khác" in error.text("vi")
        assert len(error.members["problems"]) == 2

    def test_a_place(self):
        assert written(["a", 0, "b"]) == "a[0].b"
        assert written([]) == ""


class TestPlaces:
    @pytest.mark.parametrize(
        ("geometry", "box"),
        [
            ({"type": "Point", "coordinates": [106.7, 10.8]}, (106.7, 10.8, 106.7, 10.8)),
            ({"type": "Point", "coordinates": [106.7, 10.8, 5]}, (106.7, 10.8, 106.7, 10.8)),
            ({"type": "LineString", "coordinates": [[1, 2], [3, 1]]}, (1, 1, 3, 2)),
        ],
    )
    def test_the_box_around(self, geometry, box):
        assert places.box(geometry) == box
        assert places.fault(geometry, "g") is None

    @pytest.mark.parametrize(
        "geometry",
        [{}, {"type": "Point"}, {"type": "Point", "coordinates": [200, 0]}, {"type": "Point", "coordinates": ["1", 2]},
         {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, None, "here"],
    )  # fmt: skip
    def test_what_cannot_be_drawn_is_a_fault(self, geometry):
        found = places.fault(geometry, "place")
        assert found is not None
        assert found.where.startswith("place")


class TestCursors:
    @given(st.integers(0, 2**62), st.text(max_size=60), st.sampled_from(["num", "name"]))
    def test_there_and_back(self, num, sort, order):
        assert cursors.read(cursors.write(order, num, sort), order) == ("" if order == "num" else sort, num)

    @pytest.mark.parametrize("text", ["x", "====", "W10", "bnVsbA", "WyJhIl0", "é"])
    def test_nonsense_is_refused(self, text):
        with pytest.raises(BadInput):
            cursors.read(text, "num")

    def test_ordered_by_number_it_tells_no_name(self):
        assert cursors.write("num", 5, "nguyen") == cursors.write("num", 5, "tran")


class TestKinds:
    def test_an_unknown_one_is_not_found(self):
        with pytest.raises(NotFound):
            types.kind("nothing")

    def test_a_code_list_limits_the_values(self):
        faults = types.kind("owner").faults({"full_name": "A", "sex": "other"})
        assert [(each.where, each.code) for each in faults] == [("sex", "enum")]

    def test_the_shipped_person_takes_a_real_looking_person(self):
        person = types.kind("person")
        data = {"full_name": "Nguyễn Văn An", "birth_date": "1985-02-03", "personal_id": "079085000001"}
        assert person.faults(data) == []
        assert person.label(data) == "Nguyễn Văn An"
        assert [each.scheme for each in preparing.identifiers(person, data)] == ["personal-id"]

    def test_only_those_who_see_all_are_found_by_all(self):
        owner, tree = types.kind("owner"), types.kind("tree")
        assert (owner.found_by_all, owner.found_by_some) == (("note",), ("full_name",))
        assert (tree.found_by_all, tree.found_by_some) == (("species",), ("remark",))


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [("text", "Đỗ", "do"), ("boolean", True, "1"), ("boolean", "x", None), ("date", "2020-01-02", "2020-01-02"),
     ("number", "x", None), ("text", 5, None), ("datetime", 5, None)],
)  # fmt: skip
def test_how_an_indexed_value_is_kept(kind, value, kept):
    assert slots.encoder(kind)(value) == kept


def test_limits_are_said_in_both_languages():
    from dothi.kernel.registers.validation import Schema

    limits = {
        "a": {"exclusiveMinimum": 0},
        "b": {"maxItems": 1},
        "c": {"minItems": 1},
        "d": {"exclusiveMaximum": 3},
    }
    said = Schema.of({"properties": limits}).faults({"a": -4, "b": [1, 2], "c": [], "d": 9})
    assert {each.where: each.text["vi"] for each in said} == {
        "a": "phải lớn hơn 0.", "b": "không quá 1 mục.", "c": "cần ít nhất 1 mục.", "d": "phải nhỏ hơn 3.",
    }  # fmt: skip
