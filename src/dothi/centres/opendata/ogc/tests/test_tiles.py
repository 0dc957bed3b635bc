"""Vector tiles: read back by a library of others, points, lines and polygons where they belong."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
import shapely

from dothi.centres.opendata.ogc.tests.conftest import COLUMNS, ROWS
from dothi.centres.opendata.ogc.tiles import matrix, mvt

mapbox_vector_tile = pytest.importorskip("mapbox_vector_tile")
SHAPED = [
    {"name": "code", "type": "string", "role": "key"},
    {"name": "place", "type": "geometry", "role": "geometry"},
]


def tile_of(longitude, latitude, zoom):
    x, y = matrix.inside(np.array([longitude]), np.array([latitude]), 0, 0, 0)
    return int(x[0] / 4096 * (1 << zoom)), int(y[0] / 4096 * (1 << zoom))


def read(answer, y_down=True):
    return mapbox_vector_tile.decode(answer.body, default_options={"y_coord_down": y_down})


@pytest.mark.django_db(transaction=True)
class TestTiles:
    def url(self, key, zoom, at=(106.70, 10.78)):
        column, row = tile_of(*at, zoom)
        return f"/ogc/collections/{key}/tiles/WebMercatorQuad/{zoom}/{row}/{column}"

    def test_points_lie_where_they_are_with_their_properties(self, client, published):
        key = published()
        layer = read(client.get(self.url(key, 10)))[key]
        assert len(layer["features"]) == 3
        first = next(each for each in layer["features"] if each["properties"]["code"] == "t1")
        assert first["properties"] == {
            "code": "t1",
            "kind": "sao",
            "height": 12.5,
            "seen_at": "2026-01-03T04:05:06+00:00",
        }
        column, row = tile_of(106.70, 10.78, 10)
        x, y = matrix.inside(np.array([106.70]), np.array([10.78]), 10, column, row)
        assert first["geometry"]["coordinates"] == [round(x[0]), round(y[0])]

    def test_nothing_personal_is_in_a_tile(self, client, published):
        answer = client.get(self.url(published(), 10), properties="keeper,kind")
        assert b"keeper" not in answer.body
        assert b"kind" in answer.body

    def test_polygons_keep_their_holes_and_are_cut_at_the_tile(self, client, published):
        ring = [(106.0, 10.0), (107.5, 10.0), (107.5, 11.5), (106.0, 11.5)]
        hole = [(106.68, 10.75), (106.72, 10.75), (106.72, 10.79), (106.68, 10.79)]
        rows = [
            ("p", shapely.to_wkb(shapely.Polygon(ring, [hole]))),
            ("l", shapely.to_wkb(shapely.LineString(ring[:2]))),
        ]
        key = published(rows=rows, columns=SHAPED)
        far = read(client.get(self.url(key, 6)))[key]["features"]
        assert {each["geometry"]["type"] for each in far} == {"Polygon", "LineString"}
        near = read(client.get(self.url(key, 10)))[key]["features"]
        shape = shapely.geometry.shape(near[0]["geometry"])
        assert shape.is_valid
        assert len(shape.interiors) == 1
        assert shape.bounds == (-64, -64, 4160, 4160)

    def test_where_there_is_nothing_there_is_no_tile(self, client, published):
        key = published()
        assert client.get(self.url(key, 12, at=(0.0, 0.0))).status == 204
        assert client.get(f"/ogc/collections/{key}/tiles/WebMercatorQuad/1/2/0").status == 404
        assert client.get(f"/ogc/collections/{key}/tiles/Other/1/0/0").status == 404
        assert client.get(f"/ogc/collections/{key}/tiles/WebMercatorQuad/a/0/0").status == 400

    def test_many_points_on_each_other_are_drawn_once_and_all_are_there_nearby(self, client, published):
        chance = np.random.default_rng(1)
        lon, lat = 106.7 + chance.random(30_000) / 10, 10.7 + chance.random(30_000) / 10
        rows = [(f"c{n}", "x", 1.0, None, None, lon[n], lat[n]) for n in range(len(lon))]
        key = published(rows=rows)
        assert 0 < len(read(client.get(self.url(key, 3)))[key]["features"]) < 300
        column, row = tile_of(106.75, 10.75, 15)
        west, south, east, north = matrix.box(15, column, row)
        inside = int(((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)).sum())
        assert len(read(client.get(self.url(key, 15, at=(106.75, 10.75))))[key]["features"]) == inside

    def test_tiles_are_packed_and_not_sent_twice(self, client, published):
        url = self.url(published(), 10)
        packed = client.get(url, headers={"accept-encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == client.get(url).body
        again = client.get(url, headers={"if-none-match": packed.headers["etag"], "accept-encoding": "gzip"})
        assert again.status == 304

    def test_metadata_leads_to_the_tiles(self, client, published):
        key = published()
        sets = client.follow(
            client.get(f"/ogc/collections/{key}").link(
                "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
            )
        )
        tileset = client.get(f"/ogc/collections/{key}/tiles/WebMercatorQuad")
        assert sets.json()["tilesets"] == [tileset.json()]
        assert (
            client.follow(tileset.link("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")).json()[
                "tileMatrices"
            ][3]["matrixWidth"]
            == 8
        )
        tilejson = client.get(f"/ogc/collections/{key}/tiles/WebMercatorQuad?f=tilejson").json()
        column, row = tile_of(106.70, 10.78, 9)
        template = tilejson["tiles"][0]
        for name, value in (("{z}", 9), ("{x}", column), ("{y}", row)):
            template = template.replace(name, str(value))
        assert client.follow(template).status == 200
        assert tilejson["vector_layers"][0]["id"] == key

    def test_shared_data_has_tiles_only_for_who_may_read_it(self, client, published):
        assert client.get(self.url(published(access="shared", catalogue=False), 10)).status in (401, 403)
        guarded = [each | ({"sensitivity": "personal"} if each["name"] == "lon" else {}) for each in COLUMNS]
        assert client.get(self.url(published(rows=ROWS, columns=guarded), 10)).status == 403


@pytest.mark.parametrize(
    "shape",
    ["POINT (5 6)", "MULTIPOINT (1 2, 3 4)", "LINESTRING (0 0, 10 10, 20 0)", "MULTILINESTRING ((0 0, 1 1), (5 5, 9 9))",
     "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (10 10, 20 10, 20 20, 10 20, 10 10))",
     "POLYGON ((0 0, 0 100, 100 100, 100 0, 0 0))",
     "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((50 50, 60 50, 60 60, 50 60, 50 50)))"],
)  # fmt: skip
def test_a_geometry_is_read_back_as_it_was(shape):
    given = shapely.from_wkt(shape)
    layer = mvt.Layer("l")
    layer.add(1, [], *mvt.commands(given))
    read = mapbox_vector_tile.decode(layer.encoded(), default_options={"y_coord_down": True})["l"][
        "features"
    ][0]
    assert shapely.geometry.shape(read["geometry"]).equals(given)


def test_values_keep_their_types_and_equal_ones_of_other_types_stay_apart():
    layer = mvt.Layer("l")
    values = {"a": 1, "b": 1.0, "c": True, "d": "1", "e": -7, "f": 2**60, "g": "Đường", "h": None}
    layer.add(
        None, [(layer.key(name), value) for name, value in values.items()], mvt.POINT, mvt.point(-3, 70000)
    )
    read = mapbox_vector_tile.decode(layer.encoded())["l"]["features"][0]["properties"]
    assert read == {name: value for name, value in values.items() if value is not None}
    assert [type(read[name]) for name in "abcd"] == [int, float, bool, str]


def test_what_is_too_small_to_see_is_left_out():
    assert mvt.commands(shapely.from_wkt("POLYGON ((0 0, 0.2 0, 0.2 0.2, 0 0))"))[1] == b""
    assert mvt.commands(shapely.from_wkt("POLYGON EMPTY")) == (0, b"")
    assert mvt.Layer("l").encoded() == b""
