"""The same questions to Datasette, PostgreSQL and pygeoapi, for bench/warehouse.py."""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import warehouse
import warehouse_data

_COLUMNS = [column["name"] for column in warehouse_data.COLUMNS]
Result = dict[str, dict[str, float]]


def _tuples(rows: int) -> Iterator[tuple[Any, ...]]:
    for batch in warehouse_data.batches(rows):
        lists = [column.to_pylist() for column in batch.columns]
        lists[1] = [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in lists[1]]
        yield from zip(*lists, strict=True)


def _ask(
    names: tuple[str, ...], rows: int, call: Callable[[str, dict[str, Any]], Callable[[], Any]]
) -> Result:
    asked = warehouse.questions(rows)

    def maker(name: str) -> Callable[[int], Callable[[], Any]]:
        return lambda number: call(name, asked[name](random.Random(f"{name}{number}")))

    return {name: warehouse.measure(name, maker(name), 20 if name == "aggregate" else 100) for name in names}


def datasette(binaries: Path, home: Path, rows: int) -> Result:
    """Datasette on SQLite, indexed by what is asked."""
    path = home / "requests.db"
    if not path.exists():
        began = time.perf_counter()
        with sqlite3.connect(path) as connection:
            kinds = {"integer": "INTEGER", "number": "REAL"}
            columns = ", ".join(
                f"{column['name']} {kinds.get(column['type'], 'TEXT')}{' PRIMARY KEY' if column['name'] == 'id' else ''}"
                for column in warehouse_data.COLUMNS
            )
            connection.execute(f"CREATE TABLE requests ({columns})")
            connection.executemany(
                f"INSERT INTO requests VALUES ({', '.join('?' * len(_COLUMNS))})", _tuples(rows)
            )
            for column in ("ward, status, hours", "created_at", "lon, lat"):
                connection.execute(f"CREATE INDEX {column.replace(', ', '_')}_index ON requests ({column})")
            connection.execute("ANALYZE")
        print(f"  SQLite loaded and indexed: {time.perf_counter() - began:.1f} s")
    port = warehouse.free_port()
    command = [
        str(binaries / "datasette"),
        "serve",
        "-i",
        str(path),
        "-p",
        str(port),
        "--setting",
        "sql_time_limit_ms",
        "60000",
    ]
    plain = {"_size": 100, "_shape": "objects", "_nocount": 1, "_nofacet": 1, "_nosuggest": 1, "_col": "id"}
    forms: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "filter": lambda v: {"ward": v["ward"], "status": "đóng", "hours__gte": v["hours"]},
        "page": lambda v: {"_sort": "created_at", "_next": f"{v['from']}T00:00:00Z,0"},
        "bbox": lambda v: {
            "lon__gte": v["west"],
            "lon__lte": v["east"],
            "lat__gte": v["south"],
            "lat__lte": v["north"],
        },
    }
    plain.pop("_col")

    def path_of(name: str, values: dict[str, Any]) -> str:
        if name == "row":
            return f"/requests/requests/{values['id']}.json?_shape=objects"
        if name == "aggregate":
            sql = f"SELECT category, count(*), avg(hours), sum(cost) FROM requests WHERE hours >= {values['hours']} GROUP BY category"
            return f"/requests.json?{urlencode({'sql': sql, '_shape': 'objects'})}"
        return f"/requests/requests.json?{urlencode(plain | forms[name](values))}"

    with warehouse.served(command, port, "/-/versions.json"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        names = ("filter", "page", "aggregate", "bbox", "row")
        return _ask(
            names, rows, lambda name, values: lambda: warehouse.get(connection, path_of(name, values))
        )


_PREPARE = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE requests (id bigint, created_at timestamptz, category text, status text, ward text, street text,
  lon float8, lat float8, hours float8, cost bigint, note text)
"""
_INDEX = """
ALTER TABLE requests ADD COLUMN geom geometry(Point, 4326);
UPDATE requests SET geom = ST_SetSRID(ST_MakePoint(lon, lat), 4326);
ALTER TABLE requests ADD PRIMARY KEY (id);
CREATE INDEX ON requests (ward, status, hours);
CREATE INDEX ON requests (created_at, id);
CREATE INDEX ON requests USING gist (geom);
VACUUM ANALYZE requests
"""
_SQL = {
    "filter": "SELECT * FROM requests WHERE ward = %(ward)s AND status = 'đóng' AND hours >= %(hours)s LIMIT 100",
    "page": "SELECT * FROM requests WHERE (created_at, id) > (%(from)s, 0) ORDER BY created_at, id LIMIT 100",
    "aggregate": "SELECT category, count(*), avg(hours), sum(cost) FROM requests WHERE hours >= %(hours)s GROUP BY 1",
    "bbox": "SELECT * FROM requests WHERE geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) LIMIT 100",
    "row": "SELECT * FROM requests WHERE id = %(id)s",
}


def postgresql(url: str, rows: int) -> Result:
    """PostgreSQL asked directly, as JSON: no HTTP in between."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT to_regclass('requests')").fetchone()
        if known is None or known[0] is None:
            began = time.perf_counter()
            connection.execute(_PREPARE)
            with connection.cursor().copy("COPY requests FROM STDIN") as copy:
                for row in _tuples(rows):
                    copy.write_row(row)
            for statement in _INDEX.split(";"):
                connection.execute(statement)
            print(f"  PostgreSQL loaded and indexed: {time.perf_counter() - began:.1f} s")

        def call(name: str, values: dict[str, Any]) -> Callable[[], Any]:
            return lambda: json.dumps(connection.execute(_SQL[name], values).fetchall(), default=str)

        return _ask(tuple(_SQL), rows, call)


def pygeoapi(binaries: Path, home: Path, url: str, rows: int) -> Result:
    """pygeoapi on PostGIS, two gunicorn workers; its pages are found by OFFSET."""
    port, parts = warehouse.free_port(), urlsplit(url)
    config = home / "pygeoapi.yml"
    config.write_text(json.dumps(_pygeoapi_config(port, parts)))
    openapi = home / "openapi.yml"
    environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    openapi.write_text("openapi: 3.0.2\ninfo: {title: bench, version: '1'}\npaths: {}\n")
    command = [str(binaries / "gunicorn"), "-w", "2", "-b", f"127.0.0.1:{port}", "pygeoapi.flask_app:APP"]
    base = "/collections/requests/items?f=json&limit=100"

    def path_of(name: str, values: dict[str, Any]) -> str:
        if name == "bbox":
            return f"{base}&bbox={values['west']:.5f},{values['south']:.5f},{values['east']:.5f},{values['north']:.5f}"
        return f"{base}&offset={random.Random(str(values)).randrange(0, rows - 100)}"

    with warehouse.served(command, port, "/?f=json", **environment):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        return _ask(
            ("page", "bbox"),
            rows,
            lambda name, values: lambda: warehouse.get(connection, path_of(name, values)),
        )


def _pygeoapi_config(port: int, parts: Any) -> dict[str, Any]:
    database = {
        "host": parts.hostname, "port": parts.port or 5432, "dbname": parts.path.lstrip("/"), "user": parts.username,
        "password": parts.password or "", "search_path": ["public"],
    }  # fmt: skip
    text = {"en": "bench"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}", "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8", "languages": ["en"], "limits": {"default_items": 100, "max_items": 1000}, "map": {"url": "x", "attribution": "x"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {"title": text, "description": text, "keywords": {"en": ["x"]}, "keywords_type": "theme", "terms_of_service": "x", "url": "http://localhost"},
            "license": {"name": "x", "url": "http://localhost"}, "provider": {"name": "x", "url": "http://localhost"}, "contact": {"name": "x"},
        },
        "resources": {
            "requests": {
                "type": "collection", "title": text, "description": text, "keywords": {"en": ["x"]}, "links": [],
                "extents": {"spatial": {"bbox": [105, 9, 109, 13], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
                "providers": [{"type": "feature", "name": "PostgreSQL", "data": database, "id_field": "id", "table": "requests", "geom_field": "geom"}],
            }
        },
    }  # fmt: skip
