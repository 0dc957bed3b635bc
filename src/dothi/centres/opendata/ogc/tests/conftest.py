"""Datasets with places, published and in the catalogue; a client of ``/ogc``; somebody who asks."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote, urlencode

import pyarrow as pa
import pytest

from dothi.centres.opendata import describing
from dothi.centres.opendata.catalogue import writing
from dothi.centres.opendata.catalogue.memory import memory
from dothi.centres.opendata.ogc.asgi import build
from dothi.core.clock import now
from dothi.core.ids import uuid7_str
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.warehouse import actions

COLUMNS = [
    {"name": "code", "type": "string", "role": "key", "label": {"vi": "Mã", "en": "Code"}},
    {"name": "kind", "type": "string", "role": "dimension"},
    {"name": "height", "type": "number", "role": "measure", "unit": "m"},
    {"name": "seen_at", "type": "datetime", "role": "time"},
    {"name": "keeper", "type": "string", "sensitivity": "personal"},
    {"name": "lon", "type": "number", "role": "longitude"},
    {"name": "lat", "type": "number", "role": "latitude"},
]
ROWS = [
    ("t1", "sao", 12.5, "2026-01-03T04:05:06Z", "Nguyễn Thị Mai", 106.70, 10.78),
    ("t2", "dầu", 7.0, "2026-02-01T00:00:00Z", "Trần Văn Ba", 106.71, 10.79),
    ("t3", "sao", None, "2026-02-03T00:00:00Z", None, 106.72, 10.80),
    ("t4", "me", 3.25, None, None, None, None),
]


def table(rows=ROWS, columns=COLUMNS):
    kinds = {"number": pa.float64(), "integer": pa.int64(), "geometry": pa.binary()}
    made = {}
    for place, column in enumerate(columns):
        values = [row[place] for row in rows]
        array = pa.array(values, kinds.get(column["type"], pa.string()))
        made[column["name"]] = (
            array.cast(pa.timestamp("us", "UTC")) if column["type"] == "datetime" else array
        )
    return pa.table(made)


@pytest.fixture
def fresh():
    memory.forget()
    yield
    memory.forget()


@pytest.fixture
def published(db, wired, fresh):
    """A function: a dataset with these rows, published and in the catalogue; its key."""

    def make(rows=ROWS, columns=COLUMNS, keys=("code",), catalogue=True, **given):
        key = given.pop("key", f"trees-{uuid7_str()[-12:]}")
        declared = {
            "key": key, "title": {"vi": "Cây xanh", "en": "Trees"}, "access": "open", "columns": columns,
            "key_columns": list(keys), "description": {"vi": "Cây trên phố", "en": "Street trees"},
        }  # fmt: skip
        dataset = actions.declare(declared | given, by=SYSTEM)
        dataset.state = "published"
        dataset.save(update_fields=["state"])
        version = actions.load(dataset, table(rows, columns), by=SYSTEM)
        if catalogue:
            writing.put_many([describing.listing(dataset, version, now())])
            memory.due()
        return key

    return make


class Client:
    """Asks the ASGI app, as one actor or another."""

    def __init__(self):
        self.actor = ANONYMOUS
        self.app = build(lambda headers, query=b"": self.actor)

    def get(self, path, headers=None, method="GET", **query):
        path, _, given = path.partition("?")
        text = "&".join(part for part in (given, urlencode(query, doseq=True)) if part)
        sent = []
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": quote(path, safe="/%").encode(),
            "query_string": text.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }  # fmt: skip

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        asyncio.run(self.app(scope, receive, send))
        return Response(sent)

    def follow(self, url):
        """An address that an answer named."""
        return self.get("/ogc" + url.partition("/ogc")[2])


class Response:
    def __init__(self, sent):
        self.status = sent[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.body = b"".join(message.get("body", b"") for message in sent[1:])

    def json(self):
        return json.loads(self.body)

    def link(self, rel):
        return next((each["href"] for each in self.json()["links"] if each["rel"] == rel), None)


@pytest.fixture
def client(wired):
    return Client()
