"""A small country: the city (79) with four units and Hà Nội with one, before and after the reform."""

import json
import sqlite3

import pytest
import shapely

from dothi.core.geometry import to_geojson
from dothi.kernel.directory import actions
from dothi.kernel.directory.source import Source
from dothi.kernel.identity.access import SYSTEM

PROVINCES = {
    "79": ("Thành phố Hồ Chí Minh", "thanhphohochiminh", 10.99, 106.64),
    "77": ("Tỉnh Bà Rịa - Vũng Tàu", "tinhbariavungtau", 10.54, 107.24),
    "01": ("Thành phố Hà Nội", "thanhphohanoi", 21.0, 105.7),
}
DISTRICTS = {
    "760": ("79", "Quận 1", "quan1", 10.775, 106.703),
    "787": ("79", "Huyện Cần Giờ", "huyencangio", 10.41, 106.95),
    "755": ("77", "Huyện Côn Đảo", "huyencondao", 8.7, 106.61),
    "001": ("01", "Quận Ba Đình", "quanbadinh", 21.03, 105.82),
}
OLD = [
    ("26740", "760", "Phường Bến Nghé", "phuongbennghe", 10.781, 106.703),
    ("26737", "760", "Phường Đa Kao", "phuongdakao", 10.789, 106.699),
    ("26743", "760", "Phường Bến Thành", "phuongbenthanh", 10.772, 106.695),
    ("27664", "787", "Thị trấn Cần Thạnh", "thitrancanthanh", 10.41, 106.96),
    (None, "755", None, None, None, None),
    ("00004", "001", "Phường Trúc Bạch", "phuongtrucbach", 21.044, 105.844),
]
NEW = [
    ("26740", "79", "Phường Sài Gòn", "phuongsaigon", 10.7805, 106.704, 3.04),
    ("26743", "79", "Phường Bến Thành", "phuongbenthanh", 10.7695, 106.694, 1.85),
    ("27664", "79", "Xã Cần Giờ", "xacangio", 10.45, 106.9, 157.33),
    ("26732", "79", "Đặc khu Côn Đảo", "dackhucondao", 8.69, 106.61, 75.79),
    ("00004", "01", "Phường Ba Đình", "phuongbadinh", 21.0386, 105.838, 2.97),
]
WHOLE = {
    "thanhphohochiminh": {
        "phuongsaigon": ["thanhphohochiminh_quan1_phuongbennghe"],
        "phuongbenthanh": ["thanhphohochiminh_quan1_phuongbenthanh"],
        "xacangio": ["thanhphohochiminh_huyencangio_thitrancanthanh"],
        "dackhucondao": ["tinhbariavungtau_huyencondao_"],
    },
    "thanhphohanoi": {"phuongbadinh": ["thanhphohanoi_quanbadinh_phuongtrucbach"]},
}
DIVIDED = {
    "thanhphohochiminh": {
        "thanhphohochiminh_quan1_phuongdakao": [
            {"newWardKey": "phuongbenthanh", "isDefaultNewWard": False},
            {"newWardKey": "phuongsaigon", "isDefaultNewWard": True},
        ]
    }
}
MERGED = {"thanhphohochiminh": ["tinhbariavungtau", "thanhphohochiminh"], "thanhphohanoi": ["thanhphohanoi"]}


def box_text(lat, lon):
    return f"{lat - 0.01},{lon - 0.01} – {lat + 0.01},{lon + 0.01}"


def old_row(code, district_code, name, key, lat, lon):
    province_code, district, district_key, district_lat, district_lon = DISTRICTS[district_code]
    province, province_key, province_lat, province_lon = PROVINCES[province_code]
    return (
        *(
            province,
            province_code,
            province_key,
            province_lon,
            province_lat,
            box_text(province_lat, province_lon),
        ),
        *(
            district,
            district_code,
            district_key,
            district_lon,
            district_lat,
            box_text(district_lat, district_lon),
        ),
        *(name, code, key, lon, lat, None if lat is None else box_text(lat, lon)),
    )


def new_row(code, province_code, name, key, lat, lon, area):
    province, province_key, province_lat, province_lon = PROVINCES[province_code]
    return province, province_code, province_key, province_lon, province_lat, name, code, key, lon, lat, area


def write_source(folder, new=NEW):
    """The files of the package, with the small country in them."""
    levels = ("province", "district", "ward")
    old_columns = [
        f"{level}{part}" for level in levels for part in ("", "Code", "Key", "Lon", "Lat", "Bounds")
    ]
    new_columns = [
        f"{level}{part}" for level in ("province", "ward") for part in ("", "Code", "Key", "Lon", "Lat")
    ]
    connection = sqlite3.connect(folder / "dataset.db")
    for table, columns, rows in (
        ("admin_units_legacy", old_columns, [old_row(*row) for row in OLD]),
        ("admin_units", [*new_columns, "wardAreaKm2"], [new_row(*row) for row in new]),
    ):
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
    connection.commit()
    connection.close()
    tables = {
        "DICT_PROVINCE": MERGED,
        "DICT_PROVINCE_WARD_NO_DIVIDED": WHOLE,
        "DICT_PROVINCE_WARD_DIVIDED": DIVIDED,
    }
    (folder / "converter_2025.json").write_text(json.dumps(tables))
    return Source(folder)


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    return write_source(tmp_path_factory.mktemp("source"))


@pytest.fixture
def loaded(db, source):
    """The small country in the database."""
    return actions.load_units(by=SYSTEM, source=source)


def squares(places):
    """A feature for each code: a square of 0.02 degrees around (lon, lat)."""
    for code, (lon, lat) in places.items():
        box = shapely.box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)
        yield {"type": "Feature", "properties": {"code": code}, "geometry": to_geojson(box)}


@pytest.fixture
def boundary_file(tmp_path):
    """Writes a GeoJSON file of squares around places, by code, and gives its path."""

    def write(**places):
        path = tmp_path / "wards.geojson"
        found = squares({code.removeprefix("u"): place for code, place in places.items()})
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(found)}))
        return path

    return write


@pytest.fixture(scope="session", name="write_source")
def _write_source():
    """Writes a source of one's own: ``write_source(folder, new units)``."""
    return write_source


@pytest.fixture(scope="session")
def new_units():
    """The units of today as :func:`write_source` takes them."""
    return NEW
