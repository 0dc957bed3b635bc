"""Public statistics of cases: empty at first, counted from real ones, without groups that are small."""

import pytest

from dothi.centres.opendata.shipped import publishing
from dothi.engines import registry
from dothi.engines.lake.registry import open_lake
from dothi.kernel.cases import actions as cases
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.packs import queries as packs
from dothi.kernel.pipelines import actions
from dothi.kernel.pipelines.runner import work_off
from dothi.kernel.warehouse import queries as warehouse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OPERATOR = Actor("account", "op", "Trực", (Grant("cases.*"), Grant("hotline.*")), account="op")
ORDER = ("report-categories", "procedures", "cases", "report-statistics", "procedure-statistics")


@pytest.fixture
def lake(wired, tmp_path):
    (tmp_path / "lake").mkdir()
    registry.use_lake(lambda: open_lake(str(tmp_path / "lake"), f"sqlite:///{tmp_path / 'catalog.sqlite3'}"))
    yield
    registry.lake().close()


def run(*keys):
    for key in keys:
        begin = actions.run_source if key in packs.sources() else actions.run_pipeline
        done = work_off(begin(key, by=SYSTEM))
        assert done.state in ("succeeded", "unchanged"), (key, done.error)


def rows_of(key):
    version = warehouse.published(warehouse.needed(key))
    return registry.lake().read(version.dataset.table, snapshot=version.snapshot).read_all().to_pylist()


def report(category, *, simulated=False):
    data = {"category": category, "description": "Sụp lún", "place_words": "Lê Lợi"}
    return cases.open_case("report-1022", data=data, by=OPERATOR, unit="26740", simulated=simulated)


def test_they_are_empty_until_there_are_cases_then_count_groups_of_five_and_more(lake):
    run(*ORDER)
    assert rows_of("report-statistics") == rows_of("procedure-statistics") == []
    assert publishing.publish("report-statistics").state == "published"
    for _ in range(6):
        report("pothole")
    for _ in range(4):
        report("manhole")
    for _ in range(5):
        report("noise", simulated=True)
    run("cases", "report-statistics")
    (row,) = rows_of("report-statistics")
    assert (row["category"], row["unit"], row["outcome"], row["reports"]) == ("pothole", "26740", "open", 6)
    assert row["category_vi"]
