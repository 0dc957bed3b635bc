"""What everybody may read of a report, kept in step with its case."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from dothi.centres.hotline.images import checking
from dothi.centres.hotline.images.publicising import PublicImage, publicise
from dothi.centres.hotline.models import PublicReport, RoutingDecision
from dothi.centres.hotline.privacy.redacting import redact
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.clock import from_us
from dothi.core.errors import DothiError
from dothi.engines import registry
from dothi.kernel.cases import documents, queries
from dothi.kernel.cases.views import CaseView
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs.reports import ReportCategory

PROCEDURE: Final = "report-1022"
HIDDEN: Final = frozenset({"refused", "withdrawn", "duplicate"})
PLACES: Final = 3  # decimals of a degree, some 100 m, where the very house would say whom a report is about


@consumer("hotline.public", types=("vn.dothi.cases.*",))
def follow(event: Event) -> None:
    """Bring the public report of a case up to date, and its photo when one came."""
    if event.data.get("procedure") != PROCEDURE:
        return
    found = queries.get(event.data["id"], by=SYSTEM)
    renew(found)
    learn(found)
    if event.type.endswith(".document-added"):
        show_photo(found)


def renew(case: CaseView) -> PublicReport:
    """The public report of a case as it stands now; what was there before is replaced."""
    category = catalogue.categories().get(str(case.data.get("category", "")))
    state = queries.compiled(case).procedure.states[case.state]
    label = state.public_label or state.label
    lon, lat = _point(case, category)
    shown = bool(category and category.public) and case.outcome not in HIDDEN
    report, _ = PublicReport.objects.update_or_create(
        case=case.id,
        defaults={
            "code": case.code, "category": case.data.get("category", ""), "unit": case.unit,
            "text": redact(str(case.data.get("description", "")), houses=True).text, "lon": lon, "lat": lat,
            "organisation": case.organisation, "state": case.state, "label_vi": label.vi, "label_en": label.en,
            "status": PublicReport.OPEN if case.open else PublicReport.CLOSED,
            "answer": redact(str(case.data.get("answer_text", "")), houses=True).text, "published": shown,
            "simulated": case.simulated, "opened_at": from_us(case.opened_us), "changed_at": from_us(case.changed_us),
            "due_at": _due(case),
        },
    )  # fmt: skip
    return report


def _due(case: CaseView) -> datetime | None:
    """When the public may expect the next thing: by the clocks that are public."""
    clocks = case.snapshot.clocks.values() if case.snapshot else ()
    due = [each.due_us for each in clocks if each.public and each.running and each.due_us]
    return from_us(min(due)) if due else None


def _point(case: CaseView, category: ReportCategory | None) -> tuple[float | None, float | None]:
    if case.position is None:
        return None, None
    lon, lat = case.position
    if category is None or category.duplicates.place == "premises":
        return round(lon, PLACES), round(lat, PLACES)
    return lon, lat


def learn(case: CaseView) -> None:
    """Note who really got a report, and whether that was what was suggested: what routing learns from."""
    responder = str(case.data.get("responder") or "")
    row = RoutingDecision.objects.filter(case=case.id).first()
    if not responder or row is None:
        return
    clock = case.snapshot.clocks.get("dispatch") if case.snapshot else None
    if row.dispatched_at is None and clock is not None and clock.stopped_us is not None:
        row.dispatched_at, row.dispatched_late = from_us(clock.stopped_us), clock.missed_us is not None
        row.save(update_fields=["dispatched_at", "dispatched_late"])
    if row.responder != responder:
        row.responder, row.corrected = responder, bool(row.organisation) and responder != row.organisation
        row.save(update_fields=["responder", "corrected"])


def show_photo(case: CaseView) -> str:
    """Make the first photo public when the category allows it and faces and plates were looked for; its digest."""
    category = catalogue.categories().get(str(case.data.get("category", "")))
    if category is None or not category.public or case.snapshot is None:
        return ""
    for meta in case.snapshot.documents.get("photo", ()):
        try:
            _, file = documents.open_document(UUID(meta.id), by=SYSTEM)
            with file:
                made = publicise(checking.read(file.read()).image)
        except DothiError:  # in quarantine, or a kind of photo that is not looked through
            continue
        if isinstance(made, PublicImage):
            digest = registry.blobs().put(made.files["screen"]).digest
            PublicReport.objects.filter(case=case.id).update(photo=digest)
            return digest
    return ""
