"""A dossier half filled in, people who may and may not see it."""

from __future__ import annotations

from datetime import date
from uuid import NAMESPACE_URL, uuid5

import pytest

from dothi.core.ids import uuid7_str
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.directory.models import AdministrativeUnit, Revision
from dothi.kernel.directory.snapshot import memory
from dothi.kernel.identity.access import Actor, Grant

WARD = "26740"
MAI = Actor("account", "mai", "Trần Thị Mai", account="mai")
BINH = Actor("account", "binh", "Lê Văn Bình", account="binh")
CLERK = Actor(
    "account", "clerk", "Một cửa",
    (Grant("services.*", unit=WARD), Grant("cases.*", unit=WARD)), account="clerk",
)  # fmt: skip
PERMIT = "permit-single-house"
OWNER = {
    "owner_id": "079190000001",
    "owner_name": "Trần Thị Mai",
    "owner_phone": "0903123456",
    "represented": "false",
}
LAND = {
    "parcel_code": "P1", "parcel_area": "100",
    "site": {"lon": 106.70, "lat": 10.775, "address": "12 Lê Lợi", "unit": WARD},
}  # fmt: skip
WORKS = {
    "kind_of_works": "new", "floors": [{"name": "Tầng 1", "area": "60", "use": "living"}], "basement": "false",
    "height": "7,5", "ground_area": "60", "start_on": "2099-01-05",
}  # fmt: skip
PAGES = {"owner": OWNER, "land": LAND, "works": WORKS}


def paper_id(name):
    return str(uuid5(NAMESPACE_URL, name))


def paper(name="x.pdf"):
    return DocumentMeta(id=paper_id(name), name=name, media_type="application/pdf", size=3, sha256="0" * 64)


@pytest.fixture
def ward(db):
    """The city and one ward of it."""
    made = None
    for code, level, kind, name in (
        ("79", "province", "city", "Hồ Chí Minh"),
        (WARD, "commune", "ward", "Sài Gòn"),
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
def complete(ward):
    """A function that fills a draft in, up to the button."""
    from dothi.centres.services.actions import drafting

    def fill(draft):
        assert drafting.save_eligibility(draft, {"holds_right": "true", "storeys_planned": "3"}) == []
        drafting.save_who(
            draft, capacity="self", on_behalf={}, contact={"phone": "0903 123 456"}, language="vi"
        )
        for page, answers in PAGES.items():
            assert drafting.save_page(draft, page, answers) == {}
        for key in ("land-title", "drawings"):
            drafting.attach(draft, key, paper(f"{key}.pdf"))
        draft.refresh_from_db()
        return draft

    return fill
