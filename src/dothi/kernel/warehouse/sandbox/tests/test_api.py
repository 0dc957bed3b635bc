"""Asking over HTTP."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client

from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import Account
from dothi.kernel.warehouse import actions
from dothi.kernel.warehouse.models import Dataset
from dothi.kernel.warehouse.sandbox.ask import sandbox
from dothi.kernel.warehouse.sql.plain import plain, plain_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture(autouse=True, scope="module")
def _ended():
    yield
    sandbox().close()


@pytest.fixture
def token():
    account = identity.create_account("service@example.org", name="Service", kind=Account.SERVICE, by=SYSTEM)
    identity.grant_role(account, "analyst", by=SYSTEM, reason="test")
    return identity.issue_token(
        account, name="t", permissions=["events.read"], lasts=timedelta(days=1), by=SYSTEM
    ).secret


@pytest.fixture
def trees():
    columns = [{"name": "ward", "type": "string"}, {"name": "trees", "type": "integer"}]
    dataset = actions.declare(
        {"key": "tree-count", "title": {"vi": "Cây"}, "access": "open", "columns": columns}, by=SYSTEM
    )
    actions.load(dataset, pa.table({"ward": ["a", "b"], "trees": pa.array([1, 5], pa.int64())}), by=SYSTEM)
    Dataset.objects.filter(key="tree-count").update(state="published")


def ask(body, token=None, language="en"):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/api/warehouse/sql", body, content_type="application/json", headers=headers)


def test_a_question_is_answered_with_its_columns_and_rows(trees, token):
    answer = ask({"sql": "SELECT ward, sum(trees) AS n FROM tree_count GROUP BY ward ORDER BY n DESC"}, token)
    assert answer.status_code == 200
    body = answer.json()
    assert body["rows"] == [["b", 5], ["a", 1]]
    assert [column["name"] for column in body["columns"]] == ["ward", "n"]
    assert (body["truncated"], body["datasets"], body["masked"]) == (False, ["tree-count"], {})


def test_without_a_token_nothing_is_asked(trees):
    assert ask({"sql": "SELECT 1"}).status_code == 401


@pytest.mark.parametrize(
    ("sql", "status", "kind"),
    [
        ("SELECT * FROM read_csv('/etc/passwd')", 400, "sql-refused"),
        ("SELECT * FROM nowhere", 404, "not-found"),
        ("SELECT nothing FROM tree_count", 400, "sql-failed"),
        ("SELECT ward FROM", 400, "sql-refused"),
    ],
)
def test_a_problem_is_a_problem_document(trees, token, sql, status, kind):
    answer = ask({"sql": sql}, token)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["type"].endswith(kind)
    assert answer.json()["detail"]


def test_a_refusal_is_in_the_reader_s_language(trees, token):
    texts = [
        ask({"sql": "SELECT getenv('x')"}, token, language).json()["detail"] for language in ("vi", "en")
    ]
    assert "Không được dùng" in texts[0]
    assert "not allowed" in texts[1]


def test_limits_can_only_be_lowered(trees, token):
    answer = ask({"sql": "SELECT ward FROM tree_count ORDER BY 1", "limit": 1}, token).json()
    assert (answer["rows"], answer["truncated"]) == ([["a"]], True)
    assert ask({"sql": "SELECT 1", "limit": 0}, token).status_code in (400, 422)


def test_values_are_json():
    at = datetime(2026, 7, 1, 5, tzinfo=UTC)
    values = [
        Decimal(7),
        Decimal("1.25"),
        2**60,
        3,
        True,
        None,
        "x",
        float("nan"),
        0.5,
        at,
        date(2026, 7, 1),
        timedelta(hours=1),
        b"\x01",
    ]
    assert [plain(value) for value in values] == [
        7, 1.25, str(2**60), 3, True, None, "x", None, 0.5, "2026-07-01T05:00:00+00:00", "2026-07-01", 3600.0, "01",
    ]  # fmt: skip
    assert plain_rows(pa.table({"a": [1, 2], "b": ["x", None]})) == [[1, "x"], [2, None]]
