"""Follows the warehouse: a newer version of a public dataset is looked through, then told; a shipped one published."""

from __future__ import annotations

from typing import Any, Final

import structlog

from dothi.centres.opendata import describing, screening
from dothi.centres.opendata.actions import publication as steps
from dothi.centres.opendata.catalogue.listing import encode
from dothi.centres.opendata.models import CatalogueEntry, Change, Publication
from dothi.centres.opendata.shipped import publishing
from dothi.core.errors import both
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.warehouse import gates
from dothi.kernel.warehouse import queries as datasets
from dothi.kernel.warehouse.gates import Candidate, GateReport, open_gate
from dothi.kernel.warehouse.models import DatasetVersion

log = structlog.get_logger()
_WAREHOUSE: Final = "vn.dothi.warehouse"
CHECK: Final = "personal-data"
TYPES: Final = (
    f"{_WAREHOUSE}.version-published",
    f"{_WAREHOUSE}.version-withdrawn",
    f"{_WAREHOUSE}.dataset-declared",
)


@consumer("opendata-catalogue", types=TYPES, atomic=False)
def follow(event: Event) -> None:
    """Bring the catalogue up to what the warehouse says. Doing it again for the same event changes nothing."""
    key = event.data["key"]
    dataset = datasets.dataset(key)
    version = datasets.published(dataset) if dataset else None
    if version is None:
        return
    found = Publication.objects.filter(dataset=key).first()
    if found is None or (found.state == "draft" and not found.round):
        publishing.publish(key)
    elif found.state == "published":
        refresh(found, version)


def refresh(publication: Publication, version: DatasetVersion) -> None:
    """Show what serves now, unless it is a newer version with personal data that nobody accepted."""
    newer = version.number > publication.version
    if newer and not _looked_through(version):
        seen = screening.look(version)
        if steps.stops(publication, seen):
            log.warning("opendata.version_held", dataset=publication.dataset, version=version.number)
            steps.hold(publication, version, seen, by=SYSTEM)
            return
    if newer or _differs(publication, version):
        kind = Change.UPDATED if version.number != publication.version else Change.DESCRIBED
        steps.show_again(publication, version, by=SYSTEM, kind=kind)


def _looked_through(version: DatasetVersion) -> bool:
    """Whether :func:`no_personal_data` let it pass before it served."""
    return any(each.get("check") == CHECK and each.get("passed") for each in version.quality)


def no_personal_data(candidate: Candidate) -> GateReport:
    """Stands before every load of a public dataset: a version with personal data nobody accepted never serves."""
    publication = Publication.objects.filter(dataset=candidate.ref.key, state="published").first()
    if publication is None:
        return open_gate(candidate)
    stopped = steps.stops(publication, screening.look_at(candidate))
    results = tuple(_result(each.column, each.count, each.kind) for each in stopped)
    return GateReport(not stopped, results=results or ({"check": CHECK, "column": "", "passed": True},))


def _result(column: str, count: int, kind: str) -> dict[str, Any]:
    why = both(f"Cột có vẻ chứa dữ liệu cá nhân: {kind}.", f"The column seems to hold personal data: {kind}.")
    return {
        "check": CHECK, "column": column, "passed": False, "severity": "error", "failed_rows": count, "why": why,
    }  # fmt: skip


gates.stand(CHECK, no_personal_data)


def _differs(publication: Publication, version: DatasetVersion) -> bool:
    """Whether the public is told something else than what the dataset says of itself now."""
    if publication.published_at is None:
        return False
    entry = CatalogueEntry.objects.filter(dataset=publication.dataset).first()
    now = describing.listing(version.dataset, version, publication.published_at)
    return entry is None or bytes(entry.document) != encode(now)
