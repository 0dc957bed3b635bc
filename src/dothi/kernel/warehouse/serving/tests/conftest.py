"""A small table with every kind of column, nulls and ties, as a copy and as plain Python rows."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
import shapely

from dothi.kernel.warehouse.conform import schema_of
from dothi.kernel.warehouse.references import Ref
from dothi.kernel.warehouse.serving import copies

COLUMNS = [
    {"name": "id", "type": "integer", "role": "key"},
    {"name": "ward", "type": "string"},
    {"name": "score", "type": "number"},
    {"name": "count", "type": "integer"},
    {"name": "day", "type": "date"},
    {"name": "at", "type": "datetime"},
    {"name": "open", "type": "boolean"},
    {"name": "lon", "type": "number", "role": "longitude"},
    {"name": "lat", "type": "number", "role": "latitude"},
    {"name": "note", "type": "string"},
]
WARDS = ["Bến Nghé", "Đa Kao", "An Phú", "Ấp Mới", "Bình Trưng", "Ân Hòa", "", "Cần Giờ"]


def make_rows(count, seed=1):
    chance = random.Random(seed)

    def maybe(value):
        return None if chance.random() < 0.1 else value

    return [
        (
            number,
            maybe(chance.choice(WARDS)),
            maybe(round(chance.uniform(-5, 5), 1)),
            maybe(chance.randrange(-20, 20)),
            maybe(date(2026, 1, 1) + timedelta(days=chance.randrange(60))),
            maybe(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(5000))),
            maybe(chance.random() < 0.5),
            maybe(106.6 + chance.random() / 5),
            maybe(10.7 + chance.random() / 5),
            f"Ghi chú {chance.randrange(10**9)}",
        )
        for number in range(count)
    ]


def to_table(rows, columns=COLUMNS):
    schema = schema_of(columns)
    arrays = [pa.array([row[place] for row in rows], field.type) for place, field in enumerate(schema)]
    return pa.Table.from_arrays(arrays, schema=schema)


def make_ref(rows, columns=COLUMNS, keys=("id",), version="v1", number=1):
    return Ref("d", "small", number, version, "datasets.small", 1, rows, tuple(columns), keys)


def wkb(shape):
    return shapely.to_wkb(shape)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A data folder of its own, with no copy open."""
    monkeypatch.setattr(copies, "folder_of", lambda ref: tmp_path / "serving" / ref.folder)
    yield tmp_path
    for version in list(copies._open):
        copies._open.pop(version)


@pytest.fixture
def served(home):
    """A function: rows (and columns) become a served version."""

    def serve(rows, columns=COLUMNS, keys=("id",), version="v1", number=1):
        ref = make_ref(len(rows), columns, keys, version, number)
        copies._open[version] = copies.make(ref, to_table(rows, columns).to_batches(max_chunksize=97))
        return ref

    return serve
