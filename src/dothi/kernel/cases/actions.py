"""Every write to cases. Outside a transaction: durable when it returns, grouped with what others do. Inside one: part of it.

A case is known by its id or its number. ``rev`` refuses a change of a case that is not as the caller saw it; ``key``
(idempotency) gives the same command the same answer for thirty days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dothi.core.clock import us
from dothi.kernel.cases.changing import assign as assign
from dothi.kernel.cases.changing import bulk_act as bulk_act
from dothi.kernel.cases.changing import change as change
from dothi.kernel.cases.changing import comment as comment
from dothi.kernel.cases.changing import correct_data as correct_data
from dothi.kernel.cases.changing import extend as extend
from dothi.kernel.cases.changing import hand_over as hand_over
from dothi.kernel.cases.changing import link as link
from dothi.kernel.cases.changing import migrate_case as migrate_case
from dothi.kernel.cases.changing import migration_proof as migration_proof
from dothi.kernel.cases.changing import recorder as recorder
from dothi.kernel.cases.changing import take as take
from dothi.kernel.cases.changing import unlink as unlink
from dothi.kernel.cases.commands import Act, Open, Point
from dothi.kernel.cases.documents import add_document as add_document
from dothi.kernel.cases.documents import replace_document as replace_document
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.cases.people import delegate as delegate
from dothi.kernel.cases.performing import one
from dothi.kernel.cases.performing import perform as perform
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor


def open_case(
    procedure: str,
    *,
    data: Mapping[str, Any],
    by: Actor,
    applicant: str | None = None,
    unit: str | None = None,
    organisation: str | None = None,
    channel: str = "web",
    position: Point | None = None,
    title: str | None = None,
    priority: int = 0,
    documents: Mapping[str, tuple[DocumentMeta, ...]] | None = None,
    answers: Mapping[str, Any] | None = None,
    links: Sequence[tuple[str, str]] = (),
    note: str = "",
    key: str | None = None,
    at: datetime | None = None,
    simulated: bool = False,
    secret: bool = False,
) -> CaseView:
    """A new case of the procedure's published version.

    ``applicant`` is a reference (``account:…``); None: whoever opens it, when they have an account. ``secret``:
    the answer's ``secret`` lets its holder act as the applicant. ``links``: (kind, id of the other case).
    Raises :class:`~dothi.kernel.cases.engine.types.Refused` with what is wrong, by field.
    """
    return one(
        Open(
            procedure=procedure, data=data, by=by, applicant=applicant, unit=unit, organisation=organisation,
            channel=channel, position=position, title=title or "", priority=priority, documents=documents,
            answers=answers, links=links, note=note, key=key, at_us=None if at is None else us(at),
            simulated=simulated, secret=secret,
        )
    )  # fmt: skip


def act(
    case: str | int,
    action: str,
    *,
    by: Actor,
    rev: int | None = None,
    data: Mapping[str, Any] | None = None,
    note: str = "",
    key: str | None = None,
    at: datetime | None = None,
    cause: str | None = None,
) -> CaseView:
    """Do an action of the procedure: ``accept``, ``task.<key>`` (with ``data['outcome']``) …"""
    at_us = None if at is None else us(at)
    order = Act(
        case=case,
        action=action,
        by=by,
        rev=rev,
        data=data or {},
        note=note,
        key=key,
        at_us=at_us,
        cause=cause,
    )
    return one(order)
