"""Which code reads which kind of catalogue; imported when one is first harvested."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from dothi.centres.opendata.harvest.base import Harvester
from dothi.core.errors import BadInput, both

KINDS: Final = ("ckan", "dcat", "ogc")


def harvester(kind: str) -> Harvester:
    """What reads catalogues of this kind; raises :class:`BadInput`."""
    if kind not in KINDS:
        raise BadInput(both(f"Có: {', '.join(KINDS)}.", f"There are: {', '.join(KINDS)}."), where="kind")
    found: Harvester = import_module(f"{__package__}.{kind}.harvester").HARVESTER
    return found
