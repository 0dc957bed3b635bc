"""Who sees which rows and columns, for which purpose."""

import pyarrow as pa
import pytest

from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.warehouse.privacy.pseudonyms import pseudonym
from dothi.kernel.warehouse.sql.errors import SqlRefused
from dothi.kernel.warehouse.sql.parse import parse_sql
from dothi.kernel.warehouse.sql.permitted import permitted
from dothi.kernel.warehouse.sql.policies import Facts, Plan, decide
from dothi.kernel.warehouse.sql.rewrite import apply_policies
from dothi.kernel.warehouse.sql.transpile import transpile

# The hierarchy of units is asked of the directory.
pytestmark = pytest.mark.django_db
COLUMNS = [
    {"name": "ward", "sensitivity": "open"},
    {"name": "note", "sensitivity": "internal"},
    {"name": "phone", "sensitivity": "personal"},
    {"name": "illness", "sensitivity": "sensitive"},
]
KEY = b"k" * 32


def facts(**changes):
    known = {
        "key": "people",
        "access": "shared",
        "state": "published",
        "unit": "79",
        "columns": COLUMNS,
        "policy": {},
    }
    return Facts(**(known | changes))


def actor(*patterns, unit=None):
    return Actor("account", "1", "", tuple(Grant(pattern, unit) for pattern in patterns))


def test_nobody_sees_what_is_not_open():
    assert decide(facts(), ANONYMOUS) is None
    assert decide(facts(access="internal"), actor("warehouse.read")) is None
    assert decide(facts(unit="01"), actor("warehouse.read", unit="79")) is None


def test_of_open_data_anybody_sees_the_open_columns_and_masks():
    assert decide(facts(access="open"), ANONYMOUS).columns == {"ward": "", "phone": "all"}


def test_open_data_that_is_not_published_is_not_open():
    assert decide(facts(access="open", state="draft"), ANONYMOUS) is None


@pytest.mark.parametrize(
    ("permission", "column", "form"),
    [
        ("warehouse.read.internal", "note", ""),
        ("warehouse.read.personal", "phone", ""),
        ("warehouse.read.sensitive", "illness", ""),
    ],
)
def test_a_column_needs_its_permission_and_a_purpose(permission, column, form):
    policy = {"purposes": ["care"]}
    reader = actor("warehouse.read", permission)
    assert decide(facts(policy=policy), reader, "care").columns[column] == form
    shown = decide(facts(policy=policy), actor("warehouse.read"), "care").columns
    assert shown.get(column) in (None, "all")


def test_without_a_purpose_of_the_dataset_personal_columns_stay_masked():
    reader = actor("warehouse.*")
    for purpose, policy in (
        ("", {"purposes": ["care"]}),
        ("", {}),
        ("care", {}),
        ("other", {"purposes": ["care"]}),
    ):
        shown = decide(facts(policy=policy), reader, purpose).columns
        assert shown == {"ward": "", "note": "", "phone": "all"}


def test_even_the_system_says_why():
    assert decide(facts(), SYSTEM).columns["phone"] == "all"


def test_a_mask_can_be_chosen_for_a_column_and_a_wrong_one_hides_it():
    policy = {"masks": {"phone": "tail", "illness": "null", "note": "no-such-form"}}
    assert decide(facts(policy=policy), actor("warehouse.read")).columns == {
        "ward": "",
        "phone": "tail",
        "illness": "null",
    }


def test_an_unknown_sensitivity_hides_the_column():
    assert decide(facts(columns=[{"name": "x", "sensitivity": "secret"}]), actor("warehouse.*")).columns == {}


def test_rows_by_unit_are_for_who_may_read_in_some_unit():
    policy = {"unit": "ward"}
    whole = decide(facts(policy=policy), actor("warehouse.read"))
    assert (whole.unit_column, whole.columns["ward"]) == (None, "")
    ward = decide(facts(policy=policy), actor("warehouse.read", unit="26740"))
    assert (ward.unit_column, ward.permission) == ("ward", "warehouse.read")
    assert decide(facts(policy=policy), actor("directory.read", unit="26740")) is None


def test_a_token_sees_no_more_than_its_scope():
    token = Actor("token", "1", "", (Grant("warehouse.*"),), (Grant("warehouse.read", "26740"),))
    assert decide(facts(), token) is None
    assert decide(facts(policy={"unit": "ward"}), token).unit_column == "ward"


def reader(**columns):
    table = pa.table(columns)
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=2))


def rows(plan, who, columns, **data):
    schema, batches = permitted(reader(**data), plan, columns, who, KEY)
    return pa.Table.from_batches(batches, schema).to_pylist()


def test_rows_of_other_units_are_left_out_before_anything_else():
    plan = Plan("people", {"ward": "", "n": ""}, "ward", "warehouse.read")
    who = actor("warehouse.read", unit="b")
    assert rows(plan, who, ["n"], ward=["a", "b", None, "b"], n=[1, 2, 3, 4]) == [{"n": 2}, {"n": 4}]


def test_a_row_without_a_unit_belongs_to_the_city():
    plan = Plan("people", {"ward": "", "n": ""}, "ward", "warehouse.read")
    assert len(rows(plan, actor("warehouse.read"), ["n"], ward=["a", None], n=[1, 2])) == 2


def test_masked_columns_are_text_and_null_stays_null():
    plan = Plan("people", {"phone": "tail", "born": "year"}, None, "warehouse.read")
    found = rows(
        plan, SYSTEM, ["phone", "born"], phone=["0901234567", None, "12"], born=["1990-05-01", "x", None]
    )
    assert found == [
        {"phone": "•••••567", "born": "1990"},
        {"phone": None, "born": "••••••"},
        {"phone": "••••••", "born": None},
    ]


def test_numbers_are_masked_as_their_text():
    plan = Plan("people", {"cccd": "pseudonym", "n": "all"}, None, "warehouse.read")
    found = rows(plan, SYSTEM, ["cccd", "n"], cccd=[79090001234, 79090001234], n=[1, None])
    assert found[0]["cccd"] == found[1]["cccd"] == pseudonym(79090001234, KEY, scope="people")
    assert [row["n"] for row in found] == ["••••••", None]


def rewritten(plan, sql="SELECT a, phone FROM people AS p WHERE phone = '1'", units=("b", "a'")):
    return transpile(apply_policies(parse_sql(sql).tree, {"people": plan}, lambda _: units))


def test_for_a_trusted_engine_policies_become_sql():
    plan = Plan("people", {"a": "", "phone": "all"}, "ward", "warehouse.read")
    assert rewritten(plan) == (
        'SELECT "a", "phone" FROM (SELECT "a", CASE WHEN NOT "phone" IS NULL THEN \'••••••\' END AS "phone" FROM "people"'
        " WHERE \"ward\" IN ('a''', 'b')) AS \"p\" WHERE \"phone\" = '1'"
    )


def test_without_units_no_row_is_left():
    plan = Plan("people", {"a": ""}, "ward", "warehouse.read")
    assert 'FROM "people" WHERE FALSE)' in rewritten(plan, "SELECT a FROM people", units=())


def test_every_place_a_table_is_named_is_rewritten():
    plan = Plan("people", {"a": ""}, None, "warehouse.read")
    sql = "WITH c AS (SELECT a FROM people) SELECT * FROM c JOIN people USING (a) WHERE a IN (SELECT a FROM people)"
    assert rewritten(plan, sql).count('(SELECT "a" FROM "people")') == 3


def test_a_form_no_database_makes_is_not_weakened():
    for form in ("pseudonym", "tail", "initials"):
        with pytest.raises(SqlRefused):
            rewritten(Plan("people", {"phone": form}, None, "warehouse.read"), "SELECT phone FROM people")
