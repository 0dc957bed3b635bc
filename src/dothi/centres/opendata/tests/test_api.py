"""The API of open data: for everybody, and step by step for those who publish."""

import json

import pytest
from django.test import Client

from dothi.centres.opendata import quota
from dothi.centres.opendata.actions import subscriptions
from dothi.centres.opendata.models import DataRequest, Subscription
from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/opendata"


@pytest.fixture(autouse=True)
def full(wired):
    quota.buckets.forget()


class Asking:
    """Calls the API, as nobody or with a token."""

    def __init__(self, secret=""):
        self.client = Client()
        self.headers = {"authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path, status=200):
        return self._told(self.client.get(API + path, headers=self.headers), status)

    def post(self, path, body=None, status=200):
        given = json.dumps(body or {})
        return self._told(
            self.client.post(API + path, given, content_type="application/json", headers=self.headers), status
        )

    def delete(self, path, status=204):
        return self._told(self.client.delete(API + path, headers=self.headers), status)

    @staticmethod
    def _told(answer, status):
        assert answer.status_code == status, answer.content.decode()
        return answer.json() if answer.content else None


@pytest.fixture
def nobody():
    return Asking()


@pytest.fixture
def token(settings):
    """Somebody's token: ``token("an", "data-publisher")``."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def make(name, role):
        account = identity.create_account(f"{name}@example.vn", name=name, by=SYSTEM)
        identity.grant_role(account, role, by=SYSTEM, reason="test")
        return Asking(identity.issue_token(account, name="t", permissions=["*"], by=SYSTEM).secret)

    return make


def test_datasets_are_searched_with_facets(nobody, two):
    found = nobody.get("/datasets?q=dan so")
    assert [each["key"] for each in found["datasets"]] == ["population"]
    assert nobody.get("/datasets?theme=ENVI&theme=SOCI")["matched"] == 2
    assert nobody.get("/datasets?theme=ENVI&format=GeoJSON&bbox=106,10,107,11")["matched"] == 1
    labels = {each["value"]: each["label"]["vi"] for each in nobody.get("/datasets")["facets"]["publisher"]}
    assert labels == {"H29.1": "Sở Môi trường", "H29.2": "Cục Thống kê"}


@pytest.mark.parametrize("query", ["order=best", "bbox=1,2", "bbox=a,b,c,d", "after=x"])
def test_a_search_that_makes_no_sense_is_refused(nobody, two, query):
    assert nobody.get(f"/datasets?{query}", 400)["where"] in query


def test_a_dataset_comes_with_its_forms(nobody, two):
    found = nobody.get("/datasets/air-quality")
    assert {"csv", "xlsx", "geojson"} <= {each["key"] for each in found["distributions"]}
    nobody.get("/datasets/nothing", 404)


def test_a_request_is_asked_and_answered(nobody, two, token):
    made = nobody.post(
        "/requests", {"title": "Số cây xanh", "text": "Cần cho nghiên cứu.", "email": "me@example.vn"}, 201
    )
    assert "email" not in made
    assert "me@example.vn" not in json.dumps(nobody.get("/requests"))
    nobody.post(f"/requests/{made['id']}/answer", {"state": "accepted"}, 401)
    token("an", "data-owner").post(f"/requests/{made['id']}/answer", {"state": "accepted"})
    assert nobody.get("/requests?state=accepted")[0]["id"] == made["id"]


def test_a_request_is_supported_by_those_known(nobody, token, db):
    made = nobody.post("/requests", {"title": "Số cây xanh", "text": "Cần cho nghiên cứu."}, 201)
    nobody.post(f"/requests/{made['id']}/support", status=401)
    assert token("an", "analyst").post(f"/requests/{made['id']}/support")["supporters"] == 1


def test_an_error_is_reported_and_its_sender_is_seen_by_who_answers_only(nobody, two, token):
    nobody.post("/reports", {"dataset": "population", "text": "Dòng 3 sai", "email": "me@example.vn"}, 201)
    assert nobody.get("/reports") == []
    (seen,) = token("an", "data-owner").get("/reports")
    assert seen["case"]
    assert "email" not in seen


def test_the_gallery_shows_what_was_looked_at(nobody, two, token):
    body = {
        "title": "Bản đồ",
        "text": "Bản đồ dân số",
        "url": "https://x.vn",
        "author": "Lan",
        "datasets": ["population"],
    }
    made = nobody.post("/reuses", body, 201)
    assert nobody.get("/reuses") == []
    token("an", "data-owner").post(f"/reuses/{made['id']}/judge", {"show": True})
    assert nobody.get("/reuses")[0]["title"] == "Bản đồ"


def test_webhooks_are_followed_and_left(nobody, two, token):
    body = {"via": "webhook", "address": "https://example.vn/hook", "dataset": "population"}
    nobody.post("/subscriptions", body, 401)
    known = token("an", "analyst")
    assert known.post("/subscriptions", body, 201)["state"] == "active"
    (mine,) = known.get("/subscriptions")
    known.delete(f"/subscriptions/{mine['id']}")
    assert known.get("/subscriptions") == []


def test_mail_is_not_offered_without_a_mail_server(nobody, two):
    assert nobody.post("/subscriptions", {"via": "email", "address": "a@b.vn"}, 400)["where"] == "channel"


def test_links_of_letters_ask_before_they_act(two):
    made = Subscription.objects.create(channel="email", address="a@b.vn", token="t" * 40)
    page = Client().get(f"/data/subscriptions/confirm?token={made.token}")
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    made.refresh_from_db()
    assert made.state == "unconfirmed"
    assert Client().post("/data/subscriptions/confirm", {"token": made.token}).status_code == 200
    made.refresh_from_db()
    assert made.state == "active"
    Client().post(f"/data/subscriptions/leave?token={made.token}", {"List-Unsubscribe": "One-Click"})
    made.refresh_from_db()
    assert made.state == "ended"
    assert Client().post("/data/subscriptions/leave", {"token": "wrong"}).status_code == 404


def test_subscriptions_are_confirmed_by_programs_too(nobody, two):
    made = Subscription.objects.create(channel="email", address="a@b.vn", token="t" * 40)
    nobody.post("/subscriptions/confirm", {"token": made.token}, 204)
    nobody.post("/subscriptions/leave", {"token": made.token}, 204)
    assert subscriptions.Subscription.objects.get().state == "ended"


def test_a_publication_goes_its_way_over_http(nobody, dataset, finds, token):
    dataset(unit="")
    officer, owner = token("an", "data-publisher"), token("binh", "data-owner")
    nobody.post("/publications/budget/prepare", status=401)
    officer.post("/publications/budget/prepare")
    assert officer.post("/publications/budget/submit", {"note": "x"})["state"] == "approval"
    officer.post("/publications/budget/approve", status=403)
    owner.post("/publications/budget/approve")
    assert officer.post("/publications/budget/publish")["state"] == "published"
    assert nobody.get("/datasets/budget")["rows"] == 10
    assert nobody.get("/changes?dataset=budget")[0]["kind"] == "published"
    assert len(owner.get("/publications/budget/steps")) == 4
    owner.post("/publications/budget/withdraw", {"reason": "sai"})
    assert "sai" in nobody.get("/datasets/budget", 410)["detail"]


def test_publications_are_seen_by_who_has_a_part_in_them(nobody, dataset, finds, token):
    dataset(unit="")
    officer = token("an", "data-publisher")
    officer.post("/publications/budget/prepare")
    assert [each["dataset"] for each in officer.get("/publications")] == ["budget"]
    stranger = token("chi", "analyst")
    assert stranger.get("/publications") == []
    stranger.get("/publications/budget", 404)


def test_a_session_without_its_csrf_token_is_nobody(two, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    account = identity.create_account("an@example.vn", name="An", by=SYSTEM)
    client = Client(enforce_csrf_checks=True)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    body = json.dumps({"title": "Số cây xanh", "text": "Cần cho nghiên cứu."})
    assert client.post(f"{API}/requests", body, content_type="application/json").status_code == 201
    assert DataRequest.objects.get().account == ""


def test_too_many_questions_are_refused(nobody, two, monkeypatch):
    monkeypatch.setattr(quota, "take", lambda *_, **__: quota.Allowance(600, 0, 7, granted=False))
    assert nobody.get("/datasets", 429)["retry_after"] == 7
