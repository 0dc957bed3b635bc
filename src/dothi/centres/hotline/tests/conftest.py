"""The city with one ward, and where in it reports are made."""

from __future__ import annotations

from datetime import date

import pytest

from dothi.core.ids import uuid7_str
from dothi.kernel.directory.models import AdministrativeUnit, Revision
from dothi.kernel.directory.snapshot import memory

WARD = "26740"
HERE = (106.70098, 10.77689)


@pytest.fixture
def ward(wired, db):
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
