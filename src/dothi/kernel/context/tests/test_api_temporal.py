"""Entities over time."""

from __future__ import annotations

from typing import Any

import pytest

from dothi.kernel.context.service import Context
from dothi.kernel.context.testing import Client

URN = "urn:ngsi-ld:Station:1"
PAST = f"temporal/entities/{URN}"


def pm25(minute: int, value: float) -> dict[str, Any]:
    return {
        "type": "Property",
        "value": value,
        "observedAt": f"2026-01-01T00:{minute:02d}:00Z",
        "unitCode": "GQ",
    }


def station(minute: int, value: float, **more: Any) -> dict[str, Any]:
    return {"id": URN, "type": "Station", "pm25": pm25(minute, value)} | more


@pytest.fixture(params=["tail", "columns"])
def history(request: pytest.FixtureRequest, client: Client, context: Context) -> Client:
    """Ten readings, one a minute; as change rows, or as columns."""
    for minute in range(10):
        client(
            "POST",
            "entityOperations/upsert",
            [station(minute, minute + 0.5, status="ok" if minute < 5 else "low")],
        )
    if request.param == "columns":
        assert context.compact_once(1000, settle_s=0) == 10
    return client


def values(client: Client, query: str, name: str = "pm25") -> list[Any]:
    found = client("GET", f"{PAST}?options=temporalValues&{query}").json()
    return [value for value, *_ in found[name]["values"]] if name in found else []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("timerel=before&timeAt=2026-01-01T00:02:00Z", [0.5, 1.5]),
        ("timerel=after&timeAt=2026-01-01T00:08:00Z", [8.5, 9.5]),
        ("timerel=between&timeAt=2026-01-01T00:03:00Z&endTimeAt=2026-01-01T00:05:00Z", [3.5, 4.5]),
        ("lastN=2", [8.5, 9.5]),
        ("lastN=1&timerel=before&timeAt=2026-01-01T00:04:00Z", [3.5]),
        ("timerel=after&timeAt=2027-01-01T00:00:00Z", []),
    ],
)
def test_a_stretch_of_time_is_read(history: Client, query: str, expected: list[float]) -> None:
    assert values(history, query) == expected


def test_every_instance_is_shown_in_full(history: Client) -> None:
    found = history("GET", PAST).json()["pm25"]
    assert len(found) == 10
    assert {name: found[3][name] for name in ("type", "value", "observedAt", "unitCode")} == pm25(3, 3.5)
    assert len({each["instanceId"] for each in found}) == 10


def test_texts_have_a_history_too(history: Client) -> None:
    found = history("GET", f"{PAST}?options=temporalValues&attrs=status&timeproperty=modifiedAt").json()
    assert [value for value, _ in found["status"]["values"]] == ["ok"] * 5 + ["low"] * 5


def test_readings_are_summed_up_by_period(history: Client) -> None:
    found = history(
        "GET",
        f"{PAST}?options=aggregatedValues&aggrMethods=avg,max,totalCount&aggrPeriodDuration=PT5M&attrs=pm25"
        "&timerel=between&timeAt=2026-01-01T00:00:00Z&endTimeAt=2026-01-01T00:10:00Z",
    ).json()["pm25"]
    assert [row[0] for row in found["avg"]] == [2.5, 7.5]
    assert [row[0] for row in found["max"]] == [4.5, 9.5]
    assert [row[0] for row in found["totalCount"]] == [5, 5]
    assert found["avg"][1][1] == "2026-01-01T00:05:00Z"


def test_entities_are_found_by_what_they_were(history: Client) -> None:
    between = "timerel=between&timeAt=2026-01-01T00:00:00Z&endTimeAt=2026-01-01T00:03:00Z"
    assert len(history("GET", f"temporal/entities?type=Station&{between}").json()) == 1
    assert history("GET", f"temporal/entities?type=Station&q=pm25>5&{between}").json() == []
    assert len(history("GET", f"temporal/entities?type=Station&q=pm25>2&{between}").json()) == 1


def test_a_temporal_query_may_come_by_post(history: Client) -> None:
    asked = {
        "type": "Query",
        "entities": [{"type": "Station"}],
        "temporalQ": {"timerel": "after", "timeAt": "2026-01-01T00:08:00Z"},
    }
    (found,) = history("POST", "temporal/entityOperations/query?options=temporalValues", asked).json()
    assert [value for value, _ in found["pm25"]["values"]] == [8.5, 9.5]


def test_a_deleted_entity_keeps_its_history(history: Client) -> None:
    history("DELETE", f"entities/{URN}")
    assert len(values(history, "lastN=100")) == 10


def test_readings_that_come_late_are_put_in_their_place(history: Client, context: Context) -> None:
    history("POST", "entityOperations/upsert", [station(4, 99)])
    context.compact_once(1000, settle_s=0)
    assert values(history, "timerel=between&timeAt=2026-01-01T00:04:00Z&endTimeAt=2026-01-01T00:06:00Z") == [
        4.5,
        99,
        5.5,
    ]


def test_one_instance_is_corrected(history: Client) -> None:
    instance = history("GET", PAST).json()["pm25"][2]["instanceId"]
    assert history("PATCH", f"{PAST}/attrs/pm25/{instance}", {"value": 77}).status == 204
    assert values(history, "")[:4] == [0.5, 1.5, 77, 3.5]
    assert history("GET", PAST).json()["pm25"][2]["unitCode"] == "GQ"


def test_one_instance_is_deleted(history: Client) -> None:
    instance = history("GET", PAST).json()["pm25"][2]["instanceId"]
    assert history("DELETE", f"{PAST}/attrs/pm25/{instance}").status == 204
    assert values(history, "")[:3] == [0.5, 1.5, 3.5]
    assert history("DELETE", f"{PAST}/attrs/pm25/{instance}").error == "ResourceNotFound"


def test_the_history_of_one_attribute_is_deleted(history: Client) -> None:
    assert history("DELETE", f"{PAST}/attrs/pm25").status == 204
    assert values(history, "") == []
    assert len(values(history, "timeproperty=modifiedAt", "status")) == 10
    assert history("DELETE", f"{PAST}/attrs/pm25").error == "ResourceNotFound"


def test_all_history_is_deleted_and_the_entity_stays(history: Client) -> None:
    assert history("DELETE", PAST).status == 204
    assert history("GET", PAST).status == 404
    assert history("GET", f"entities/{URN}").status == 200
    history("PATCH", f"entities/{URN}/attrs", {"pm25": pm25(20, 20)})
    assert values(history, "") == [20]


def test_the_past_can_be_given(client: Client, context: Context) -> None:
    given = {"id": URN, "type": "Station", "pm25": [pm25(minute, minute) for minute in range(5)]}
    assert client("POST", "temporal/entities", given).status == 201
    assert client("POST", "temporal/entities", given | {"pm25": [pm25(9, 9)]}).status == 204
    assert client("POST", f"{PAST}/attrs", {"pm25": [pm25(7, 7)]}).status == 204
    assert values(client, "") == [0, 1, 2, 3, 4, 7, 9]
    context.compact_once(100, settle_s=0)
    assert values(client, "") == [0, 1, 2, 3, 4, 7, 9]
    assert client("GET", f"entities/{URN}").status == 404
    assert (
        len(client("GET", "temporal/entities?type=Station&timerel=after&timeAt=2026-01-01T00:00:00Z").json())
        == 1
    )


def test_the_past_of_what_never_was_is_not_found(client: Client) -> None:
    assert client("GET", PAST).status == 404
    assert client("DELETE", PAST).status == 404
    assert client("POST", f"{PAST}/attrs", {"pm25": [pm25(7, 7)]}).status == 404
    assert client("DELETE", f"{PAST}/attrs/pm25/urn:ngsi-ld:Instance:1-1-1-1-0").status == 404


def test_a_history_without_anything_asked_for_is_not_found(client: Client) -> None:
    client(
        "POST",
        "entities",
        {"id": "urn:ngsi-ld:Car:9", "type": "Car", "speed": {"type": "Property", "value": 1}},
    )
    for asked in ("attrs=height", "pick=height", "omit=id,type,speed"):
        assert client("GET", f"temporal/entities/urn:ngsi-ld:Car:9?{asked}").status == 404, asked


def test_of_a_history_only_the_ids_may_be_asked_for(client: Client) -> None:
    entity = {
        "id": "urn:ngsi-ld:Car:9",
        "type": "Car",
        "speed": {"type": "Property", "value": 1, "observedAt": "2026-01-01T00:00:00Z"},
    }
    client("POST", "entities", entity)
    found = client("GET", "temporal/entities?type=Car&pick=id&timerel=after&timeAt=2025-01-01T00:00:00Z")
    assert found.json() == [{"id": "urn:ngsi-ld:Car:9"}]
