"""CKAN, DCAT, OGC, S3, registers, the live city, builders and files, each against something real on this machine."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

import pyarrow as pa
import pytest
import shapely

from dothi.core import clock, config
from dothi.core.errors import BadInput, NotFound
from dothi.kernel import context as live
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.pipelines import builders, reading
from dothi.kernel.pipelines.sources.base import Restart, Unchanged
from dothi.kernel.pipelines.tests.extracting import declare, portions, read
from dothi.kernel.pipelines.tests.servers import Asked, Reply, serving
from dothi.kernel.registers import queries

AT = datetime(2026, 1, 1, tzinfo=UTC)

ROWS = [{"_id": n, "ma": f"m{n}", "so": n * 1.5} for n in range(1, 8)]


# -- CKAN


def ckan(active: bool) -> Any:
    def answers(asked: Asked) -> Reply:
        if asked.path.endswith("/resource_show"):
            if asked.params["id"] != "r1":
                return Reply({"success": False}, 404)
            url = f"http://{asked.headers['Host']}/file.json"
            return Reply(
                {
                    "success": True,
                    "result": {
                        "datastore_active": active,
                        "url": url,
                        "format": "JSON",
                        "last_modified": "2026-01-01",
                    },
                }
            )
        if asked.path == "/file.json":
            return Reply([{"ma": "x"}])
        start, size = int(asked.params["offset"]), int(asked.params["limit"])
        assert asked.params["sort"] == "_id"
        return Reply({"success": True, "result": {"records": ROWS[start : start + size], "total": len(ROWS)}})

    return answers


def test_a_ckan_table_is_read_page_by_page_until_it_changes(tmp_path) -> None:
    with serving(ckan(active=True)) as server:
        declared = declare(ckan={"url": server.url, "resource": "r1", "page": 3})
        rows, place = read(declared, tmp_path)
        assert [row["ma"] for row in rows] == [f"m{n}" for n in range(1, 8)]
        assert "_id" not in rows[0]
        with pytest.raises(Unchanged):
            read(declared, tmp_path, place)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_ckan_read_that_was_cut_off_goes_on(cut, tmp_path) -> None:
    with serving(ckan(active=True)) as server:
        declared = declare(ckan={"url": server.url, "resource": "r1", "page": 3})
        before = [portion for portion, _ in zip(portions(declared, tmp_path), range(cut), strict=False)]
        rows, _ = read(declared, tmp_path, before[-1].position)
    assert len(rows) == 7 - 3 * cut


def test_a_ckan_resource_without_table_is_read_as_its_file(tmp_path) -> None:
    with serving(ckan(active=False)) as server:
        rows, place = read(declare(ckan={"url": server.url, "resource": "r1"}), tmp_path)
    assert (rows, place["mark"]) == ([{"ma": "x"}], "2026-01-01||")


def test_a_ckan_resource_that_is_not_there(tmp_path) -> None:
    with serving(ckan(active=True)) as server, pytest.raises(BadInput, match="404"):
        read(declare(ckan={"url": server.url, "resource": "none"}), tmp_path)


# -- DCAT

TURTLE = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://data.example/trees> a dcat:Dataset ; dct:title "Cây xanh"@vi, "Trees"@en ; dct:identifier "trees" ;
  dcat:distribution <#a>, <#b> .
<#a> dcat:accessURL <{url}/trees.html> .
<#b> dcat:downloadURL <{url}/trees> ; dct:format <http://publications.europa.eu/resource/authority/file-type/JSON> .
"""


def dcat(asked: Asked) -> Reply:
    url = f"http://{asked.headers['Host']}"
    if asked.path == "/catalog.ttl":
        return Reply(TURTLE.format(url=url).encode(), headers={"Content-Type": "text/turtle"})
    if asked.path == "/catalog.jsonld":
        return Reply(
            {"@context": f"{url}/secret", "@id": "x"}, headers={"Content-Type": "application/ld+json"}
        )
    return Reply([{"loai": "me"}])


@pytest.mark.parametrize("name", ["https://data.example/trees", "trees", "Cây xanh"])
def test_a_dcat_dataset_is_found_by_address_identifier_or_title(name, tmp_path) -> None:
    with serving(dcat) as server:
        spec = {"catalogue": f"{server.url}/catalog.ttl", "dataset": name, "format": "json"}
        assert read(declare(dcat=spec), tmp_path)[0] == [{"loai": "me"}]


@pytest.mark.parametrize(
    ("name", "format", "why"),
    [("none", "json", "no dataset 'none'"), ("trees", "csv", "no distribution as csv")],
)
def test_what_a_catalogue_does_not_have_is_said(name, format, why, tmp_path) -> None:
    with serving(dcat) as server, pytest.raises(BadInput, match=why):
        read(
            declare(dcat={"catalogue": f"{server.url}/catalog.ttl", "dataset": name, "format": format}),
            tmp_path,
        )


def test_a_catalogue_cannot_make_us_fetch_addresses_of_its_choice(tmp_path) -> None:
    with serving(dcat) as server:
        with pytest.raises(BadInput, match="remote @context"):
            read(declare(dcat={"catalogue": f"{server.url}/catalog.jsonld", "dataset": "x"}), tmp_path)
        assert [asked.path for asked in server.asked] == ["/catalog.jsonld"]


# -- OGC API Features


def features(asked: Asked) -> Reply:
    start = int(asked.params.get("offset", 0))
    found = [
        {
            "type": "Feature",
            "id": n,
            "properties": {"ten": f"P{n}"},
            "geometry": {"type": "Point", "coordinates": [106.0 + n, 10.0, 3.0]},
        }
        for n in range(start, min(start + 2, 5))
    ]
    links = [{"rel": "next", "href": f"{asked.path}?offset={start + 2}"}] if start + 2 < 5 else []
    return Reply({"type": "FeatureCollection", "features": found, "links": links, "numberMatched": 5})


def test_a_collection_is_read_along_its_links(tmp_path) -> None:
    with serving(features) as server:
        declared = declare(ogc={"url": server.url, "collection": "wards", "bbox": [106, 10, 107, 11]})
        rows, _ = read(declared, tmp_path)
        first = server.asked[0]
    assert (first.path, first.params["bbox"]) == ("/collections/wards/items", "106,10,107,11")
    assert [(row["id"], row["ten"]) for row in rows] == [(n, f"P{n}") for n in range(5)]
    assert shapely.from_wkb(rows[1]["geometry"]).equals(shapely.Point(107, 10))


def test_a_collection_that_is_none_is_said_so(tmp_path) -> None:
    with serving(lambda asked: Reply({"x": 1})) as server, pytest.raises(BadInput, match="FeatureCollection"):
        read(declare(ogc={"url": server.url, "collection": "x"}), tmp_path)


# -- S3

OBJECTS = {"in/a.json": b'[{"n": 1}]', "in/b.json": b'[{"n": 2}]', "in/note.txt": b"-", "other/c.json": b"[]"}


def s3(asked: Asked) -> Reply:
    key = asked.path.removeprefix("/bucket").lstrip("/")
    if not key:
        prefix = asked.params.get("prefix", "")
        listed = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>{len(body)}</Size></Contents>"
            for name, body in OBJECTS.items()
            if name.startswith(prefix)
        )
        return Reply(
            f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>".encode(),
            headers={"Content-Type": "application/xml"},
        )
    if key not in OBJECTS:
        return Reply(b"<Error><Code>NoSuchKey</Code></Error>", 404)
    body = OBJECTS[key]
    headers = {
        "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
        "ETag": '"x"',
        "Content-Type": "application/json",
    }
    given = asked.headers.get("Range")
    if asked.method == "HEAD":
        return Reply(body, headers=headers)
    if given:
        start, _, end = given.removeprefix("bytes=").partition("-")
        part = body[int(start) : int(end) + 1 if end else None]
        return Reply(
            part, 206, headers | {"Content-Range": f"bytes {start}-{int(start) + len(part) - 1}/{len(body)}"}
        )
    return Reply(body, headers=headers)


def test_objects_of_a_store_are_read_by_pattern_once(tmp_path) -> None:
    with serving(s3) as server:
        declared = declare(s3={"path": "bucket/in/*.json", "endpoint": server.url, "region": "us-east-1"})
        rows, place = read(declared, tmp_path)
        assert rows == [{"n": 1}, {"n": 2}]
        with pytest.raises(Unchanged):
            read(declared, tmp_path, place)


# -- registers


def test_a_register_is_followed_by_its_changes(tmp_path, monkeypatch) -> None:
    def change(seq: int) -> queries.Change:
        data = None if seq == 7 else {"name": f"v{seq}"}
        record = UUID(int=seq % 3)
        return queries.Change(
            seq, record, "person", "revise", AT.date(), None, AT, data, 1, "79", False, "x", "", ""
        )

    log = [change(n) for n in range(1, 8)]
    monkeypatch.setattr(
        queries, "changes", lambda type, after, limit, by: [c for c in log if c.seq > after][:limit]
    )
    declared = declare(mode="append", register={"type": "person", "page": 4})
    rows, place = read(declared, tmp_path)
    assert [(row["seq"], row["record"][-1], row["name"], row["holds"]) for row in rows] == [
        (n, str(n % 3), None if n == 7 else f"v{n}", n != 7) for n in range(1, 8)
    ]
    assert place == {"seq": 7}
    with pytest.raises(Unchanged):
        read(declared, tmp_path, place)
    log.append(change(8))
    assert [row["seq"] for row in read(declared, tmp_path, place)[0]] == [8]


# -- the live city


@pytest.mark.usefixtures("transactional_db", "wired")
def test_readings_of_the_live_city_become_rows_once_they_are_there(tmp_path) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)

    def reading(hours: int, value: float) -> dict[str, Any]:
        observed = {"type": "Property", "value": value, "observedAt": clock.iso(at + timedelta(hours=hours))}
        return {"id": "urn:ngsi-ld:PipelineStation:1", "type": "PipelineStation", "level": observed}

    declared = declare(mode="upsert", context={"type": "PipelineStation", "attributes": ["level"]})
    for hour, value in enumerate((1.0, 2.0)):
        live.current().upsert([reading(hour, value)], by=SYSTEM)
    with clock.frozen(at + timedelta(hours=3)):
        rows, place = read(declared, tmp_path)
    assert [(row["entity"], row["attribute"], row["value"]) for row in rows] == [
        ("urn:ngsi-ld:PipelineStation:1", "level", 1.0), ("urn:ngsi-ld:PipelineStation:1", "level", 2.0),
    ]  # fmt: skip
    live.current().upsert([reading(5, 3.0)], by=SYSTEM)
    with clock.frozen(at + timedelta(hours=9)):
        assert [row["value"] for row in read(declared, tmp_path, place)[0]] == [3.0]


# -- builders


@builders.builder("test-count")
def count(building: builders.Building) -> Any:
    return (pa.table({"n": [n]}) for n in range(building.args["to"]))


def test_a_builder_makes_rows_and_the_same_rows_are_nothing_new(tmp_path) -> None:
    declared = declare(builder={"name": "test-count", "args": {"to": 3}})
    rows, place = read(declared, tmp_path)
    assert rows == [{"n": 0}, {"n": 1}, {"n": 2}]
    with pytest.raises(Unchanged):
        read(declared, tmp_path, place)
    assert len(read(declare(builder={"name": "test-count", "args": {"to": 4}}), tmp_path, place)[0]) == 4
    with pytest.raises(Restart):
        read(declared, tmp_path, {"resume": {}})


def test_a_builder_that_is_not_there(tmp_path) -> None:
    with pytest.raises(NotFound, match="no builder 'none'"):
        read(declare(builder={"name": "none"}), tmp_path)


# -- files


@pytest.fixture
def inbox() -> Path:
    folder = config.current().home / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    return folder


def test_members_of_a_zip_are_chosen_by_pattern(inbox, tmp_path) -> None:
    with zipfile.ZipFile(inbox / "all.zip", "w") as archive:
        archive.writestr("../../evil.json", '[{"n": 1}]')
        archive.writestr("data/two.json", '[{"n": 2}]')
        archive.writestr("readme.txt", "-")
    spec = {"path": "{home}/*.zip", "member": "*.json"}
    assert read(declare(files=spec), tmp_path)[0] == [{"n": 1}, {"n": 2}]
    assert not (tmp_path.parent.parent / "evil.json").exists()


def test_a_zip_that_would_fill_the_disk_is_refused(inbox, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(reading, "_ZIP_RATIO", 2)
    with zipfile.ZipFile(inbox / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.json", b"0" * (3 << 20))
    with pytest.raises(BadInput, match="too much"):
        read(declare(files={"path": "{home}/bomb.zip"}), tmp_path)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "{home}/../secrets/*", "{home}/x/../../secrets/*", "inbox/*"]
)
def test_files_outside_the_installations_folders_are_not_read(path, inbox, tmp_path) -> None:
    with pytest.raises(BadInput, match=r"lies below|no file"):
        read(declare(files={"path": path}), tmp_path)


def test_a_link_out_of_the_folder_is_not_followed(inbox, tmp_path) -> None:
    outside = tmp_path / "secret.json"
    outside.write_text("[]")
    (inbox / "link.json").symlink_to(outside)
    with pytest.raises(BadInput, match="no file"):
        read(declare(files={"path": "{home}/*.json"}), tmp_path)


def test_a_file_that_was_taken_away_is_noticed_when_all_are_read(inbox, tmp_path) -> None:
    for name in "ab":
        (inbox / f"{name}.json").write_text(json.dumps([{"n": name}]))
    declared = declare(files={"path": "{home}/*.json"})
    _, place = read(declared, tmp_path)
    (inbox / "b.json").unlink()
    assert read(declared, tmp_path, place)[0] == [{"n": "a"}]


def test_files_that_changed_while_a_run_was_cut_off_are_read_anew(inbox, tmp_path) -> None:
    (inbox / "a.json").write_text('[{"n": 1}]')
    declared = declare(files={"path": "{home}/*.json"})
    cut = next(portions(declared, tmp_path)).position
    (inbox / "a.json").write_text('[{"n": 100}]')
    with pytest.raises(Restart):
        read(declared, tmp_path, cut)
