"""The small type of the registers' own tests, with a way to find its duplicates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dothi.kernel.identity import access
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions, types
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.tests.conftest import CITY, OTHER, OWNER, WARD, declared

LINKAGE = {
    "purpose": "residence",
    "compare": [
        {"property": "full_name", "way": "name"},
        {"property": "born", "way": "date"},
        {"property": "phone", "way": "phone"},
    ],
    "block": [["sounds:full_name", "year:born"], ["phone:phone"]],
    "keep": {"full_name": "fullest", "card": "winner"},
}
Owner = Callable[..., Record]


@pytest.fixture(autouse=True)
def small_types() -> Iterator[None]:
    before = list(access._covers)
    access.register_covers(lambda outer, inner: outer == CITY and inner in (WARD, OTHER))
    types.use([declared(OWNER, linkage=LINKAGE)])
    yield
    types.reload()
    access._covers[:] = before


@pytest.fixture
def owner(db) -> Owner:
    def make(name: str = "Nguyễn Văn An", source: str = "", **data: Any) -> Record:
        return actions.create("owner", {"full_name": name, **data}, by=SYSTEM, source=source)

    return make
