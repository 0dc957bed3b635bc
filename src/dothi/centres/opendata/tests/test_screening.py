"""Personal data in real rows: found before a publication, and before a newer version of a public dataset serves."""

import pyarrow as pa
import pytest

from dothi.centres.opendata import queries, screening
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.rules import Accepted
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions as warehouse
from dothi.kernel.warehouse import queries as datasets
from dothi.kernel.warehouse.gates import GateReport, judged, stand

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
DECLARED = {
    "key": "visits",
    "title": {"vi": "Lượt tiếp dân", "en": "Visits"},
    "access": "open",
    "columns": [
        {"name": "ward", "type": "string", "role": "dimension"},
        {"name": "age", "type": "integer", "role": "dimension"},
        {"name": "remark", "type": "string"},
        {"name": "who", "type": "string", "sensitivity": "personal"},
    ],
}
PHONES = [f"09{n:08}" for n in range(12_345_678, 12_345_698)]
QUIET = ["đúng hạn"] * 20


def rows(remarks, ages=None):
    return pa.table(
        {
            "ward": ["26734"] * 20,
            "age": pa.array(ages or [30] * 20, pa.int64()),
            "remark": remarks,
            "who": ["Nguyễn Thị Lan"] * 20,
        }
    )


@pytest.fixture
def loaded():
    """A dataset with a first version of these remarks."""

    def make(remarks, ages=None):
        dataset = warehouse.declare(DECLARED, by=SYSTEM)
        warehouse.load(dataset, rows(remarks, ages), by=SYSTEM)
        return dataset

    return make


@pytest.fixture
def public(loaded):
    """The same, published."""
    dataset = loaded(QUIET)
    made = steps.prepare("visits", by=SYSTEM)
    steps.screen(steps.submit(made, by=SYSTEM))
    steps.approve(made, by=SYSTEM)
    steps.publish(made, by=SYSTEM)
    memory.due()
    return dataset


def test_phones_in_an_open_column_stop_a_publication(loaded):
    loaded(PHONES)
    made = steps.screen(steps.submit(steps.prepare("visits", by=SYSTEM), by=SYSTEM))
    assert made.state == "draft"
    (found,) = made.findings
    assert (found["column"], found["kind"], found["count"]) == ("remark", "phone", 20)


def test_samples_are_masked(loaded):
    loaded(PHONES)
    made = steps.screen(steps.submit(steps.prepare("visits", by=SYSTEM), by=SYSTEM))
    assert not set(made.findings[0]["samples"]) & set(PHONES)


def test_columns_the_public_does_not_get_are_not_looked_at(loaded):
    loaded(QUIET)
    assert not steps.screen(steps.submit(steps.prepare("visits", by=SYSTEM), by=SYSTEM)).findings


def test_small_groups_are_counted_on_ask(loaded):
    dataset = loaded(QUIET, [30] * 19 + [71])
    report = screening.look(datasets.published(dataset), ["ward", "age"]).anonymity
    assert (report["smallest"], report["unique"], report["groups"]) == (1, 1, 2)
    made = steps.submit(steps.prepare("visits", by=SYSTEM), by=SYSTEM)
    assert steps.screen(made, quasi=["ward", "age"]).state == "draft"


def test_a_newer_version_with_phones_never_serves(public):
    version = warehouse.load(public, rows(PHONES), by=SYSTEM)
    assert version.state == "failed"
    assert datasets.published(public).number == 1
    (result,) = [each for each in version.quality if each["check"] == "personal-data"]
    assert (result["column"], result["failed_rows"]) == ("remark", 20)
    assert queries.needed("visits").version == 1


def test_a_newer_version_without_is_published_and_marked_as_looked_through(public):
    version = warehouse.load(public, rows(QUIET[:10] + ["trễ hạn"] * 10), by=SYSTEM)
    assert version.state == "published"
    assert {"check": "personal-data", "column": "", "passed": True} in version.quality


def test_what_was_accepted_stays_accepted(loaded):
    dataset = loaded(PHONES)
    why = [Accepted("remark", "phone", "Số điện thoại trực của phường")]
    made = steps.prepare("visits", by=SYSTEM)
    steps.screen(steps.submit(made, by=SYSTEM, accepted=why))
    steps.approve(made, by=SYSTEM)
    steps.publish(made, by=SYSTEM)
    assert warehouse.load(dataset, rows(PHONES), by=SYSTEM).state == "published"


def test_a_dataset_that_is_not_public_is_not_looked_through_when_it_is_loaded(loaded):
    dataset = loaded(QUIET)
    assert warehouse.load(dataset, rows(PHONES), by=SYSTEM).state == "published"


def test_a_standing_gate_is_asked_after_the_load_s_own(monkeypatch):
    from dothi.kernel.warehouse import gates

    monkeypatch.setattr(gates, "_standing", {})
    asked = []
    stand("x", lambda candidate: asked.append(candidate) or GateReport(True, 5.0, ({"check": "x"},)))
    report = judged("c", lambda candidate: GateReport(True, 80.0, ({"check": "own"},)))
    assert (report.passed, report.score, [each["check"] for each in report.results]) == (
        True,
        80.0,
        ["own", "x"],
    )
    assert judged("c", lambda candidate: GateReport(False)).passed is False
    assert asked == ["c"]
