"""The cases' API: commands with keys and revisions, problems, lists, the secret of a case."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dothi.engines import registry
from dothi.engines.blob.folder.store import FolderBlobs
from dothi.kernel.cases.tests.conftest import ORG, WARD
from dothi.kernel.cases.tests.test_documents import picture
from dothi.kernel.identity.models import Account, RoleAssignment


@pytest.fixture
def officer(client, db):
    """A signed-in officer of the whole city."""
    account = Account.objects.create(email="officer@example.vn", name="Cán bộ")
    RoleAssignment.objects.create(account=account, role="case-steward", reason="test", granted_by="system")
    client.force_login(account)
    return client


def post(client, path, body, **headers):
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def new(client, **more):
    body = {
        "procedure": "test-report",
        "data": {"what": "Nắp cống vỡ", "name": "Bình"},
        "unit": WARD,
        "organisation": ORG,
    }
    return post(client, "/api/cases", {**body, **more})


def test_a_case_is_opened_read_and_acted_on(officer):
    made = new(officer, position=[106.7, 10.77])
    assert made.status_code == 201
    case = made.json()
    path = made["Location"]
    read = officer.get(path)
    assert (read.status_code, read["ETag"]) == (200, '"1"')
    done = post(officer, f"{path}/actions/dispatch", {}, **{"If-Match": '"1"', "Idempotency-Key": "a"})
    assert done.json()["state"] == "dispatched"
    again = post(officer, f"{path}/actions/dispatch", {}, **{"If-Match": '"1"', "Idempotency-Key": "a"})
    assert again.json() == done.json()
    late = post(officer, f"{path}/actions/hold", {}, **{"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert [line["action"] for line in officer.get(f"{path}/timeline").json()] == ["open", "dispatch"]
    listed = officer.get("/api/cases/inbox", {"unit": WARD}).json()["items"]
    assert [each["id"] for each in listed] == [case["id"]]
    assert officer.get("/api/cases/search", {"q": "nap cong"}).json()["items"][0]["code"] == case["code"]
    assert officer.get("/api/cases/near", {"lon": 106.7, "lat": 10.77}).json()[0]["metres"] == 0
    assert officer.get("/api/cases/counts").json()["total"] == 1
    assert officer.get("/api/cases/workload").json()[0]["key"] == ORG


def test_what_is_wrong_with_a_form_is_said_by_field(officer):
    wrong = new(officer, data={"name": "Bình"})
    assert wrong.status_code == 422
    assert wrong["Content-Type"] == "application/problem+json"
    assert "what" in wrong.json()["errors"]


def test_anyone_reports_and_follows_by_the_secret(client, db):
    case = new(client, secret=True).json()
    path = f"/api/cases/{case['code']}"
    assert client.get(path).status_code == 404
    assert client.get(path, headers={"Case-Secret": "no"}).status_code == 404
    read = client.get(path, headers={"Case-Secret": case["secret"]})
    assert read.status_code == 200
    assert read.json()["data"]["name"] == "Bình"
    refused = post(client, f"{path}/actions/dispatch", {}, **{"Case-Secret": case["secret"]})
    assert refused.status_code == 403


def test_lists_ask_who_one_is(client, db):
    assert client.get("/api/cases/inbox").status_code == 401
    assert client.get("/api/cases/procedures").status_code == 200
    assert client.get("/api/cases/procedures/test-report").json()["key"] == "test-report"
    assert client.get("/api/cases/procedures/none").status_code == 404


def test_somebody_without_a_right_sees_no_case(client, officer, db):
    case = new(officer).json()
    other = Account.objects.create(email="other@example.vn", name="Khác")
    client.force_login(other)
    assert client.get(f"/api/cases/{case['id']}").status_code == 404
    assert post(client, f"/api/cases/{case['id']}/actions/dispatch", {}).status_code == 404


def test_a_document_goes_up_and_comes_down(officer, tmp_path, monkeypatch):
    store = FolderBlobs(tmp_path)
    monkeypatch.setattr(registry, "blobs", lambda: store)
    case = new(officer).json()
    path = f"/api/cases/{case['id']}/documents"
    photo = SimpleUploadedFile("ảnh.png", picture(), content_type="image/png")
    made = officer.post(f"{path}?kind=other", {"file": photo})
    assert (made.status_code, made.json()["state"]) == (201, "clean")
    read = officer.get(f"{path}/{made.json()['id']}")
    assert b"".join(read.streaming_content) == picture()
    assert read["Content-Disposition"].startswith("attachment")
    wrong = officer.post(f"{path}?kind=other", {"file": SimpleUploadedFile("a.pdf", b"MZ")})
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "application/problem+json")
    assert officer.get(f"{path}/0").status_code == 404
    assert officer.post(f"{path}?kind=other", b"x", content_type="multipart/form-data").status_code == 400
