"""The workshop takes another catalogue in as drafts; who may, what comes of it, what is said when it is away."""

import json
from types import SimpleNamespace

import pytest

from dothi.centres.opendata.harvest import actions
from dothi.kernel.pipelines.sources.base import SourceAway
from dothi.kernel.warehouse.models import Dataset

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"kind": "ckan", "url": "https://other.example", "label": "Cổng khác", "beginning": "other"}
PACKAGES = [
    {"id": "1", "name": "air", "title": "Không khí", "license_id": "cc-by", "resources": [{"id": "r", "format": "CSV"}]},
    {"id": "2", "name": "", "title": "<script>alert(1)</script>", "resources": []},
]  # fmt: skip


@pytest.fixture
def elsewhere(monkeypatch):
    """A CKAN elsewhere with two packages, or one that is away: ``elsewhere(away=True)``."""

    def answer(*, away=False):
        def get(url, params=None, *, headers=None):
            if away:
                raise SourceAway(url, "timed out")
            text = json.dumps({"success": True, "result": {"count": len(PACKAGES), "results": PACKAGES}})
            return SimpleNamespace(url=url, headers={}, body=text.encode(), document=lambda: json.loads(text))

        monkeypatch.setattr(actions, "_client", lambda url: SimpleNamespace(get=get))

    answer()
    return answer


def test_the_form_makes_drafts_and_tells_what_came_of_it(make, elsewhere, read):
    browser = make("an", "administrator")
    answer = browser.post("/data/workshop/harvest/", FORM)
    text = read(answer)
    assert (answer.status_code, "Bản nháp mới" in text) == (200, True)
    assert "other-air" in text
    assert "resource: r" in text
    assert Dataset.objects.get(key="other-air").state == "draft"
    assert "<script>alert" not in answer.content.decode()
    assert "Như trước" in read(browser.post("/data/workshop/harvest/", FORM))


def test_a_catalogue_that_is_away_is_told_beside_its_address(make, elsewhere, read):
    elsewhere(away=True)
    answer = make("an", "administrator").post("/data/workshop/harvest/", FORM)
    assert answer.status_code == 400
    assert "timed out" in read(answer)
    assert not Dataset.objects.filter(key__startswith="other-").exists()


@pytest.mark.parametrize(
    "given", [{"beginning": "Not a key"}, {"url": "no address"}, {"kind": "ftp"}, {"label": ""}]
)
def test_what_cannot_be_is_refused_at_its_field(make, elsewhere, given):
    answer = make("an", "administrator").post("/data/workshop/harvest/", FORM | given)
    assert answer.status_code == 400
    assert b'aria-invalid="true"' in answer.content


def test_only_those_who_may_harvest_see_it(make, reader):
    assert make("an", "data-publisher").get("/data/workshop/harvest/").status_code == 403
    assert reader.get("/data/workshop/harvest/").status_code == 302
    assert b"/data/workshop/harvest/" not in make("binh", "data-owner").get("/data/workshop/").content


def test_programs_harvest_by_the_api(make, elsewhere, client):
    browser = make("an", "administrator")
    asked = {"content_type": "application/json"}
    body = {**FORM, "prefix": FORM["beginning"]}
    told = browser.post("/api/opendata/harvests", body, **asked).json()
    assert told["counts"]["added"] == 2
    assert told["sources"][0]["dataset"] == "other-air"
    assert client.post("/api/opendata/harvests", body, **asked).status_code == 401
    assert make("binh", "data-publisher").post("/api/opendata/harvests", body, **asked).status_code == 403
