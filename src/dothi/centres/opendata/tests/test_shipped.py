"""The datasets that come with the platform: real rows, as they are declared, published by themselves."""

import itertools
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.compute as pc
import pytest

from dothi.centres.opendata import queries, screening
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.models import Publication
from dothi.centres.opendata.shipped import builders as made
from dothi.centres.opendata.shipped import publishing
from dothi.centres.opendata.shipped.tables import TYPES, shipped
from dothi.core import clock
from dothi.kernel.directory import actions as directory
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs import queries as packs
from dothi.kernel.pipelines import builders
from dothi.kernel.pipelines.builders import Building
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
WITHOUT_DATABASE = {
    "tide-constituents", "tide-high-low", "tide-hourly", "working-calendar", "population-viet-nam", "digital-targets",
    "dti-structure", "observed-attributes", "warning-thresholds",
}  # fmt: skip


def build(key):
    """The rows of a shipped dataset."""
    return builders.find(packs.sources()[key].builder.name)(Building())


def fits(key):
    """Its rows, after seeing that they are of the declared columns and types and keep unique keys."""
    declared, rows = packs.datasets()[key], build(key)
    assert {column.name: TYPES[column.type] for column in declared.columns} == {
        field.name: field.type for field in rows.schema
    }
    if declared.key_columns:
        keys = rows.select(list(declared.key_columns))
        assert keys.group_by(list(declared.key_columns)).aggregate([]).num_rows == rows.num_rows
    return rows


@pytest.fixture
def units(db):
    """The real units of the country."""
    return directory.load_units(by=SYSTEM)


def test_more_than_a_dozen_datasets_are_shipped():
    assert len(publishing.keys()) == 19


@pytest.mark.parametrize("key", sorted(publishing.keys()))
def test_each_says_where_it_is_from_and_under_which_licence(key):
    declared = packs.datasets()[key]
    assert declared.source.vi
    assert declared.source.en
    assert declared.licence
    assert (declared.access, declared.provenance) == ("open", "real")


@pytest.mark.parametrize("key", sorted(WITHOUT_DATABASE))
def test_rows_are_as_declared(key):
    with clock.frozen(NOON):
        assert fits(key).num_rows > 5


def test_units_are_those_in_force(units):
    rows = fits("administrative-units")
    levels = {each["values"]: each["counts"] for each in pc.value_counts(rows["level"]).to_pylist()}
    assert (levels["province"], levels["commune"]) == (34, 3321)
    assert fits("city-units").num_rows == 168
    assert fits("provinces").num_rows == 34


def test_units_before_are_those_of_the_day_before(units):
    rows = fits("administrative-units-before")
    assert set(rows["valid_to"].to_pylist()) == {date(2025, 7, 1)}
    assert rows.filter(pc.equal(rows["level"], "province")).num_rows == 63


def test_every_old_unit_has_where_it_went(units):
    rows = fits("administrative-unit-conversion")
    assert rows.num_rows >= 10_000
    divided = rows.filter(rows["divided"])
    assert divided.num_rows > 0
    ben_nghe = rows.filter(pc.equal(rows["old_name_vi"], "Phường Bến Nghé")).to_pylist()
    assert {each["new_name_vi"] for each in ben_nghe if each["old_province_vi"].endswith("Hồ Chí Minh")} == {
        "Phường Sài Gòn"
    }


def test_provinces_name_what_they_were_made_of(units):
    rows = fits("provinces").to_pylist()
    city = next(each for each in rows if each["code"] == "79")
    assert (city["units"], "Bình Dương" in city["made_of"]) == (168, True)


def test_the_population_is_that_of_the_united_nations():
    rows = build("population-viet-nam")
    of_2020 = rows.filter(pc.equal(rows["year"], 2020))
    assert pc.sum(of_2020["persons"]).as_py() == 98_079_192
    assert set(of_2020["kind"].to_pylist()) == {"estimate"}
    assert set(rows.filter(pc.greater(rows["year"], 2020))["kind"].to_pylist()) == {"projection"}


def test_the_points_of_the_index_add_up():
    assert sum(int(row["points"] or 0) for row in shipped("dti_2022.csv")) == 1000


def test_the_calendar_has_tet_and_the_saturday_worked_for_another_day():
    with clock.frozen(NOON):
        days = {row["day"]: row for row in build("working-calendar").to_pylist()}
    assert days[date(2026, 2, 17)]["name_vi"] == "Tết Nguyên Đán"
    assert days[date(2026, 8, 22)]["kind"] == "worked"
    assert days[date(2026, 9, 2)]["decided"] is True
    assert days[date(2027, 9, 2)]["decided"] is False


def test_high_and_low_waters_take_turns():
    with clock.frozen(NOON):
        rows = build("tide-high-low")
    of_one = rows.filter(pc.equal(rows["station"], "vung-tau")).sort_by("time")["kind"].to_pylist()
    assert all(a != b for a, b in itertools.pairwise(of_one))


def test_the_hourly_tide_covers_two_years_without_gap():
    with clock.frozen(NOON):
        rows = build("tide-hourly")
    assert rows.num_rows == 3 * 24 * (365 + 365)


def test_figures_of_the_platform_are_counted(db):
    rows = {row["figure"]: row["value"] for row in fits("platform-statistics").to_pylist()}
    assert rows["packs"] == len(packs.packs())
    assert rows["open-datasets"] == 0


def test_shipped_files_are_small():
    folder = Path(made.__file__).parent / "data"
    assert sum(path.stat().st_size for path in folder.glob("*.csv")) < 100_000


@pytest.fixture
def arrived(db):
    """A shipped dataset with its first version."""
    dataset = Dataset.objects.create(
        key="dti-structure", title_vi="Cấu trúc DTI", title_en="Structure", licence="public-domain", access="open",
        table="datasets.dti_structure", columns=[{"name": "pillar_vi", "type": "string"}],
    )  # fmt: skip
    DatasetVersion.objects.create(
        dataset=dataset, number=1, state="published", rows=9, columns=dataset.columns, published_at=NOON
    )


def test_a_shipped_dataset_goes_public_by_itself_once(arrived, finds):
    assert publishing.publish("dti-structure").state == "published"
    assert publishing.publish("dti-structure") is None
    memory.due()
    assert queries.needed("dti-structure").rows == 9


def test_names_of_places_do_not_stop_it_but_numbers_do(arrived, finds):
    finds(screening.Finding("pillar_vi", "name", 3, 9))
    assert publishing.publish("dti-structure").state == "published"
    Publication.objects.all().delete()
    finds(screening.Finding("pillar_vi", "cccd", 3, 9))
    assert publishing.publish("dti-structure").state == "draft"


def test_other_datasets_do_not_go_public_by_themselves(dataset, finds):
    dataset()
    assert publishing.publish("budget") is None
