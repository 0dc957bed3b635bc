"""What is said of a dataset, and who may say it."""

from __future__ import annotations

import pytest

from dothi.core.errors import BadInput, Forbidden, NotFound
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions, queries
from dothi.kernel.warehouse.declaration import declaration
from dothi.kernel.warehouse.tests.conftest import actor, declared

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_dataset_is_declared_once_and_changed_by_saying_it_again():
    said = declared(keywords=[{"vi": "cây xanh", "en": "trees"}], themes=["ENVI"], temporal_from="2026-01-01")
    first = actions.declare(said, by=SYSTEM)
    again = actions.declare(said, by=SYSTEM)
    assert again.pk == first.pk
    assert OutboxEvent.objects.filter(type="vn.dothi.warehouse.dataset-declared").count() == 1
    changed = actions.declare(said | {"frequency": "ANNUAL"}, by=SYSTEM)
    assert (changed.pk, changed.frequency, changed.table) == (
        first.pk,
        "ANNUAL",
        f"datasets.{said['key'].replace('-', '_')}",
    )


def test_a_dataset_is_found_by_its_words_without_diacritics():
    said = declared(keywords=[{"vi": "Bóng mát", "en": "shade"}])
    actions.declare(said, by=SYSTEM)
    for words in ("cay xanh", "BÓNG mat", "tree shade", said["key"]):
        assert [found.key for found in queries.datasets(q=words)] == [said["key"]]
    assert queries.datasets(q="nothing") == []
    assert queries.datasets(access=["internal"]) == []
    assert queries.datasets(after=said["key"]) == []
    with pytest.raises(NotFound):
        queries.needed("nowhere")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"key": "Tree Count"}, "key"),
        ({"key": "-a"}, "key"),
        ({"key": "a" * 101}, "key"),
        ({"title": {"vi": " "}}, "title.vi"),
        ({"licence": "free"}, "licence"),
        ({"themes": ["TREES"]}, "themes"),
        ({"frequency": "OFTEN"}, "frequency"),
        ({"access": "everyone"}, "access"),
        ({"columns": [{"name": "a b", "type": "string"}]}, "columns[0].name"),
        ({"columns": [{"name": "a", "type": "text"}]}, "columns[0].type"),
        ({"columns": [{"name": "a", "type": "string"}, {"name": "A", "type": "string"}]}, "columns[1].name"),
        ({"key_columns": ["nowhere"]}, "key_columns"),
        ({"row_policy": {"unit": "nowhere"}}, "row_policy.unit"),
        ({"spatial": [107, 10, 106, 11]}, "spatial"),
        ({"nonsense": 1}, None),
    ],
)
def test_what_is_wrong_is_named(wrong, where):
    with pytest.raises(BadInput) as refused:
        declaration(declared(**wrong))
    assert refused.value.where == where


def test_who_answers_for_a_unit_declares_for_it_and_for_no_other():
    ward = actor("warehouse.declare", unit="26734")
    made = actions.declare(declared(unit="26734"), by=ward)
    with pytest.raises(Forbidden):
        actions.declare(declared(unit="26740"), by=ward)
    with pytest.raises(Forbidden):
        actions.declare(declared(), by=ward)
    other = actor("warehouse.declare", unit="26740")
    with pytest.raises(Forbidden):  # nobody takes a dataset away from another unit by declaring it again
        actions.declare(declared(key=made.key, unit="26740"), by=other)
