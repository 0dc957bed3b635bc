"""A declared form on a page: what is asked, read back as it was typed, and summed up as people read it."""

import msgspec
import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from dothi.kernel.cases.engine.forms import compile_form, validate_form
from dothi.kernel.packs.procedure_forms import Form
from dothi.sites.forms import posting, showing

FORM = """
{"label": {"vi": "Khai sinh", "en": "Birth"}, "pages": [{"key": "child", "label": {"vi": "Trẻ", "en": "Child"}, "fields": [
 {"key": "full_name", "label": {"vi": "Họ tên", "en": "Full name"}, "required": true},
 {"key": "sex", "label": {"vi": "Giới tính", "en": "Sex"}, "type": "choice", "choices": [
   {"value": "f", "label": {"vi": "Nữ", "en": "Female"}}, {"value": "m", "label": {"vi": "Nam", "en": "Male"}}]},
 {"key": "born", "label": {"vi": "Ngày sinh", "en": "Born on"}, "type": "date", "required": true},
 {"key": "married", "label": {"vi": "Cha mẹ đã kết hôn", "en": "Parents married"}, "type": "boolean"},
 {"key": "wedding", "label": {"vi": "Ngày kết hôn", "en": "Wedding"}, "type": "date", "when": "married = true"},
 {"key": "wants", "label": {"vi": "Cần", "en": "Wants"}, "type": "choices", "choices": [
   {"value": "copy", "label": {"vi": "Bản sao", "en": "Copy"}}, {"value": "card", "label": {"vi": "Thẻ", "en": "Card"}}]},
 {"key": "home", "label": {"vi": "Nơi ở", "en": "Home"}, "type": "place"},
 {"key": "fee", "label": {"vi": "Lệ phí", "en": "Fee"}, "type": "money"},
 {"key": "members", "label": {"vi": "Thành viên", "en": "Members"}, "type": "group", "repeat": {"min": 1, "max": 3}, "fields": [
   {"key": "name", "label": {"vi": "Tên", "en": "Name"}, "required": true},
   {"key": "phone", "label": {"vi": "Điện thoại", "en": "Phone"}, "type": "phone"}]}]}]}
"""
UNITS = [("26740", "Phường Sài Gòn"), ("27301", "Phường Tân Thuận")]


@pytest.fixture
def form():
    declared = msgspec.json.decode(FORM, type=Form)
    return compile_form(declared, {}, {})


def sent(text):
    return QueryDict(text)


def read(form, text, **how):
    return posting.answers(form.fields(), sent(text), **how)


def page(form, data=None, errors=None, language="vi"):
    shown = showing.questions(form.fields(), data or {}, errors or {}, language, units=UNITS)
    with translation.override(language):
        faults = showing.summary_of_faults(shown, errors or {}, language)
        return render_to_string("forms/questions.html", {"questions": shown}) + render_to_string(
            "forms/summary_of_faults.html", {"faults": faults}
        )


GOOD = (
    "f.full_name=Nguyễn+An&f.sex=f&f.born=2026-11-11&f.married=true&f.wedding=2020-01-02&f.wants=copy&f.wants=card"
    "&f.home.address=12+Đường+7&f.home.unit=27301&f.home.lat=10,74&f.home.lon=106.73&f.fee=75.000"
    "&f.members.0.name=Mai&f.members.0.phone=0903123456&f.members.1.name=Bình"
)


def test_what_was_typed_is_read_as_the_form_judges_it(form):
    clean, errors = validate_form(form, read(form, GOOD))
    assert errors == {}
    assert clean["full_name"] == "Nguyễn An"
    assert clean["home"] == {"lon": 106.73, "lat": 10.74, "address": "12 Đường 7", "unit": "27301"}
    assert clean["wants"] == ["copy", "card"]
    assert clean["fee"] == 75_000
    assert [each["name"] for each in clean["members"]] == ["Mai", "Bình"]


def test_a_place_without_a_point_is_the_middle_of_its_ward(form):
    given = read(form, "f.home.unit=27301", centre=lambda unit: (106.7, 10.7))
    assert given["home"] == {"lon": 106.7, "lat": 10.7, "unit": "27301"}


def test_what_nobody_answered_is_no_answer(form):
    assert read(form, "f.full_name=++&f.members.0.name=&f.home.address=&other=1") == {}


def test_rows_are_added_and_removed_by_buttons(form):
    data = read(form, GOOD)
    more = posting.rows_changed(data, posting.step({"step": "add:members"}))
    assert len(more["members"]) == 3
    less = posting.rows_changed(data, posting.step({"step": "remove:members.0"}))
    assert [each["name"] for each in less["members"]] == ["Bình"]
    assert posting.rows_changed(data, posting.Step("remove", "members.9")) == data
    assert posting.step({"step": "drop:table"}) is None


def test_a_wrong_answer_stays_as_it_was_typed_beside_what_is_wrong(form):
    data = read(form, "f.full_name=&f.born=31/31/2026&f.members.0.phone=12")
    _, errors = validate_form(form, data)
    html = page(form, data, errors)
    assert 'value="31/31/2026"' in html
    assert 'aria-invalid="true"' in html
    assert '<a href="#f-full_name">Họ tên: Hãy trả lời mục này.</a>' in html
    assert '<a href="#f-members-0-name">' in html
    assert "Please mend" not in html


def test_every_question_has_a_label_of_its_own(form):
    html = page(form, read(form, GOOD))
    for name in ("f-full_name", "f-born", "f-home-address", "f-members-0-name", "f-members-1-phone"):
        assert f'for="{name}"' in html
        assert f'id="{name}"' in html
    assert html.count("<legend>") == 5  # sex, married, wants, home, members


def test_the_page_is_in_the_language_of_the_reader(form):
    html = page(form, language="en")
    assert "Full name" in html
    assert "Ward, commune or special zone" in html
    assert "Phường, xã hoặc đặc khu" in page(form)


def test_what_was_typed_is_never_markup(form):
    html = page(form, read(form, "f.full_name=<script>alert(1)</script>"))
    assert "<script>" not in html


def test_a_source_says_that_nothing_has_to_be_declared_again(form):
    shown = showing.questions(
        form.fields(), {"full_name": "An"}, {}, "vi", sources={"full_name": showing.Source("Dân cư")}
    )
    with translation.override("vi"):
        assert "Từ Dân cư" in render_to_string("forms/questions.html", {"questions": shown})


def test_a_summary_says_answers_as_people_read_them(form):
    clean, _ = validate_form(form, read(form, GOOD))
    [section] = showing.summary(form, clean, "vi", units=dict(UNITS))
    said = {each.key: each.value for each in section.answers}
    assert said["sex"] == "Nữ"
    assert said["born"] == "11/11/2026"
    assert said["married"] == "Có"
    assert said["wants"] == "Bản sao, Thẻ"
    assert said["home"] == "12 Đường 7, Phường Tân Thuận"
    assert said["fee"] == "75.000\u00a0đ"
    assert said["members"] == "Mai, 0903123456; Bình"


def test_a_question_that_is_not_asked_is_not_in_the_summary(form):
    [section] = showing.summary(form, {"married": False, "wedding": "2020-01-02"}, "en")
    assert "wedding" not in [each.key for each in section.answers]


@pytest.mark.parametrize(
    "text",
    ["f.members.x.name=1", "f.members.0.0.0.0.0.0.0=1", "f.=1", "f.members.999999.name=a", "f.home.lat=nan"],
)
def test_names_that_nobody_would_send_do_no_harm(form, text):
    validate_form(form, read(form, text))
