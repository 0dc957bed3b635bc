"""GeoReport v2: what a client of the standard finds, posts and is told."""

import json
from xml.etree import ElementTree

import jsonschema_rs
import pytest
from django.core.cache import cache
from django.test import Client

from dothi.centres.hotline.open311 import views
from dothi.centres.hotline.tests import conftest
from dothi.centres.hotline.tests.conftest import HERE
from dothi.kernel.identity.access import Actor

ward = conftest.ward
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ward")]
V2 = "/open311/v2"
HOLE = {"service_code": "pothole", "description": "Ổ gà lớn, gọi 0903123456", "lat": HERE[1], "long": HERE[0]}
REQUIRED = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


@pytest.fixture
def client():
    cache.clear()
    return Client(headers={"accept-language": "en"})


def test_services_and_their_definitions(client):
    found = client.get(f"{V2}/services.json?locale=en").json()
    hole = next(each for each in found if each["service_code"] == "pothole")
    assert set(hole) == {
        "service_code",
        "service_name",
        "description",
        "metadata",
        "type",
        "keywords",
        "group",
    }
    root = ElementTree.fromstring(client.get(f"{V2}/services.xml").content)
    assert (root.tag, len(root.findall("service"))) == ("services", len(found))
    assert root.find("service/metadata").text in ("true", "false")
    code = next(each["service_code"] for each in found if each["metadata"])
    told = client.get(f"{V2}/services/{code}.json").json()
    assert told["service_code"] == code
    assert told["attributes"][0]["order"] == 1
    root = ElementTree.fromstring(client.get(f"{V2}/services/{code}.xml").content)
    assert root.tag == "service_definition"
    assert root.find("attributes/attribute/code") is not None


@pytest.mark.parametrize("format", ["json", "xml"])
def test_anybody_posts_and_everybody_reads_without_personal_data(client, format):
    answer = client.post(f"{V2}/requests.{format}", HOLE)
    assert answer.status_code == 201, answer.content
    if format == "json":
        [made] = answer.json()
        code = made["service_request_id"]
        assert "/c/track/" in made["service_notice"]
    else:
        code = ElementTree.fromstring(answer.content).findtext("request/service_request_id")
    [shown] = client.get(f"{V2}/requests/{code}.json").json()
    assert set(shown) == REQUIRED
    assert (shown["status"], shown["service_code"], shown["lat"]) == ("open", "pothole", HERE[1])
    assert "0903123456" not in json.dumps(shown)
    [listed] = client.get(f"{V2}/requests.json?service_code=pothole&status=open").json()
    assert listed == shown
    assert client.get(f"{V2}/requests.json?status=closed").json() == []
    root = ElementTree.fromstring(client.get(f"{V2}/requests/{code}.xml").content)
    assert {each.tag for each in root.find("request")} == REQUIRED
    assert client.get(f"{V2}/requests/{code}/photo.jpg").status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({**HOLE, "service_code": "nothing"}, 404),
        ({**HOLE, "service_code": ""}, 400),
        ({**HOLE, "description": " "}, 400),
        ({**HOLE, "lat": "north"}, 400),
        ({"service_code": "pothole", "description": "x"}, 400),
        ({**HOLE, "email": "no address"}, 400),
    ],
)
def test_what_is_wrong_is_told_in_the_interfaces_own_form(client, given, status):
    answer = client.post(f"{V2}/requests.json", given)
    assert answer.status_code == status
    assert all(each["code"] == status and each["description"] for each in answer.json())
    root = ElementTree.fromstring(client.post(f"{V2}/requests.xml", given).content)
    assert root.findtext("error/code") == str(status)


def test_unknown_requests_spans_and_methods(client):
    assert client.get(f"{V2}/requests/1022-1.json").status_code == 404
    assert (
        client.get(
            f"{V2}/requests.json?start_date=2020-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z"
        ).status_code
        == 400
    )
    assert client.get(f"{V2}/requests.json?start_date=yesterday").status_code == 400
    assert client.delete(f"{V2}/services.json").status_code == 405


def test_discovery_names_the_endpoint(client):
    for place in ("/open311/discovery.json", f"{V2}/discovery.json"):
        [endpoint] = client.get(place).json()["endpoints"]
        assert endpoint["url"].endswith(V2)
        assert endpoint["specification"].endswith("GeoReport_v2")


def test_an_address_that_sends_too_much_is_told_to_wait(client):
    for _ in range(30):
        client.post(f"{V2}/requests.json", {"service_code": "pothole"})
    answer = client.post(f"{V2}/requests.json", HOLE)
    assert (answer.status_code, answer.json()[0]["code"]) == (429, 429)


def fits(client, path, name, *, many=True):
    """Whether an answer is of the described shape."""
    told = client.get(f"{V2}/openapi.json").json()
    ref = {"$ref": f"#/components/schemas/{name}"}
    schema = {"components": told["components"], **({"type": "array", "items": ref} if many else ref)}
    jsonschema_rs.validate(schema, client.get(f"{V2}/{path}").json())


def test_answers_are_of_the_shapes_that_are_described(client):
    code = client.post(f"{V2}/requests.json", HOLE).json()[0]["service_request_id"]
    fits(client, "services.json", "service")
    for each in client.get(f"{V2}/services.json").json():
        fits(client, f"services/{each['service_code']}.json", "definition", many=False)
    fits(client, "requests.json", "request")
    fits(client, f"requests/{code}.json", "request")
    fits(client, f"tokens/{code}.json", "token")
    fits(client, "requests/nothing.json", "fault")
    fits(client, "tokens/nothing.json", "fault")
    fits(client, "discovery.json", "discovery", many=False)


def test_a_key_raises_the_limit_and_a_wrong_one_is_told(client, monkeypatch):
    for _ in range(31):
        client.post(f"{V2}/requests.json", {"service_code": "pothole"})
    assert client.post(f"{V2}/requests.json", HOLE).status_code == 429
    assert client.post(f"{V2}/requests.json", HOLE | {"api_key": "wrong"}).status_code == 401
    program = Actor("token", "t1", account="a1")
    monkeypatch.setattr(views, "authenticate", lambda headers: program)
    assert client.post(f"{V2}/requests.json", HOLE | {"api_key": "dothi_x"}).status_code == 201
