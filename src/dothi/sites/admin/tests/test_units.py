"""Units looked up, old and new; boundaries imported with a report."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dothi.kernel.directory.models import UnitBoundary
from dothi.kernel.identity.models import AuditEntry
from dothi.sites.admin import forms

pytestmark = pytest.mark.usefixtures("units")


def found(answer):
    return re.findall(r'<th scope="row"><a href="/admin/units/([^/]+)/">', answer.content.decode())


@pytest.mark.parametrize("text", ["Bến Nghé", "ben nghe", "BEN  NGHE"])
def test_a_unit_is_found_with_and_without_diacritics(office, text):
    assert found(office.get("/admin/units/", {"q": text})) == ["vn63:26740"]


def test_a_code_finds_the_unit_of_today_and_that_of_before(office):
    assert found(office.get("/admin/units/?q=26740")) == ["vn34:26740", "vn63:26740"]


def test_a_day_leaves_the_units_of_that_day(office):
    assert found(office.get("/admin/units/?q=26740&on=2024-01-01")) == ["vn63:26740"]
    assert found(office.get("/admin/units/?q=26740&on=2025-07-01")) == ["vn34:26740"]


def test_an_old_ward_says_at_once_what_it_is_now(office):
    text = office.get("/admin/units/?q=ben+nghe").content.decode()
    assert "đến hết 30/06/2025" in text
    assert '<a href="/admin/units/vn34:26740/">Phường Sài Gòn</a>' in text


def test_a_new_ward_says_what_it_was_made_of(office):
    text = office.get("/admin/units/vn34:26740/").content.decode()
    assert '<a href="/admin/units/vn63:26740/">Phường Bến Nghé</a>' in text
    assert "từ 01/07/2025" in text


def test_nothing_found_says_what_to_try(office):
    assert "Hãy gõ ít chữ hơn, gõ mã, hoặc bỏ ngày" in office.get("/admin/units/?q=zzzz").content.decode()


def square(west, south, size=0.02):
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def file(*features, name="ranh giới.geojson"):
    document = {"type": "FeatureCollection", "features": list(features)}
    return SimpleUploadedFile(name, json.dumps(document).encode(), "application/geo+json")


def feature(code, geometry):
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def send(browser, upload, **more):
    return browser.post(
        "/admin/units/boundaries/", {"file": upload, "code_property": "code", **more}, follow=True
    )


def test_an_import_reports_every_feature_and_is_audited(office):
    point = {"type": "Point", "coordinates": [106.7, 10.7]}
    answer = send(
        office,
        file(
            feature("26740", square(106.69, 10.77)), feature("99999", square(1, 1)), feature("26743", point)
        ),
    )
    text = answer.content.decode()
    assert answer.redirect_chain == [("/admin/units/boundaries/", 302)]
    assert "không phải Point" in text
    assert "99999" in text
    assert list(UnitBoundary.objects.values_list("unit_id", "source")) == [
        ("vn34:26740", "ranh giới.geojson")
    ]
    entry = AuditEntry.objects.get(action="directory.import_boundaries")
    assert (entry.subject, entry.detail) == (
        "file:ranh giới.geojson",
        {"matched": 1, "total": 3, "errors": 2},
    )


def test_the_code_may_stand_in_another_property(office):
    upload = file({"type": "Feature", "properties": {"ma": "26740"}, "geometry": square(106.69, 10.77)})
    send(office, upload, code_property="ma")
    assert UnitBoundary.objects.count() == 1


def test_what_is_not_geojson_is_refused_at_the_form(office):
    answer = send(office, SimpleUploadedFile("a.geojson", b"{broken"))
    assert "không phải JSON" in answer.content.decode()
    assert not UnitBoundary.objects.exists()


def test_a_file_too_large_is_refused_before_it_is_read(office, monkeypatch):
    monkeypatch.setattr(forms, "LARGEST_FILE", 10)
    assert "chỉ nhận tối đa 64 MB" in send(office, file()).content.decode()


@pytest.mark.parametrize("name", ["../../etc/passwd", "..geojson", "a\\b/c.geojson", ".hidden"])
def test_a_name_that_means_something_to_a_file_system_does_no_harm(office, name):
    upload = file(feature("26740", square(106.69, 10.77)), name="x.geojson")
    upload._name = name
    assert send(office, upload).status_code == 200
    assert "/" not in UnitBoundary.objects.get().source


def test_who_may_only_look_up_imports_nothing(make):
    browser = make("an", "operator")
    assert "Nhập một tệp" not in browser.get("/admin/units/boundaries/").content.decode()
    answer = browser.post("/admin/units/boundaries/", {"file": file(feature("26740", square(106.69, 10.77)))})
    assert answer.status_code == 403
    assert not UnitBoundary.objects.exists()
