"""Asking for real: declared datasets, rows in the lake, a worker of its own, the audit."""

import pyarrow as pa
import pytest

from dothi.core.errors import BadInput, NotFound
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.warehouse import actions
from dothi.kernel.warehouse.models import Dataset
from dothi.kernel.warehouse.sandbox.ask import run, sandbox
from dothi.kernel.warehouse.sql.errors import SqlFailed, SqlRefused, SqlTooHeavy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
PEOPLE = pa.table(
    {
        "ward": ["26740", "26743", "26743"],
        "name": ["Nguyễn Văn An", "Trần Thị Bé", None],
        "cccd": ["079090001234", "079190005678", "001200009999"],
        "note": ["a", "b", "c"],
        "age": pa.array([36, 36, 26], pa.int64()),
    }
)


def column(name, sensitivity="open", kind="string"):
    return {"name": name, "type": kind, "sensitivity": sensitivity}


@pytest.fixture(autouse=True, scope="module")
def _ended():
    yield
    sandbox().close()


@pytest.fixture
def trees():
    declared = {
        "key": "tree-count",
        "title": {"vi": "Cây"},
        "access": "open",
        "columns": [column("ward"), column("trees", kind="integer")],
    }
    dataset = actions.declare(declared, by=SYSTEM)
    actions.load(
        dataset, pa.table({"ward": ["a", "b", "c"], "trees": pa.array([1, 5, 3], pa.int64())}), by=SYSTEM
    )
    Dataset.objects.filter(key="tree-count").update(state="published")
    return dataset


@pytest.fixture
def people():
    declared = {
        "key": "people",
        "title": {"vi": "Người"},
        "access": "internal",
        "columns": [
            column("ward"),
            column("name", "personal"),
            column("cccd", "sensitive"),
            column("note", "internal"),
            column("age", kind="integer"),
        ],
        "row_policy": {
            "unit": "ward",
            "purposes": ["inspection"],
            "masks": {"name": "initials", "cccd": "pseudonym"},
        },
    }
    dataset = actions.declare(declared, by=SYSTEM)
    actions.load(dataset, PEOPLE, by=SYSTEM)
    return dataset


def actor(*patterns, unit=None):
    return Actor("account", "1", "", tuple(Grant(pattern, unit) for pattern in patterns))


READER = actor("warehouse.read", "warehouse.read.internal")


def test_anybody_asks_about_open_data(trees):
    answer = run(
        'SELECT ward, trees * 2 AS n FROM "tree-count" WHERE trees > 1 ORDER BY n DESC', actor=ANONYMOUS
    )
    assert (answer.columns, answer.rows, answer.truncated) == (("ward", "n"), [("b", 10), ("c", 6)], False)
    assert answer.datasets == ("tree-count",)


def test_a_hyphen_may_be_written_as_an_underscore_and_joined_with_itself(trees):
    assert run("SELECT count(*) FROM tree_count a JOIN Tree_Count b USING (ward)", actor=ANONYMOUS).rows == [
        (3,)
    ]


def test_another_name_can_be_given_for_a_dataset(trees):
    given = {"0190-resource": "tree-count"}
    assert run(
        'SELECT max(trees) FROM "0190-resource"', actor=ANONYMOUS, datasets=given, dialect="postgres"
    ).rows == [(5,)]


def test_what_is_not_shown_is_not_there(people):
    with pytest.raises(NotFound) as hidden:
        run("SELECT * FROM people", actor=ANONYMOUS, purpose="statistics")
    with pytest.raises(NotFound) as absent:
        run("SELECT * FROM peoples", actor=ANONYMOUS, purpose="statistics")
    assert hidden.value.detail["en"].replace("people", "") == absent.value.detail["en"].replace("peoples", "")


def test_columns_are_masked_before_the_query_sees_them(people):
    answer = run("SELECT * FROM people WHERE name = 'N. V. A.'", actor=READER, purpose="statistics")
    row = dict(zip(answer.columns, answer.rows[0], strict=True))
    assert row["name"] == "N. V. A."
    assert len(row["cccd"]) == 16
    assert answer.masked == {"people": {"name": "initials", "cccd": "pseudonym"}}
    assert run("SELECT * FROM people WHERE name LIKE 'Nguy%'", actor=READER, purpose="statistics").rows == []


def test_personal_columns_need_the_permission_and_a_purpose_of_the_dataset(people):
    officer = actor("warehouse.read.internal", "warehouse.read.personal", "warehouse.read.sensitive")
    sql = "SELECT name FROM people WHERE cccd = '079090001234'"
    assert run(sql, actor=officer, purpose="inspection").rows == [("Nguyễn Văn An",)]
    assert run(sql, actor=officer, purpose="curiosity").rows == []


def test_rows_are_those_of_the_units_one_may_read_in(people):
    ward = actor("warehouse.read.internal", unit="26740")
    assert run("SELECT ward, age FROM people", actor=ward, purpose="statistics").rows == [("26740", 36)]
    assert run("SELECT count(*) FROM people", actor=ward, purpose="statistics").rows == [(1,)]


def test_a_purpose_is_said_for_what_is_not_open(people):
    with pytest.raises(BadInput) as error:
        run("SELECT age FROM people", actor=READER)
    assert error.value.where == "purpose"


def test_an_answer_is_cut_at_its_limit(trees):
    answer = run("SELECT ward FROM tree_count ORDER BY 1", actor=ANONYMOUS, limit=2)
    assert (answer.rows, answer.truncated) == ([("a",), ("b",)], True)


def test_every_query_is_recorded_with_who_why_and_what(trees):
    run("SELECT count(*) FROM tree_count", actor=ANONYMOUS, purpose="statistics")
    entry = AuditEntry.objects.filter(action="warehouse.sql").latest("id")
    assert (entry.actor_kind, entry.subject, entry.outcome) == ("anonymous", "dataset:tree-count", "done")
    assert entry.detail["purpose"] == "statistics"
    assert entry.detail["tables"] == ["tree-count"]
    assert "SELECT" not in str(entry.detail)
    event = OutboxEvent.objects.filter(type="vn.dothi.warehouse.sql-asked").latest("seq")
    assert "tree-count" in str(event.data)


def test_a_refusal_is_recorded_too(trees):
    with pytest.raises(SqlRefused):
        run("SELECT * FROM read_csv('/etc/passwd')", actor=ANONYMOUS)
    entry = AuditEntry.objects.filter(action="warehouse.sql").latest("id")
    assert (entry.outcome, entry.detail["problem"]) == ("refused", "sql-refused")


def test_a_new_version_is_asked_as_soon_as_it_is_published(trees):
    assert run("SELECT sum(trees) FROM tree_count", actor=ANONYMOUS).rows == [(9,)]
    actions.load(trees, pa.table({"ward": ["a"], "trees": pa.array([7], pa.int64())}), by=SYSTEM)
    assert run("SELECT sum(trees) FROM tree_count", actor=ANONYMOUS).rows == [(7,)]


def test_what_the_engine_cannot_do_is_said_without_its_inside(trees):
    with pytest.raises(SqlFailed) as error:
        run("SELECT tree FROM tree_count", actor=ANONYMOUS)
    assert "tree" in error.value.detail["en"]
    assert "arrow" not in error.value.detail["en"]


def test_a_query_that_takes_too_long_is_ended(trees):
    many = pa.table({"ward": ["a"] * 5000, "trees": pa.array(range(5000), pa.int64())})
    actions.load(trees, many, by=SYSTEM)
    sql = "SELECT sum(a.trees * b.trees + c.trees) FROM tree_count a, tree_count b, tree_count c"
    with pytest.raises(SqlTooHeavy) as error:
        run(sql, actor=ANONYMOUS, timeout_s=0.5)
    assert error.value.members["limit"] == "time"


def test_a_row_taken_as_a_whole_has_all_its_columns(trees):
    (row,) = run("SELECT tree_count FROM tree_count WHERE ward = 'a'", actor=ANONYMOUS).rows
    assert row == ({"ward": "a", "trees": 1},)


def test_lower_limits_can_be_asked_for_and_higher_ones_not(trees):
    assert run("SELECT 1 AS a", actor=ANONYMOUS, limit=10**9, timeout_s=10**6, memory_mb=10**9).rows == [(1,)]
    with pytest.raises(BadInput):
        run("SELECT 1", actor=ANONYMOUS, limit=0)
    with pytest.raises(BadInput):
        run("SELECT 1", actor=ANONYMOUS, purpose="No Code!")


def test_what_is_withdrawn_is_not_there(trees):
    Dataset.objects.filter(key="tree-count").update(state="withdrawn")
    with pytest.raises(NotFound):
        run("SELECT * FROM tree_count", actor=READER, purpose="statistics")
