"""Who may read and write."""

from __future__ import annotations

from typing import Any

import pytest

from dothi.core.errors import Unauthenticated
from dothi.kernel.context import asgi
from dothi.kernel.context.service import Context
from dothi.kernel.context.testing import Client
from dothi.kernel.identity.access import SYSTEM, Actor, Grant

AIR = "urn:ngsi-ld:AirQualityObserved:1"
CASE = "urn:ngsi-ld:Patrol:1"


def as_(context: Context, *patterns: str) -> Client:
    actor = Actor("token", "t1", grants=tuple(Grant(pattern) for pattern in patterns))
    return Client(asgi.build(context, lambda headers, query=b"": actor))


@pytest.fixture
def filled(context: Context) -> Context:
    """One entity anyone may see (its pack says so), and one that is internal."""
    here = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106.7, 10.8]}}
    context.upsert(
        [
            {"id": AIR, "type": "AirQualityObserved", "pm25": 20, "location": here},
            {"id": CASE, "type": "Patrol", "pm25": 30, "location": here},
        ],
        by=SYSTEM,
    )
    return context


def ids(client: Client, path: str) -> list[str]:
    return [each["id"] for each in client("GET", path, link=LINK).json()]


LINK = '<http://here/ngsi-ld/v1/jsonldContexts/dothi>; rel="http://www.w3.org/ns/json-ld#context"'


def test_anyone_sees_what_is_open_and_nothing_else(filled: Context, visitor: Client) -> None:
    assert visitor("GET", f"entities/{AIR}").status == 200
    assert visitor("GET", f"entities/{CASE}").status == 404
    assert ids(visitor, "entities?q=pm25>0") == [AIR]
    assert ids(visitor, "entities?type=AirQualityObserved,Patrol") == [AIR]
    near = "entities?georel=near;maxDistance==10&geometry=Point&coordinates=[106.7,10.8]"
    assert ids(visitor, near) == [AIR]


def test_asking_for_internal_types_without_a_token_says_so(filled: Context, visitor: Client) -> None:
    answer = visitor("GET", "entities?type=Patrol")
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="dothi"')
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_was_shown_to_one_who_may_is_not_shown_to_others(filled: Context, visitor: Client) -> None:
    reader = as_(filled, "context.read")
    for app in (reader, visitor):
        assert app("GET", f"entities/{CASE}").status == (200 if app is reader else 404)


def test_the_past_and_the_catalogue_are_filtered_too(filled: Context, visitor: Client) -> None:
    assert visitor("GET", f"temporal/entities/{CASE}").status == 404
    assert visitor("GET", f"temporal/entities/{AIR}").status == 200
    after = "timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt"
    assert ids(visitor, f"temporal/entities?attrs=pm25&{after}") == [AIR]
    assert visitor("GET", "types", link=LINK).json()["typeList"] == ["AirQualityObserved"]
    assert visitor("GET", "types/Patrol").status == 404
    assert visitor("GET", "attributes/pm25", link=LINK).json()["attributeCount"] == 1


def test_a_query_by_post_is_reading(filled: Context, visitor: Client) -> None:
    assert visitor("POST", "entityOperations/query", {"type": "Query", "q": "name"}).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "entities", {"id": "urn:a:b", "type": "T"}),
        ("DELETE", f"entities/{AIR}", None),
        ("PATCH", f"entities/{AIR}/attrs", {"a": 1}),
        ("POST", "entityOperations/upsert", [{"id": "urn:a:b", "type": "T"}]),
        ("DELETE", f"temporal/entities/{AIR}", None),
        ("POST", "jsonldContexts", {"@context": {}}),
    ],
)
def test_writing_needs_the_permission(
    filled: Context, visitor: Client, method: str, path: str, body: Any
) -> None:
    assert visitor(method, path, body).status == 401
    assert as_(filled, "context.read")(method, path, body).status == 403
    assert as_(filled, "context.*")(method, path, body).status < 300


def test_a_bad_token_is_refused_even_for_what_is_open(filled: Context) -> None:
    def refuse(headers: Any, query: bytes = b"") -> Actor:
        raise Unauthenticated("no")

    assert Client(asgi.build(filled, refuse))("GET", f"entities/{AIR}").status == 401


def test_open_access_asks_nobody(filled: Context) -> None:
    def refuse(headers: Any, query: bytes = b"") -> Actor:
        raise Unauthenticated("no")

    client = Client(asgi.build(filled, refuse, open_access=True))
    assert client("GET", f"entities/{CASE}").status == 200
    assert client("DELETE", f"entities/{CASE}").status == 204
