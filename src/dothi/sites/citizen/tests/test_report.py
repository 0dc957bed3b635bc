"""Somebody with a phone and no account reports a hole in the road, page by page, without a script."""

import io
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image

from dothi.centres.hotline.images import waiting
from dothi.centres.hotline.models import WaitingPhoto
from dothi.core.clock import now
from dothi.engines import registry
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


def photo(at=None):
    """A photo; ``at``: degrees north and east that its camera wrote down."""
    out, exif = io.BytesIO(), Image.Exif()
    if at:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps |= {1: "N", 2: (at[0], 0.0, 0.0), 3: "E", 4: (at[1], 0.0, 0.0)}
        exif[ExifTags.IFD.GPSInfo] = gps
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")


def to_contact(phone, photos=()):
    assert phone.post("/c/report/", {"photos": list(photos)}).url == "/c/report/what/"
    phone.post("/c/report/what/", {"description": "Ổ gà lớn giữa đường, xe máy té"})
    shown = phone.get("/c/report/kind/").content.decode()
    assert 'value="pothole"' in shown
    phone.post("/c/report/kind/", {"category": "pothole"})
    return phone.post("/c/report/where/", PLACE)


def test_a_report_is_sent_page_by_page_and_followed_by_its_secret(phone):
    cache.clear()
    assert to_contact(phone, [photo()]).url == "/c/report/contact/"
    assert phone.post("/c/report/contact/", {"phone": "0903 123 456"}).url == "/c/report/check/"
    sent = phone.post("/c/report/check/")
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
    assert (
        phone.post("/c/report/same/", {"code": row.code, "address": "mai@example.vn"}).url
        == "/c/confirm/code/"
    )
    assert Case.objects.count() == 1


def test_what_is_missing_is_told_and_nobody_jumps_ahead(phone):
    assert phone.get("/c/report/check/").url == "/c/report/"
    phone.post("/c/report/", {})
    assert phone.post("/c/report/what/", {"description": " "}).status_code == 422
    phone.post("/c/report/what/", {"description": "Ổ gà"})
    assert phone.post("/c/report/kind/", {"category": "x"}).status_code == 422
    phone.post("/c/report/kind/", {"category": "pothole"})
    assert phone.post("/c/report/where/", {}).status_code == 422
    phone.post("/c/report/where/", {"f.place.address": "Lê Lợi", "f.place.unit": WARD})
    assert phone.post("/c/report/contact/", {"phone": "12"}).status_code == 422
    assert phone.get("/c/report/nothing/").status_code == 404


def test_where_a_photo_was_taken_is_offered_and_never_kept_in_it(phone):
    cache.clear()
    shown = phone.post("/c/report/", {"photos": [photo((10.0, 106.0)), photo()]})
    assert shown.status_code == 200  # the offer
    first, second = WaitingPhoto.objects.all()
    assert not Image.open(io.BytesIO(waiting.content(first))).getexif()
    assert phone.get(f"/c/report/photos/{first.pk}/").status_code == 200
    assert Client().get(f"/c/report/photos/{first.pk}/").status_code == 404
    phone.post("/c/report/", {"remove": str(second.pk)})
    assert phone.post("/c/report/", {"use": "yes"}).url == "/c/report/what/"
    phone.post("/c/report/what/", {"description": "Ổ gà"})
    phone.post("/c/report/kind/", {"category": "pothole"})
    page = phone.get("/c/report/where/").content.decode()
    assert 'value="10.0"' in page


def test_a_position_nobody_agreed_to_is_forgotten(phone):
    cache.clear()
    phone.post("/c/report/", {"photos": [photo((10.0, 106.0))]})
    assert phone.post("/c/report/", {"use": "no"}).url == "/c/report/what/"
    assert "106.0" not in str(dict(phone.session))


def test_bad_photos_are_told_and_old_ones_forgotten(phone):
    cache.clear()
    bad = SimpleUploadedFile("a.jpg", b"no photo", "image/jpeg")
    assert phone.post("/c/report/", {"photos": [bad]}).status_code == 422
    assert phone.post("/c/report/", {"photos": [photo() for _ in range(6)]}).status_code == 422
    assert phone.post("/c/report/", {"remove": "x"}).status_code == 404
    digest = WaitingPhoto.objects.first().digest
    assert waiting.forget_old() == 0
    WaitingPhoto.objects.update(created_at=now() - timedelta(days=2))
    assert waiting.forget_old() == 5
    assert not registry.blobs().exists(digest)


def test_the_ward_of_an_address_is_found(phone):
    phone.post("/c/report/", {})
    phone.post("/c/report/what/", {"description": "Ổ gà"})
    phone.post("/c/report/kind/", {"category": "pothole"})
    given = {"f.place.address": "12 Lê Lợi, phuong sai gon", "find": "1"}
    page = phone.post("/c/report/where/", given).content.decode()
    assert f'value="{WARD}" selected' in page
    assert phone.post("/c/report/where/", {"f.place.address": "zzz", "find": "1"}).status_code == 422
