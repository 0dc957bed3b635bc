"""Two small record types of our own, people who may do more or less, and units that lie in one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import msgspec
import pytest

from dothi.kernel.identity import access
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.packs.record_types import RecordType
from dothi.kernel.registers import actions, types
from dothi.kernel.registers.models import Record

CITY, WARD, OTHER = "79", "26734", "26740"

OWNER = {
    "key": "owner",
    "label": {"vi": "Chủ", "en": "Owner"},
    "plural": {"vi": "Các chủ", "en": "Owners"},
    "group": "people",
    "name": "{full_name}",
    "identifiers": [
        {"key": "id-card", "label": {"vi": "Số thẻ", "en": "Card number"}, "normalise": "digits"},
        {"key": "file", "label": {"vi": "Số hồ sơ", "en": "File number"}, "unique": False},
    ],
    "search": ["full_name", "note"],
    "indexed": ["sex", "height", "born", "alive"],
    "unit": "unit",
    "access": {
        "purposes": [
            {"key": "residence", "label": {"vi": "Cư trú", "en": "Residence"}},
            {"key": "health", "label": {"vi": "Y tế", "en": "Health"}, "clear": ["personal", "sensitive"]},
            {
                "key": "contact",
                "label": {"vi": "Liên hệ", "en": "Contact"},
                "fields": ["phone"],
                "permission": "hotline.call",
            },
        ]
    },
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["full_name"],
        "properties": {
            "full_name": {
                "type": "string",
                "minLength": 1,
                "x-label": {"vi": "Họ tên", "en": "Name"},
                "x-sensitivity": "personal",
                "x-mask": "name",
            },
            "card": {
                "type": "string",
                "pattern": "^[0-9 ]{4,20}$",
                "x-label": {"vi": "Thẻ", "en": "Card"},
                "x-sensitivity": "personal",
                "x-mask": "id",
                "x-identifier": "id-card",
            },
            "file": {"type": "string", "x-label": {"vi": "Tệp", "en": "File"}, "x-identifier": "file"},
            "phone": {
                "type": "string",
                "x-label": {"vi": "Điện thoại", "en": "Phone"},
                "x-sensitivity": "personal",
                "x-mask": "phone",
            },
            "illness": {
                "type": "string",
                "x-label": {"vi": "Bệnh", "en": "Illness"},
                "x-sensitivity": "sensitive",
            },
            "born": {
                "type": "string",
                "format": "date",
                "x-label": {"vi": "Sinh", "en": "Born"},
                "x-sensitivity": "personal",
                "x-mask": "date",
            },
            "sex": {"type": "string", "x-label": {"vi": "Giới", "en": "Sex"}, "x-codes": "sexes"},
            "height": {"type": "number", "x-label": {"vi": "Cao", "en": "Height"}},
            "alive": {"type": "boolean", "x-label": {"vi": "Còn sống", "en": "Alive"}},
            "note": {"type": "string", "x-label": {"vi": "Ghi chú", "en": "Note"}},
            "unit": {"type": "string", "x-label": {"vi": "Đơn vị", "en": "Unit"}, "x-link": "unit"},
            "guardian": {
                "type": "string",
                "x-label": {"vi": "Giám hộ", "en": "Guardian"},
                "x-link": {"register": "owner", "by": "id-card"},
            },
        },
    },
}
TREE = {
    "key": "tree",
    "label": {"vi": "Cây", "en": "Tree"},
    "plural": {"vi": "Cây xanh", "en": "Trees"},
    "group": "land",
    "name": "{species} ({plate})",
    "version": 2,
    "identifiers": [{"key": "plate", "label": {"vi": "Biển số cây", "en": "Plate"}, "normalise": "plate"}],
    "search": ["species", "remark"],
    "indexed": ["species"],
    "geometry": "place",
    "unit": "unit",
    "access": {"open": True, "purposes": [{"key": "care", "label": {"vi": "Chăm sóc", "en": "Care"}}]},
    "migrations": [
        {
            "to": 2,
            "rename": {"kind": "species"},
            "values": {"species": {"phuong": "Phượng vĩ"}},
            "default": {"remark": "-"},
            "remove": ["girth"],
        }
    ],
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["species"],
        "properties": {
            "species": {
                "type": "string",
                "x-label": {"vi": "Loài", "en": "Species"},
                "x-sensitivity": "open",
            },
            "plate": {
                "type": "string",
                "x-label": {"vi": "Biển", "en": "Plate"},
                "x-sensitivity": "open",
                "x-identifier": "plate",
            },
            "remark": {"type": "string", "x-label": {"vi": "Ghi chú", "en": "Remark"}},
            "planted_by": {
                "type": "string",
                "x-label": {"vi": "Người trồng", "en": "Planted by"},
                "x-sensitivity": "personal",
                "x-link": {"register": "owner", "by": "id-card", "must_exist": True},
            },
            "place": {"type": "object", "x-label": {"vi": "Vị trí", "en": "Place"}, "x-sensitivity": "open"},
            "unit": {"type": "string", "x-label": {"vi": "Đơn vị", "en": "Unit"}, "x-sensitivity": "open"},
        },
    },
}


def declared(raw: dict[str, Any], **changed: Any) -> RecordType:
    return msgspec.convert({**raw, **changed}, RecordType)


@pytest.fixture(autouse=True)
def small_types() -> Iterator[None]:
    """The two types are known; a ward lies in the city."""
    before = list(access._covers)
    access.register_covers(lambda outer, inner: outer == CITY and inner in (WARD, OTHER))
    types.use([declared(OWNER), declared(TREE)])
    yield
    types.reload()
    access._covers[:] = before


def someone(*patterns: str, unit: str | None = None) -> Actor:
    """An actor with these rights, in a unit or everywhere."""
    return Actor("account", "0190", "An", tuple(Grant(each, unit) for each in patterns))


REGISTRAR = someone("registers.read.*", "registers.personal.*", "registers.write.*")
READER = someone("registers.read.*")
WARD_OFFICER = someone("registers.read.*", "registers.personal.*", "registers.write.*", unit=WARD)

Owner = Callable[..., Record]


@pytest.fixture
def owner(db) -> Owner:
    """A new owner: ``owner("Nguyễn Văn An", card="079…", valid_from=…)``."""

    def make(name: str = "Nguyễn Văn An", valid_from: date | None = None, **data: Any) -> Record:
        return actions.create("owner", {"full_name": name, **data}, by=SYSTEM, valid_from=valid_from)

    return make


@pytest.fixture
def tree(db) -> Owner:
    """A new tree at a point."""

    def make(species: str = "Me tây", lon: float = 106.7, lat: float = 10.77, **data: Any) -> Record:
        place = {"type": "Point", "coordinates": [lon, lat]}
        return actions.create("tree", {"species": species, "place": place, **data}, by=SYSTEM)

    return make
