"""Catalogues of others as drafts: each kind is read, again changes only what differs, nothing is published by it."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from urllib.parse import urljoin

import pytest

from dothi.centres.opendata.harvest.actions import Catalogue, harvest
from dothi.centres.opendata.harvest.base import box, key_of, licence, plain, themes
from dothi.centres.opendata.harvest.rules import HARVEST
from dothi.core.errors import BadInput, Forbidden
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.warehouse.models import Dataset

PACKAGE = {
    "id": "1", "name": "air", "title": "Không khí", "notes": "<p>Theo giờ</p>", "license_id": "cc-by",
    "tags": [{"name": "air"}], "organization": {"title": "Sở Môi trường"},
    "resources": [{"id": "r1", "format": "PDF"}, {"id": "r2", "format": "CSV"}],
}  # fmt: skip
TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<https://x/c> a dcat:Catalog . <https://x/p> hydra:next <https://x/c.ttl?page=2> .
<https://x/d/1> a dcat:Dataset ; dct:title "Air"@en, "Không khí"@vi ; dct:identifier "d1" ; dcat:keyword "a" ;
  dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ENVI> ;
  dcat:distribution [ dct:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcat:mediaType <http://www.iana.org/assignments/media-types/text/csv> ] .
"""
SECOND = '@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . <https://x/d/2> a dcat:Dataset ; dct:title "Rain"@en .'
COLLECTIONS = {
    "collections": [
        {"id": "lakes", "title": "Lakes", "extent": {"spatial": {"bbox": [[106, 10, 107, 11]]}}, "links": []},
        {"id": "records", "itemType": "record"},
    ],
    "links": [],
}


class Fake:
    """Answers as a service would."""

    def __init__(self, answers):
        self.answers = answers

    def get(self, url, params=None, *, headers=None):
        found = self.answers[url]
        text = found if isinstance(found, str) else json.dumps(found)
        kind = "text/turtle" if isinstance(found, str) else "application/json"
        return SimpleNamespace(
            url=url, headers={"Content-Type": kind}, body=text.encode(), document=lambda: json.loads(text)
        )

    def following(self, here, link):
        return urljoin(here, link)


def ckan(*packages):
    return Fake(
        {
            "https://x/api/3/action/package_search": {
                "success": True,
                "result": {"count": len(packages), "results": list(packages)},
            }
        }
    )


CKAN = Catalogue("ckan", "https://x", "other", "Cổng khác")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _wired(db, wired):
    return None


def test_packages_become_drafts_that_say_where_they_are_from():
    report = harvest(CKAN, by=SYSTEM, client=ckan(PACKAGE))
    made = Dataset.objects.get(key="other-air")
    assert report.added == ["other-air"]
    assert (made.state, made.title_vi, made.description_vi, made.licence) == (
        "draft",
        "Không khí",
        "Theo giờ",
        "cc-by-4.0",
    )
    assert (made.source_url, made.source_en) == ("https://x/dataset/air", "Cổng khác (harvested)")
    assert report.sources[0]["ckan"] == {"url": "https://x", "resource": "r2"}


def test_the_same_again_writes_nothing_and_a_change_is_a_change():
    harvest(CKAN, by=SYSTEM, client=ckan(PACKAGE))
    assert harvest(CKAN, by=SYSTEM, client=ckan(PACKAGE)).counts() == {
        "added": 0, "changed": 0, "same": 1, "kept": 0, "gone": 0, "refused": 0,
    }  # fmt: skip
    renamed = copy.deepcopy(PACKAGE) | {"title": "Không khí mới"}
    assert harvest(CKAN, by=SYSTEM, client=ckan(renamed)).changed == ["other-air"]
    assert Dataset.objects.get(key="other-air").title_vi == "Không khí mới"


def test_what_people_took_further_stays_theirs_and_what_is_gone_is_told():
    harvest(CKAN, by=SYSTEM, client=ckan(PACKAGE, PACKAGE | {"name": "rain"}))
    Dataset.objects.filter(key="other-air").update(state="published")
    report = harvest(CKAN, by=SYSTEM, client=ckan(PACKAGE | {"title": "Khác"}))
    assert (report.kept, report.gone) == (["other-air"], ["other-rain"])
    assert Dataset.objects.get(key="other-air").title_vi == "Không khí"
    assert Dataset.objects.filter(key="other-rain").exists()


def test_a_dataset_of_our_own_is_never_taken_over():
    harvest(Catalogue("ckan", "https://x", "other", "Cổng thứ nhất"), by=SYSTEM, client=ckan(PACKAGE))
    report = harvest(CKAN, by=SYSTEM, client=ckan(PACKAGE))
    assert [id for id, _ in report.refused] == ["air"]


def test_a_package_that_breaks_a_rule_does_not_stop_the_others():
    report = harvest(CKAN, by=SYSTEM, client=ckan({"name": "bad", "title": " "} | {"name": ""}, PACKAGE))
    assert "other-air" in report.added


def test_a_dcat_catalogue_is_read_through_all_its_pages():
    client = Fake({"https://x/c.ttl": TURTLE, "https://x/c.ttl?page=2": SECOND})
    report = harvest(Catalogue("dcat", "https://x/c.ttl", "eu", "EU"), by=SYSTEM, client=client)
    made = Dataset.objects.get(key="eu-d1")
    assert (made.title_vi, made.themes, made.licence) == ("Không khí", ["ENVI"], "cc-by-4.0")
    assert report.sources == [
        {"key": "eu-d1", "label": {"vi": "Không khí", "en": "Không khí"}, "dataset": "eu-d1", "schedule": "manual",
         "drift": "ask", "dcat": {"catalogue": "https://x/c.ttl", "dataset": "d1", "format": "csv"}}
    ]  # fmt: skip
    assert len(report.added) == 2


def test_collections_of_features_become_drafts_with_a_source_the_pipelines_take():
    import msgspec

    client = Fake({"https://x/ogc/collections": COLLECTIONS})
    report = harvest(Catalogue("ogc", "https://x/ogc/", "gis", "GIS"), by=SYSTEM, client=client)
    assert report.added == ["gis-lakes"]
    assert Dataset.objects.get(key="gis-lakes").spatial == [106, 10, 107, 11]
    assert msgspec.convert(report.sources[0], SourceDeclaration).ogc.collection == "lakes"


@pytest.mark.parametrize("answer", [{"success": False}, {"result": {}}, []])
def test_what_is_no_catalogue_changes_nothing(answer):
    with pytest.raises(BadInput):
        harvest(CKAN, by=SYSTEM, client=Fake({"https://x/api/3/action/package_search": answer}))
    assert not Dataset.objects.filter(key__startswith="other-").exists()


def test_harvesting_needs_its_permission_in_the_unit():
    catalogue = Catalogue("ckan", "https://x", "other", "Cổng khác", unit="26734")
    grants = (Grant(HARVEST, "26740"), Grant("warehouse.declare", "26740"))
    with pytest.raises(Forbidden):
        harvest(catalogue, by=Actor("account", "an", "An", grants, account="an"), client=ckan(PACKAGE))
    allowed = (Grant(HARVEST, "26734"), Grant("warehouse.declare", "26734"))
    found = harvest(catalogue, by=Actor("account", "an", "An", allowed, account="an"), client=ckan(PACKAGE))
    assert found.added == ["other-air"]


def test_unknown_kinds_and_wrong_prefixes_are_refused():
    for catalogue in (
        Catalogue("ftp", "https://x", "other", "x"),
        Catalogue("ckan", "https://x", "Not A Key", "x"),
    ):
        with pytest.raises(BadInput):
            harvest(catalogue, by=SYSTEM, client=ckan(PACKAGE))


def test_keys_are_the_same_for_the_same_id_and_differ_for_others():
    assert key_of("x", "air-quality") == "x-air-quality"
    assert key_of("x", "Không khí") == key_of("x", "Không khí") != key_of("x", "khong khi")
    assert len(key_of("prefix", "a" * 500)) <= 100
    assert key_of("x", "https://a/b") != key_of("x", "https://a/c")


def test_words_of_others_become_ours():
    assert [
        licence("CC-BY-4.0"),
        licence(None, "http://creativecommons.org/licenses/by/4.0"),
        licence("notspecified"),
    ] == ["cc-by-4.0", "cc-by-4.0", "other"]
    assert licence("http://publications.europa.eu/resource/authority/licence/CC_BY_4_0") == "cc-by-4.0"
    assert themes(["http://x/data-theme/ENVI", "ENVI", "none"]) == ("ENVI",)
    assert [box([1, 2, 3, 4]), box([3, 2, 1, 4]), box(["a"]), box(None)] == [(1, 2, 3, 4), None, None, None]
    assert plain("<b>Chữ</b>\x00 ") == "Chữ"
