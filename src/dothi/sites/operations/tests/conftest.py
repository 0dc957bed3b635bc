"""A small city: two wards and a special zone with outlines, an old ward, and a few things in the live city."""

from datetime import date, timedelta

import pytest
import shapely
from django.test import Client

from dothi.core import clock
from dothi.core.ids import uuid7_str
from dothi.kernel import context
from dothi.kernel.directory.models import AdministrativeUnit, Revision, UnitBoundary, UnitSuccession
from dothi.kernel.directory.snapshot import memory
from dothi.kernel.identity.access import SYSTEM
from dothi.sites.operations import layers

REFORM = date(2025, 7, 1)
BOXES = {
    "26740": (106.69, 10.77, 106.71, 10.79),
    "26743": (106.67, 10.77, 106.69, 10.79),
    "26732": (106.60, 8.68, 106.62, 8.70),
}
NAMES = {
    "26740": ("Sài Gòn", "Sai Gon", "Phường", "Ward", "ward"),
    "26743": ("Bến Thành", "Ben Thanh", "Phường", "Ward", "ward"),
    "26732": ("Côn Đảo", "Con Dao", "Đặc khu", "Special Zone", "special-zone"),
}


def make_unit(key, level, kind, names, parent=None, *, begun=REFORM, ended=None, point=(None, None)):
    vi, en, word, english = names
    era, code = key.split(":")
    return AdministrativeUnit.objects.create(
        key=key, era=era, code=code, level=level, kind=kind, name_vi=vi, name_en=en, full_name_vi=f"{word} {vi}",
        full_name_en=f"{en} {english}", parent=parent, valid_from=begun, valid_to=ended, lon=point[0], lat=point[1],
        area_km2=4.8,
    )  # fmt: skip


@pytest.fixture
def units(db):
    """The units, their outlines, and one old ward that became Sài Gòn."""
    province = make_unit("vn34:79", "province", "city", ("Hồ Chí Minh", "Ho Chi Minh", "Thành phố", "City"))
    found = {}
    for code, (vi, en, word, english, kind) in NAMES.items():
        west, south, east, north = BOXES[code]
        middle = ((west + east) / 2, (south + north) / 2)
        found[code] = make_unit(
            f"vn34:{code}", "commune", kind, (vi, en, word, english), province, point=middle
        )
        wkb = shapely.to_wkb(shapely.box(*BOXES[code]))
        UnitBoundary.objects.create(unit=found[code], full=wkb, simplified=wkb, area_km2=4.8, source="test")
    old = make_unit(
        "vn63:26734", "commune", "ward", ("Bến Nghé", "Ben Nghe", "Phường", "Ward"), begun=None, ended=REFORM
    )
    UnitSuccession.objects.create(old=old, new=found["26740"], kind="whole", share=1.0)
    Revision.objects.update_or_create(pk=1, defaults={"token": uuid7_str()})
    memory.forget()
    yield found
    memory.forget()


def reading(value, unit=None, *, ago=timedelta()):
    """An NGSI-LD property observed some time ago."""
    given = {"type": "Property", "value": value, "observedAt": clock.iso(clock.now() - ago)}
    return given | ({"unitCode": unit} if unit else {})


def thing(kind, slug, name, lon, lat, *, simulated=True, **attributes):
    """An entity at a point."""
    entity = {
        "id": f"urn:ngsi-ld:{kind}:{slug}",
        "type": kind,
        "name": {"type": "Property", "value": name},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, lat]}},
        **attributes,
    }
    return entity | ({"provenance": {"type": "Property", "value": "simulated"}} if simulated else {})


def everything():
    """What the small city has: five air stations' worth of cases and two cameras."""
    old = timedelta(days=2)
    return [
        thing("AirQualityObserved", "clean", "Trạm Bến Thành", 106.68, 10.78, pm25=reading(12.0, "GQ")),
        thing("AirQualityObserved", "foul", "Trạm Sài Gòn", 106.70, 10.78, pm25=reading(180.0, "GQ")),
        thing(
            "AirQualityObserved", "second", "Trạm Ba Son", 106.705, 10.785, simulated=False,
            pm25=reading(20.0, "GQ"), dataProvider={"type": "Property", "value": "Sở Tài nguyên"},
        ),
        thing("AirQualityObserved", "silent", "Trạm im lặng", 106.675, 10.775, pm25=reading(40.0, "GQ", ago=old)),
        thing("AirQualityObserved", "far", "Trạm ngoài khơi", 107.5, 9.5, pm25=reading(30.0, "GQ")),
        thing("Camera", "c1", "Lê Lợi – Pasteur", 106.7, 10.775, simulated=False, status=reading("ok")),
        thing("Camera", "c2", "Hàm Nghi", 106.702, 10.772, simulated=False, status=reading("ok")),
    ]  # fmt: skip


@pytest.fixture
def city(wired, units):
    """The units with things in them; the live city is emptied afterwards."""
    live = context.current()
    result = live.upsert(everything(), by=SYSTEM)
    assert not result.errors
    layers.forget()
    yield live
    live.delete([entity["id"] for entity in everything()], by=SYSTEM)
    layers.forget()


@pytest.fixture
def add(city):
    """Puts one more thing into the city, for this test; gives its id."""
    added = []

    def put(*described, **attributes):
        entity = thing(*described, **attributes)
        city.upsert([entity], by=SYSTEM)
        layers.forget()
        added.append(entity["id"])
        return entity["id"]

    yield put
    city.delete(added, by=SYSTEM)


@pytest.fixture
def visitor():
    """Someone who is not signed in, on a first visit."""
    return Client()


@pytest.fixture
def english():
    """A visitor who chose English."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client
