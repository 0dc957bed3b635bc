"""What the scripts of the page fetch."""

import gzip

import pytest
from django.urls import reverse

from dothi.core import clock
from dothi.kernel.packs import queries as packs
from dothi.sites.operations import layers

AIR = "/operations/data/layers/AirQualityObserved"
MEANS = "/operations/data/means/AirQualityObserved.pm25"


def row(data, slug):
    """One entity of a layer in columns, as a mapping."""
    i = next(i for i, id_ in enumerate(data["ids"]) if id_.endswith(f":{slug}"))
    return {key: column[i] for key, column in data.items() if isinstance(column, list)}


def test_a_layer_holds_every_entity_of_its_type(city, visitor):
    data = visitor.get(AIR).json()
    assert sorted(id_.rpartition(":")[2] for id_ in data["ids"]) == [
        "clean",
        "far",
        "foul",
        "second",
        "silent",
    ]


def test_a_layer_says_value_level_place_and_whether_it_is_simulated(city, visitor):
    foul = row(visitor.get(AIR).json(), "foul")
    assert (foul["values"], foul["levels"], foul["units"], foul["simulated"]) == (180.0, 4, "26740", 1)


def test_what_lies_outside_every_unit_has_none(city, visitor):
    assert row(visitor.get(AIR).json(), "far")["units"] is None


def test_a_layer_that_did_not_change_is_not_sent_twice(city, visitor):
    first = visitor.get(AIR)
    again = visitor.get(AIR, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_large_answer_is_squeezed_for_who_takes_it(city, visitor):
    plain = visitor.get("/operations/data/wards.geojson")
    squeezed = visitor.get("/operations/data/wards.geojson", headers={"Accept-Encoding": "gzip"})
    assert squeezed["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.content) == plain.content


def test_a_layer_nobody_declared_is_a_problem_document(city, english):
    answer = english.get("/operations/data/layers/Nothing")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "There is no layer 'Nothing'."


def test_an_internal_type_is_not_there_for_a_visitor(city, visitor, monkeypatch):
    kind = packs.entity_type("AirQualityObserved")
    closed = type(kind)(**{f: getattr(kind, f) for f in kind.__struct_fields__} | {"access": "internal"})
    monkeypatch.setitem(packs.entity_types(), "AirQualityObserved", closed)
    layers.forget()
    assert visitor.get(AIR).status_code == 404


def test_the_mean_of_a_ward_is_the_mean_of_its_fresh_readings(city, visitor):
    data = visitor.get(MEANS).json()
    found = dict(zip(data["codes"], zip(data["means"], data["counts"], strict=True), strict=True))
    assert found == {"26740": (100.0, 2), "26743": (12.0, 1)}


def test_means_say_their_unit_and_that_some_are_simulated(city, visitor):
    data = visitor.get(MEANS).json()
    assert (data["unit"], data["simulated"]) == ("µg/m³", True)


@pytest.mark.parametrize("name", ["AirQualityObserved.name", "AirQualityObserved.nothing", "Nothing.pm25"])
def test_only_a_measured_number_colours_the_wards(city, visitor, name):
    assert visitor.get(f"/operations/data/means/{name}").status_code == 404


def test_a_colouring_that_is_no_attribute_is_refused(city, visitor):
    assert visitor.get("/operations/data/means/pm25").status_code == 400


def test_the_units_come_with_names_in_both_languages_and_the_city_border(city, visitor):
    data = visitor.get("/operations/data/wards.geojson").json()
    names = {
        f["properties"]["code"]: (f["properties"]["vi"], f["properties"]["en"]) for f in data["features"]
    }
    assert names["26743"] == ("Bến Thành", "Ben Thanh")
    assert data["outline"]["geometry"]["type"] == "MultiLineString"


@pytest.mark.parametrize("typed", ["ben thanh", "Bến Thành", "BEN THANH"])
def test_a_ward_is_found_with_or_without_marks(city, visitor, typed):
    found = visitor.get("/operations/data/search", {"q": typed}).json()["results"]
    assert ("unit", "26743") in {(hit["kind"], hit.get("code")) for hit in found}


@pytest.mark.parametrize("typed", ["le loi", "Lê Lợi"])
def test_a_camera_is_found_with_or_without_marks(city, visitor, typed):
    found = visitor.get("/operations/data/search", {"q": typed}).json()["results"]
    assert [hit["name"] for hit in found if hit["kind"] == "entity"] == ["Lê Lợi – Pasteur"]


def test_a_single_letter_is_not_searched(city, visitor):
    assert visitor.get("/operations/data/search", {"q": "b"}).json() == {"results": []}


def test_a_history_holds_what_was_measured(city, visitor):
    query = {"id": "urn:ngsi-ld:AirQualityObserved:foul", "attr": "pm25"}
    data = visitor.get("/operations/data/series", query).json()
    assert data["mean"] == [180.0]
    assert abs(data["t"][0] - clock.now().timestamp()) < 900


def test_a_history_of_an_attribute_it_does_not_have_is_not_found(city, english):
    query = {"id": "urn:ngsi-ld:AirQualityObserved:foul", "attr": "o3"}
    answer = english.get("/operations/data/series", query)
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no history of 'o3'.")


def test_a_history_of_an_unknown_window_is_refused(city, visitor):
    query = {"id": "urn:ngsi-ld:AirQualityObserved:foul", "attr": "pm25", "window": "1y"}
    assert visitor.get("/operations/data/series", query).json()["where"] == "window"


def test_the_tide_reaches_from_a_day_ago_to_two_days_ahead(city, visitor):
    data = visitor.get("/operations/data/tide").json()
    hours = [(data["t"][i] - data["now"]) / 3600 for i in (0, -1)]
    assert hours == pytest.approx([-24, 48], abs=0.2)


def test_the_raw_entity_is_ngsi_ld(city, visitor):
    answer = visitor.get(reverse("operations:raw", args=["urn:ngsi-ld:Camera:c1"]))
    assert (answer["Content-Type"], answer.json()["type"]) == ("application/ld+json", "Camera")


def test_a_visitor_needs_no_ticket_for_the_stream(city, visitor):
    assert visitor.get("/operations/data/ticket").json() == {"ticket": ""}


def test_counts_are_by_type(city, visitor):
    assert visitor.get("/operations/data/counts").json()["Camera"] == 2
