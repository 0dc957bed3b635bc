"""What an operator does with a report that is there: hand it on, elsewhere, merge it, part it again, split it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from dothi.centres.hotline import access, actions, publishing
from dothi.centres.hotline.actions import Filed
from dothi.centres.hotline.models import Correction, RoutingDecision
from dothi.centres.hotline.publishing import PROCEDURE
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries
from dothi.kernel.cases.models import Link
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action
from dothi.kernel.messages.rules import Recipient

PARTS_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One matter of a report that holds several."""

    category: str
    description: str


def report(code: str, *, by: Actor) -> CaseView:
    """The report with this code, as ``by`` may see it; raises :class:`NotFound` for cases of other kinds too."""
    found = queries.get(code.strip(), by=by)
    if found.procedure != PROCEDURE:
        raise NotFound(both("Không có phản ánh này.", "There is no such report."))
    return found


@action(permission=None)
def dispatch(
    code: str,
    *,
    to: str,
    priority: str = "normal",
    answer_within: str = "",
    reason: str = "",
    by: Actor,
    rev: int | None = None,
    key: str | None = None,
) -> CaseView:
    """Hand a new report on to who answers it. What differs from what was suggested is kept for learning."""
    found = report(code, by=by)
    data = {"responder": to, "priority": priority} | (
        {"answer_within": answer_within} if answer_within else {}
    )
    done = cases.act(found.id, "dispatch", by=by, data=data, note=reason, rev=rev, key=key)
    _learn(found, done, to, reason, by)
    return done


@action(permission=None)
def reroute(
    code: str, *, to: str, reason: str, by: Actor, rev: int | None = None, key: str | None = None
) -> CaseView:
    """Send a report that was handed on to another organisation, with the reason; its answer clock begins again."""
    found = report(code, by=by)
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do chuyển lại.", "Give the reason."), where="reason")
    if to == found.data.get("responder"):
        raise Conflict(both("Phản ánh đang ở cơ quan này.", "The report is with them already."), where="to")
    data = {"responder": to, "priority": found.data.get("priority", "normal")}
    done = cases.act(found.id, "reroute", by=by, data=data, note=reason.strip(), rev=rev, key=key)
    _learn(found, done, to, reason, by)
    return done


def _learn(found: CaseView, done: CaseView, to: str, reason: str, by: Actor) -> None:
    """Note where a report went instead of where it was, or was suggested to go."""
    row = RoutingDecision.objects.filter(case=found.id).first()
    before = str(found.data.get("responder") or (row.organisation if row else ""))
    if before and before != to:
        Correction.objects.create(
            case=found.id, category=str(found.data.get("category", ""))[:60], before=before, after=to,
            reason=reason.strip()[:1000], by=by.reference[:80],
        )  # fmt: skip
    publishing.learn(done)


@action(permission=None)
def merge(code: str, with_: str, *, by: Actor, note: str = "", key: str | None = None) -> CaseView:
    """Merge two reports of one matter: the later into the earlier, whose news its people hear from now on.

    Gives the merged one back. Raises :class:`Conflict` when the earlier is closed, so that nobody waits for nothing.
    """
    one, other = report(code, by=by), report(with_, by=by)
    if one.id == other.id:
        raise Conflict(both("Đó là cùng một phản ánh.", "That is the same report."), where="with")
    for each in (one, other):
        _may_merge(each, by)
    first, later = sorted((one, other), key=lambda each: (each.opened_us, each.num))
    if not first.open:
        raise Conflict(
            both(
                f"Phản ánh gốc {first.code} đã kết thúc; không gộp vào được.",
                f"The first report {first.code} is closed: nothing can be merged into it.",
            ),
            where="with",
        )
    done = cases.act(later.id, "merge", by=by, data={"duplicate_of": first.code}, note=note, key=key)
    cases.link(later.id, Link.DUPLICATE, first.id, by=by, note=note, key=key and f"{key}:link")
    contacts.join(later.id, first.id)
    return done


@action(permission=None)
def unmerge(code: str, *, reason: str, by: Actor, key: str | None = None) -> CaseView:
    """Part a report again from the one it was merged into: it is new, and its people hear of it alone."""
    found = report(code, by=by)
    _may_merge(found, by)
    if found.state != "merged":
        raise Conflict(both("Phản ánh này không bị gộp.", "This report is not merged."))
    first = report(str(found.data.get("duplicate_of", "")), by=by)
    done = cases.act(found.id, "unmerge", by=by, note=reason, key=key)
    cases.unlink(found.id, Link.DUPLICATE, first.id, by=by, note=reason, key=key and f"{key}:link")
    contacts.part(found.id, first.id)
    return done


@action(permission=None)
def split(code: str, parts: Sequence[Part], *, by: Actor, key: str) -> list[Filed]:
    """Open a report of its own for each further matter that one names, for the same person and place.

    The report itself stays, and says which ones came of it. All of them or none.
    """
    found = report(code, by=by)
    _may_merge(found, by)
    if not 1 <= len(parts) <= PARTS_MOST:
        raise BadInput(
            both(f"Tách thành 1 đến {PARTS_MOST} phản ánh.", f"Split off 1 to {PARTS_MOST} reports."),
            where="parts",
        )
    if not found.open:
        raise Conflict(both("Phản ánh này đã xong.", "This report is done already."))
    held = contacts.of(found.id)
    contact = (
        Recipient(name=held.name, language=held.language, email=held.email, phone=held.phone)
        if held
        else None
    )
    with transaction.atomic():
        made = [
            actions.file_report(
                each.category, each.description, by=by, position=found.position, unit=found.unit,
                place_words=str(found.data.get("place_words", "")), contact=contact, channel=found.channel,
                key=f"{key}:{number}", simulated=found.simulated, on_behalf=True, links=[(Link.CHILD, found.id)],
            )
            for number, each in enumerate(parts)
        ]  # fmt: skip
        codes = ", ".join(each.code for each in made)
        cases.comment(found.id, f"Tách thêm phản ánh / split off: {codes}", by=by, key=f"{key}:told")
    return made


def _may_merge(found: CaseView, by: Actor) -> None:
    by.require(access.MERGE, unit=found.unit or None, organisation=found.organisation or None)
