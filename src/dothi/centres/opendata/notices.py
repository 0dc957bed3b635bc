"""Tells those who follow: a change becomes one notice for each of them, and each is sent until it arrives.

Both steps are consumers of the city's log: what fails is tried again by itself, later each time, then waits among
the failed events for a person to send it again or discard it.
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from dothi.centres.opendata import asked
from dothi.centres.opendata.channels.base import Notice
from dothi.centres.opendata.channels.registry import channels
from dothi.centres.opendata.models import Change, Delivery, Subscription
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import Text, Unavailable, both
from dothi.kernel.events.actions import record
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event

EVENT: Final = "vn.dothi.opendata"
_TOLD: Final[dict[str, Text]] = {
    Change.PUBLISHED: both("Dữ liệu mới: {title}", "New data: {title}"),
    Change.UPDATED: both("Dữ liệu được cập nhật: {title}", "Data updated: {title}"),
    Change.DESCRIBED: both("Mô tả được sửa: {title}", "Description changed: {title}"),
    Change.SUPERSEDED: both("Dữ liệu được thay thế: {title}", "Data superseded: {title}"),
    Change.WITHDRAWN: both("Dữ liệu bị thu hồi: {title}", "Data withdrawn: {title}"),
}


@consumer("opendata-followers", types=[f"{EVENT}.dataset-*"])
def spread(event: Event) -> None:
    """One notice for each follower, in the transaction of this consumer's place."""
    told = event.data
    followers = asked.followers(
        dataset=told["key"], themes=told.get("themes", ()), publisher=told.get("publisher", "")
    )
    for each in followers:
        data = {"subscription": str(each.pk), "kind": "change", "change": told["change"]}
        record(f"{EVENT}.notice-due", subject=each.reference, data=data, actor=event.actor)


@consumer("opendata-notices", types=[f"{EVENT}.notice-due"], atomic=False)
def deliver(event: Event) -> None:
    """Send one notice, unless it was sent, or nobody waits for it any more."""
    held = Subscription.objects.filter(pk=event.data["subscription"], ended_at=None).first()
    if held is None or Delivery.objects.filter(subscription=held, notice=event.id).exists():
        return
    made = notice(held, event)
    if made is None:
        return
    way = channels()[held.channel]
    if not way.ready():
        raise Unavailable(both("Chưa cài đặt máy chủ thư.", "No mail server is set."))
    way.send(held.address, made, language=held.language, secret=held.secret)
    _sent(held, event.id)


def _sent(held: Subscription, notice_id: str) -> None:
    try:
        with transaction.atomic():
            Delivery.objects.create(subscription=held, notice=notice_id)
            Subscription.objects.filter(pk=held.pk).update(sent=held.sent + 1, last_sent_at=now())
    except IntegrityError:
        return  # another process sent it at the same moment


def notice(held: Subscription, event: Event) -> Notice | None:
    """What is told; None when there is nothing (any more)."""
    base = current().url
    leave = f"{base}/data/subscriptions/leave?token={held.token}"
    if event.data["kind"] == "confirm":
        return _confirmation(held, event, base) if held.state == "unconfirmed" else None
    change = Change.objects.filter(pk=event.data["change"]).first()
    if change is None or held.state != "active":
        return None
    told = _TOLD[change.kind]
    title = {"vi": change.title_vi, "en": change.title_en}
    subject = {language: told[language].format(title=title[language]) for language in ("vi", "en")}
    more = f"\n\n{change.note}" if change.note else ""
    data = {"dataset": change.dataset, "change": change.kind, "version": change.version, "note": change.note}
    text = {language: f"{subject[language]}{more}" for language in ("vi", "en")}
    return Notice(
        event.id, f"dataset-{change.kind}", subject, text, f"{base}/data/{change.dataset}", leave, data
    )


def _confirmation(held: Subscription, event: Event, base: str) -> Notice:
    subject = both("Xác nhận theo dõi dữ liệu mở", "Confirm that you follow open data")
    text = both(
        "Mở liên kết dưới đây trong 3 ngày để xác nhận. Nếu bạn không đăng ký, hãy bỏ qua thư này.",
        "Open the link below within 3 days to confirm. If you did not subscribe, ignore this letter.",
    )
    link = f"{base}/data/subscriptions/confirm?token={held.token}"
    return Notice(event.id, "confirm", subject, text, link, "", {})
