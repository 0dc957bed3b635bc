"""/catalog.* and /data/{key}.*: forms, pages, entity tags, what is gone."""

import gzip

import pytest
import rdflib
from django.test import Client
from rdflib import DCAT, RDF

from dothi.centres.opendata import quota
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.catalogue import writing
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.models import Publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def http():
    quota.buckets.forget()
    return Client()


def body(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.mark.parametrize(("form", "parser"), [("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")])
def test_the_catalogue_is_there_in_three_forms(http, two, form, parser):
    answer = http.get(f"/catalog.{form}")
    found = rdflib.Graph().parse(data=body(answer), format=parser)
    assert len(set(found.subjects(RDF.type, DCAT.Dataset))) == 2
    assert answer["Content-Type"].split(";")[0] in (
        "text/turtle",
        "application/rdf+xml",
        "application/ld+json",
    )


@pytest.mark.parametrize(("accept", "form"), [("application/ld+json", "jsonld"), ("*/*", "ttl")])
def test_a_reader_is_sent_to_the_form_it_accepts(http, two, accept, form):
    answer = http.get("/catalog", headers={"accept": accept})
    assert (answer.status_code, answer["Location"]) == (303, f"/catalog.{form}")


def test_an_empty_catalogue_is_a_catalogue(http, db):
    found = rdflib.Graph().parse(data=body(http.get("/catalog.ttl")), format="turtle")
    assert len(set(found.subjects(RDF.type, DCAT.Catalog))) == 1


def test_pages_lead_through_all_datasets(http, shown, listing):
    shown(*(listing(f"d{n}") for n in range(5)))
    seen, address = set(), "/catalog.ttl?limit=2"
    for _ in range(5):
        found = rdflib.Graph().parse(data=body(http.get(address)), format="turtle")
        seen |= set(found.subjects(RDF.type, DCAT.Dataset))
        following = next(found.objects(None, rdflib.URIRef("http://www.w3.org/ns/hydra/core#next")), None)
        if following is None:
            break
        address = str(following).partition("8000")[2]
    assert len(seen) == 5


def test_all_can_be_had_at_once(http, shown, listing):
    shown(*(listing(f"d{n:03}") for n in range(150)))
    assert body(http.get("/catalog.ttl?limit=all")).count(" a dcat:Dataset ") == 150
    assert body(http.get("/catalog.ttl")).count(" a dcat:Dataset ") == 100


@pytest.mark.parametrize("limit", ["0", "1001", "x", "-1"])
def test_a_page_has_a_size(http, two, limit):
    answer = http.get(f"/catalog.ttl?limit={limit}")
    assert (answer.status_code, answer.json()["where"]) == (400, "limit")


def test_who_has_it_already_is_told_so(http, two):
    first = http.get("/catalog.ttl")
    again = http.get("/catalog.ttl", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert http.get("/catalog.ttl", headers={"if-modified-since": first["Last-Modified"]}).status_code == 304


def test_a_change_gives_a_new_tag(http, two, listing):
    before = http.get("/catalog.ttl")["ETag"]
    writing.put(listing("more"), "published")
    memory.due()
    assert http.get("/catalog.ttl")["ETag"] != before


def test_a_dataset_is_described_alone(http, two):
    answer = http.get("/data/population.ttl")
    assert "Dân số theo phường" in body(answer)
    assert http.get("/data/population.ttl", headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_a_dataset_that_never_was_is_not_found(http, two):
    answer = http.get("/data/nothing.ttl")
    assert (answer.status_code, answer.json()["title"]) == (404, "Không tìm thấy")


def test_a_withdrawn_dataset_is_gone_with_its_reason(http, listing):
    Publication.objects.create(dataset="air", state="withdrawn", reason="Số liệu sai")
    writing.remove(listing("air"), "withdrawn", "Số liệu sai")
    answer = http.get("/data/air.ttl")
    assert (answer.status_code, "Số liệu sai" in answer.json()["detail"]) == (410, True)


def test_pages_of_other_sites_may_read_it(http, two):
    assert http.get("/catalog.ttl")["Access-Control-Allow-Origin"] == "*"


def test_too_many_questions_are_refused_clearly(http, two, monkeypatch):
    monkeypatch.setattr(quota, "take", lambda *_, **__: quota.Allowance(600, 0, 7, granted=False))
    answer = http.get("/catalog.ttl")
    assert (answer.status_code, answer["Retry-After"], answer["RateLimit-Remaining"]) == (429, "7", "0")
    assert answer.json()["retry_after"] == 7


def test_what_is_left_is_told(http, two):
    answer = http.get("/catalog.ttl")
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == ("600", "598")


def test_only_reading_is_allowed(http, two):
    assert http.post("/catalog.ttl").status_code == 405


def test_what_a_publication_shows_is_in_the_catalogue(http, dataset, finds, actor):
    dataset()
    draft = steps.prepare("budget", by=actor("an", "opendata.*"))
    steps.screen(steps.submit(draft, by=actor("an", "opendata.*")))
    steps.approve(draft, by=actor("binh", "opendata.*"))
    steps.publish(draft, by=actor("an", "opendata.*"))
    memory.due()
    assert "Ngân sách" in body(http.get("/catalog.ttl"))


OPEN = [
    "/catalog.ttl",
    "/catalog.jsonld",
    "/data/air-quality.ttl",
    "/catalog.atom",
    "/data/air-quality/datapackage.json",
    "/api/3/action/package_search",
    "/api/opendata/datasets",
]


@pytest.mark.parametrize("path", OPEN)
def test_answers_are_compressed_for_those_who_take_it(http, two, path):
    plain, packed = http.get(path), http.get(path, headers={"accept-encoding": "gzip"})
    given = b"".join(packed.streaming_content) if packed.streaming else packed.content
    assert (packed["Content-Encoding"], "Accept-Encoding" in packed["Vary"]) == ("gzip", True)
    assert gzip.decompress(given).decode() == body(plain)


@pytest.mark.parametrize("path", OPEN[:5])
def test_a_compressed_answer_is_known_again_by_its_weak_tag(http, two, path):
    packed = http.get(path, headers={"accept-encoding": "gzip"})
    assert packed["ETag"].startswith('W/"')
    again = {"accept-encoding": "gzip", "if-none-match": packed["ETag"]}
    assert http.get(path, headers=again).status_code == 304


@pytest.mark.parametrize("path", OPEN)
def test_every_answer_says_what_is_left_and_a_refusal_when_to_come_again(http, two, path, monkeypatch):
    left = http.get(path)
    assert int(left["RateLimit-Remaining"]) < int(left["RateLimit-Limit"])
    assert left["Access-Control-Allow-Origin"] == "*"
    monkeypatch.setattr(quota.buckets, "take", lambda *_: quota.Allowance(600, 0, 7, granted=False))
    refused = http.get(path)
    assert (refused.status_code, refused["Retry-After"]) == (429, "7")


def test_a_program_is_answered_in_the_language_it_asks_for(http, two):
    address = "/data/air-quality/datapackage.json"
    assert http.get(address, headers={"accept-language": "en-GB,en;q=0.8"}).json()["title"] == "Air quality"
    assert http.get(address).json()["title"] == "Chất lượng không khí"
    http.cookies["django_language"] = "vi"
    assert http.get(address, headers={"accept-language": "en"}).json()["title"] == "Chất lượng không khí"
