"""Datasets of trees by ward, loaded and served, and whoever asks about them."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlencode

import pyarrow as pa
import pytest

from dothi.core.ids import uuid7_str
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.warehouse import actions
from dothi.kernel.warehouse.asgi import build

COLUMNS = [
    {"name": "ward", "type": "string", "role": "key", "label": {"vi": "Phường", "en": "Ward"}},
    {"name": "trees", "type": "integer", "role": "measure"},
    {"name": "planted", "type": "date"},
    {"name": "counted_at", "type": "datetime"},
    {"name": "keeper", "type": "string", "sensitivity": "personal"},
    {"name": "wage", "type": "number", "sensitivity": "sensitive"},
    {"name": "lon", "type": "number", "role": "longitude"},
    {"name": "lat", "type": "number", "role": "latitude"},
]
ROWS = [
    ("26734", 12, "2026-01-02", "2026-01-03T04:05:06Z", "Nguyễn Thị Mai", 7.5, 106.70, 10.78),
    ("26740", 7, "2025-12-31", None, "Trần Văn Ba", None, 106.71, 10.79),
    ("26743", None, None, "2026-02-03T00:00:00Z", None, 3.25, None, None),
]


def make_table(rows=ROWS):
    lists = list(zip(*rows, strict=True)) or [[] for _ in COLUMNS]
    texts = {"planted": pa.date32(), "counted_at": pa.timestamp("us", "UTC")}
    arrays = {}
    for column, values in zip(COLUMNS, lists, strict=True):
        kind = {"integer": pa.int64(), "number": pa.float64()}.get(column["type"], pa.string())
        array = pa.array(values, kind)
        arrays[column["name"]] = array.cast(texts[column["name"]]) if column["name"] in texts else array
    return pa.table(arrays)


def declared(**given):
    base = {
        "key": f"trees-{uuid7_str()[-12:]}",
        "title": {"vi": "Số cây xanh", "en": "Tree count"},
        "access": "open",
        "columns": COLUMNS,
        "key_columns": ["ward"],
    }
    return base | given


@pytest.fixture
def dataset(db, wired):
    """A function: a declared dataset of these properties, published (``state``) unless said otherwise."""

    def make(state="published", **given):
        made = actions.declare(declared(**given), by=SYSTEM)
        made.state = state
        made.save(update_fields=["state"])
        return made

    return make


@pytest.fixture
def loaded(dataset):
    """A function: such a dataset with a version of the three wards."""

    def make(rows=ROWS, **given):
        made = dataset(**given)
        return actions.load(made, make_table(rows), by=SYSTEM)

    return make


def actor(*permissions, unit=None):
    return Actor("account", "somebody", "", tuple(Grant(each, unit) for each in permissions))


class Client:
    """Asks the ASGI app, as one actor or another."""

    def __init__(self):
        self.actor = ANONYMOUS
        self.refuse = None
        self.app = build(lambda headers, query=b"": self.actor, self._admit)

    def _admit(self, actor, scope):
        if self.refuse is not None:
            raise self.refuse

    def get(self, path, headers=None, method="GET", **query):
        sent = []
        scope = {
            "type": "http", "method": method, "path": path, "query_string": urlencode(query, doseq=True).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }  # fmt: skip

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        asyncio.run(self.app(scope, receive, send))
        return Response(sent)


class Response:
    def __init__(self, sent):
        self.status = sent[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.body = b"".join(message.get("body", b"") for message in sent[1:])

    def json(self):
        return json.loads(self.body)


@pytest.fixture
def client(wired):
    return Client()
