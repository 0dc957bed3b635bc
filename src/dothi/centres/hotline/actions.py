"""Every write of the hotline: a report is filed, somebody has the same trouble."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from dothi.centres.hotline import publishing, queries
from dothi.centres.hotline.models import PublicReport, RoutingDecision
from dothi.centres.hotline.publishing import PROCEDURE
from dothi.centres.hotline.queries import Near
from dothi.centres.hotline.queries import near as near
from dothi.centres.hotline.queries import suggest as suggest
from dothi.centres.hotline.routing.suggesting import Position, Suggestion
from dothi.centres.hotline.taxonomy import answers as asked
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.config import current
from dothi.core.errors import BadInput, Conflict, both
from dothi.kernel.cases import access
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases.views import CaseView
from dothi.kernel.directory import queries as directory
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import Actor
from dothi.kernel.messages.codes import Address
from dothi.kernel.messages.rules import Recipient, email, phone
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.reports import ReportCategory

PHOTO: Final = "photo"


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that was taken: its code, (once) the secret of whoever has no account, what may be the same."""

    code: str
    secret: str | None
    duplicates: list[Near] = field(default_factory=list)
    case: str = ""


def file_report(
    category: str,
    description: str,
    *,
    by: Actor,
    position: Position | None = None,
    place_words: str = "",
    unit: str = "",
    answers: Mapping[str, Any] | None = None,
    contact: Recipient | None = None,
    confirmed: Collection[Address] = (),
    channel: str = "web",
    photos: Sequence[tuple[str, bytes]] = (),
    language: str = "vi",
    key: str | None = None,
    simulated: bool = False,
    on_behalf: bool = False,
    links: Sequence[tuple[str, str]] = (),
) -> Filed:
    """Take a report: all of it or nothing. The same ``key`` again answers the same, without the secret.

    ``on_behalf``: ``by`` writes down what somebody else says, and is not the applicant. ``links``: (kind, id of
    the other case).

    Raises :class:`~dothi.kernel.cases.engine.types.Refused`, :class:`BadInput` or the fault of a photo.
    """
    declared = _category(category)
    given = asked.check(declared, answers or {}, complete=False)
    suggestion = suggest(description, position, given, category=category)
    data = _data(declared, description, position, place_words, unit, given)
    _found_place(declared, position, place_words, unit)
    duplicates = near(position, category, text=description, address=place_words) if position else []
    account = "" if on_behalf else by.account or ""
    with transaction.atomic():
        made = cases.open_case(
            PROCEDURE, data=data, by=by, applicant=f"account:{account}" if account else None, links=links,
            unit=_unit(position, unit), organisation=packs.procedures()[PROCEDURE].agency.organisation,
            channel=channel, position=position, title=declared.label.vi, secret=not account,
            key=f"hotline:{key}" if key else None, simulated=simulated,
        )  # fmt: skip
        if not RoutingDecision.objects.filter(case=made.id).exists():
            _keep(made, suggestion, by, account, contact or Recipient(language=language), confirmed, photos)
    others = [each for each in duplicates if each.report.case != made.id]
    return Filed(made.code, made.secret, others, made.id)


def _keep(
    made: CaseView, suggestion: Suggestion, by: Actor, account: str, contact: Recipient,
    confirmed: Collection[Address], photos: Sequence[tuple[str, bytes]],
) -> None:  # fmt: skip
    """What a case does not hold itself: why it goes where, whom to tell, its photos, what is public."""
    _log(made.id, suggestion, by)
    contacts.put(made.id, contact, account=account, confirmed=confirmed, secret=made.secret)
    as_ = by if account else access.holder(made.id)
    for name, content in photos:
        cases.add_document(made.id, PHOTO, content, name=name, by=as_)
    publishing.renew(made)


def _log(case: str, suggestion: Suggestion, by: Actor) -> None:
    first = suggestion.candidates[0].category if suggestion.candidates else ""
    decision = suggestion.decision
    RoutingDecision.objects.create(
        case=case, model=suggestion.model, suggested="" if suggestion.abstained else first,
        suggestion=[
            {"category": each.category, "probability": round(each.probability, 4), "words": [why.words for why in each.reasons]}
            for each in suggestion.candidates
        ],
        category=suggestion.category or "", organisation=suggestion.organisation or "", rule=suggestion.rule or "",
        priority=decision.priority if decision else "", answer=decision.answer if decision else "", by=by.reference[:80],
    )  # fmt: skip


def _category(key: str) -> ReportCategory:
    found = catalogue.categories().get(key)
    if found is None:
        raise BadInput(both("Hãy chọn một lĩnh vực.", "Choose a category."), where="category")
    return found


def _found_place(category: ReportCategory, position: Position | None, words: str, unit: str) -> None:
    if category.needs_place and position is None and not words.strip():
        raise BadInput(
            both("Hãy chọn trên bản đồ hoặc mô tả vị trí.", "Choose on the map or describe the place."),
            where="place",
        )


def _data(
    category: ReportCategory, description: str, position: Position | None, words: str, unit: str,
    given: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    data: dict[str, Any] = {"category": category.key, "description": description.strip()}
    if position:
        data["place"] = {"lon": position[0], "lat": position[1], "address": words, "unit": unit}
    data["place_words"] = words.strip() or ("" if position else "—")
    labels = {each.key: each for each in category.questions}
    rows = []
    for key, value in given.items():
        names = {each.value: each.label.vi for each in labels[key].values}
        values = value if isinstance(value, list) else [value]
        told = ", ".join(names.get(str(each), str(each)) for each in values)
        rows.append({"question": labels[key].label.vi, "answer": told[:1000]})
    if rows:
        data["answers"] = rows[:20]
    return data


def _unit(position: Position | None, chosen: str) -> str:
    """The ward the place lies in, else the one chosen, else the city."""
    found = directory.unit_at(*position) if position else None
    named = directory.unit(chosen) if found is None and chosen else found
    city = current().city
    return named.code if named is not None and directory.covers(city, named.code) else city


def me_too(code: str, *, by: Actor, contact: Recipient) -> str:
    """Follow somebody else's open report instead of sending it again; the secret by which to leave."""
    return _follow(_open_public(code), contact, by.account or "")


def follow_report(code: str, *, contact: Recipient) -> str:
    """Let somebody without an account, who told an operator, follow an open public report; its case."""
    report = _open_public(code)
    _follow(report, contact, "")
    return report.case


def _open_public(code: str) -> PublicReport:
    report = queries.public(code)
    if report.status != PublicReport.OPEN:
        raise Conflict(both("Phản ánh này đã xong.", "This report is done already."))
    return report


def _follow(report: PublicReport, contact: Recipient, account: str) -> str:
    return contacts.follow(
        report.case, account=account, email=email(contact.email) if contact.email else "",
        phone=phone(contact.phone) if contact.phone else "", language=contact.language,
    )  # fmt: skip
