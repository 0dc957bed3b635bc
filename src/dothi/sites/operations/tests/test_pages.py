"""The pages without any script: what a person reads in both languages."""

import re
from html import unescape

import pytest

FOUL = "/operations/entities/urn:ngsi-ld:AirQualityObserved:foul/"


def read(answer):
    """The text of a page, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def names(answer):
    """The names in the list of a page, in order."""
    rows = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', answer.content.decode())
    return [unescape(name) for name in rows]


def test_the_first_address_is_the_map(city, visitor):
    answer = visitor.get("/")
    assert answer.status_code == 200
    assert 'id="map"' in answer.content.decode()


def test_a_first_visit_is_in_vietnamese_whatever_the_browser_says(city, visitor):
    answer = visitor.get("/operations/", headers={"Accept-Language": "en-US"})
    assert answer["Content-Language"] == "vi"
    assert "Nhịp thành phố" in read(answer)


def test_english_is_a_choice_that_stays(city, english):
    text = read(english.get("/operations/"))
    assert "City pulse" in text
    assert "Nhịp thành phố" not in text


def test_the_map_page_lists_the_worst_first_without_any_script(city, visitor):
    assert names(visitor.get("/operations/"))[0] == "Trạm Sài Gòn"


def test_a_silent_station_does_not_stand_before_those_that_speak(city, visitor):
    assert names(visitor.get("/operations/list/?layers=AirQualityObserved"))[-1] == "Trạm im lặng"


def test_a_camera_that_measures_nothing_is_not_called_silent(add, visitor):
    camera = add("Camera", "plain", "Camera chỉ có vị trí", 106.7, 10.78, simulated=False)
    assert "lâu không có số liệu" not in read(visitor.get(f"/operations/entities/{camera}/"))


def test_what_is_simulated_says_so(city, visitor):
    assert "mô phỏng" in read(visitor.get("/operations/list/?q=sai gon"))


def test_the_console_is_dark_until_a_visitor_chooses(city, visitor):
    assert 'data-ground="night"' in visitor.get("/operations/").content.decode()
    visitor.cookies["dothi_ground"] = "paper"
    assert 'data-ground="paper"' in visitor.get("/operations/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("layers=Camera", ["Hàm Nghi", "Lê Lợi – Pasteur"]),
        ("level=critical", ["Trạm Sài Gòn"]),
        ("level=critical&level=alert", ["Trạm Sài Gòn"]),
        ("layers=Camera&layers=AirQualityObserved&unit=26743", ["Trạm Bến Thành", "Trạm im lặng"]),
        ("q=ba+son", ["Trạm Ba Son"]),
        ("source=measured&layers=AirQualityObserved", ["Trạm Ba Son"]),
        ("bbox=107,9,108,10", ["Trạm ngoài khơi"]),
        (
            "layers=AirQualityObserved&sort=-value&level=normal,critical",
            ["Trạm Sài Gòn", "Trạm Ba Son", "Trạm Bến Thành"],
        ),
    ],
)
def test_the_list_filters_and_sorts_as_its_address_says(city, visitor, query, found):
    listed = names(visitor.get(f"/operations/list/?{query}"))
    assert (sorted(listed) if "sort" not in query else listed) == (
        sorted(found) if "sort" not in query else found
    )


def test_a_list_that_finds_nothing_says_what_to_do(city, english):
    assert "Remove a filter" in read(english.get("/operations/list/?q=zzzz"))


@pytest.mark.parametrize("path", ["/operations/", "/operations/list/"])
def test_a_wrong_address_is_explained_not_a_blank_page(city, english, path):
    answer = english.get(f"{path}?bbox=1,2")
    assert answer.status_code == 400
    assert "Parameter bbox='1,2': 4 numbers parted by ',' are needed." in read(answer)


def test_an_entity_shows_value_level_unit_source_and_place(city, visitor):
    text = read(visitor.get(FOUL))
    for expected in (
        "Trạm Sài Gòn",
        "180,0 µg/m³",
        "Rất xấu",
        "Phường Sài Gòn",
        "mô phỏng",
        "bộ mô phỏng của nền tảng",
    ):
        assert expected in text


def test_an_entity_names_who_provides_it(city, visitor):
    assert "Sở Tài nguyên" in read(visitor.get("/operations/entities/urn:ngsi-ld:AirQualityObserved:second/"))


def test_an_entity_without_recent_readings_says_so(city, english):
    assert "no recent reading" in read(
        english.get("/operations/entities/urn:ngsi-ld:AirQualityObserved:silent/")
    )


def test_the_panel_of_the_map_is_the_same_entity_without_the_page_around(city, visitor):
    fragment = visitor.get(FOUL, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<article")
    assert "<html" not in fragment


def test_an_unknown_entity_is_a_page_that_says_so(city, english):
    answer = english.get("/operations/entities/urn:ngsi-ld:Camera:none/")
    assert answer.status_code == 404
    assert "There is no entity 'urn:ngsi-ld:Camera:none'" in read(answer)


def test_the_pulse_says_what_is_measured_where_from_and_when(city, visitor):
    text = read(visitor.get("/operations/pulse/"))
    assert "PM2.5 trung bình 60,5 µg/m³" in text
    assert "4/5 nơi đo" in text
    assert "Mực nước biển Vũng Tàu" in text


def test_all_units_are_listed_with_what_is_in_them(city, visitor):
    text = read(visitor.get("/operations/units/"))
    assert "3 đơn vị" in text
    assert "Phường Bến Thành" in text


def test_units_are_found_without_marks(city, visitor):
    text = read(visitor.get("/operations/units/?q=con dao"))
    assert "Đặc khu Côn Đảo" in text
    assert "Phường Bến Thành" not in text


def test_a_unit_tells_what_is_here_and_what_it_was(city, visitor):
    text = read(visitor.get("/operations/units/26740/"))
    for expected in ("Phường Sài Gòn", "Bụi mịn PM2.5 100,0 µg/m³", "Lê Lợi – Pasteur", "Phường Bến Nghé"):
        assert expected in text


def test_an_old_code_leads_to_the_unit_of_today(city, visitor):
    answer = visitor.get("/operations/units/26734/")
    assert (answer.status_code, answer["Location"]) == (302, "/operations/units/26740/")


def test_a_code_of_no_unit_is_explained(city, english):
    assert "No ward or commune of the city has the code '99999'." in read(
        english.get("/operations/units/99999/")
    )


def test_an_empty_city_is_a_page_that_says_how_to_fill_it(wired, units, english):
    from dothi.sites.operations import layers

    layers.forget()
    text = read(english.get("/operations/"))
    assert "Nothing on the map yet" in text
    assert "Sea level at" in text


@pytest.mark.parametrize(
    "path", ["/operations/", "/operations/list/", "/operations/units/", "/operations/units/26740/", FOUL]
)
def test_no_page_brings_inline_script_or_style(city, visitor, path):
    html = visitor.get(path).content.decode()
    assert not re.search(r"<[^>]+ style=|<[^>]+ on\w+=|<style", html)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html))
