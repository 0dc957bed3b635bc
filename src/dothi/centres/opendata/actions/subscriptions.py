"""Following the catalogue: subscribe, confirm, leave."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from dothi.centres.opendata import queries, rules, vocab
from dothi.centres.opendata.channels.registry import channel
from dothi.centres.opendata.models import Subscription
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, NotFound, Unauthenticated, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action

EVENT: Final = "vn.dothi.opendata"
CONFIRM_WITHIN: Final = timedelta(days=3)
MOST_EACH: Final = 100


@action(permission=None)
def subscribe(
    *,
    via: str,
    address: str,
    by: Actor,
    dataset: str = "",
    theme: str = "",
    publisher: str = "",
    language: str = "vi",
) -> Subscription:
    """Be told of changes of one dataset, a theme, a publisher, or of all. An e-mail address confirms first.

    Webhooks are for people signed in; the secret of theirs is in the answer and signs every notice.
    """
    way = channel(via)
    if via == Subscription.WEBHOOK and not by.known:
        raise Unauthenticated(both("Hãy đăng nhập để dùng webhook.", "Sign in to use a webhook."))
    if sum(map(bool, (dataset, theme, publisher))) > 1:
        raise BadInput(both("Chọn một thứ để theo dõi.", "Choose one thing to follow."), where="dataset")
    if dataset:
        queries.needed(dataset)
    if theme and theme not in vocab.THEMES:
        raise BadInput(both("Không có chủ đề này.", "There is no such theme."), where="theme")
    kept, confirmed = way.check(address), via == Subscription.WEBHOOK
    _not_too_many(via, kept, by)
    known = {"channel": via, "address": kept, "dataset": dataset, "theme": theme, "publisher": publisher}
    found = Subscription.objects.filter(**known, ended_at=None).first()
    if found is not None:  # following twice is following once, and nobody is written to again
        return found
    made = Subscription.objects.create(
        **known,
        secret=secrets.token_urlsafe(32) if confirmed else "",
        token=secrets.token_urlsafe(32),
        language="en" if language == "en" else "vi",
        account=rules.person(by) if by.known else "",
        state="active" if confirmed else "unconfirmed",
        confirmed_at=now() if confirmed else None,
    )
    record(
        f"{EVENT}.subscribed",
        subject=made.reference,
        data={"channel": via, **_what(made)},
        actor=by.reference,
    )
    if not confirmed:
        _ask_to_confirm(made, by)
    return made


def _ask_to_confirm(made: Subscription, by: Actor) -> None:
    data = {"subscription": str(made.pk), "kind": "confirm"}
    record(f"{EVENT}.notice-due", subject=made.reference, data=data, actor=by.reference)


def _not_too_many(via: str, address: str, by: Actor) -> None:
    rows = Subscription.objects.filter(ended_at=None, channel=via, address=address).count()
    mine = Subscription.objects.filter(ended_at=None, account=rules.person(by)).count() if by.known else 0
    if max(rows, mine) >= MOST_EACH:
        raise Conflict(both(f"Tối đa {MOST_EACH} đăng ký.", f"At most {MOST_EACH} subscriptions."))


def _what(made: Subscription) -> dict[str, str]:
    return {"dataset": made.dataset, "theme": made.theme, "publisher": made.publisher}


@action(permission=None, subject=lambda **_: "subscription")
def confirm(token: str, *, by: Actor) -> Subscription:
    """Whoever reads mail at the address agrees."""
    held = _by_token(token)
    if held.state == "unconfirmed":
        if held.created_at + CONFIRM_WITHIN < now():
            raise NotFound(both("Liên kết đã hết hạn.", "This link has expired. Subscribe again."))
        held.state, held.confirmed_at = "active", now()
        held.save(update_fields=["state", "confirmed_at"])
        record(f"{EVENT}.subscription-confirmed", subject=held.reference, data={}, actor=by.reference)
    return held


@action(permission=None, subject=lambda **_: "subscription")
def leave(token: str, *, by: Actor) -> Subscription:
    """Stop following; the address is forgotten."""
    return end(_by_token(token), by)


@action(permission=None)
def unsubscribe(subscription: Subscription, *, by: Actor) -> Subscription:
    """Stop a subscription of one's own, or of anybody for who looks after followers."""
    if not by.known or subscription.account != rules.person(by):
        by.require(rules.FOLLOWERS)
    return end(subscription, by)


def end(held: Subscription, by: Actor) -> Subscription:
    """Forget who it was."""
    if held.ended_at is None:
        held.state, held.ended_at = "ended", now()
        held.address, held.secret, held.account = f"ended:{held.pk}", "", ""
        held.save(update_fields=["state", "ended_at", "address", "secret", "account"])
        record(f"{EVENT}.unsubscribed", subject=held.reference, data={}, actor=by.reference)
    return held


def _by_token(token: str) -> Subscription:
    found = Subscription.objects.filter(token=token, ended_at=None).first() if token else None
    if found is None:
        raise NotFound(both("Liên kết không còn hiệu lực.", "This link is not valid any more."))
    return found
