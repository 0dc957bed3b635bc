"""OGC API beside pygeoapi 0.21 in the same run: a page of 100 features, and a box with 100 of them, at a million points.

python bench/ogc.py --peers BIN [--rows N] [--home FOLDER] [--postgres URL]

``--peers`` is the bin folder of an environment with gunicorn and pygeoapi 0.21, which reads the same rows from a
GeoPackage with its spatial index (SQLiteGPKG provider), and from PostGIS when ``--postgres`` names a database.
Both answer the same OGC API requests as GeoJSON; ours follows its ``next`` links, pygeoapi's pages go by offset.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import warehouse
import warehouse_data
import warehouse_peers

GOAL = 3.0
Result = dict[str, dict[str, float]]
_KINDS = {"integer": "INTEGER", "number": "DOUBLE"}


def box_of(values: dict[str, Any]) -> str:
    return ",".join(f"{values[side]:.5f}" for side in ("west", "south", "east", "north"))


def ours(rows: int, home: Path) -> Result:
    """One granian worker, one connection kept alive."""
    port, asked = warehouse.free_port(), warehouse.questions(rows)
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--workers", "1", "--no-ws", "bench.ogc_server:application"]  # fmt: skip
    base = "/ogc/collections/requests/items?limit=100"
    with warehouse.served(command, port, base, DOTHI_HOME=str(home)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        following = [base]

        def page(_: int) -> Callable[[], Any]:
            def call() -> None:
                document = json.loads(warehouse.get(connection, following[0]))
                parts = urlsplit(next(each["href"] for each in document["links"] if each["rel"] == "next"))
                following[0] = f"{parts.path}?{parts.query}"

            return call

        def boxed(number: int) -> Callable[[], Any]:
            values = asked["bbox"](random.Random(f"bbox{number}"))
            return lambda: json.loads(warehouse.get(connection, f"{base}&bbox={box_of(values)}"))

        def tile(number: int) -> Callable[[], Any]:
            chance = random.Random(f"tile{number}")
            row, column = 7698 + chance.randrange(8), 13046 + chance.randrange(8)
            path = f"/ogc/collections/requests/tiles/WebMercatorQuad/14/{row}/{column}"
            return lambda: _tile(connection, path)

        return {
            name: warehouse.measure(name, make, times)
            for name, make, times in (("page", page, 200), ("bbox", boxed, 200), ("tile z14", tile, 60))
        }


def _tile(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (200, 204), (path, answer.status)


def geopackage(path: Path, rows: int) -> None:
    """The rows as a GeoPackage: points with an R-tree, the key as primary key."""
    columns = [each for each in warehouse_data.COLUMNS if each["name"] != "id"]
    kinds = ", ".join(f"{each['name']} {_KINDS.get(each['type'], 'TEXT')}" for each in columns)
    header = b"GP\x00\x01" + struct.pack("<i", 4326)
    with sqlite3.connect(path) as db:
        db.executescript(
            f"""
            PRAGMA application_id = 1196444487;
            CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
              organization_coordsys_id INTEGER, definition TEXT, description TEXT);
            INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'undefined', '');
            CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, description TEXT,
              last_change TEXT, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
            INSERT INTO gpkg_contents VALUES ('requests', 'features', 'requests', '', '2026-01-01T00:00:00Z', 105, 9, 109, 13, 4326);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER,
              z INTEGER, m INTEGER);
            INSERT INTO gpkg_geometry_columns VALUES ('requests', 'geom', 'POINT', 4326, 0, 0);
            CREATE TABLE requests (id INTEGER PRIMARY KEY, {kinds}, geom BLOB);
            CREATE VIRTUAL TABLE rtree_requests_geom USING rtree (id, minx, maxx, miny, maxy);
            """
        )
        names = [each["name"] for each in warehouse_data.COLUMNS]
        lon, lat = names.index("lon"), names.index("lat")
        marks = ", ".join("?" * (len(names) + 1))
        points = (
            (*row, header + struct.pack("<BIdd", 1, 1, row[lon], row[lat]))
            for row in warehouse_peers._tuples(rows)
        )
        db.executemany(f"INSERT INTO requests VALUES ({marks})", points)
        db.execute("INSERT INTO rtree_requests_geom SELECT id, lon, lon, lat, lat FROM requests")


def pygeoapi(binaries: Path, home: Path, rows: int) -> Result:
    """pygeoapi on the GeoPackage, two gunicorn workers."""
    path = home / f"requests-{rows}.gpkg"
    if not path.exists():
        geopackage(path, rows)
    port = warehouse.free_port()
    settings = warehouse_peers._pygeoapi_config(port, urlsplit("postgresql://x@y/z"))
    provider = {
        "type": "feature",
        "name": "SQLiteGPKG",
        "data": str(path),
        "id_field": "id",
        "table": "requests",
    }
    settings["resources"]["requests"]["providers"] = [provider]
    config, openapi = home / "pygeoapi-gpkg.yml", home / "openapi-gpkg.yml"
    config.write_text(json.dumps(settings))
    openapi.write_text("openapi: 3.0.2\ninfo: {title: bench, version: '1'}\npaths: {}\n")
    environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    command = [str(binaries / "gunicorn"), "-w", "2", "-b", f"127.0.0.1:{port}", "pygeoapi.flask_app:APP"]
    base, asked = "/collections/requests/items", warehouse.questions(rows)

    def path_of(name: str, number: int) -> str:
        chance = random.Random(f"{name}{number}")
        more = (
            {"bbox": box_of(asked["bbox"](chance))}
            if name == "bbox"
            else {"offset": (number % 200) * 100 + 100}
        )
        return f"{base}?{urlencode({'f': 'json', 'limit': 100} | more)}"

    with warehouse.served(command, port, "/?f=json", **environment):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

        def maker(name: str) -> Callable[[int], Callable[[], Any]]:
            return lambda number: lambda: json.loads(warehouse.get(connection, path_of(name, max(number, 0))))

        return {name: warehouse.measure(name, maker(name), 30, 3) for name in ("page", "bbox")}


def compare(found: Result, peer: Result, what: str) -> None:
    for name, values in peer.items():
        times = values["p50"] / found[name]["p50"]
        print(f"  {name:<10} {times:6.1f} x as fast as {what} (goal {GOAL:.0f})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, help="keep data here, and use what is there")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--postgres", default="")
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="dothi-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    csv, data = home / f"requests-{given.rows}.csv", home / f"dothi-{given.rows}"
    if not csv.exists():
        warehouse_data.write_csv(csv, given.rows)
    if not data.exists():
        # In a process of its own: it holds the lake and its memory while it loads.
        code = f"import warehouse, pathlib; warehouse.load(pathlib.Path({str(csv)!r}), pathlib.Path({str(data)!r}), {given.rows})"
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)
    print(f"{given.rows:,} points, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    found = ours(given.rows, data)
    warehouse.show("dothi", found)
    if given.peers:
        peer = pygeoapi(given.peers, home, given.rows)
        warehouse.show("pygeoapi, GeoPackage", peer)
        compare(found, peer, "pygeoapi on a GeoPackage")
    if given.peers and given.postgres:
        peer = warehouse_peers.pygeoapi(given.peers, home, given.postgres, given.rows)
        warehouse.show("pygeoapi, PostGIS", peer)
        compare(found, peer, "pygeoapi on PostGIS")
    if given.home is None:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
