"""The rows of published versions over HTTP."""

from __future__ import annotations

import gzip
import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dothi.core.errors import TooMany
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions
from dothi.kernel.warehouse.http import views
from dothi.kernel.warehouse.tests.conftest import ROWS, actor, make_table

pytestmark = pytest.mark.django_db(transaction=True)
OPEN = ["ward", "trees", "planted", "counted_at", "lon", "lat"]


@pytest.fixture
def url(loaded):
    return f"/data/v1/{loaded().dataset.key}"


def test_a_page_shows_anybody_the_open_columns_and_masks_personal_ones(client, url):
    answer = client.get(f"{url}/rows")
    assert answer.status == 200
    page = answer.json()
    assert (page["version"], page["matched"], page["next"]) == (1, 3, None)
    assert page["rows"][0] == {
        "ward": "26734", "trees": 12, "planted": "2026-01-02", "counted_at": "2026-01-03T04:05:06Z",
        "keeper": "••••••", "lon": 106.7, "lat": 10.78,
    }  # fmt: skip


def test_pages_follow_each_other_by_cursor(client, url):
    first = client.get(f"{url}/rows", limit=2, order="-trees", columns="ward", shape="arrays")
    page = first.json()
    assert page["rows"] == [["26734"], ["26740"]]
    assert f"after={page['next']}" in first.headers["link"]
    second = client.get(f"{url}/rows", limit=2, order="-trees", columns="ward", after=page["next"]).json()
    assert (second["rows"], second["next"]) == ([{"ward": "26743"}], None)


def test_pages_go_on_in_the_version_they_began_in(client, loaded):
    version = loaded()
    url = f"/data/v1/{version.dataset.key}"
    page = client.get(f"{url}/rows", limit=1).json()
    actions.load(version.dataset, make_table(ROWS[:1]), by=SYSTEM)
    rest = client.get(f"{url}/rows", after=page["next"]).json()
    assert (rest["version"], len(rest["rows"])) == (1, 2)
    assert client.get(f"{url}/rows").json()["version"] == 2
    assert len(client.get(f"{url}/versions/1/rows").json()["rows"]) == 3


@pytest.mark.parametrize(
    ("query", "wards"),
    [
        ({"trees__ge": "7"}, ["26734", "26740"]),
        ({"trees": "7"}, ["26740"]),
        ({"ward__in": "26743,26740"}, ["26740", "26743"]),
        ({"trees__isnull": "true"}, ["26743"]),
        ({"counted_at__gt": "2026-01-03T04:05:06Z"}, ["26743"]),
        ({"planted__lt": "2026-01-01"}, ["26740"]),
        ({"bbox": "106.705,10,107,11"}, ["26740"]),
        ({"where.trees": "12"}, ["26734"]),
    ],
)
def test_conditions_narrow_a_page(client, url, query, wards):
    assert [row["ward"] for row in client.get(f"{url}/rows", **query).json()["rows"]] == wards


def test_one_row_is_got_by_its_key(client, url):
    assert client.get(f"{url}/rows/26740").json()["trees"] == 7
    assert client.get(f"{url}/rows/nothing").status == 404


def test_groups_are_measured(client, url):
    answer = client.get(f"{url}/aggregate", by="planted:year", measures="count,sum(trees),avg(trees)").json()
    assert answer["rows"] == [
        {"planted:year": "2025", "count": 1, "sum_trees": 7, "avg_trees": 7.0},
        {"planted:year": "2026", "count": 1, "sum_trees": 12, "avg_trees": 12.0},
        {"planted:year": None, "count": 1, "sum_trees": None, "avg_trees": None},
    ]
    ordered = client.get(
        f"{url}/aggregate", by="ward", measures="max(trees)", order="-max_trees", limit=1
    ).json()
    assert ordered["rows"] == [{"ward": "26734", "max_trees": 12}]


def test_the_profile_shows_only_columns_one_may_see(client, url):
    assert [column["name"] for column in client.get(f"{url}/summary").json()] == OPEN


def test_the_address_of_the_dataset_says_what_it_is(client, url):
    about = client.get(url).json()
    assert about["title"] == {"vi": "Số cây xanh", "en": "Tree count"}
    assert [each["number"] for each in about["versions"]] == [1]
    assert "wage" not in [column["name"] for column in about["columns"]]


@pytest.mark.parametrize(
    "asked",
    [
        {"wage__ge": "1"}, {"keeper": "Trần Văn Ba"}, {"order": "wage"}, {"order": "keeper"}, {"nothing": "1"},
        {"trees__ge": "many"}, {"limit": "x"}, {"limit": "0"}, {"bbox": "a,b"}, {"after": "zzz"},
    ],
)  # fmt: skip
def test_what_may_not_be_asked_is_refused_and_tells_nothing(client, url, asked):
    answer = client.get(f"{url}/rows", **asked)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("rows", {"columns": "wage"}),
        ("aggregate", {"by": "keeper"}),
        ("aggregate", {"measures": "avg(wage)"}),
        ("download.csv", {"columns": "ward,wage"}),
    ],
)
def test_a_column_one_may_not_see_is_refused_by_name(client, url, path, asked):
    assert client.get(f"{url}/{path}", **asked).status == 403


def test_who_may_see_more_sees_more(client, url):
    client.actor = actor("warehouse.read.sensitive")
    assert client.get(f"{url}/rows").json()["rows"][0].get("wage") is None  # no purpose was declared for it


@pytest.mark.parametrize("access", ["shared", "internal"])
def test_what_is_not_open_needs_its_permission(client, loaded, access):
    path = f"/data/v1/{loaded(access=access, unit='79').dataset.key}/rows"
    assert client.get(path).status == 401
    client.actor = actor("context.read")
    assert client.get(path).status == 403
    client.actor = actor("warehouse.read", "warehouse.read.internal")
    assert client.get(path).status == 200


def test_an_open_dataset_is_not_open_before_it_is_published(client, loaded):
    assert client.get(f"/data/v1/{loaded(state='draft').dataset.key}/rows").status == 401


def test_rows_of_units_are_shown_to_who_may_read_there(client, loaded):
    key = loaded(access="internal", unit="79", row_policy={"unit": "ward"}).dataset.key
    client.actor = actor("warehouse.read.internal", unit="26740")
    assert [row["ward"] for row in client.get(f"/data/v1/{key}/rows").json()["rows"]] == ["26740"]
    assert client.get(f"/data/v1/{key}/rows/26734").status == 404
    assert client.get(f"/data/v1/{key}/aggregate", measures="sum(trees)").json()["rows"] == [{"sum_trees": 7}]
    assert client.get(f"/data/v1/{key}/summary").status == 403
    assert b"26734" not in client.get(f"/data/v1/{key}/download.csv").body


def test_a_withdrawn_version_is_gone_with_its_reason(client, loaded):
    first = loaded()
    url = f"/data/v1/{first.dataset.key}"
    second = actions.load(first.dataset, make_table(ROWS[:2]), by=SYSTEM)
    actions.withdraw_version(second, reason="Sai đơn vị", by=SYSTEM)
    gone = client.get(f"{url}/versions/2/rows")
    assert gone.status == 410
    assert "Sai đơn vị" in gone.json()["detail"]
    assert client.get(f"{url}/rows").json()["version"] == 1


@pytest.mark.parametrize("path", ["", "/", "/nothing-there/rows", "/Bad/rows", "/a/versions/x/rows"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(f"/data/v1{path}").status == 404


def test_only_reading_is_allowed(client, url):
    assert client.get(f"{url}/rows", method="POST").status == 405
    assert client.get(f"{url}/rows", method="OPTIONS").status == 204
    head = client.get(f"{url}/rows", method="HEAD")
    assert (head.status, head.body) == (200, b"")


def test_a_reader_over_the_quota_is_told_when_to_come_again(client, url):
    client.refuse = TooMany(retry_after=7)
    answer = client.get(f"{url}/rows")
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")


def test_an_answer_is_not_sent_twice(client, url):
    first = client.get(f"{url}/rows")
    again = client.get(f"{url}/rows", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    since = client.get(f"{url}/rows", headers={"if-modified-since": first.headers["last-modified"]})
    assert since.status == 304
    assert client.get(f"{url}/rows", headers={"if-none-match": '"other"'}).status == 200


def test_validators_differ_by_who_asks_and_what(client, url):
    mine = client.get(f"{url}/rows").headers["etag"]
    assert mine != client.get(f"{url}/rows", limit=1).headers["etag"]
    client.actor = actor("warehouse.read.personal", "warehouse.read.internal")
    answer = client.get(f"{url}/rows")
    assert answer.headers["cache-control"].startswith("private")


def test_csv_opens_in_a_spreadsheet(client, url):
    plain = client.get(f"{url}/download.csv")
    lines = plain.body.decode().splitlines()
    assert lines[0] == '"ward","trees","planted","counted_at","keeper","lon","lat"'
    assert lines[1] == '"26734",12,2026-01-02,"2026-01-03T04:05:06Z","••••••",106.7,10.78'
    assert lines[3] == '"26743",,,"2026-02-03T00:00:00Z",,,'
    marked = client.get(f"{url}/download.csv", bom=1).body
    assert marked == b"\xef\xbb\xbf" + plain.body
    assert plain.headers["content-disposition"].endswith('-v1.csv"')


@pytest.fixture
def open_url(dataset):
    """A dataset without anything to hide: its files are kept."""
    columns = [{"name": name, "type": kind, "role": role} for name, kind, role in (
        ("ward", "string", "key"), ("trees", "integer", ""), ("lon", "number", "longitude"), ("lat", "number", "latitude"),
    )]  # fmt: skip
    made = dataset(columns=columns)
    table = pa.table({"ward": ["a", "b"], "trees": [1, None], "lon": [106.7, None], "lat": [10.7, None]})
    actions.load(made, table, by=SYSTEM)
    return f"/data/v1/{made.key}"


def test_the_same_rows_in_every_format(client, open_url):
    rows = [
        {"ward": "a", "trees": 1, "lon": 106.7, "lat": 10.7},
        {"ward": "b", "trees": None, "lon": None, "lat": None},
    ]
    assert client.get(f"{open_url}/download.json").json() == rows
    lines = client.get(f"{open_url}/download.ndjson").body.splitlines()
    assert [json.loads(line) for line in lines] == rows
    features = client.get(f"{open_url}/download.geojson").json()["features"]
    assert [feature["properties"] for feature in features] == rows
    assert [feature["geometry"] for feature in features] == [
        {"type": "Point", "coordinates": [106.7, 10.7]},
        None,
    ]
    parquet = client.get(f"{open_url}/download.parquet").body
    assert pq.read_table(io.BytesIO(parquet)).to_pylist() == rows
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{open_url}/download.xlsx").body))
    assert list(book.active.values)[1:] == [tuple(row.values()) for row in rows]
    assert client.get(f"{open_url}/download.exe").status == 404


def test_a_part_of_a_file_can_be_got(client, open_url):
    whole = client.get(f"{open_url}/download.csv")
    part = client.get(f"{open_url}/download.csv", headers={"range": "bytes=2-5"})
    assert (part.status, part.body) == (206, whole.body[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole.body)}"
    tail = client.get(f"{open_url}/download.csv", headers={"range": "bytes=-3"})
    assert tail.body == whole.body[-3:]
    stale = client.get(f"{open_url}/download.csv", headers={"range": "bytes=2-5", "if-range": '"old"'})
    assert stale.status == 200
    assert client.get(f"{open_url}/download.csv", headers={"range": "bytes=9999-"}).status == 416


def test_text_is_compressed_for_who_takes_it(client, open_url):
    plain = client.get(f"{open_url}/download.csv")
    packed = client.get(f"{open_url}/download.csv", headers={"accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"].startswith("W/")
    assert gzip.decompress(packed.body) == plain.body


def test_a_large_file_is_streamed_and_kept(client, open_url, monkeypatch):
    monkeypatch.setattr(views, "_STREAM_ROWS", 0)
    first = client.get(f"{open_url}/download.csv")
    assert "content-length" not in first.headers
    monkeypatch.setattr(views, "_STREAM_ROWS", 10)
    assert client.get(f"{open_url}/download.csv").body == first.body


def test_a_download_takes_conditions_too(client, open_url):
    assert client.get(f"{open_url}/download.json", trees__ge="1", columns="ward").json() == [{"ward": "a"}]
    rows = pq.read_table(io.BytesIO(client.get(f"{open_url}/download.parquet", ward="b").body)).to_pylist()
    assert [row["ward"] for row in rows] == ["b"]
