"""A new schema: records are brought to it with a report, and what does not fit stays and is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dothi.core import clock
from dothi.core.errors import Forbidden
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.packs.record_types import SchemaStep
from dothi.kernel.registers import actions, queries, types
from dothi.kernel.registers.migrating import migrate_schema
from dothi.kernel.registers.models import Record, Version
from dothi.kernel.registers.schemas import stepped
from dothi.kernel.registers.tests.conftest import READER, TREE, declared

pytestmark = pytest.mark.django_db
T0 = datetime(2025, 3, 1, 3, tzinfo=UTC)
_SCHEMA = TREE["schema"]
OLD_SCHEMA = {
    **_SCHEMA,
    "required": [],
    "properties": {
        "kind": {"type": "string", "x-label": {"vi": "Loại", "en": "Kind"}, "x-sensitivity": "open"},
        "girth": {"type": "number", "x-label": {"vi": "Vòng", "en": "Girth"}},
        "plate": _SCHEMA["properties"]["plate"],
    },
}
OLD = declared(
    TREE, version=1, migrations=[], schema=OLD_SCHEMA, name="{kind}", search=["kind"], indexed=["kind"],
    geometry=None, unit=None,
)  # fmt: skip


@pytest.fixture
def old_trees(db):
    types.use([OLD])
    with clock.frozen(T0):
        made = [
            actions.create("tree", data, by=SYSTEM)
            for data in ({"kind": "phuong", "girth": 2, "plate": "A1"}, {"kind": "Sao"}, {"girth": 1})
        ]
    types.use([declared(TREE)])
    return made


class TestMigration:
    def test_what_fits_is_migrated_and_the_rest_is_named(self, old_trees):
        report = migrate_schema("tree", by=SYSTEM)
        assert (report.total, report.migrated) == (3, 2)
        assert report.properties == {"kind": 2, "species": 2, "girth": 1, "remark": 2}
        [unfit] = report.unfit
        assert (unfit.id, unfit.faults[0].where) == (old_trees[2].id, "species")
        seen = queries.get("tree", old_trees[0].id, by=READER)
        assert (seen.data, seen.schema) == ({"plate": "A1", "species": "Phượng vĩ", "remark": "-"}, 2)

    def test_what_was_known_before_stays_as_it_was(self, old_trees):
        with clock.frozen(T0 + timedelta(days=1)):
            migrate_schema("tree", by=SYSTEM)
        version = Version.objects.filter(record=old_trees[0], schema=1).get()
        assert '"kind":"phuong"' in version.data
        assert queries.get("tree", old_trees[0].id, by=SYSTEM, known_on=T0).schema == 1

    def test_a_dry_run_reports_the_same_and_writes_nothing(self, old_trees):
        report = migrate_schema("tree", by=SYSTEM, dry_run=True)
        assert (report.migrated, len(report.unfit)) == (2, 1)
        assert Version.objects.count() == 3

    def test_again_only_what_is_left_is_tried(self, old_trees):
        migrate_schema("tree", by=SYSTEM)
        again = migrate_schema("tree", by=SYSTEM)
        assert (again.total, again.migrated) == (1, 0)

    def test_a_migrated_record_is_found_by_its_new_name(self, old_trees):
        migrate_schema("tree", by=SYSTEM)
        record = Record.objects.get(pk=old_trees[0].pk)
        assert (record.label, record.p1) == ("Phượng vĩ (A1)", "phuong vi")

    def test_a_change_brings_an_old_record_up_by_itself(self, old_trees):
        actions.correct(old_trees[1], {"remark": "seen"}, by=SYSTEM, reason="r")
        assert queries.get("tree", old_trees[1].id, by=READER).data == {"species": "Sao", "remark": "seen"}

    def test_an_old_record_is_read_in_the_terms_of_today(self, old_trees):
        seen = queries.get("tree", old_trees[0].id, by=ANONYMOUS)
        assert (seen.data, seen.schema) == ({"plate": "A1", "species": "Phượng vĩ"}, 1)

    def test_it_needs_its_own_right(self, old_trees):
        with pytest.raises(Forbidden):
            migrate_schema("tree", by=READER)


@pytest.mark.parametrize(
    ("step", "data", "result"),
    [
        (SchemaStep(to=2, rename={"a": "b"}), {"a": 1}, {"b": 1}),
        (SchemaStep(to=2, values={"a": {"1": "one"}}), {"a": 1}, {"a": "one"}),
        (SchemaStep(to=2, values={"a": {"1": "one"}}), {"a": 2}, {"a": 2}),
        (
            SchemaStep(to=2, compose={"n": "{f} {g}"}, remove=("f", "g")),
            {"f": "Lê", "g": "An"},
            {"n": "Lê An"},
        ),
        (SchemaStep(to=2, compose={"n": "{f}"}), {}, {}),
        (SchemaStep(to=2, default={"a": 1}), {}, {"a": 1}),
        (SchemaStep(to=2, default={"a": 1}), {"a": 2}, {"a": 2}),
    ],
)
def test_a_step(step, data, result):
    assert stepped(step, data) == result
