"""What the platform's own APIs say when they cannot do what was asked: always a problem document, never a secret."""

import io
import json

import pytest
import structlog
from django.db import OperationalError
from django.test import Client, RequestFactory
from ninja.errors import HttpError, ValidationError

from dothi.kernel.directory import queries as directory
from dothi.serve import api, logs

UNITS = "/api/directory/units"


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def problem_of(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return json.loads(answer.content)


def failing(error):
    def fails(*_, **__):
        raise error

    return fails


def test_a_wrong_parameter_is_named(client):
    found = problem_of(client.get(UNITS, {"at": "yesterday"}))
    assert (found["status"], found["where"]) == (400, "at")


@pytest.mark.parametrize(
    ("place", "where"),
    [(("body", "new", "email"), "email"), (("body", "new"), "body"), (("query", "limit"), "limit")],
)
def test_the_wrong_part_is_named_as_the_caller_wrote_it(place, where):
    error = ValidationError([{"loc": place, "msg": "Field required"}])
    assert problem_of(api.invalid(RequestFactory().post("/api/x"), error))["where"] == where


def test_a_body_that_is_no_json_is_refused():
    found = problem_of(
        api.framework(RequestFactory().post("/api/x"), HttpError(400, "Cannot parse request body"))
    )
    assert (found["status"], found["where"]) == (400, "body")


def test_without_a_credential_one_is_asked_for(client):
    answer = client.get("/api/identity/accounts")
    assert problem_of(answer)["status"] == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_fault_of_ours_tells_nothing_of_its_inside(client, monkeypatch):
    monkeypatch.setattr(directory, "units", failing(RuntimeError("secret")))
    answer = client.get(UNITS)
    assert problem_of(answer)["status"] == 500
    assert "secret" not in answer.content.decode()


def test_a_database_that_is_away_is_said_so(client, monkeypatch):
    monkeypatch.setattr(directory, "units", failing(OperationalError("locked")))
    answer = client.get(UNITS)
    assert (problem_of(answer)["status"], answer.headers["Retry-After"]) == (503, "1")


def test_the_log_of_a_fault_shows_no_values_of_variables(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    before = structlog.get_config()
    logs.configure()
    try:
        password = "hunter" + "2"
        try:
            raise ValueError("wrong") from None
        except ValueError:
            structlog.get_logger().exception("failed", length=len(password))
    finally:
        structlog.configure(**before)
    assert "ValueError: wrong" in written.getvalue()
    assert "hunter2" not in written.getvalue()


def test_every_request_is_described_with_how_it_is_refused(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert operations
    assert all(api.PROBLEM in operation["responses"]["default"]["content"] for operation in operations)
