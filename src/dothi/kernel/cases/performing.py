"""The hot path: a batch of commands in one durable transaction, in Django's when one is open, else in the group's."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from dothi.core.errors import DothiError
from dothi.engines import registry
from dothi.kernel.cases import calendars, delegations, group, sessions
from dothi.kernel.cases.commands import Act, Change, Open, Order
from dothi.kernel.cases.views import CaseView
from dothi.kernel.cases.writer import Result, Writer, forbidden
from dothi.kernel.events import outbox
from dothi.kernel.identity.actions import audit
from dothi.kernel.identity.models import AuditEntry


def perform(batch: Sequence[Order]) -> list[Result]:
    """What became of each command, in order: the case after it, or the refusal. Back when all of it is durable.

    One transaction a batch, together with the commands of other callers that wait at the moment. Inside an open
    transaction of Django's it is part of that. The same case twice in a batch: one after the other.
    """
    if not batch:
        return []
    orders = [delegations.acting(order) for order in batch]
    results = _inside(orders) if sessions.in_transaction() else _together(orders)
    for order, result in zip(orders, results, strict=True):
        if isinstance(result, DothiError) and forbidden(result):
            _audit(order, result)
    return results


def one(order: Order) -> CaseView:
    """The case after one command; raises its refusal."""
    (result,) = perform([order])
    if isinstance(result, DothiError):
        raise result
    return result


def _together(orders: Sequence[Order]) -> list[Result]:
    try:
        committer = group.committer()
    except registry.NotWired:  # a process without engines: a transaction of its own
        with transaction.atomic():
            return _inside(orders)
    return committer.submit(orders).result()


def _inside(orders: Sequence[Order]) -> list[Result]:
    session, dialect = sessions.django_session()
    results = Writer(session, dialect, calendars.current(session)).run(orders)
    outbox.ring_after_commit()
    return results


def _audit(order: Order, refused: DothiError) -> None:
    audit(
        _name(order),
        by=order.by,
        subject=order.procedure if isinstance(order, Open) else f"case:{order.case}",
        outcome=AuditEntry.REFUSED,
        detail={"why": str(refused), "action": order.action if isinstance(order, Act) else ""},
    )


def _name(order: Order) -> str:
    if isinstance(order, Change):
        return f"cases.{order.name}"
    return "cases.open_case" if isinstance(order, Open) else "cases.act"
