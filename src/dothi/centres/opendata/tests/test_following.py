"""What happens in the catalogue when something happens in the warehouse."""

import pytest

from dothi.centres.opendata import following, queries
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.models import Change, Publication
from dothi.centres.opendata.rules import Finding
from dothi.core import clock
from dothi.kernel.events.consumers import consumers
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

pytestmark = pytest.mark.django_db


def happened(key="budget", kind="version-published"):
    event = Event(
        id="1", type=f"vn.dothi.warehouse.{kind}", source="city", subject=f"dataset:{key}", time=clock.now(),
        data={"key": key}, position="1",
    )  # fmt: skip
    following.follow(event)
    memory.due()


@pytest.fixture
def public(dataset, finds):
    dataset()
    made = steps.prepare("budget", by=SYSTEM)
    steps.screen(steps.submit(made, by=SYSTEM))
    steps.approve(made, by=SYSTEM)
    steps.publish(made, by=SYSTEM)
    memory.due()
    return Dataset.objects.get(key="budget")


def kinds():
    return list(Change.objects.order_by("id").values_list("kind", flat=True))


def test_it_is_declared_as_a_consumer():
    assert consumers()["opendata-catalogue"].types == following.TYPES


def test_a_newer_version_is_shown(public, add_version):
    add_version(public, 2)
    happened()
    assert queries.needed("budget").version == 2
    assert kinds() == ["published", "updated"]


def test_the_same_event_twice_changes_nothing(public, add_version):
    add_version(public, 2)
    happened()
    happened()
    assert kinds() == ["published", "updated"]


def test_a_newer_version_with_personal_data_does_not_serve(public, add_version, finds):
    add_version(public, 2)
    finds(Finding("line", "cccd", 5, 20))
    happened()
    assert queries.needed("budget").version == 1
    assert DatasetVersion.objects.get(number=2).state == "withdrawn"
    assert DatasetVersion.objects.get(number=1).state == "published"


def test_a_changed_description_is_shown(public):
    Dataset.objects.filter(key="budget").update(title_vi="Ngân sách xã")
    happened(kind="dataset-declared")
    assert queries.needed("budget").title.vi == "Ngân sách xã"
    assert kinds() == ["published", "described"]


def test_a_version_withdrawn_shows_the_one_before(public, add_version):
    newer = add_version(public, 2)
    happened()
    steps.warehouse.withdraw_version(newer, reason="sai", by=SYSTEM)
    happened(kind="version-withdrawn")
    assert queries.needed("budget").version == 1


def test_a_dataset_on_its_way_is_left_alone(dataset, finds, add_version):
    made = dataset()
    steps.prepare("budget", by=SYSTEM)
    add_version(made, 2)
    happened()
    assert Publication.objects.get().state == "draft"


def test_a_dataset_nobody_publishes_stays_where_it_is(dataset):
    dataset()
    happened()
    assert not Publication.objects.exists()


def test_an_event_about_nothing_is_let_go(db):
    happened("nothing")
