"""Language, ground, static files and the pages for faults."""

import re

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from dothi.core import clock
from dothi.sites.ui import icons, views
from dothi.sites.ui.static_digest import digest


@pytest.fixture
def visitor(db, wired):
    return Client()


def test_the_language_switch_keeps_the_page(visitor):
    answer = visitor.post("/preferences/", {"language": "en", "next": "/operations/list/?q=a"})
    assert (answer.status_code, answer["Location"]) == (302, "/operations/list/?q=a")
    assert answer.cookies["django_language"].value == "en"


def test_the_ground_is_remembered(visitor):
    answer = visitor.post("/preferences/", {"ground": "paper", "next": "/"})
    assert answer.cookies["dothi_ground"].value == "paper"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_the_switch_never_leads_elsewhere(visitor, elsewhere):
    assert visitor.post("/preferences/", {"language": "en", "next": elsewhere})["Location"] == "/"


def test_an_unknown_choice_is_not_remembered(visitor):
    answer = visitor.post("/preferences/", {"language": "xx", "ground": "pink", "next": "/"})
    assert not answer.cookies


def test_a_choice_is_never_made_by_a_link(visitor):
    assert visitor.get("/preferences/?language=en").status_code == 405


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Không có trang này"), ("en", "There is no such page")]
)
def test_a_page_that_is_not_there_says_so(visitor, language, words):
    visitor.cookies["django_language"] = language
    answer = visitor.get("/no/such/page")
    assert answer.status_code == 404
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Hệ thống gặp trục trặc"), ("en", "Something went wrong on our side")]
)
def test_the_page_for_our_own_faults_needs_no_database(language, words):
    request = HttpRequest()
    request.COOKIES["django_language"] = language
    with translation.override(language):
        answer = views.server_error(request)
    assert answer.status_code == 500
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("view", "status"), [(views.bad_request, 400), (views.permission_denied, 403), (views.forgery, 403)]
)
def test_every_fault_has_a_page_that_says_what_to_do_next(visitor, rf, view, status):
    request = rf.get("/somewhere")
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    answer = view(request)
    assert answer.status_code == status
    assert 'class="btn"' in answer.content.decode()


def test_a_form_without_its_proof_is_refused_with_a_page(visitor):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/preferences/", {"language": "en"})
    assert answer.status_code == 403
    assert "Biểu mẫu này không còn hiệu lực" in answer.content.decode()


def test_a_static_file_may_be_kept_for_ever_and_comes_squeezed(visitor):
    url = f"/static/{digest()}/vendor/maplibre-gl/maplibre-gl.mjs"
    answer = visitor.get(url, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Content-Type"].startswith("text/javascript")


def test_pages_name_only_static_files_that_exist(visitor):
    html = visitor.get("/no/such/page").content.decode()
    for url in set(re.findall(r'/static/[^"\']+', html)):
        assert visitor.get(url).status_code == 200, url


def render(text, language="vi", **values):
    with translation.override(language):
        return Template("{% load dothi %}" + text).render(Context(values))


@pytest.mark.parametrize(("language", "shown"), [("vi", "1.234,5"), ("en", "1,234.5")])
def test_numbers_are_written_as_the_language_does(language, shown):
    assert render("{{ n|number:1 }}", language, n=1234.54) == shown


def test_a_number_that_is_not_there_is_a_dash():
    assert render("{{ n|number:1 }}", n=None) == "–"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (5, "5 giây trước", "5 seconds ago"),
        (60, "1 phút trước", "1 minute ago"),
        (7300, "2 giờ trước", "2 hours ago"),
        (200_000, "2 ngày trước", "2 days ago"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_whole_unit(seconds, vi, en):
    with clock.frozen(clock.parse_iso("2026-11-22T07:00:00Z")) as frozen:
        at = frozen.us - seconds * 1_000_000
        assert (render("{{ at|ago }}", at=at), render("{{ at|ago }}", "en", at=at)) == (vi, en)


def test_a_time_is_that_of_the_city():
    assert render("{{ at|moment }}", at=clock.parse_iso("2026-11-22T07:00:00Z")) == "14:00 22/11/2026"


def test_an_icon_maki_does_not_have_is_a_plain_marker():
    assert icons.maki_path("no-such-icon") == icons.maki_path("marker")


def test_a_name_cannot_break_out_of_an_icon():
    assert "<script" not in render("{% shape name 'normal' %}", name='"><script>')
