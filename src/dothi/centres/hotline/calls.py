"""The operator's calls: who rings, what they told before, what is written down, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from dothi.centres.hotline import access, actions
from dothi.centres.hotline.actions import Filed
from dothi.centres.hotline.callers import keyed, normal
from dothi.centres.hotline.inbound import taking
from dothi.centres.hotline.models import Call, Inbound
from dothi.centres.hotline.publishing import PROCEDURE
from dothi.centres.hotline.routing.suggesting import Position
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.cases import queries
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, audit
from dothi.kernel.messages import actions as messages
from dothi.kernel.messages.rules import Recipient

FIELDS: Final = {
    "number": 40, "name": 120, "email": 254, "category": 60, "description": 4000, "address": 300, "unit": 20,
    "lon": 20, "lat": 20,
}  # fmt: skip
ANSWERS: Final = "answers"
TOGETHER_MOST: Final = 20
PHOTOS_MOST: Final = 5


@action(permission=access.CALLS, unit=lambda **_: current().city)
def begin(*, by: Actor, number: str = "") -> Call:
    """A call was taken; the number is what the telephone showed."""
    number = normal(number)
    return Call.objects.create(
        operator=by.reference[:80], caller=keyed(number), draft={"number": number} if number else {}
    )


@action(permission=access.CALLS, unit=lambda **_: current().city)
def take_up(inbound: UUID, *, by: Actor) -> Call:
    """Work on a message as on a call: it fills the draft, together with what else its sender wrote by that channel."""
    first = Inbound.objects.select_for_update().filter(pk=inbound).first()
    if first is None:
        raise NotFound(both("Không có tin này.", "There is no such message."))
    if first.state != Inbound.WAITING or first.call is not None:
        raise Conflict(both("Đã có người nhận tin này.", "Somebody works on this message."))
    rows = Inbound.objects.select_for_update().filter(
        channel=first.channel, sender=first.sender, state=Inbound.WAITING, call=None
    )
    held = list(rows.order_by("received_at")[:TOGETHER_MOST])
    read = [taking.read(each) for each in held]
    sender = taking.read(first).sender
    where = next((each.position for each in reversed(read) if each.position), None)
    draft = {
        "description": "\n".join(filter(None, (each.text for each in read)))[: FIELDS["description"]],
        "name": sender.name, "email": sender.email, "number": sender.phone,
    } | ({"lon": str(where[0]), "lat": str(where[1])} if where else {})  # fmt: skip
    call = Call.objects.create(
        operator=by.reference[:80], channel=first.channel, caller=first.sender, draft=draft, started_at=now()
    )
    Inbound.objects.filter(pk__in=[each.pk for each in held]).update(call=call.pk, changed_at=now())
    return call


def messages_of(call: Call) -> list[Inbound]:
    """The messages that a conversation is about."""
    return list(Inbound.objects.filter(call=call.pk).order_by("received_at"))


def mine(id: UUID, *, by: Actor) -> Call:
    """One's own call; raises :class:`NotFound` for those of others."""
    by.require(access.CALLS, unit=current().city)
    found = Call.objects.filter(pk=id, operator=by.reference[:80]).first()
    if found is None:
        raise NotFound(both("Không có cuộc gọi này.", "There is no such call."))
    return found


def open_calls(*, by: Actor) -> list[Call]:
    """One's own calls that have not ended, the latest first."""
    by.require(access.CALLS, unit=current().city)
    return list(Call.objects.filter(operator=by.reference[:80], ended_at=None)[:20])


def save_draft(id: UUID, given: Mapping[str, Any], *, by: Actor) -> Call:
    """Keep what was written so far. Saved every few seconds while somebody types, so it is no audited action."""
    with transaction.atomic():
        call = _held(id, by)
        draft: dict[str, Any] = {
            name: str(given.get(name, "")).strip()[:most] for name, most in FIELDS.items()
        }
        answers = given.get(ANSWERS) or {}
        draft[ANSWERS] = {str(key)[:60]: value for key, value in list(answers.items())[:40]}
        call.draft = draft
        call.save(update_fields=["draft"])
    return call


def _held(id: UUID, by: Actor) -> Call:
    by.require(access.CALLS, unit=current().city)
    call = Call.objects.select_for_update().filter(pk=id, operator=by.reference[:80]).first()
    if call is None:
        raise NotFound(both("Không có cuộc gọi này.", "There is no such call."))
    if call.ended_at is not None:
        raise Conflict(both("Cuộc gọi đã kết thúc.", "The call has ended."))
    return call


@dataclass(frozen=True, slots=True)
class Known:
    """What a number told before, as far as the operator may see it."""

    open: Sequence[CaseView]
    closed: Sequence[CaseView]
    calls: int


def caller(number: str, *, by: Actor) -> Known:
    """The reports of a number, with an account or without: open ones first. Every look is audited, by a hash of the number."""
    by.require(access.CALLERS, unit=current().city)
    number = normal(number)
    if not number:
        return Known((), (), 0)
    found = []
    for case in contacts.cases_of(number):
        try:
            view = queries.get(case, by=by)
        except NotFound:
            continue
        if view.procedure == PROCEDURE:
            found.append(view)
    audit(
        "hotline.look_up_caller", by=by, subject=f"caller:{keyed(number)[:16]}",
        detail={"cases": [each.code for each in found]},
    )  # fmt: skip
    found.sort(key=lambda each: -each.opened_us)
    opened = [each for each in found if each.open]
    return Known(
        opened[:20],
        [each for each in found if not each.open][:10],
        Call.objects.filter(caller=keyed(number)).count(),
    )


@action(permission=access.CALLS, unit=lambda **_: current().city)
def file(
    id: UUID,
    *,
    category: str,
    description: str,
    by: Actor,
    position: Position | None = None,
    place_words: str = "",
    unit: str = "",
    answers: Mapping[str, Any] | None = None,
    contact: Recipient | None = None,
) -> Filed:
    """Send what the caller told as their report; asked again it is the same report."""
    call = _held(id, by)
    if not description.strip():
        raise BadInput(
            both("Hãy ghi nội dung phản ánh.", "Write down what is reported."), where="description"
        )
    photos = [each for row in messages_of(call) for each in taking.read(row).photos][:PHOTOS_MOST]
    made = actions.file_report(
        category, description, by=by, position=position, place_words=place_words, unit=unit, answers=answers,
        contact=contact, channel=call.channel, photos=photos, key=f"call:{call.pk}", on_behalf=True,
    )  # fmt: skip
    _became(call, made.case, Call.FILED)
    for row in messages_of(call)[:1]:
        sender = taking.read(row).sender
        if sender.zalo_user:  # an e-mail is answered by the procedure itself
            messages.send(
                sender, subject="1022", key=f"filed:{call.pk}", purpose="hotline.filed", about=f"case:{made.case}",
                text=f"Mã phản ánh của bạn / your code: {made.code}",
            )  # fmt: skip
    return made


def _became(call: Call, case: str, outcome: str) -> None:
    call.case, call.outcome = case, outcome
    call.save(update_fields=["case", "outcome"])
    Inbound.objects.filter(call=call.pk).update(state=Inbound.TAKEN, case=case, why="", changed_at=now())


@action(permission=access.CALLS, unit=lambda **_: current().city)
def follow(id: UUID, code: str, *, contact: Recipient, by: Actor) -> Call:
    """The caller's matter was reported already: let them hear how that report goes on."""
    call = _held(id, by)
    # The caller follows, not the operator: as somebody without an account.
    case = actions.follow_report(code, contact=contact)
    _became(call, case, Call.FOLLOWED)
    return call


@action(permission=access.CALLS, unit=lambda **_: current().city)
def end(id: UUID, *, outcome: str, by: Actor, note: str = "") -> Call:
    """The call is over. The draft goes; what came of it stays. A call that made a report keeps that outcome."""
    call = _held(id, by)
    outcome = call.outcome or outcome
    if outcome not in Call.OUTCOMES:
        raise BadInput(both("Hãy chọn kết quả cuộc gọi.", "Choose what came of the call."), where="outcome")
    call.ended_at, call.outcome, call.note, call.draft = now(), outcome, note.strip()[:500], {}
    call.save(update_fields=["ended_at", "outcome", "note", "draft"])
    left = Inbound.objects.filter(call=call.pk, state=Inbound.WAITING)
    left.update(state=Inbound.DISCARDED, why=f"{outcome} {call.note}".strip()[:500], changed_at=now())
    return call
