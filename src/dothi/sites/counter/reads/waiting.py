"""The dossiers that wait to be accepted, as the counter lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from dothi.centres.services import acceptance, catalogue
from dothi.core.text import collation_key
from dothi.kernel.cases.filters import Filter

NAMES: Final = ("unit", "procedure", "channel", "mine")
CHANNELS: Final = ("web", "app", "counter", "api")


@dataclass(frozen=True, slots=True)
class Asked:
    """The list as its address says it."""

    given: Mapping[str, str]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        return cls({name: query.get(name, "").strip()[:120] for name in NAMES})

    def filter(self, account: str) -> Filter:
        """The list as cases are asked for."""
        given = self.given
        mine = {"me": account, "nobody": "nobody"}.get(given["mine"], "")
        return acceptance.waiting(
            procedure=given["procedure"], unit=given["unit"], channel=given["channel"], assignee=mine
        )

    def address(self, **changes: str) -> str:
        """The same list with some of it changed."""
        return "?" + urlencode({name: value for name, value in {**self.given, **changes}.items() if value})


def procedures(language: str) -> list[tuple[str, str]]:
    """The procedures that are accepted at a desk, by name."""
    taken = acceptance.procedures()
    found = [
        (each.key, each.procedure.label.text(language)) for each in catalogue.entries() if each.key in taken
    ]
    return sorted(found, key=lambda pair: collation_key(pair[1]))
