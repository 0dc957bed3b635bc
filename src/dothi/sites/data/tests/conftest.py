"""Small published datasets with real serving copies, people with roles, and browsers of theirs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pyarrow as pa
import pytest
from django.test import Client

from dothi.centres.opendata import quota
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.catalogue import writing
from dothi.centres.opendata.catalogue.listing import Column, Listing, Words
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.rules import Accepted
from dothi.core.ids import uuid7_str
from dothi.kernel.identity import actions as people
from dothi.kernel.identity import lookup
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions as warehouse

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TREES = {
    "title": {"vi": "Cây xanh đường phố", "en": "Street trees"},
    "description": {"vi": "Cây trên vỉa hè.", "en": "Trees along the streets."},
    "keywords": [{"vi": "cây xanh", "en": "trees"}],
    "themes": ["ENVI"],
    "licence": "cc-by-4.0",
    "publisher": "H29.1",
    "publisher_label": {"vi": "Công ty Cây xanh", "en": "Parks company"},
    "frequency": "MONTHLY",
    "spatial": [106.6, 10.7, 106.8, 10.9],
    "access": "open",
    "provenance": "simulated",
    "source": {"vi": "Kiểm kê", "en": "Survey"},
    "key_columns": ["id"],
    "columns": [
        {"name": "id", "type": "integer", "label": {"vi": "Số", "en": "Number"}, "role": "key"},
        {"name": "species", "type": "string", "label": {"vi": "Loài", "en": "Species"}, "role": "dimension"},
        {"name": "height_m", "type": "number", "label": {"vi": "Chiều cao", "en": "Height"}, "role": "measure",
         "unit": "m"},
        {"name": "planted", "type": "date", "label": {"vi": "Ngày trồng", "en": "Planted"}, "role": "time"},
        {"name": "lon", "type": "number", "label": {"vi": "Kinh độ", "en": "Longitude"}, "role": "longitude"},
        {"name": "lat", "type": "number", "label": {"vi": "Vĩ độ", "en": "Latitude"}, "role": "latitude"},
        {"name": "keeper", "type": "string", "label": {"vi": "Người chăm", "en": "Keeper"},
         "sensitivity": "internal"},
    ],
}  # fmt: skip


def rows(count=120, taller=0.0):
    """Trees of three species, one a month; the names of their keepers are nobody's business."""
    species = ["Dầu rái", "Sao đen", "Me"]
    return pa.table(
        {
            "id": list(range(1, count + 1)),
            "species": [species[i % 3] for i in range(count)],
            "height_m": [5.0 + i % 3 * 2.5 + taller for i in range(count)],
            "planted": pa.array([f"{2015 + i // 12}-{i % 12 + 1:02d}-01" for i in range(count)]).cast(
                pa.date32()
            ),
            "lon": [106.65 + i % 10 * 0.01 for i in range(count)],
            "lat": [10.75 + i // 10 * 0.005 for i in range(count)],
            "keeper": ["An"] * count,
        }
    )


@pytest.fixture
def quick(settings, wired, transactional_db):
    """No index and no quota from an earlier test; passwords are hashed quickly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    memory.forget()
    lookup.forget()
    quota.buckets.forget()
    yield
    memory.forget()
    lookup.forget()


def declared(**given):
    """A dataset of trees; its key is new each time, so that no lake of an earlier test has its rows."""
    return warehouse.declare(TREES | {"key": f"trees-{uuid7_str()[-12:]}"} | given, by=SYSTEM)


def published(dataset):
    """Take a dataset the whole way."""
    made = steps.prepare(dataset.key, by=SYSTEM)
    accepted = [Accepted(c["name"], kind, "test") for c in TREES["columns"] for kind in ("name", "address")]
    made = steps.screen(steps.submit(made, by=SYSTEM, accepted=accepted))
    assert made.state == "approval", made.findings
    steps.publish(steps.approve(made, by=SYSTEM), by=SYSTEM)
    memory.due()


@pytest.fixture
def trees(quick):
    """Published, one version."""
    dataset = declared()
    warehouse.load(dataset, rows(), by=SYSTEM)
    published(dataset)
    return dataset


@pytest.fixture
def reader(quick, client):
    """A browser of somebody nobody knows."""
    return client


@pytest.fixture
def make(quick):
    """A browser of someone with these roles: ``make("an", "data-owner")``."""

    def signed_in(name, *roles, language="vi"):
        account = people.create_account(f"{name}@example.vn", name=name.title(), by=SYSTEM)
        for role in roles:
            people.grant_role(account, role, by=SYSTEM, reason="test")
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = language
        client.account = account
        return client

    return signed_in


@pytest.fixture
def shown(quick):
    """Descriptions in the catalogue, without rows: ``shown("air", "bus")``."""

    def put(*keys, **given):
        writing.put_many([listing(key, number, **given) for number, key in enumerate(keys, 1)])
        memory.due()

    return put


def listing(key, number=1, **given):
    """A described dataset; everything can be given."""
    plain = {
        "key": key,
        "id": UUID(int=1000 + number),
        "title": Words(f"Bộ dữ liệu {key}", f"Dataset {key}"),
        "description": Words("Mô tả.", "Description."),
        "themes": ("ENVI",),
        "licence": "cc-by-4.0",
        "publisher": "H29.1",
        "publisher_label": Words("Sở Môi trường", "Department of Environment"),
        "spatial": (106.6, 10.7, 106.8, 10.9),
        "columns": (Column("station"), Column("value", "number", role="measure")),
        "rows": 10,
        "issued": NEW_YEAR,
        "modified": NEW_YEAR + timedelta(days=number),
    }
    return Listing(**(plain | given))


def read(answer):
    """The text of a page, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture(scope="session", name="read")
def _read():
    return read


@pytest.fixture(scope="session", name="rows")
def _rows():
    return rows


@pytest.fixture(scope="session", name="declared")
def _declared():
    return declared


@pytest.fixture(scope="session", name="published")
def _published():
    return published
