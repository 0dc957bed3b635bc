"""A published statistical dataset with rows, and a client."""

from __future__ import annotations

import pyarrow as pa
import pytest
from django.db import transaction
from django.test import Client

from dothi.centres.opendata import describing, quota
from dothi.centres.opendata.catalogue import writing
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.models import Change
from dothi.core.clock import now
from dothi.core.ids import uuid7_str
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import actions

COLUMNS = [
    {"name": "ward", "type": "string", "role": "key", "label": {"vi": "Phường", "en": "Ward"}},
    {"name": "year", "type": "integer", "role": "time", "label": {"vi": "Năm", "en": "Year"}},
    {"name": "people", "type": "integer", "role": "measure", "label": {"vi": "Số dân", "en": "People"}},
    {"name": "area", "type": "number", "role": "measure", "unit": "km2"},
    {"name": "note", "type": "string"},
]
ROWS = [
    ("26734", 2024, 1200, 2.5, "ước tính, <sơ bộ>"),
    ("26734", 2025, 1250, 2.5, None),
    ("26740", 2024, 800, None, 'có "ngoặc"'),
    ("26740", 2025, 790, 1.25, None),
]


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def http(db, wired):
    quota.buckets.forget()
    memory.forget()
    yield Client()
    memory.forget()


@pytest.fixture
def statistics(db, wired):
    """A function: a published dataset of these columns and rows; its key."""

    def make(columns=COLUMNS, rows=ROWS, keys=("ward", "year"), **given):
        key = f"pop-{uuid7_str()[-12:]}"
        declared = {
            "key": key, "title": {"vi": "Dân số theo phường", "en": "Population by ward"}, "access": "open",
            "columns": columns, "key_columns": list(keys), "description": {"vi": "Thường trú", "en": "Residents"},
            "keywords": [{"vi": "dân số", "en": "population"}], "source": {"vi": "Niên giám", "en": "Yearbook"},
        }  # fmt: skip
        dataset = actions.declare(declared | given, by=SYSTEM)
        dataset.state = "published"
        dataset.save(update_fields=["state"])
        kinds = {"integer": pa.int64(), "number": pa.float64()}
        arrays = {
            column["name"]: pa.array([row[place] for row in rows], kinds.get(column["type"], pa.string()))
            for place, column in enumerate(columns)
        }
        version = actions.load(dataset, pa.table(arrays), by=SYSTEM)
        with transaction.atomic():
            writing.put(describing.listing(dataset, version, now()), Change.PUBLISHED)
        memory.due()
        return key

    return make
