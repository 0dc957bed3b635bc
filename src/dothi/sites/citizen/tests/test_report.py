"""Somebody with a phone and no account reports a hole in the road, page by page, without a script."""

import io

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from dothi.kernel.cases import queries
from dothi.kernel.cases.models import Case
from dothi.kernel.identity.access import SYSTEM
from dothi.sites.citizen.tests.conftest import WARD

pytestmark = pytest.mark.django_db
PLACE = {
    "f.place.address": "Lê Lợi",
    "f.place.unit": WARD,
    "f.place.lat": "10,77689",
    "f.place.lon": "106.70098",
}


def photo():
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")


def to_contact(phone):
    phone.post("/c/report/", {"description": "Ổ gà lớn giữa đường, xe máy té"})
    shown = phone.get("/c/report/kind/").content.decode()
    assert 'value="pothole"' in shown
    phone.post("/c/report/kind/", {"category": "pothole"})
    return phone.post("/c/report/where/", PLACE)


def test_a_report_is_sent_page_by_page_and_followed_by_its_secret(phone):
    cache.clear()
    assert to_contact(phone).url == "/c/report/contact/"
    assert phone.post("/c/report/contact/", {"phone": "0903 123 456"}).url == "/c/report/photo/"
    sent = phone.post("/c/report/photo/", {"photos": [photo()]})
    assert sent.status_code == 302, sent.content.decode()[:3000]
    [row] = Case.objects.all()
    assert sent.url == f"/c/track/{row.code}/?new=1"
    made = queries.get(row.num, by=SYSTEM)
    assert (made.procedure, made.data["category"]) == ("report-1022", "pothole")
    assert len(made.snapshot.documents["photo"]) == 1
    shown = phone.get(sent.url)
    assert shown.status_code == 200
    assert row.code in shown.content.decode()
    # A neighbour is shown it, and follows.
    phone.cookies.clear()
    assert to_contact(phone).url == "/c/report/same/"
    assert row.code in phone.get("/c/report/same/").content.decode()
    assert phone.post("/c/report/same/", {"code": row.code}).status_code == 422
    assert phone.post("/c/report/same/", {"code": row.code, "email": "mai@example.vn"}).url == "/c/"
    assert Case.objects.count() == 1


def test_what_is_missing_is_told_and_nobody_jumps_ahead(phone):
    assert phone.get("/c/report/photo/").url == "/c/report/"
    assert phone.post("/c/report/", {"description": " "}).status_code == 422
    phone.post("/c/report/", {"description": "Ổ gà"})
    assert phone.post("/c/report/kind/", {"category": "x"}).status_code == 422
    phone.post("/c/report/kind/", {"category": "pothole"})
    assert phone.post("/c/report/where/", {}).status_code == 422
    phone.post("/c/report/where/", {"f.place.address": "Lê Lợi", "f.place.unit": WARD})
    assert phone.post("/c/report/contact/", {"phone": "12"}).status_code == 422
    assert phone.get("/c/report/nothing/").status_code == 404
