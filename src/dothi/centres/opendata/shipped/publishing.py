"""Publishes the datasets that come with the platform, once their first version is there. Nobody else's."""

from __future__ import annotations

from typing import Final

import structlog

from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.models import Publication
from dothi.centres.opendata.rules import Accepted
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs import queries as packs

log = structlog.get_logger()
BUILDERS: Final = "opendata."
PUBLISHER: Final = "dothi"
WHY: Final = "Dữ liệu đi kèm nền tảng, đã xem khi phát hành: tên đơn vị và địa danh, không phải của cá nhân."
# Names of wards and stations look like names of people and addresses; nothing else is let pass.
HARMLESS: Final = ("name", "address")


def keys() -> frozenset[str]:
    """The datasets whose rows this module makes, and the open ones that models of the same publisher count."""
    made = {
        each.dataset
        for each in packs.sources().values()
        if each.builder and each.builder.name.startswith(BUILDERS)
    }
    described = packs.datasets()
    counted = (described[each.dataset] for each in packs.pipelines().values() if each.dataset in described)
    return frozenset(made) | {
        each.key for each in counted if each.access == "open" and each.publisher == PUBLISHER
    }


def publish(key: str) -> Publication | None:
    """Take a shipped dataset the whole way, as its release approved it; None when it is not one, or went before."""
    if key not in keys():
        return None
    made = steps.prepare(key, by=SYSTEM)
    if made.state != "draft" or made.round:
        return None
    accepted = [Accepted(column, kind, WHY) for column in _columns(key) for kind in HARMLESS]
    steps.submit(made, by=SYSTEM, accepted=accepted, text=WHY)
    made = steps.screen(made)
    if made.state != "approval":
        log.warning("opendata.shipped_dataset_stopped", dataset=key, findings=made.findings)
        return made
    steps.approve(made, by=SYSTEM, text=WHY)
    return steps.publish(made, by=SYSTEM)


def _columns(key: str) -> list[str]:
    return [column.name for column in packs.datasets()[key].columns]
