"""The small country of the directory's tests, and a type with a unit, a written address and a place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dothi.kernel.directory.tests.conftest import loaded, source
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs.record_types import RecordType
from dothi.kernel.registers import actions, types
from dothi.kernel.registers.tests.conftest import declared

__all__ = ["loaded", "source"]
SHOP = {
    "key": "stall",
    "label": {"vi": "Sạp", "en": "Stall"},
    "plural": {"vi": "Các sạp", "en": "Stalls"},
    "group": "business",
    "name": "{title}",
    "unit": "unit",
    "geometry": "position",
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["title"],
        "properties": {
            "title": {"type": "string", "x-label": {"vi": "Tên", "en": "Name"}},
            "seat": {"type": "string", "x-label": {"vi": "Trụ sở", "en": "Seat"}, "x-address": True},
            "position": {"type": "object", "x-label": {"vi": "Vị trí", "en": "Place"}},
            "unit": {"type": "string", "x-label": {"vi": "Đơn vị", "en": "Unit"}, "x-link": "unit"},
        },
    },
}


@pytest.fixture(autouse=True)
def stall_type() -> Iterator[RecordType]:
    """The type is known."""
    kind = declared(SHOP)
    types.use([kind])
    yield kind
    types.reload()


@pytest.fixture
def stall(loaded):
    """A stall of before: ``stall(unit="26737", seat="…", valid_from=…)``."""

    def make(valid_from=None, **data):
        return actions.create("stall", {"title": "Sạp", **data}, by=SYSTEM, valid_from=valid_from)

    return make
