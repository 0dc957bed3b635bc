"""Published datasets to search and describe, datasets of the warehouse on their way, people with roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dothi.centres.opendata import screening
from dothi.centres.opendata.catalogue import writing
from dothi.centres.opendata.catalogue.listing import Column, Listing, Words
from dothi.centres.opendata.catalogue.memory import memory
from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CITY, WARD, OTHER_WARD = "79", "26734", "26740"


def make_listing(key="air", number=1, **given):
    """A described dataset; everything can be given."""
    plain = {
        "key": key,
        "id": UUID(int=sum(map(ord, key)) * 1000 + number),
        "title": Words("Chất lượng không khí", "Air quality"),
        "description": Words("Số đo theo giờ tại các trạm.", "Hourly readings of the stations."),
        "keywords": (Words("bụi mịn", "fine dust"), Words("môi trường", "environment")),
        "themes": ("ENVI",),
        "licence": "cc-by-4.0",
        "publisher": "H29.1",
        "publisher_label": Words("Sở Môi trường", "Department of Environment"),
        "unit": CITY,
        "contact_name": "Sở Môi trường",
        "contact_email": "moitruong@example.vn",
        "frequency": "HOURLY",
        "spatial": (106.3, 10.3, 107.0, 11.2),
        "temporal_from": "2025-07-01",
        "source": Words("Trạm quan trắc", "Monitoring stations"),
        "columns": (
            Column("station", label=Words("Trạm", "Station"), role="key"),
            Column("pm25", "number", Words("PM2.5", "PM2.5"), unit="ug/m3", role="measure"),
            Column("lon", "number", Words("Kinh độ", "Longitude"), role="longitude"),
            Column("lat", "number", Words("Vĩ độ", "Latitude"), role="latitude"),
        ),
        "key_columns": ("station",),
        "rows": 1200,
        "bytes": 40_000,
        "issued": NEW_YEAR,
        "modified": NEW_YEAR + timedelta(days=number),
    }
    return Listing(**(plain | given))


@pytest.fixture(scope="session")
def listing():
    """``listing("air", title=Words(…))``: a description, without database."""
    return make_listing


@pytest.fixture(autouse=True)
def fresh():
    """No index from an earlier test."""
    memory.forget()
    yield
    memory.forget()


@pytest.fixture
def shown(db):
    """Put listings into the catalogue: ``shown(listing, …)``."""

    def put(*listings):
        writing.put_many(listings)
        memory.due()
        return listings

    return put


@pytest.fixture
def two(shown, listing):
    """Two published datasets: air quality, and the population with its places."""
    return shown(
        listing("air-quality"),
        listing(
            "population",
            title=Words("Dân số theo phường", "Population by ward"),
            description=Words("Dân số thường trú.", "Residents."),
            keywords=(Words("dân số", "population"),),
            themes=("SOCI", "REGI"),
            publisher="H29.2",
            publisher_label=Words("Cục Thống kê", "Statistics office"),
            licence="cc0-1.0",
            frequency="ANNUAL",
            unit=WARD,
            spatial=None,
            columns=(Column("ward"), Column("people", "integer", role="measure")),
            modified=NEW_YEAR + timedelta(days=40),
        ),
    )


def make_actor(name, *permissions, unit=None, organisation=None):
    """Somebody with permissions in a unit, an organisation or everywhere."""
    grants = tuple(Grant(each, unit, organisation) for each in permissions)
    return Actor("account", name, name.title(), grants, account=name)


@pytest.fixture(scope="session")
def actor():
    """``actor("an", "opendata.submit", unit="26734")``."""
    return make_actor


@pytest.fixture
def dataset(db):
    """A dataset of the warehouse with a version that serves: ``dataset("budget", access="open")``."""

    def make(key="budget", *, version=1, columns=None, **given):
        plain = {
            "title_vi": "Ngân sách", "title_en": "Budget", "licence": "cc-by-4.0", "access": "open",
            "unit": WARD, "publisher": "", "table": f"datasets.{key}", "themes": ["ECON"],
            "keywords": [{"vi": "ngân sách", "en": "budget"}],
            "columns": columns or [{"name": "line", "type": "string", "sensitivity": "open"},
                                   {"name": "phone", "type": "string", "sensitivity": "personal"}],
        }  # fmt: skip
        made = Dataset.objects.create(key=key, **(plain | given))
        if version:
            add_version(made, version)
        return made

    return make


def add_version(dataset, number):
    """One more version that serves."""
    DatasetVersion.objects.filter(dataset=dataset, state="published").update(state="superseded")
    return DatasetVersion.objects.create(
        dataset=dataset, number=number, state="published", rows=10 * number, bytes=1000, snapshot=number,
        columns=dataset.columns, published_at=NEW_YEAR + timedelta(days=number),
    )  # fmt: skip


@pytest.fixture(scope="session", name="add_version")
def _add_version():
    return add_version


@pytest.fixture
def finds(monkeypatch):
    """Decide what screenings find: ``finds(Finding(…), …)``; nothing until it is called."""
    result = [screening.Screening()]
    monkeypatch.setattr(screening, "_screener", [lambda version, columns, quasi: result[0]])
    monkeypatch.setattr(screening, "_candidates", [lambda candidate, columns: result[0]])

    def decide(*findings, anonymity=None):
        result[0] = screening.Screening(tuple(findings), anonymity)

    return decide
