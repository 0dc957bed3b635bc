"""Opens each store engine for the tests that run against all of them."""

from __future__ import annotations

import os
import uuid

import pytest

from dothi.engines.store.base import Store
from dothi.engines.store.registry import open_store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def opened(request, tmp_path):
    """Opens the same store again and again, as several processes would."""
    stores = []
    schema = f"t_{uuid.uuid4().hex[:12]}"
    url = f"sqlite://{tmp_path}/store.sqlite3"
    if request.param == "postgresql":
        url = os.environ["DOTHI_TEST_DATABASE_URL"]

    def open_again() -> Store:
        stores.append(open_store(url, schema=schema))
        return stores[-1]

    yield open_again
    if request.param == "postgresql":
        with stores[0].write() as session:
            session.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    for each in stores:
        each.close()
