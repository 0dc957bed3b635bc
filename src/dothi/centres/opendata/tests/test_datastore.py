"""Rows through CKAN's datastore, from a dataset that went the whole way to the public."""

import ckanapi
import pyarrow as pa
import pytest

from dothi.centres.opendata import quota
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.tests.test_ckan import Session
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions as warehouse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
DECLARED = {
    "key": "trees",
    "title": {"vi": "Cây xanh", "en": "Trees"},
    "access": "open",
    "columns": [
        {"name": "ward", "type": "string", "role": "key"},
        {"name": "trees", "type": "integer", "role": "measure", "label": {"vi": "Số cây", "en": "Trees"}},
        {"name": "keeper", "type": "string", "sensitivity": "personal"},
    ],
    "key_columns": ["ward"],
}


def table(count):
    return pa.table(
        {
            "ward": [f"p{n:03}" for n in range(count)],
            "trees": pa.array(range(count), pa.int64()),
            "keeper": ["Nguyễn Văn A"] * count,
        }
    )


@pytest.fixture
def site(finds):
    quota.buckets.forget()
    dataset = warehouse.declare(DECLARED, by=SYSTEM)
    warehouse.load(dataset, table(250), by=SYSTEM)
    draft = steps.prepare("trees", by=SYSTEM)
    steps.screen(steps.submit(draft, by=SYSTEM))
    steps.approve(draft, by=SYSTEM)
    steps.publish(draft, by=SYSTEM)
    memory.forget()
    return ckanapi.RemoteCKAN("http://testserver", session=Session()).action


@pytest.fixture
def resource(site):
    return next(each["id"] for each in site.package_show(id="trees")["resources"] if each["datastore_active"])


def test_rows_come_with_their_columns(site, resource):
    found = site.datastore_search(resource_id=resource, limit=2)
    assert found["records"] == [
        {"_id": 1, "ward": "p000", "trees": 0},
        {"_id": 2, "ward": "p001", "trees": 1},
    ]
    assert [(each["id"], each["type"]) for each in found["fields"]] == [
        ("_id", "int"),
        ("ward", "text"),
        ("trees", "int8"),
    ]
    assert found["total"] == 250


def test_a_dataset_s_name_will_do(site):
    assert site.datastore_search(resource_id="trees", limit=0)["total"] == 250


def test_personal_columns_are_not_there(site, resource):
    assert "keeper" not in site.datastore_search(resource_id=resource, limit=1)["records"][0]
    with pytest.raises(ckanapi.ValidationError):
        site.datastore_search(resource_id=resource, fields=["keeper"])
    with pytest.raises(ckanapi.ValidationError):
        site.datastore_search(resource_id=resource, filters={"keeper": "Nguyễn Văn A"})
    with pytest.raises(ckanapi.ValidationError):
        site.datastore_search(resource_id=resource, sort="keeper asc")


def test_rows_are_filtered_and_sorted(site, resource):
    found = site.datastore_search(
        resource_id=resource, filters={"trees": [5, 7]}, sort="trees desc", fields="trees"
    )
    assert [each["trees"] for each in found["records"]] == [7, 5]
    assert found["total"] == 2


def test_words_are_looked_for(site, resource):
    assert site.datastore_search(resource_id=resource, q={"ward": "P24"})["total"] == 10
    assert site.datastore_search(resource_id=resource, q="p249")["records"][0]["trees"] == 249


def test_pages_follow_by_offset_and_by_link(site, resource):
    found = site.datastore_search(resource_id=resource, limit=100, offset=200)
    assert [each["trees"] for each in found["records"]] == list(range(200, 250))
    assert found["records"][0]["_id"] == 201
    first = site.datastore_search(resource_id=resource, limit=100)
    after = first["_links"]["next"].rpartition("after=")[2]
    second = site.datastore_search(resource_id=resource, limit=100, offset=100, after=after)
    assert [each["trees"] for each in second["records"]] == list(range(100, 200))


@pytest.mark.parametrize(
    ("form", "first"), [("lists", [1, "p000", 0]), ("csv", "1,p000,0\n"), ("tsv", "1\tp000\t0\n")]
)
def test_rows_come_in_other_forms(site, resource, form, first):
    records = site.datastore_search(resource_id=resource, limit=1, records_format=form)["records"]
    assert (records[0] if form == "lists" else records) == first


@pytest.mark.parametrize(
    "wrong",
    [{"fields": "x"}, {"sort": "x asc"}, {"filters": {"x": 1}}, {"filters": [1]}, {"records_format": "xml"},
     {"offset": 2_000_000}, {"q": {"trees": "5"}}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(site, resource, wrong):
    with pytest.raises(ckanapi.ValidationError):
        site.datastore_search(resource_id=resource, **wrong)


def test_only_the_table_has_rows(site):
    other = next(
        each["id"] for each in site.package_show(id="trees")["resources"] if not each["datastore_active"]
    )
    with pytest.raises(ckanapi.NotFound):
        site.datastore_search(resource_id=other)
    assert site.datastore_resource_exists(id=other) is False


def test_columns_are_told(site, resource):
    found = site.datastore_info(id=resource)
    assert found["meta"]["count"] == 250
    assert [each["info"]["label"] for each in found["fields"]] == ["ward", "Số cây"]
    assert site.datastore_resource_exists(id=resource) is True


def test_sql_is_answered_by_resource_and_by_name(site, resource):
    for table_name in (resource, "trees"):
        sql = f'SELECT count(*) AS n, max(trees) AS most FROM "{table_name}" WHERE trees < 100'
        assert site.datastore_search_sql(sql=sql)["records"] == [{"n": 100, "most": 99}]


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM trees", "SELECT * FROM pg_catalog.pg_user", "SELECT 1; SELECT 2",
     "SELECT * FROM read_csv('/etc/passwd')"],
)  # fmt: skip
def test_sql_that_is_not_allowed_is_refused(site, sql):
    with pytest.raises((ckanapi.ValidationError, ckanapi.NotFound, ckanapi.NotAuthorized)):
        site.datastore_search_sql(sql=sql)


def test_personal_columns_are_masked_in_sql(site):
    records = site.datastore_search_sql(sql='SELECT DISTINCT keeper FROM "trees"')["records"]
    assert "Nguyễn Văn A" not in [each["keeper"] for each in records]
