"""The pytest plugin of the project: every run gets an installation of its own in a temporary folder.

Loaded with ``-p`` (see pyproject) because Django's settings are read before any conftest. With
``DOTHI_TEST_ENGINE=postgresql`` the whole suite runs on the PostgreSQL named by ``DOTHI_TEST_DATABASE_URL``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
    # The catalogue is each worker's own and gone with the run, as the folder of its tables is.
    catalog = f"sqlite:///{_HOME / 'lake' / 'catalog.sqlite3'}" if city.startswith("sqlite") else city
    registry.use_lake(lambda: open_lake(str(_HOME / "lake"), catalog))
    yield
    wiring.close()
