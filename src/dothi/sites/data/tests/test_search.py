"""The first page and the search, as a reader without scripts meets them."""

import re

import pytest

pytestmark = pytest.mark.django_db(transaction=True)
BESIDE_DJANGO = ("/data/v1/", "/ngsi-ld/", "/ogc")


def test_the_first_page_tells_what_there_is(shown, reader, read):
    shown("khong-khi", "xe-buyt")
    text = read(reader.get("/data/"))
    assert "2 tập dữ liệu · 20 dòng" in text
    assert "Môi trường 2" in text


def test_before_anything_is_published_the_first_page_says_so(reader, read):
    assert "Chưa công bố gì" in read(reader.get("/data/"))


@pytest.mark.parametrize("words", ["chất lượng không khí", "chat luong khong khi", "CHAT LUONG"])
def test_words_are_found_with_and_without_marks(shown, reader, read, words):
    from dothi.centres.opendata.catalogue.listing import Words

    shown("khong-khi", title=Words("Chất lượng không khí", "Air quality"))
    text = read(reader.get("/data/", {"q": words}))
    assert "1 tập dữ liệu" in text
    assert "Chất lượng không khí" in text


def test_facets_show_what_another_choice_would_give(shown, reader):
    shown("a", themes=("ENVI",))
    shown("b", "c", themes=("TRAN",))
    page = reader.get("/data/?q=&theme=ENVI").content.decode()
    link = re.search(
        r'<a href="([^"]+)"(?: aria-current="true")?><span class="tick"[^>]*></span>\s*<span>Giao thông</span>\s*<b>2</b>',
        page,
    )
    assert link
    assert link[1].endswith("theme=ENVI&amp;theme=TRAN")


def test_nothing_found_says_what_to_do_next(shown, reader, read):
    shown("a")
    text = read(reader.get("/data/?q=khongcogi"))
    assert "Không có tập dữ liệu phù hợp" in text
    assert "Yêu cầu dữ liệu" in text


def test_pages_go_on_behind_a_cursor(shown, reader):
    shown(*[f"d{i:02}" for i in range(25)])
    first = reader.get("/data/?q=").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = reader.get(f"/data/{following}").content.decode()
    keys = [set(re.findall(r'<h3><a href="/data/(d\d\d)/"', page)) for page in (first, second)]
    assert (len(keys[0]), len(keys[1]), keys[0] & keys[1]) == (20, 5, set())


def test_a_box_chooses_by_place(shown, reader, read):
    shown("near")
    shown("far", spatial=(0, 0, 1, 1))
    text = read(reader.get("/data/map/?west=106&south=10&east=107&north=11"))
    assert "1 tập dữ liệu" in text
    assert "Bộ dữ liệu near" in text


def test_an_address_that_cannot_be_read_is_explained(reader, read):
    answer = reader.get("/data/?bbox=1,2")
    assert answer.status_code == 400
    assert "Khung cần bốn số" in read(answer)


def test_simulated_data_says_so(shown, reader, read):
    shown("a", provenance="simulated")
    assert "mô phỏng" in read(reader.get("/data/?q="))


def test_a_search_carries_no_code_or_style_of_its_own(shown, reader):
    shown("a")
    for path in ("/data/", "/data/?q=", "/data/map/"):
        text = reader.get(path).content.decode()
        assert not re.search(
            r'<script(?![^>]*(?:src=|type="application/json"))|<style|\sstyle="|\son\w+="', text
        )


def test_the_bar_leads_to_the_data(reader):
    assert 'href="/data/" aria-current="page"' in reader.get("/data/").content.decode()


@pytest.mark.parametrize(("language", "title"), [("vi", "Tìm tập dữ liệu"), ("en", "Search the datasets")])
def test_the_page_speaks_the_language_chosen(reader, read, language, title):
    reader.cookies["django_language"] = language
    assert title in read(reader.get("/data/?q="))


def test_a_title_cannot_break_out_of_the_page(shown, reader):
    from dothi.centres.opendata.catalogue.listing import Words

    shown("a", title=Words("<script>alert(1)</script>", "x"), spatial=(106.6, 10.7, 106.8, 10.9))
    for path in ("/data/?q=", "/data/map/"):
        assert "<script>alert" not in reader.get(path).content.decode()


def test_a_licence_says_what_it_means(shown, reader, read):
    shown("a")
    text = read(reader.get("/data/licences/cc-by-4.0"))
    assert "Creative Commons Ghi công 4.0" in text
    assert "Ghi nguồn" in text
    assert reader.get("/data/licences/none").status_code == 404


def test_developers_find_addresses_that_answer(shown, reader):
    shown("a")
    page = reader.get("/data/developers/").content.decode()
    listed = re.findall(r'<a class="break" href="([^"]+)"', page)
    assert {"/catalog.ttl", "/catalog.atom", "/data/a.jsonld", "/sdmx/dataflow"} <= set(listed)
    assert "/api/warehouse/sql" not in listed  # a question is sent to it: there is nothing to open
    for path in listed:
        if not path.startswith(BESIDE_DJANGO):
            assert reader.get(path.replace("&amp;", "&")).status_code == 200, path
