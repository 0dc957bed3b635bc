"""Requests for data and error reports as cases: opened, acted on by who answers for the data, followed back.

The case holds state, clock, history and answer; its row here what the portal shows and searches. Who sent it is
reached through ``kernel/fulfilment``; neither the case nor the row has an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from dothi.centres.opendata import queries, rules
from dothi.centres.opendata.models import DataRequest, ErrorReport
from dothi.core.clock import from_us
from dothi.core.errors import BadInput, Conflict, both
from dothi.kernel.cases import access
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries as reading
from dothi.kernel.cases.engine.types import Offer, Refused
from dothi.kernel.cases.views import CaseView
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.messages.rules import Recipient

Brought = DataRequest | ErrorReport
REQUEST: Final = "data-request"
REPORT: Final = "data-error-report"


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody brought, the code of its case, and (once, for who has no account) the secret to follow it by."""

    row: Brought
    code: str
    secret: str | None


def open_case(
    procedure: str, data: Mapping[str, Any], *, title: str, unit: str, organisation: str, by: Actor, to: Recipient
) -> CaseView:  # fmt: skip
    """The case of what was brought, with how its sender is reached; part of the transaction that is open."""
    made = cases.open_case(
        procedure, data={key: value for key, value in data.items() if value not in ("", 0)}, by=by,
        unit=unit, organisation=organisation or None, title=title[:300],
        channel="web" if by.kind != "token" else "api", secret=by.account is None,
    )  # fmt: skip
    contacts.put(made.id, to, account=by.account or "")
    return made


def offers(row: Brought, by: Actor) -> list[Offer]:
    """What the procedure lets ``by`` do with it now, each leading to another state."""
    return [each for each in reading.available(row.case, by=_owner(row, by)) if each.enabled and each.to]


def move(row: Brought, state: str, data: Mapping[str, Any], *, by: Actor) -> CaseView:
    """Take the step that leads to ``state``, with those of the answers that its form asks for.

    Raises :class:`Conflict` where the procedure has no such step, :class:`BadInput` at the field that is wrong.
    """
    offer = next((each for each in offers(row, by) if each.to == state), None)
    if offer is None:
        raise Conflict(
            both(
                f"Không thể chuyển từ “{row.state}” sang “{state}”.",
                f"'{row.state}' cannot become '{state}'.",
            ),
            state=row.state,
        )
    forms = reading.compiled(reading.get(row.case, by=SYSTEM)).forms
    asked = {each.key for each in forms[offer.form].fields()} if offer.form else set()
    given = {key: value for key, value in data.items() if key in asked and value not in ("", 0)}
    try:
        return cases.act(row.case, offer.action, data=given, by=_owner(row, by))
    except Refused as refused:
        if not refused.errors:
            raise
        field, why = next(iter(refused.errors.items()))
        raise BadInput(why, where=field) from refused


def _owner(row: Brought, by: Actor) -> Actor:
    """Whoever may answer for the data may see this one case, without a right to read others of the place."""
    if not by.may(rules.ANSWER, unit=row.unit or None, organisation=row.organisation or None):
        return by
    seen = (Grant(access.READ, unit=row.unit or None),)
    return replace(by, grants=by.grants + seen, within=None if by.within is None else by.within + seen)


@consumer("opendata.casework", types=("vn.dothi.cases.*",))
def follow(event: Event) -> None:
    """Bring the portal's row up to date with its case, wherever somebody acted on it."""
    if event.data.get("procedure") in (REQUEST, REPORT):
        renew(reading.get(event.data["id"], by=SYSTEM), by=event.actor or "")


def renew(case: CaseView, *, by: str) -> None:
    """The row as the case stands now. What was answered with an unpublished dataset names none."""
    closed = from_us(case.closed_us) if case.closed_us is not None else None
    told: dict[str, object] = {
        "state": case.state,
        "answer": str(case.data.get("answer", "")),
        "answered_at": closed,
    }
    if closed is not None:
        told["answered_by"] = by[:80]
    if case.procedure == REQUEST:
        found = queries.dataset(str(case.data.get("dataset", "")))
        named = found.key if found else ""
        DataRequest.objects.filter(case=case.id).update(**told, dataset=named)
    else:
        mended = int(case.data.get("mended_in") or 0)
        ErrorReport.objects.filter(case=case.id).update(**told, mended_in=mended)
