"""A live city in a store of its own, on either engine, and a client that needs no server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from dothi.engines.store.base import Store
from dothi.engines.store.registry import open_store
from dothi.kernel.context import asgi
from dothi.kernel.context.service import Context
from dothi.kernel.context.testing import Client
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM

TERMS = {
    "AirQualityObserved": "https://smartdatamodels.org/dataModel.Environment/AirQualityObserved",
    "pm25": "https://smartdatamodels.org/dataModel.Environment/pm25",
}


def postgresql_url() -> str:
    url = os.environ.get("DOTHI_TEST_DATABASE_URL")
    assert url, "DOTHI_TEST_DATABASE_URL names the PostgreSQL these tests run on"
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def place(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[tuple[str, str]]:
    """URL and schema of an empty store."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/context.sqlite3", "context"
        return
    schema = f"context_{uuid.uuid4().hex[:12]}"
    yield postgresql_url(), schema
    store = open_store(postgresql_url(), schema="public")
    with store.write() as session:
        session.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
    store.close()


@pytest.fixture
def store(place: tuple[str, str]) -> Iterator[Store]:
    opened = open_store(place[0], schema=place[1])
    yield opened
    opened.close()


@pytest.fixture
def context(store: Store) -> Iterator[Context]:
    live = Context(store, terms=TERMS, open_types=[TERMS["AirQualityObserved"]])
    yield live
    live.close()


@pytest.fixture
def client(context: Context) -> Client:
    """Everyone may do everything."""
    return Client(asgi.build(context, lambda headers, query=b"": SYSTEM, open_access=True))


@pytest.fixture
def visitor(context: Context) -> Client:
    """Nobody in particular."""
    return Client(asgi.build(context, lambda headers, query=b"": ANONYMOUS))
