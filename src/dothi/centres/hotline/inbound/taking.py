"""Taking a message once: it continues a report, or waits for an operator; what cannot be read waits with the reason."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from dothi.centres.hotline import access
from dothi.centres.hotline.callers import keyed
from dothi.centres.hotline.inbound import registry
from dothi.centres.hotline.inbound.base import Incoming, NotForUs
from dothi.centres.hotline.models import Inbound
from dothi.centres.hotline.publishing import PROCEDURE
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import Conflict, DothiError, NotFound, both
from dothi.engines import registry as engines
from dothi.kernel.cases import access as cases_access
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import action
from dothi.kernel.messages import actions as messages

log = structlog.get_logger()
AN_HOUR_MOST: Final = 30  # messages of one sender
_INFORM: Final = {"needs-information-desk": "inform", "needs-information": "inform-agency"}


def take(channel: str, content: bytes) -> Inbound:
    """Take a message as it came; the same again changes nothing. It never raises for what the message holds."""
    driver = registry.driver(channel)
    try:
        named = driver.number(content)
    except DothiError:
        named = hashlib.sha256(content).hexdigest()
    number = hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()
    found = Inbound.objects.filter(channel=channel, number=number).first()
    if found is not None:
        return found
    row, made = Inbound.objects.get_or_create(
        channel=channel, number=number,
        defaults={"content": engines.blobs().put(content).digest, "state": Inbound.DEAD, "why": "…"},
    )  # fmt: skip
    if made:
        _work(row, content)
    return row


def read(row: Inbound) -> Incoming:
    """What a message says, from what was kept of it."""
    return registry.driver(row.channel).read(engines.blobs().get(row.content))


def _work(row: Inbound, content: bytes) -> None:
    try:
        incoming = registry.driver(row.channel).read(content)
        row.sender = keyed(incoming.sender.email or incoming.sender.zalo_user)
        _limit(row)
        with transaction.atomic():
            _continue(row, incoming)
    except NotForUs as error:
        row.state, row.why = Inbound.REFUSED, str(error)[:500]
    except DothiError as error:
        row.state, row.why = Inbound.DEAD, f"{error.text('vi')} / {error.text('en')}"[:500]
    except Exception as error:  # a message that breaks the reader must not stop the others
        log.exception("hotline.inbound_failed", inbound=str(row.pk))
        row.state, row.why = Inbound.DEAD, type(error).__name__
    row.changed_at = now()
    row.save(update_fields=["state", "why", "case", "sender", "changed_at"])


def _limit(row: Inbound) -> None:
    since = now() - timedelta(hours=1)
    if Inbound.objects.filter(sender=row.sender, received_at__gte=since).count() >= AN_HOUR_MOST:
        raise NotForUs(f"more than {AN_HOUR_MOST} messages an hour from one sender")


def _continue(row: Inbound, incoming: Incoming) -> None:
    row.state, row.why = Inbound.WAITING, ""
    if incoming.code:
        found = _report(incoming.code)
        if found is None:
            row.why = f"{incoming.code}: không có phản ánh này / there is no such report"
        elif not _is_theirs(found, incoming):
            # Whoever knows a code is not its sender yet: an operator looks at it.
            row.case, row.why = found.id, f"{found.code}: gửi từ địa chỉ khác / sent from another address"
        else:
            _add(row, found, incoming)
            row.state, row.case = Inbound.TAKEN, found.id
            return
    if incoming.sender.zalo_user:
        messages.send(
            incoming.sender, subject="1022", key=f"inbound:{row.pk}", purpose="hotline.inbound", by=SYSTEM,
            text="1022 đã nhận tin của bạn; tổng đài viên sẽ ghi nhận và gửi mã phản ánh. / We have your message; an operator will send you a code.",
        )  # fmt: skip


def _report(code: str) -> CaseView | None:
    try:
        found = queries.get(code, by=SYSTEM)
    except NotFound:
        return None
    return found if found.procedure == PROCEDURE else None


def _is_theirs(found: CaseView, incoming: Incoming) -> bool:
    held = contacts.recipient(found.id)
    return bool(held and incoming.sender.email and held.email.lower() == incoming.sender.email.lower())


def _add(row: Inbound, found: CaseView, incoming: Incoming) -> None:
    """Add what the sender wrote to their report: as the answer it waits for, else as a remark."""
    person = _applicant(found)
    key, does = f"inbound:{row.pk}", _INFORM.get(found.state)
    text = incoming.text or "(ảnh / photo)"
    if does:
        cases.act(found.id, does, by=person, data={"more_information": text[:2000]}, key=key)
    else:
        cases.comment(found.id, text, by=person, public=True, key=key)
    lost = list(incoming.skipped)
    for number, (name, content) in enumerate(incoming.photos):
        try:
            with transaction.atomic():
                cases.add_document(found.id, "photo", content, name=name, by=person, key=f"{key}:{number}")
        except DothiError:
            lost.append(name)
    if lost:
        cases.comment(
            found.id,
            f"Tệp không nhận / files not taken: {', '.join(lost)}"[:1000],
            by=SYSTEM,
            key=f"{key}:lost",
        )


def _applicant(found: CaseView) -> Actor:
    kind, _, key = found.applicant.partition(":")
    return Actor("account", key, account=key) if kind == "account" else cases_access.holder(found.id)


def waiting(*, by: Actor, limit: int = 50) -> list[Inbound]:
    """What waits for a person, the oldest first: messages to take up, and (for who may) those that could not be read."""
    by.require(access.CALLS, unit=current().city)
    states = [Inbound.WAITING]
    if by.may(access.INBOUND, unit=current().city):
        states.append(Inbound.DEAD)
    return list(Inbound.objects.filter(state__in=states, call=None).order_by("received_at")[:limit])


def refused(*, by: Actor, limit: int = 20) -> list[Inbound]:
    """The latest messages that were refused as automatic."""
    by.require(access.INBOUND, unit=current().city)
    return list(Inbound.objects.filter(state=Inbound.REFUSED)[:limit])


@action(permission=access.INBOUND, unit=lambda **_: current().city)
def retry(id: UUID, *, by: Actor) -> Inbound:
    """Read a message again that could not be read, or was refused by mistake."""
    row = _held(id, Inbound.DEAD, Inbound.REFUSED)
    row.attempts += 1
    row.save(update_fields=["attempts"])
    _work(row, engines.blobs().get(row.content))
    return row


@action(permission=access.INBOUND, unit=lambda **_: current().city)
def discard(id: UUID, *, reason: str, by: Actor) -> Inbound:
    """Give a message up, with the reason."""
    row = _held(id, Inbound.DEAD, Inbound.WAITING)
    row.state, row.why, row.changed_at = Inbound.DISCARDED, reason.strip()[:500] or "–", now()
    row.save(update_fields=["state", "why", "changed_at"])
    return row


def _held(id: UUID, *states: str) -> Inbound:
    row = Inbound.objects.select_for_update().filter(pk=id).first()
    if row is None:
        raise NotFound(both("Không có tin này.", "There is no such message."))
    if row.state not in states or row.call is not None:
        raise Conflict(both("Tin này đã được xử lý.", "The message was worked on already."))
    return row
