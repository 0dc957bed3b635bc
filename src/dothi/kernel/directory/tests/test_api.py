import gzip
import json

import pytest
from ninja.testing import TestClient

from dothi.core.errors import BadInput, NotFound
from dothi.kernel.directory.api import router

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
http = TestClient(router)


def test_a_unit_is_given_by_its_code():
    answer = http.get("/units/26740").json()
    assert answer["full_name"] == {"vi": "Phường Sài Gòn", "en": "Sai Gon Ward"}


def test_a_unit_of_another_day_is_given():
    assert http.get("/units/26740?at=2025-06-30").json()["name"]["vi"] == "Bến Nghé"


def test_a_unit_that_is_not_there_is_not_found():
    with pytest.raises(NotFound, match="no such administrative unit"):
        http.get("/units/99999")


def test_units_are_listed_page_by_page():
    answer = http.get("/units?level=commune&parent=79&limit=2&offset=1").json()
    assert [each["code"] for each in answer] == ["27664", "26732"]


def test_a_page_cannot_be_of_any_size():
    assert http.get("/units?limit=0").status_code == 422


def test_units_are_searched():
    assert http.get("/search?q=sai gon").json()[0]["code"] == "26740"


def test_the_unit_at_a_point_is_given():
    answer = http.get("/at?lon=106.704&lat=10.7805").json()
    assert (answer["code"], answer["approximate"]) == ("26740", True)


def test_a_point_outside_the_city_is_not_found():
    with pytest.raises(NotFound):
        http.get("/at?lon=105.8&lat=21.0")


def test_a_point_off_the_globe_is_refused():
    with pytest.raises(BadInput, match="latitude within"):
        http.get("/at?lon=10.78&lat=106.7")


def test_what_became_of_an_old_unit_is_given():
    answer = http.get("/units/26737/successors").json()
    assert [(each["unit"]["code"], each["share"]) for each in answer] == [("26740", None), ("26743", None)]


def test_what_never_was_an_old_unit_is_not_found():
    with pytest.raises(NotFound, match="before July 2025"):
        http.get("/units/99999/successors")


def test_what_a_unit_was_made_of_is_given():
    assert len(http.get("/units/26740/predecessors").json()) == 2


def test_the_map_is_geojson():
    answer = http.get("/units.geojson")
    assert (answer["Content-Type"], len(json.loads(answer.content)["features"])) == (
        "application/geo+json",
        4,
    )


def test_the_map_is_sent_packed_to_who_can_unpack_it():
    answer = http.get("/units.geojson", headers={"Accept-Encoding": "gzip, br"})
    assert json.loads(gzip.decompress(answer.content)) == json.loads(http.get("/units.geojson").content)


def test_who_has_the_map_already_is_not_sent_it_again():
    tag = http.get("/units.geojson")["ETag"]
    answer = http.get("/units.geojson", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_organisations_are_listed_with_their_unit():
    (found,) = http.get("/organisations?unit=26740").json()
    assert found["name"]["en"] == "Sai Gon Ward People's Committee"


def test_an_organisation_is_given_by_its_code():
    assert http.get("/organisations/000.00.00.H29").json()["unit"] == "79"


@pytest.mark.parametrize("path", ["/organisations/a\x00", "/organisations?unit=%00"])
def test_a_text_no_database_takes_is_refused(path):
    assert http.get(path).status_code == 422


def test_an_organisation_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        http.get("/organisations/H99")
