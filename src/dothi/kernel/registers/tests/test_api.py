"""The registers over HTTP, with a token, as another program uses them."""

from __future__ import annotations

import msgspec
import pytest
from django.test import Client

from dothi.kernel.identity import actions as identity
from dothi.kernel.identity import lookup
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers.tests.conftest import WARD

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/api/registers/owner"


@pytest.fixture
def token(client, wired, db):
    """A client that sends the token of a service with these roles."""
    lookup.forget()

    def make(*roles: str) -> Client:
        account = identity.create_account("robot@example.vn", name="Robot", kind="service", by=SYSTEM)
        for role in roles:
            identity.grant_role(account, role, by=SYSTEM, reason="test")
        issued = identity.issue_token(account, name="t", permissions=["*"], by=SYSTEM)
        return Client(headers={"authorization": f"Bearer {issued.secret}"})

    return make


def send(client, method, path, body=None):
    answer = getattr(client, method)(path, msgspec.json.encode(body), content_type="application/json")
    return answer.status_code, msgspec.json.decode(answer.content)


def read(client, path, **query):
    answer = client.get(path, query)
    return answer.status_code, msgspec.json.decode(answer.content)


@pytest.fixture
def steward(token):
    return token("register-steward")


@pytest.fixture
def made(steward):
    data = {"full_name": "Nguyễn Văn An", "card": "1111", "unit": WARD, "sex": "male"}
    return send(steward, "post", f"{BASE}/records", {"data": data, "valid_from": "2020-01-01"})[1]["id"]


class TestReading:
    def test_one_record_masked_and_in_clear(self, steward, made):
        assert read(steward, f"{BASE}/records/{made}")[1]["label"] == "N. V. A."
        seen = read(steward, f"{BASE}/records/{made}", purpose="residence")[1]
        assert (seen["label"], seen["valid_from"], seen["schema_version"]) == (
            "Nguyễn Văn An",
            "2020-01-01",
            1,
        )

    def test_by_identifier_and_by_words(self, steward, made):
        assert read(steward, f"{BASE}/by/id-card/11 11", purpose="residence")[1]["id"] == made
        assert [
            each["id"]
            for each in read(steward, f"{BASE}/search", q="van an", purpose="residence")[1]["items"]
        ] == [made]

    def test_a_list_filtered(self, steward, made):
        assert len(read(steward, f"{BASE}/records", where="sex:in:male,unknown", unit=WARD)[1]["items"]) == 1
        assert read(steward, f"{BASE}/records", where="sex:eq:female")[1]["items"] == []

    @pytest.mark.parametrize(
        "query", [{"where": "sex"}, {"bbox": "1,2"}, {"limit": 0}, {"after": "x"}, {"where": "no:eq:1"}]
    )
    def test_a_wrong_question_is_answered_with_what_is_wrong(self, steward, query):
        status, problem = read(steward, f"{BASE}/records", **query)
        assert status == 400
        assert problem["type"] == "urn:dothi:problem:bad-input"

    def test_a_moment_needs_a_zone(self, steward, made):
        assert read(steward, f"{BASE}/records/{made}", known_on="2026-01-01T00:00:00")[0] == 400

    def test_without_a_token_a_closed_register_is_closed(self, client, made):
        assert read(client, f"{BASE}/records")[0] == 401
        assert read(client, f"{BASE}/records/{made}")[0] == 401

    def test_types_and_their_schema_are_told(self, client, steward):
        keys = {each["key"] for each in read(steward, "/api/registers/types")[1]}
        assert {"owner", "tree", "person"} <= keys
        told = {each["key"] for each in read(client, "/api/registers/types")[1]}
        assert "tree" in told
        assert not told & {"owner", "person"}
        assert read(client, "/api/registers/types/tree")[1]["schema"]["type"] == "object"
        assert read(client, "/api/registers/types/nothing")[0] == 404


class TestWriting:
    def test_a_life(self, steward, made):
        record = f"{BASE}/records/{made}"
        revision = {"changes": {"phone": "0909"}, "valid_from": "2024-01-01", "reason": "moved"}
        assert send(steward, "patch", record, revision)[0] == 200
        correction = {
            "changes": {"full_name": "Nguyễn Văn Ân"},
            "valid_on": "2021-01-01",
            "reason": "misspelt",
        }
        assert send(steward, "post", f"{record}/correct", correction)[0] == 200
        assert send(steward, "post", f"{record}/end", {"on": "2025-01-01", "reason": "died"})[0] == 200
        told = read(steward, f"{record}/history", purpose="residence")[1]
        assert [each["op"] for each in told["entries"]] == ["create", "revise", "correct", "end"]
        assert [each["label"] for each in told["segments"]] == ["Nguyễn Văn Ân", "Nguyễn Văn An"]
        assert [each["how"] for each in read(steward, f"{record}/readings")[1]] == ["history"]

    def test_wrong_data_is_refused_with_all_its_faults(self, steward):
        status, problem = send(steward, "post", f"{BASE}/records", {"data": {"card": "x"}})
        assert status == 400
        assert {each["where"] for each in problem["problems"]} == {"full_name", "card"}

    def test_merge_and_undo(self, steward, made):
        other = send(steward, "post", f"{BASE}/records", {"data": {"full_name": "An"}})[1]["id"]
        status, done = send(
            steward, "post", f"{BASE}/records/{made}/merge", {"loser": other, "reason": "same"}
        )
        assert status == 201
        assert read(steward, f"{BASE}/records/{other}")[1]["merged_from"] == other
        undone = send(steward, "post", f"/api/registers/merges/{done['merge']}/undo", {"reason": "wrong"})[1]
        assert undone["restored"]

    def test_bulk_and_the_feed(self, steward):
        rows = [{"full_name": f"An {n}"} for n in range(3)] + [{"card": "?"}]
        status, report = send(steward, "post", f"{BASE}/bulk", {"rows": rows})
        assert (status, report["created"], report["errors"][0]["row"]) == (200, 3, 3)
        feed = read(steward, f"{BASE}/changes", limit=2)[1]
        rest = read(steward, f"{BASE}/changes", after=feed[-1]["seq"])[1]
        assert {each["data"]["full_name"] for each in feed + rest} == {"An 0", "An 1", "An 2"}

    def test_a_migration_is_tried_first(self, steward, made):
        status, report = send(steward, "post", f"{BASE}/migrate", {})
        assert (status, report["dry_run"], report["total"]) == (200, True, 0)

    def test_who_is_not_known_writes_nothing(self, client):
        assert send(client, "post", f"{BASE}/records", {"data": {"full_name": "X"}})[0] == 401

    def test_a_reader_writes_nothing(self, token):
        reader = token("register-reader")
        assert send(reader, "post", f"{BASE}/records", {"data": {"full_name": "X"}})[0] == 403
        assert send(reader, "post", f"{BASE}/bulk", {"rows": [{"full_name": "X"}]})[0] == 403
