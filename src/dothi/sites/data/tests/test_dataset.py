"""The pages about one dataset, over rows that are really there."""

import json
import re

import pytest
from django.test import Client

from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.models import Publication
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions as warehouse

pytestmark = pytest.mark.django_db(transaction=True)
TABS = [
    "",
    "table/",
    "chart/",
    "map/",
    "columns/",
    "quality/",
    "versions/",
    "use/",
    "report/",
    "follow/",
    "embed/",
]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_part_of_a_dataset_is_shown(trees, reader, read, language):
    reader.cookies["django_language"] = language
    for tab in TABS:
        answer = reader.get(f"/data/{trees.key}/{tab}")
        assert answer.status_code == 200, tab
        assert {"vi": "Cây xanh đường phố", "en": "Street trees"}[language] in read(answer), tab
        assert {"vi": "mô phỏng", "en": "simulated"}[language] in read(answer), tab


def test_a_page_carries_no_code_or_style_of_its_own(trees, reader):
    for tab in TABS:
        text = reader.get(f"/data/{trees.key}/{tab}").content.decode()
        assert not re.search(
            r'<script(?![^>]*(?:src=|type="application/json"))|<style|\sstyle="|\son\w+="', text
        ), tab


def test_the_overview_says_what_who_licence_and_how_to_get_it(trees, reader, read):
    text = read(reader.get(f"/data/{trees.key}/"))
    for part in (
        "Công ty Cây xanh",
        "Creative Commons Ghi công 4.0",
        "Hằng tháng",
        "120",
        "CSV",
        "Parquet",
        "Kiểm kê",
    ):
        assert part in text


def test_columns_that_are_not_open_are_nowhere(trees, reader):
    for tab in TABS:
        assert "Người chăm" not in reader.get(f"/data/{trees.key}/{tab}").content.decode()
    assert reader.get(f"/data/{trees.key}/table/?keeper=An").status_code in (400, 403)


def test_a_table_is_filtered_and_sorted_by_its_address(trees, reader, read):
    answer = reader.get(f"/data/{trees.key}/table/?species=Me&order=-id")
    numbers = re.findall(r'<tr><td class="n">(\d+)</td>', answer.content.decode())
    assert numbers[:3] == ["120", "117", "114"]
    assert "40 trên 120 dòng" in read(answer)


def test_a_filter_may_leave_out_the_marks(trees, reader, read):
    assert "40 trên 120 dòng" in read(reader.get(f"/data/{trees.key}/table/?species__contains=dau+rai"))


def test_a_form_leads_to_the_address_of_its_filter(trees, reader):
    query = {"add.column": "height_m", "add.op": "ge", "add.value": "7"}
    answer = reader.get(f"/data/{trees.key}/table/", query)
    assert (answer.status_code, answer.url) == (302, f"/data/{trees.key}/table/?height_m__ge=7")


def test_pages_of_rows_follow_each_other(trees, reader):
    first = reader.get(f"/data/{trees.key}/table/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = reader.get(f"/data/{trees.key}/table/{following}").content.decode()
    ids = [re.findall(r'<tr><td class="n">(\d+)</td>', page) for page in (first, second)]
    assert (ids[0][0], ids[0][-1], ids[1][0]) == ("1", "50", "51")


@pytest.mark.parametrize(
    "query", ["none=1", "height_m=tall", "order=none", "after=zzz", "height_m__contains=1"]
)
def test_a_question_that_makes_no_sense_is_explained(trees, reader, query):
    assert reader.get(f"/data/{trees.key}/table/?{query}").status_code == 400


def test_a_chart_is_kept_in_its_address(trees, reader, read):
    answer = reader.get(f"/data/{trees.key}/chart/?chart.kind=bar&chart.x=species&chart.y=avg:height_m")
    assert "Trung bình chiều cao (m) theo loài" in read(answer)
    assert re.findall(r'<th scope="row">([^<]+)</th>\s*<td>', answer.content.decode()) == [
        "Me",
        "Sao đen",
        "Dầu rái",
    ]


def test_a_chart_follows_the_filter(trees, reader, read):
    text = read(reader.get(f"/data/{trees.key}/chart/?species=Me&chart.kind=bar&chart.x=species"))
    assert "Sao đen" not in text.partition("Số dòng theo")[2]


def test_a_chart_nobody_chose_is_the_most_telling_one(trees, reader):
    page = reader.get(f"/data/{trees.key}/chart/").content.decode()
    data = json.loads(re.search(r'<script id="figure-data" type="application/json">(.*?)</script>', page)[1])
    assert sorted(data["names"]) == ["Dầu rái", "Me", "Sao đen"]
    assert data["labels"][0] == "2015"


@pytest.mark.parametrize("kind", ["bar", "line"])
@pytest.mark.parametrize(
    "x", ["planted:month", "planted:weekday", "planted:quarter", "planted:week", "id", "species"]
)
@pytest.mark.parametrize("split", ["", "species"])
def test_every_combination_draws(trees, reader, kind, x, split):
    query = {"chart.kind": kind, "chart.x": x, "chart.split": split, "chart.y": "median:height_m"}
    answer = reader.get(f"/data/{trees.key}/chart/", query)
    assert answer.status_code == 200
    assert "NaN" not in answer.content.decode()


def test_the_numbers_of_a_drawing_have_points_whatever_the_language(trees, reader):
    page = reader.get(f"/data/{trees.key}/chart/").content.decode()
    assert not re.search(r'(?:y1|y2|cx|cy|x1|x2)="[^"]*,', page)


def test_the_map_says_what_it_draws_and_lists_the_same_rows(trees, reader, read):
    answer = reader.get(f"/data/{trees.key}/map/?map.colour=species")
    page = answer.content.decode()
    data = json.loads(re.search(r'<script id="map-config" type="application/json">(.*?)</script>', page)[1])
    assert (data["where"], data["colour"]) == (["lon", "lat"], "species")
    assert data["scale"]["kind"] == "names"
    assert "120 trên 120 dòng" in read(answer)


def test_the_map_colours_numbers_in_five_steps(trees, reader):
    page = reader.get(
        f"/data/{trees.key}/map/?map.colour=height_m&bbox=106.6,10.7,106.7,10.8"
    ).content.decode()
    data = json.loads(re.search(r'<script id="map-config" type="application/json">(.*?)</script>', page)[1])
    assert (data["scale"]["kind"], len(data["scale"]["words"])) == ("steps", 5)
    assert "bbox=106.6" in data["rows"]


def test_a_dataset_without_places_has_no_map(shown, reader):
    shown("a")
    assert reader.get("/data/a/map/").status_code in (400, 404)


def test_each_column_says_how_its_values_are_spread(trees, reader, read):
    text = read(reader.get(f"/data/{trees.key}/columns/"))
    assert "Chiều cao m" in text
    assert "Dầu rái 40" in text


def test_versions_tell_what_differs(trees, reader, read, rows):
    warehouse.load(trees, rows(121, taller=1.0), by=SYSTEM)
    text = read(reader.get(f"/data/{trees.key}/versions/"))
    assert "+ 1 dòng thêm" in text
    assert "~ 120 dòng đổi" in text
    assert "Từ phiên bản 2 đến phiên bản 1" in read(reader.get(f"/data/{trees.key}/versions/?a=2&b=1"))
    assert "Một trong hai phiên bản" in read(reader.get(f"/data/{trees.key}/versions/?a=1&b=9"))


def test_an_older_version_is_looked_at_by_its_number(trees, reader, read, rows):
    warehouse.load(trees, rows(20), by=SYSTEM)
    assert "phiên bản 1" in read(reader.get(f"/data/{trees.key}/table/?v=1"))
    assert "120" in read(reader.get(f"/data/{trees.key}/table/?v=1"))
    assert reader.get(f"/data/{trees.key}/table/?v=99").status_code == 404


def test_a_withdrawn_dataset_says_why(trees, reader, read):
    steps.withdraw(Publication.objects.get(pk=trees.key), reason="Có lỗi đo.", by=SYSTEM)
    from dothi.centres.opendata.catalogue.memory import memory

    memory.due()
    answer = reader.get(f"/data/{trees.key}/")
    assert answer.status_code == 410
    assert "Có lỗi đo." in read(answer)


def test_a_dataset_there_is_not_is_said_so(reader, read):
    answer = reader.get("/data/none/")
    assert answer.status_code == 404
    assert "Không có tập dữ liệu mở" in read(answer)


def test_shared_rows_are_described_and_not_shown(quick, reader, read, declared, published, rows):
    dataset = declared(access="shared")
    warehouse.load(dataset, rows(), by=SYSTEM)
    published(dataset)
    answer = reader.get(f"/data/{dataset.key}/")
    assert answer.status_code == 200
    assert "Các dòng dành cho cơ quan được chia sẻ" in read(answer)
    assert "Dầu rái" not in read(answer)
    for tab in ("table/", "chart/", "map/", "columns/", "versions/"):
        assert reader.get(f"/data/{dataset.key}/{tab}").status_code in (302, 401, 403), tab


def test_somebody_who_may_read_them_sees_shared_rows(quick, make, read, declared, published, rows):
    dataset = declared(access="shared")
    warehouse.load(dataset, rows(), by=SYSTEM)
    published(dataset)
    assert "Dầu rái" in read(make("an", "data-owner").get(f"/data/{dataset.key}/table/"))


@pytest.mark.parametrize("what", ["table", "chart", "map"])
def test_a_frame_may_stand_in_any_page_and_others_may_not(trees, reader, what):
    frame = reader.get(f"/data/{trees.key}/embed/{what}/?lang=en&species=Me")
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert "Street trees" in frame.content.decode()
    page = reader.get(f"/data/{trees.key}/")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_a_frame_shows_what_a_stranger_may_see_whoever_looks(quick, make, declared, published, rows):
    dataset = declared(access="shared")
    warehouse.load(dataset, rows(), by=SYSTEM)
    published(dataset)
    answer = make("an", "administrator").get(f"/data/{dataset.key}/embed/table/")
    assert answer.status_code in (401, 403)
    assert "Dầu rái" not in answer.content.decode()


def test_a_frame_of_no_kind_there_is_is_refused(trees, reader):
    assert reader.get(f"/data/{trees.key}/embed/film/").status_code == 404
    assert reader.get("/data/none/embed/chart/").status_code == 404


def test_the_line_to_paste_keeps_the_chart(trees, reader):
    page = reader.get(
        f"/data/{trees.key}/embed/?embed.what=chart&chart.x=species&species=Me"
    ).content.decode()
    assert f"/data/{trees.key}/embed/chart/?species=Me&amp;chart.x=species&amp;lang=vi" in page


def test_a_bad_token_does_not_break_a_page_that_is_open_to_all(trees):
    answer = Client(headers={"Authorization": "Bearer wrong"}).get("/data/?q=")
    assert answer.status_code == 200
