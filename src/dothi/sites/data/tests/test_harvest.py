"""The workshop takes another catalogue in as drafts; who may, what comes of it, what is said when it is away."""

import json
from types import SimpleNamespace

import pytest

from dothi.centres.opendata.harvest import actions, runs
from dothi.centres.opendata.models import HarvestRun
from dothi.core.clock import now
from dothi.kernel.events.log import Event
from dothi.kernel.pipelines.sources.base import SourceAway
from dothi.kernel.warehouse.models import Dataset

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"kind": "ckan", "url": "https://8.8.8.8", "label": "Cổng khác", "beginning": "other"}
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


def work():
    run = HarvestRun.objects.latest("created_at")
    runs.work(
        Event(id="e", type=runs.ASKED, source="s", subject="s", time=now(), data={"run": str(run.pk)}, position="1")
    )  # fmt: skip
    return f"/data/workshop/harvest/{run.pk}/"


def test_the_form_queues_it_and_the_page_tells_what_came_of_it(make, elsewhere, read):
    browser = make("an", "administrator")
    answer = browser.post("/data/workshop/harvest/", FORM, follow=True)
    assert "chờ đến lượt" in read(answer)
    assert b"data/refresh" in answer.content
    place = work()
    answer = browser.get(place)
    text = read(answer)
    assert "Bản nháp mới" in text
    assert b"data/refresh" not in answer.content
    assert "other-air" in text
    assert "resource: r" in text
    assert Dataset.objects.get(key="other-air").state == "draft"
    assert "<script>alert" not in answer.content.decode()
    browser.post("/data/workshop/harvest/", FORM)
    assert "Như trước" in read(browser.get(work()))
    assert "Cổng khác" in read(browser.get("/data/workshop/harvest/"))


def test_a_catalogue_that_is_away_is_told_and_tried_again(make, elsewhere, read):
    elsewhere(away=True)
    browser = make("an", "administrator")
    browser.post("/data/workshop/harvest/", FORM)
    with pytest.raises(runs.Away):
        work()
    run = HarvestRun.objects.get()
    text = read(browser.get(f"/data/workshop/harvest/{run.pk}/"))
    assert "timed out" in text
    assert "sẽ thử lại" in text
    HarvestRun.objects.update(state="failed")
    assert "Thử lại" in read(browser.get(f"/data/workshop/harvest/{run.pk}/"))
    answer = browser.post(f"/data/workshop/harvest/{run.pk}/again/", follow=True)
    assert "chờ đến lượt" in read(answer)
    assert not Dataset.objects.filter(key__startswith="other-").exists()


def test_an_address_inside_is_told_beside_it(make, read):
    answer = make("an", "administrator").post(
        "/data/workshop/harvest/", FORM | {"url": "http://127.0.0.1:9200/"}
    )
    assert answer.status_code == 400
    assert "mạng nội bộ" in read(answer)


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
    answer = browser.post("/api/opendata/harvests", body, **asked)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    work()
    told = browser.get(f"/api/opendata/harvests/{answer.json()['id']}").json()
    assert (told["state"], told["counts"]["added"]) == ("succeeded", 2)
    assert told["sources"][0]["dataset"] == "other-air"
    assert client.post("/api/opendata/harvests", body, **asked).status_code == 401
    assert make("binh", "data-publisher").post("/api/opendata/harvests", body, **asked).status_code == 403
