"""The HTTP API of packs."""

from __future__ import annotations

import pytest
from ninja.testing import TestClient

from dothi.core.errors import NotFound
from dothi.kernel.packs import actions, queries
from dothi.kernel.packs.api import router

pytestmark = pytest.mark.django_db


class Anyone:
    reference = "system"

    def require(self, permission: str, /) -> None: ...


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(router)


def test_the_installed_packs_are_listed_with_the_version_in_force(client) -> None:
    actions.ensure_published(by=Anyone())
    found = {each["key"]: each for each in client.get("").json()}
    assert found.keys() == queries.packs().keys()
    assert found["traffic"]["published"] == found["traffic"]["version"]
    assert "Camera" in found["traffic"]["entity_types"]


def test_an_entity_type_is_told_with_its_thresholds(client) -> None:
    kind = client.get("/entity-types/AirQualityObserved").json()
    pm25 = next(each for each in kind["attributes"] if each["key"] == "pm25")
    assert (pm25["unit"], pm25["thresholds"][0]["label"]["vi"]) == ("GQ", "Tốt")


def test_all_entity_types_are_listed(client) -> None:
    assert len(client.get("/entity-types").json()) == len(queries.entity_types())


def test_the_context_can_be_named_by_others(client) -> None:
    context = client.get("/context.jsonld").json()["@context"]
    assert context["pm25"] == "https://smartdatamodels.org/dataModel.Environment/pm25"


def test_a_code_list_is_told(client) -> None:
    assert client.get("/vocabularies/unit-kinds").json()["key"] == "unit-kinds"


def test_a_schema_is_told(client) -> None:
    assert client.get("/schemas/pack.json").json()["title"] == "dothi pack"


def test_the_history_and_content_of_a_pack_are_told(client) -> None:
    actions.ensure_published(by=Anyone())
    (only,) = client.get("/hcmc/versions").json()
    assert only["state"] == "published"
    assert client.get(f"/hcmc/versions/{only['version']}").json()["pack"]["key"] == "hcmc"


@pytest.mark.parametrize(
    "path", ["/entity-types/X", "/vocabularies/x", "/schemas/x.json", "/hcmc/versions/9.9.9"]
)
def test_what_is_not_there_is_not_found(client, path) -> None:
    with pytest.raises(NotFound):
        client.get(path)
