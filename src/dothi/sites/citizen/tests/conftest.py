"""A ward, files, and somebody with a phone and no account."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfWriter

from dothi.core.ids import uuid7_str
from dothi.kernel.directory.models import AdministrativeUnit, Revision
from dothi.kernel.directory.snapshot import memory

WARD = "26740"


def pdf(name="a.pdf"):
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    made.write(out)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


@pytest.fixture
def ward(db):
    made = None
    for code, level, kind, name in (
        ("79", "province", "city", "Hồ Chí Minh"),
        (WARD, "commune", "ward", "Phường Sài Gòn"),
    ):
        made = AdministrativeUnit.objects.create(
            key=f"vn34:{code}", era="vn34", code=code, level=level, kind=kind, name_vi=name, name_en=name,
            full_name_vi=name, full_name_en=name, parent=made, valid_from=date(2025, 7, 1), lon=106.7, lat=10.775,
        )  # fmt: skip
    Revision.objects.update_or_create(pk=1, defaults={"token": uuid7_str()})
    memory.forget()
    yield WARD
    memory.forget()


@pytest.fixture
def phone(wired, ward):
    """A visitor without an account."""
    return Client()
