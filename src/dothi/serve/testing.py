"""The pytest plugin of the project: every run gets an installation of its own in a temporary folder.

Loaded with ``-p`` (see pyproject) because Django's settings are read before any conftest. With
``DOTHI_TEST_ENGINE=postgresql`` the whole suite runs on the PostgreSQL named by ``DOTHI_TEST_DATABASE_URL``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as properties

KEEP = {
    "DOTHI_SHARED",
    "DOTHI_TEST_DATABASE_URL",
    "DOTHI_TEST_BUS_URL",
    "DOTHI_TEST_MQTT_URL",
    "DOTHI_TEST_ENGINE",
    "DOTHI_TEST_MYSQL_URL",
}

for _name in [n for n in os.environ if n.startswith("DOTHI_") and n not in KEEP]:
    del os.environ[_name]
_HOME = Path(tempfile.mkdtemp(prefix="dothi-test-"))
os.environ["DOTHI_HOME"] = str(_HOME)
if os.environ.get("DOTHI_TEST_ENGINE") == "postgresql":
    os.environ["DOTHI_DATABASE_URL"] = os.environ["DOTHI_TEST_DATABASE_URL"]
# A busy machine is no failure: nothing in a test depends on how long it takes.
properties.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("house")


def pytest_unconfigure() -> None:
    """Remove the temporary installation."""
    shutil.rmtree(_HOME, ignore_errors=True)


def pytest_sessionstart() -> None:
    """Tests that commit are cleaned up after by :func:`empty`: Django's flush writes every permission anew."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = lambda self: empty()  # type: ignore[attr-defined]


def empty() -> None:
    """Empty every table that has rows, but those that migrations fill and no test changes."""
    from django.db import connection, transaction

    from dothi.kernel.identity.seal import seals

    quoted = connection.ops.quote_name
    tables = [
        quoted(table)
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False)
        if table not in {"django_migrations", "django_content_type", "auth_permission"}
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {t})" for t in tables))  # noqa: S608
        filled = [row[0] for row in cursor.fetchall()]
    if not filled:
        return
    for _, take_off in seals():
        take_off(connection)
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
        else:
            with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
                for table in filled:
                    cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    finally:
        for put, _ in seals():
            put(connection)


@pytest.fixture(scope="session")
def shared_data() -> Path | None:
    """The optional folder of real data, or None on a machine without it."""
    folder = Path(os.environ.get("DOTHI_SHARED", "../shared")) / "data"
    return folder.absolute() if folder.is_dir() else None


@pytest.fixture(scope="session")
def wired(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Stores, bus and live city of this process, on the test database."""
    from django.conf import settings

    from dothi.engines import registry
    from dothi.engines.lake.registry import open_lake
    from dothi.serve import wiring

    database = settings.DATABASES["default"]
    if str(database["ENGINE"]).endswith("sqlite3"):
        city = f"sqlite:///{database['NAME']}"
        context = f"sqlite:///{tmp_path_factory.mktemp('context') / 'context.sqlite3'}"
    else:
        base = os.environ["DOTHI_TEST_DATABASE_URL"].rsplit("/", 1)[0]
        city = context = f"{base}/{database['NAME']}"
    wiring.configure(city=city, context=context)
    if city.startswith("postgresql"):
        _wait_for_other_databases()
    # The catalogue is each worker's own and gone with the run, as the folder of its tables is.
    catalog = f"sqlite:///{_HOME / 'lake' / 'catalog.sqlite3'}" if city.startswith("sqlite") else city
    registry.use_lake(lambda: open_lake(str(_HOME / "lake"), catalog))
    yield
    wiring.close()


def _wait_for_other_databases() -> None:
    """Reads of the city's log wait for transactions of other databases.

    PostgreSQL counts transactions per server: one that is open in the database of another worker holds back what
    readers see. Consumers come again a moment later; a test looks once.
    """
    from dothi.kernel.events.log import CityLog

    waiting = (
        "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname <> current_database()"
        " AND backend_xid::text::bigint <= (SELECT coalesce(max(txid), 0) FROM events_outbox))"
    )

    def patiently(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(log: CityLog, *args: Any, **options: Any) -> Any:
            end = time.monotonic() + 10
            while time.monotonic() < end:
                with log._store.read() as session:
                    if not session.query(waiting)[0][0]:
                        break
                time.sleep(0.005)
            return method(log, *args, **options)

        return call

    CityLog.read = patiently(CityLog.read)  # type: ignore[method-assign]
    CityLog.head = patiently(CityLog.head)  # type: ignore[method-assign]
