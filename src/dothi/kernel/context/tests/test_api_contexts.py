"""@contexts over HTTP: short names without one, remote ones, what answers say of them."""

import asyncio
import json
import threading

import pytest

from dothi.kernel.context import asgi
from dothi.kernel.context.ld import core_context
from dothi.kernel.context.service import Context
from dothi.kernel.context.testing import Client
from dothi.kernel.identity.access import SYSTEM

AIR = "https://smartdatamodels.org/dataModel.Environment/AirQualityObserved"
PM25 = "https://smartdatamodels.org/dataModel.Environment/pm25"
ROOF = {
    "id": "urn:ngsi-ld:AirQualityObserved:roof",
    "type": "AirQualityObserved",
    "pm25": {"type": "Property", "value": 31.5},
}
REMOTE = "https://contexts.example/mine.jsonld"
COMPOUND = "https://contexts.example/compound.jsonld"
DOCUMENTS = {
    REMOTE: {"@context": {"pm25": PM25, "AirQualityObserved": AIR}},
    COMPOUND: {"@context": [REMOTE, core_context.URL]},
}


def link(url):
    return f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


class Fetched:
    """The remote documents, and what was asked of them by whom."""

    def __init__(self):
        self.asked = []

    def __call__(self, url):
        self.asked.append((url, threading.current_thread()))
        if url not in DOCUMENTS:
            raise OSError("no such host")
        return json.dumps(DOCUMENTS[url]).encode()


def client_of(context):
    return Client(asgi.build(context, lambda headers, query=b"": SYSTEM, open_access=True))


@pytest.fixture
def fetched():
    return Fetched()


@pytest.fixture
def remote(store, fetched):
    live = Context(store, terms={"AirQualityObserved": AIR, "pm25": PM25}, open_types=[], fetch=fetched)
    yield client_of(live)
    live.close()


@pytest.fixture
def newcomer(store):
    live = Context(
        store, terms={"AirQualityObserved": AIR, "pm25": PM25}, open_types=[], default="packs",
        base_url="https://city.example",
    )  # fmt: skip
    yield client_of(live)
    live.close()


def test_without_a_context_the_names_are_those_of_the_packs(newcomer):
    assert newcomer("POST", "entities", ROOF).status == 201
    assert newcomer("GET", f"types/{AIR.replace('/', '%2F')}").json()["id"] == AIR
    assert (
        newcomer("GET", "entities?type=AirQualityObserved&q=pm25>30&options=keyValues").json()[0]["pm25"]
        == 31.5
    )


def test_a_client_that_names_the_core_context_only_is_read_the_same(newcomer):
    entity = ROOF | {"@context": [core_context.URL]}
    assert newcomer("POST", "entities", entity, content_type="application/ld+json").status == 201
    assert len(newcomer("GET", "entities?type=AirQualityObserved").json()) == 1
    assert len(newcomer("GET", "entities?type=AirQualityObserved", link=link(core_context.URL)).json()) == 1


def test_an_answer_to_a_newcomer_names_where_the_terms_are(newcomer):
    newcomer("POST", "entities", ROOF)
    url = "https://city.example/ngsi-ld/v1/jsonldContexts/dothi"
    assert newcomer("GET", f"entities/{ROOF['id']}").links == [link(url)]
    shown = newcomer("GET", f"entities/{ROOF['id']}", accept="application/ld+json").json()
    assert shown["@context"] == [url, core_context.URL]


def test_what_was_answered_can_be_sent_back(newcomer):
    newcomer("POST", "entities", ROOF)
    shown = newcomer("GET", f"entities/{ROOF['id']}", accept="application/ld+json").json()
    newcomer("DELETE", f"entities/{ROOF['id']}")
    assert newcomer("POST", "entities", shown, content_type="application/ld+json").status == 201
    assert newcomer("GET", f"entities/{ROOF['id']}?options=keyValues").json()["pm25"] == 31.5


def test_by_the_letter_a_name_without_a_context_is_in_the_default_vocabulary(client):
    client("POST", "entities", ROOF)
    assert client("GET", f"entities/{ROOF['id']}").json()["type"] == "AirQualityObserved"
    assert client("GET", f"types/{AIR.replace('/', '%2F')}").status == 404


def test_a_remote_context_is_fetched_once_and_kept(remote, fetched):
    for number in range(3):
        entity = ROOF | {"id": f"urn:ngsi-ld:AirQualityObserved:{number}", "@context": REMOTE}
        assert remote("POST", "entities", entity, content_type="application/ld+json").status == 201
    assert [url for url, _ in fetched.asked] == [REMOTE]
    assert remote("GET", "jsonldContexts?kind=Cached").json() == [REMOTE]


def test_while_a_context_is_fetched_others_are_answered(remote, fetched):
    async def ask():
        thread = threading.current_thread()
        await remote.send("GET", f"entities/{ROOF['id']}", link=link(COMPOUND))
        return thread

    loop = asyncio.run(ask())
    assert [url for url, _ in fetched.asked] == [COMPOUND, REMOTE]
    assert loop not in [thread for _, thread in fetched.asked]


def test_a_context_that_brings_the_core_one_along_is_named_alone(remote):
    remote("POST", "entities", ROOF | {"@context": COMPOUND}, content_type="application/ld+json")
    shown = remote("GET", f"entities/{ROOF['id']}", link=link(COMPOUND), accept="application/ld+json")
    assert shown.json()["@context"] == COMPOUND


def test_a_context_that_cannot_be_had_is_said_so_and_not_asked_for_again_at_once(remote, fetched):
    for _ in range(2):
        answer = remote("GET", "types", link=link("https://contexts.example/nowhere.jsonld"))
        assert (answer.status, answer.error) == (503, "LdContextNotAvailable")
        assert "no such host" in answer.json()["detail"]
    assert len(fetched.asked) == 1
