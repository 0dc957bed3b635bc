"""The CKAN Action API, asked by the client library of CKAN itself, unmodified."""

from types import SimpleNamespace

import ckanapi
import pytest
from django.test import Client

from dothi.centres.opendata import quota
from dothi.centres.opendata.catalogue.listing import Words
from dothi.centres.opendata.ckan import shapes
from dothi.centres.opendata.distributions import distributions

pytestmark = pytest.mark.django_db


class Session:
    """What ckanapi asks of ``requests``, over Django's test client."""

    def __init__(self):
        self.client = Client()

    def post(self, url, data=None, headers=None, **_):
        kind = headers.pop("Content-Type", "application/octet-stream")
        return self._told(self.client.post(self._path(url), data=data, content_type=kind, headers=headers))

    def get(self, url, params=None, headers=None, **_):
        return self._told(self.client.get(self._path(url), data=params, headers=headers))

    @staticmethod
    def _path(url):
        return url.removeprefix("http://testserver")

    @staticmethod
    def _told(answer):
        return SimpleNamespace(status_code=answer.status_code, text=answer.content.decode())

    def close(self):
        pass


@pytest.fixture(params=[False, True], ids=["post", "get"])
def site(request, two):
    """CKAN's own client, asking by POST, and again by GET."""
    quota.buckets.forget()
    return ckanapi.RemoteCKAN("http://testserver", get_only=request.param, session=Session()).action


def test_all_names_are_listed(site):
    assert site.package_list() == ["air-quality", "population"]
    assert site.package_list(limit=1, offset=1) == ["population"]


def test_a_dataset_is_shown_by_name_and_by_id(site):
    found = site.package_show(id="population")
    assert (found["title"], found["license_id"], found["isopen"]) == ("Dân số theo phường", "cc-zero", True)
    assert found["title_translated"] == {"vi": "Dân số theo phường", "en": "Population by ward"}
    assert site.package_show(id=found["id"]) == found
    assert found["num_resources"] == len(found["resources"]) == 7


def test_a_dataset_that_is_not_there(site):
    with pytest.raises(ckanapi.NotFound):
        site.package_show(id="nothing")


def test_what_is_missing_is_named(site):
    with pytest.raises(ckanapi.ValidationError) as error:
        site.package_show()
    assert error.value.error_dict["id"] == ["Missing value"]


def test_an_action_there_is_not(site):
    with pytest.raises(ckanapi.NotFound, match="not known"):
        site.package_dance()


def test_words_are_searched(site):
    found = site.package_search(q="dan so")
    assert (found["count"], found["results"][0]["name"]) == (1, "population")


@pytest.mark.parametrize("q", ["", "*:*", "*", None])
def test_everything_is_found_without_words(site, q):
    assert site.package_search(**({} if q is None else {"q": q}))["count"] == 2


@pytest.mark.parametrize(
    ("fq", "names"),
    [
        ("organization:h29-2", ["population"]),
        ("groups:envi", ["air-quality"]),
        ('tags:"bụi mịn"', ["air-quality"]),
        ("tags:(population OR dân)", []),
        ("res_format:geojson", ["air-quality"]),
        ("license_id:cc-zero +state:active", ["population"]),
        ("-groups:envi", ["population"]),
        ("NOT organization:h29-2 AND capacity:public", ["air-quality"]),
        ("name:population", ["population"]),
        ("name:(population OR air-quality)", ["air-quality", "population"]),
        ("groups:(envi OR soci)", ["air-quality", "population"]),
        ("title:ward", ["population"]),
        ("organization:nobody", []),
    ],
)
def test_fields_narrow_the_search(site, fq, names):
    assert sorted(each["name"] for each in site.package_search(fq=fq)["results"]) == names


@pytest.mark.parametrize("fq", ["colour:red", "groups:envi OR groups:soci", "title:-x AND NOT text:y"])
def test_a_query_that_is_not_understood_says_so(site, fq):
    with pytest.raises(ckanapi.errors.SearchQueryError):
        site.package_search(fq=fq)


def test_results_come_in_pages_and_in_order(site):
    assert [each["name"] for each in site.package_search(sort="name asc", rows=1, start=1)["results"]] == [
        "population"
    ]
    assert (
        next(each["name"] for each in site.package_search(sort="metadata_modified desc")["results"])
        == "population"
    )
    assert site.package_search(rows=0)["results"] == []
    with pytest.raises(ckanapi.errors.SearchQueryError):
        site.package_search(sort="colour asc")


def test_a_box_narrows_the_search(site):
    assert site.package_search(ext_bbox="106.5,10.5,106.6,10.6")["count"] == 1
    with pytest.raises(ckanapi.ValidationError):
        site.package_search(ext_bbox="1,2")


def test_facets_are_counted(two):
    site = ckanapi.RemoteCKAN("http://testserver", session=Session()).action
    found = site.package_search(
        **{"facet.field": ["organization", "res_format", "nothing"], "facet.limit": 3}
    )
    assert found["facets"]["organization"] == {"h29-1": 1, "h29-2": 1}
    (first, *_) = found["search_facets"]["organization"]["items"]
    assert first["display_name"] in ("Sở Môi trường", "Cục Thống kê")
    assert len(found["facets"]["res_format"]) == 3
    assert found["facets"]["nothing"] == {}


def test_facets_come_as_text_in_a_query_string(two):
    answer = Client().get('/api/3/action/package_search?facet.field=["license_id"]').json()
    assert answer["result"]["facets"] == {"license_id": {"cc-by": 1, "cc-zero": 1}}


def test_a_resource_is_shown_by_its_id(site):
    package = site.package_show(id="air-quality")
    for each in package["resources"]:
        assert site.resource_show(id=each["id"]) == each
    assert [each["format"] for each in package["resources"] if each["datastore_active"]] == ["CSV"]
    with pytest.raises(ckanapi.NotFound):
        site.resource_show(id="00000000-0000-4000-8000-000000000000")
    with pytest.raises(ckanapi.NotFound):
        site.resource_show(id="x")


def test_resources_are_searched(site):
    found = site.resource_search(query="format:geojson")
    assert (found["count"], found["results"][0]["format"]) == (1, "GeoJSON")
    with pytest.raises(ckanapi.ValidationError):
        site.resource_search(query="geojson")


def test_publishers_are_organizations(site):
    assert site.organization_list() == ["h29-2", "h29-1"]
    found = site.organization_show(id="h29-1", include_datasets=True)
    assert (found["title"], found["package_count"], found["packages"][0]["name"]) == (
        "Sở Môi trường",
        1,
        "air-quality",
    )
    assert site.organization_show(id=found["id"])["name"] == "h29-1"
    assert site.organization_autocomplete(q="thong ke")[0]["name"] == "h29-2"
    assert site.organization_list_for_user() == []
    with pytest.raises(ckanapi.NotFound):
        site.organization_show(id="nobody")


def test_all_of_an_organization_is_listed_on_ask(site):
    every = site.organization_list(all_fields=True, sort="package_count desc")
    assert {each["name"]: each["package_count"] for each in every} == {"h29-1": 1, "h29-2": 1}


def test_themes_are_groups(site):
    assert len(site.group_list()) == 13
    assert site.group_show(id="envi")["package_count"] == 1
    assert [each["name"] for each in site.group_package_show(id="soci")] == ["population"]
    assert site.group_autocomplete(q="moi truong")[0]["name"] == "envi"


def test_keywords_are_tags(site):
    assert site.tag_list() == ["bụi mịn", "dân số", "môi trường"]
    assert site.tag_list(query="dan") == ["dân số"]
    assert site.tag_show(id="dân số", include_datasets=True)["packages"][0]["name"] == "population"
    assert site.tag_search(query="bui")["results"][0]["name"] == "bụi mịn"
    assert site.tag_autocomplete(query="mo") == ["môi trường"]
    with pytest.raises(ckanapi.NotFound):
        site.tag_show(id="nothing")


def test_the_site_tells_about_itself(site):
    assert "datastore" in site.status_show()["extensions"]
    assert site.site_read() is True
    assert "cc-by" in [each["id"] for each in site.license_list()]
    assert site.format_autocomplete(q="geo") == ["geojson"]
    assert "words" in site.help_show(name="package_search")
    assert site.vocabulary_list() == []
    assert site.recently_changed_packages_activity_list() == []


def test_titles_are_completed(site):
    assert site.package_autocomplete(q="dan so th")[0]["name"] == "population"


def test_datasets_come_with_resources(site):
    assert [each["name"] for each in site.current_package_list_with_resources(limit=1)] == ["population"]


def test_views_of_a_resource_are_none(site):
    assert site.resource_view_list(id="population") == []


@pytest.mark.parametrize("name", ["package_search", "package_list", "status_show"])
def test_the_short_address_is_the_same(two, name):
    assert Client().get(f"/api/action/{name}").json() == Client().get(f"/api/3/action/{name}").json()


def test_a_wrong_key_is_refused(two, wired):
    keyed = ckanapi.RemoteCKAN("http://testserver", apikey="dothi_wrong", session=Session())
    with pytest.raises(ckanapi.NotAuthorized):
        keyed.action.package_list()


def test_what_is_no_json_is_refused(two):
    answer = Client().post("/api/3/action/package_list", data=b"{", content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["__type"]) == (409, "Validation Error")
    answer = Client().post("/api/3/action/package_list", data=b"[1]", content_type="application/json")
    assert answer.status_code == 409


def test_a_form_is_read(two):
    answer = Client().post("/api/3/action/package_show", {"id": "population"}).json()
    assert answer["result"]["name"] == "population"


def test_english_is_given_on_ask(two):
    answer = (
        Client().get("/api/3/action/package_show?id=population", headers={"accept-language": "en"}).json()
    )
    assert answer["result"]["title"] == "Population by ward"


def test_too_many_questions_are_refused(two, monkeypatch):
    monkeypatch.setattr(quota, "take", lambda *_, **__: quota.Allowance(600, 0, 7, granted=False))
    answer = Client().get("/api/3/action/package_list")
    assert (answer.status_code, answer["Retry-After"], answer.json()["success"]) == (429, "7", False)


@pytest.mark.parametrize(("name", "value"), [("limit", "x"), ("offset", "-1"), ("limit", [1])])
def test_numbers_are_numbers(two, name, value):
    site = ckanapi.RemoteCKAN("http://testserver", session=Session()).action
    with pytest.raises(ckanapi.ValidationError) as error:
        site.package_list(**{name: value})
    assert name in error.value.error_dict


def test_ids_of_distributions_are_all_different(listing):
    made = {
        shapes.resource_id(each, part.key)
        for each in (listing("a"), listing("b"))
        for part in distributions(each)
    }
    assert len(made) == 2 * len(distributions(listing("a")))


@pytest.mark.parametrize(("code", "name"), [("H29.1", "h29-1"), ("Sở Y tế", "so-y-te"), ("!!", "none")])
def test_names_are_made_of_what_ckan_allows(code, name):
    assert shapes.name_of(code) == name


def test_a_title_in_one_language_only_is_shown_in_both(shown, listing):
    shown(listing("one", title=Words("Chỉ tiếng Việt", "")))
    found = Client().get("/api/3/action/package_show?id=one").json()["result"]
    assert found["title_translated"] == {"vi": "Chỉ tiếng Việt", "en": "Chỉ tiếng Việt"}
