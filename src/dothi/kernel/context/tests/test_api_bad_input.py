"""Whatever is sent, the answer says what was wrong; nothing bad is stored and nothing falls over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.kernel.context.http import call
from dothi.kernel.context.testing import Client

DEEP = b'{"id":"urn:a:b","type":"T","a":{"type":"Property","value":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"

BODIES = [
    (b"{", "InvalidRequest", "truncated"),
    (b"nonsense", "InvalidRequest", "byte"),
    (b'{"id":"urn:a:b","type":"T"', "InvalidRequest", ""),
    (b'{"id":"urn:a:b","type":"T","a":"\xff"}', "InvalidRequest", ""),
    (b"[]", "", "object"),
    (b'"text"', "", "object"),
    (b"{}", "BadRequestData", "id"),
    (b'{"id":"urn:a:b"}', "BadRequestData", "type"),
    (b'{"id":"not a uri","type":"T"}', "BadRequestData", "id"),
    (b'{"id":"urn:a:b","type":"T<x>"}', "BadRequestData", "type"),
    (b'{"id":"urn:a:b","type":"T","a":null}', "BadRequestData", "a"),
    (b'{"id":"urn:a:b","type":"T","a":{"type":"Property"}}', "BadRequestData", "a"),
    (b'{"id":"urn:a:b","type":"T","a":{"type":"Relationship","object":"no uri"}}', "BadRequestData", "a"),
    (
        b'{"id":"urn:a:b","type":"T","a":{"type":"Property","value":1,"observedAt":"yesterday"}}',
        "BadRequestData",
        "observedAt",
    ),
    (
        b'{"id":"urn:a:b","type":"T","a":{"type":"GeoProperty","value":{"type":"Point","coordinates":[200,0]}}}',
        "BadRequestData",
        "a",
    ),
    (b'{"id":"urn:a:b","type":"T","@context":"https://example.org/c.jsonld"}', "BadRequestData", "@context"),
    (b'{"id":"urn:a:b","type":"T","a":[1e999]}', "", ""),
    (DEEP, "", ""),
]


@pytest.mark.parametrize(("body", "error", "hint"), BODIES, ids=range(len(BODIES)))
def test_a_bad_entity_is_refused_with_the_reason(client: Client, body: bytes, error: str, hint: str) -> None:
    answer = client("POST", "entities", body)
    assert answer.status == 400
    assert answer.error in ((error,) if error else ("BadRequestData", "InvalidRequest"))
    assert hint in answer.json()["detail"]
    assert client("GET", "entities/urn:a:b").status == 404


@pytest.mark.parametrize(
    "query",
    [
        "type=T&limit=x", "type=T&limit=-1", "type=T&limit=0", "type=T&offset=a", "type=T&nonsense=1",
        "type=", "type=(A", "q=", "q=a>", "q=a==(", "type=T&options=nonsense", "type=T&count=perhaps",
        "georel=near&geometry=Point&coordinates=[0,0]", "georel=within&geometry=Point", "type=T&type=U",
        "georel=within&geometry=Polygon&coordinates=[[[0,0],[1,1]]]", "type=T&attrs=a,,b", "type=T&id=no uri",
        "type=T&idPattern=(", "type=T&lang=!!", "type=T&%ff=1", "type=T&scopeQ=//",
    ],
)  # fmt: skip
def test_a_bad_query_is_refused_with_the_reason(client: Client, query: str) -> None:
    answer = client("GET", f"entities?{query}")
    assert answer.status == 400
    assert answer.error in ("BadRequestData", "InvalidRequest")


@pytest.mark.parametrize(
    "query",
    ["", "timerel=after", "timerel=never&timeAt=2026-01-01T00:00:00Z", "timerel=after&timeAt=now",
     "timerel=between&timeAt=2026-01-01T00:00:00Z", "timerel=after&timeAt=2026-01-01T00:00:00Z&lastN=0",
     "timerel=after&timeAt=2026-01-01T00:00:00Z&options=aggregatedValues"],
)  # fmt: skip
def test_a_bad_temporal_query_is_refused(client: Client, query: str) -> None:
    assert client("GET", f"temporal/entities?type=T&{query}").status == 400


def test_too_large_a_page_is_refused(client: Client) -> None:
    assert client("GET", "entities?type=T&limit=100000").error == "TooManyResults"


def test_a_body_needs_a_length_and_a_known_type(client: Client) -> None:
    entity = {"id": "urn:a:b", "type": "T"}
    assert client("POST", "entities", entity, content_length="").status == 411
    assert client("POST", "entities", entity, content_type="text/plain").status == 415
    assert client("POST", "entities", b"").error == "InvalidRequest"
    assert client("POST", "entities", entity, content_length="many").error == "InvalidRequest"


def test_too_large_a_body_is_refused_before_it_is_read(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client("POST", "entities", b"{}", content_length=str(call.MAX_BODY + 1)).status == 413
    monkeypatch.setattr(call, "MAX_BODY", 10)
    assert client("POST", "entities", b" " * 11, content_length="5").status == 413


def test_an_answer_nobody_wants_is_not_made(client: Client) -> None:
    assert client("GET", "entities?type=T", accept="text/html").status == 406
    assert client("GET", "types", accept="application/geo+json").status == 406
    assert client("GET", "entities?type=T", accept="text/html, */*;q=0.1").status == 200


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/ld+json, application/json;q=0.9", "application/ld+json"),
        ("application/json;q=0.5, application/geo+json;q=0.7", "application/geo+json"),
        ("application/json;q=0, */*", "application/ld+json"),
    ],
)
def test_the_best_of_the_wanted_forms_is_sent(client: Client, accept: str, expected: str) -> None:
    assert client("GET", "entities?type=T", accept=accept).headers["content-type"] == expected


def test_a_context_that_cannot_be_had_is_named(client: Client) -> None:
    link = '<https://example.org/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    answer = client("GET", "entities?type=T", link=link)
    assert (answer.status, answer.error) == (503, "LdContextNotAvailable")


def test_json_and_ld_json_have_their_context_in_their_place(client: Client) -> None:
    entity = {"id": "urn:a:b", "type": "T"}
    link = '<https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    assert client("POST", "entities", entity, content_type="application/ld+json").status == 400
    both = entity | {"@context": "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"}
    assert client("POST", "entities", both, content_type="application/ld+json", link=link).status == 400
    assert client("POST", "entities", both, content_type="application/ld+json").status == 201


def test_bad_tenants_and_paths_are_refused(client: Client) -> None:
    assert client("GET", "entities?type=T", ngsild_tenant="a b").status == 400
    assert client("GET", "nothing/here").status == 404
    assert client("GET", "entities/not a uri").status == 400
    assert client("PATCH", "entities/urn:a:b/attrs/bad<name>", {"value": 1}).status == 400


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "value", "object", "observedAt", "datasetId", "coordinates", "@context", "id", "x"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=json_values,
    path=st.sampled_from(["entities", "entityOperations/upsert", "temporal/entities", "jsonldContexts"]),
)
def test_no_json_makes_the_server_fail(client: Client, value: Any, path: str) -> None:
    whole = [value] if path == "entityOperations/upsert" else value
    assert client("POST", path, whole).status < 500
    entity = {"id": "urn:ngsi-ld:T:1", "type": "T", "a": value}
    assert client("POST", "entities", entity).status in (201, 400, 409)
    for method, where in (
        ("PATCH", "entities/urn:ngsi-ld:T:1"),
        ("PATCH", "entities/urn:ngsi-ld:T:1/attrs/a"),
    ):
        assert client(method, where, value).status < 500
    assert client("GET", "entities/urn:ngsi-ld:T:1?options=concise").status in (200, 404)
    assert client("GET", "temporal/entities/urn:ngsi-ld:T:1?options=temporalValues").status in (200, 404)
