"""Every page: shown in both languages, closed to strangers and to those without the permission."""

import re
from html import unescape

import pytest
from django.urls import reverse

TITLES = {
    "overview": ("Quản trị", "Administration"),
    "system": ("Hệ thống", "System"),
    "feeds": ("Nguồn dữ liệu", "Data feeds"),
    "feed:generator": ("Bộ mô phỏng", "Generator"),
    "reset:generator": ("Xóa những gì bộ mô phỏng đã tạo", "Delete what the generator made"),
    "events": ("Nhật ký sự kiện", "Event log"),
    "newest": ("Sự kiện mới nhất", "Newest events"),
    "letters": ("Sự kiện lỗi", "Failed events"),
    "packs": ("Gói khai báo", "Packs"),
    "pack:environment": ("Môi trường", "Environment"),
    "entity-type:AirQualityObserved": ("Chất lượng không khí", "Air quality"),
    "units": ("Đơn vị và ranh giới", "Units and boundaries"),
    "unit:vn34:26740": ("Phường Sài Gòn", "Sai Gon Ward"),
    "unit:vn63:26740": ("Phường Bến Nghé", "Ben Nghe Ward"),
    "boundaries": ("Ranh giới", "Boundaries"),
}
UNITS = {"units", "unit:vn34:26740", "unit:vn63:26740", "boundaries"}
POSTS = ["switch:tide", "reset:generator", "resend-all", "publish:environment"]

pytestmark = pytest.mark.usefixtures("units", "feeds")


def address(page):
    name, _, key = page.partition(":")
    return reverse(f"administration:{name}", args=[key] if key else [])


def read(answer):
    """The text of a page, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def heading(answer):
    return " ".join(
        unescape(
            re.sub(r"<[^>]+>", "", re.search(r"<h1.*?</h1>", answer.content.decode(), re.DOTALL)[0])
        ).split()
    )


@pytest.mark.parametrize("page", TITLES)
@pytest.mark.parametrize(("language", "which"), [("vi", 0), ("en", 1)])
def test_a_page_is_shown_in_the_language_chosen(make, page, language, which):
    answer = make("binh", "administrator", language=language).get(address(page))
    assert (answer.status_code, heading(answer)) == (200, TITLES[page][which])


@pytest.mark.parametrize("page", TITLES)
def test_a_stranger_is_sent_to_sign_in(client, page):
    answer = client.get(address(page))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("page", [*TITLES, *POSTS])
def test_who_holds_no_role_sees_and_changes_nothing(make, page):
    browser = make("an")
    ask = browser.post if page in POSTS else browser.get
    assert ask(address(page)).status_code == 403


@pytest.mark.parametrize("page", sorted(set(TITLES) - UNITS - {"newest"}))
def test_an_operator_looks_up_units_reads_events_and_nothing_else(make, page):
    browser = make("an", "operator")
    assert [browser.get(address(each)).status_code for each in ("units", "newest")] == [200, 200]
    assert browser.get(address(page)).status_code == 403


@pytest.mark.parametrize("page", POSTS)
def test_what_changes_something_cannot_be_asked_for_by_a_link(office, page):
    if page != "reset:generator":  # asks first, on a page of its own
        assert office.get(address(page)).status_code == 405


@pytest.mark.parametrize(
    "page", ["feed:none", "pack:none", "entity-type:None", "unit:vn34:00000", "reset:tide"]
)
def test_what_is_not_there_is_said_so(office, page):
    assert office.get(address(page)).status_code == 404


@pytest.mark.parametrize("page", ["overview", "system", "feeds", "events"])
def test_htmx_gets_the_living_part_alone(office, page):
    answer = office.get(address(page), headers={"HX-Request": "true"}).content.decode()
    assert 'id="live"' in answer
    assert "<html" not in answer


@pytest.mark.parametrize("page", TITLES)
def test_a_page_carries_no_code_or_style_of_its_own(office, page):
    text = office.get(address(page)).content.decode()
    assert not re.search(r'<script(?![^>]*src=)|<style|\sstyle="|\son\w+="', text)


def test_the_bar_shows_the_link_to_those_who_administer(make, office, client):
    assert 'href="/admin/"' in office.get("/identity/").content.decode()
    assert 'href="/admin/"' not in make("an", "operator").get("/identity/").content.decode()
    assert 'href="/admin/"' not in client.get(reverse("account_login")).content.decode()


def test_an_auditor_enters_and_finds_the_audit_only(make):
    answer = make("an", "auditor").get(address("overview"))
    menu = re.search(r'<nav class="adm-nav.*?</nav>', answer.content.decode(), re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', menu) == ["/admin/", "/admin/units/", "/identity/audit/"]
