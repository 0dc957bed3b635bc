"""Harvests in the background: asked for here, worked off by a consumer of the log, tried again while the other is away.

What fails for good (no catalogue there, an address inside) is told on the run. What is away is tried again, later
each time; given up, it waits among the failed events for a person, who can also ask for it anew.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import structlog

from dothi.centres.opendata.harvest import actions
from dothi.centres.opendata.harvest.actions import Catalogue
from dothi.centres.opendata.harvest.registry import harvester
from dothi.centres.opendata.harvest.rules import HARVEST
from dothi.centres.opendata.models import HarvestRun
from dothi.core import outside
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import Conflict, DothiError, NotFound, Text, Unavailable, both
from dothi.kernel.events.actions import record
from dothi.kernel.events.consumers import consumer
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import action
from dothi.kernel.warehouse.rules import DECLARE

log = structlog.get_logger()
ASKED: Final = "vn.dothi.opendata.harvest-asked"
ATTEMPTS: Final = 6  # over some three minutes
_TELL_EVERY_S: Final = 1.0
_BROKE: Final = both("Có lỗi khi thu thập; xem nhật ký.", "Something broke; see the log of the platform.")


class Away(Exception):
    """The other catalogue cannot be reached now; the log tries the event again."""


def _unit(catalogue: Catalogue | None = None, run: HarvestRun | None = None, **_: object) -> str | None:
    return (catalogue.unit if catalogue else run.unit if run else "") or None


@action(permission=HARVEST, unit=_unit, subject=lambda catalogue, **_: f"harvest:{catalogue.prefix}")
def ask(catalogue: Catalogue, *, by: Actor) -> HarvestRun:
    """Have a catalogue harvested soon. Raises ``BadInput`` for an address that leads inside, or is none."""
    by.require(DECLARE, unit=catalogue.unit or None)
    actions.check(catalogue)
    harvester(catalogue.kind)
    host, port = outside.parts(catalogue.url)
    with suppress(OSError):  # a name that is not known now may be later
        outside.resolve(host, port, current().inside_allowed)
    made = HarvestRun.objects.create(**asdict(catalogue), asked_by=by.reference[:80])
    _queue(made, by)
    return made


@action(permission=HARVEST, unit=_unit)
def again(run: HarvestRun, *, by: Actor) -> HarvestRun:
    """Try one that failed anew. Raises :class:`Conflict` for one that is under way or done."""
    by.require(DECLARE, unit=run.unit or None)
    held = HarvestRun.objects.select_for_update().get(pk=run.pk)
    if held.state != HarvestRun.FAILED:
        raise Conflict(both("Lần thu thập này không bị lỗi.", "This harvest did not fail."), state=held.state)
    held.state, held.attempts, held.asked_by = HarvestRun.QUEUED, 0, by.reference[:80]
    held.save(update_fields=["state", "attempts", "asked_by"])
    _queue(held, by)
    return held


def _queue(run: HarvestRun, by: Actor) -> None:
    data = {"run": str(run.pk), "kind": run.kind, "prefix": run.prefix}
    record(ASKED, subject=run.reference, data=data, actor=by.reference)


def runs(by: Actor, limit: int = 20) -> list[HarvestRun]:
    """The latest harvests of units whose catalogues ``by`` may harvest."""
    found = (each for each in HarvestRun.objects.all()[:500] if by.may(HARVEST, unit=each.unit or None))
    return [each for _, each in zip(range(limit), found, strict=False)]


def needed(id: UUID | str, *, by: Actor) -> HarvestRun:
    """One of them; raises :class:`NotFound`."""
    try:
        found = HarvestRun.objects.filter(pk=UUID(str(id))).first()
    except ValueError:
        found = None
    if found is None or not by.may(HARVEST, unit=found.unit or None):
        raise NotFound(both("Không có lần thu thập này.", "There is no such harvest."))
    return found


@consumer("opendata-harvest", types=[ASKED], atomic=False, attempts=ATTEMPTS)
def work(event: Event) -> None:
    """Harvest once, unless that was done; again after a crash: only what differs is written."""
    run = HarvestRun.objects.filter(pk=event.data["run"]).first()
    if run is None or run.state == HarvestRun.SUCCEEDED:
        return
    run.attempts += 1
    _note(run, state=HarvestRun.RUNNING, attempts=run.attempts, seen=0, started_at=now(), ended_at=None)
    catalogue = Catalogue(run.kind, run.url, run.prefix, run.label, run.unit)
    try:
        report = actions.harvest(catalogue, by=SYSTEM, seen=_Seen(run))
    except Unavailable as error:
        given_up = run.attempts >= ATTEMPTS
        _end(run, HarvestRun.FAILED if given_up else HarvestRun.WAITING, _both(error))
        raise Away(str(error)) from None
    except DothiError as error:
        _end(run, HarvestRun.FAILED, _both(error))
    except Exception:
        _end(run, HarvestRun.FAILED, _BROKE)
        raise
    else:
        told: dict[str, Any] = asdict(report)
        _note(run, state=HarvestRun.SUCCEEDED, report=told, ended_at=now(), error_vi="", error_en="")


def _both(error: DothiError) -> Text:
    return both(error.text("vi"), error.text("en"))


class _Seen:
    """Tells how many datasets were read, now and then."""

    def __init__(self, run: HarvestRun) -> None:
        self._run, self._told = run, 0.0

    def __call__(self, count: int) -> None:
        if time.monotonic() - self._told >= _TELL_EVERY_S:
            self._told = time.monotonic()
            _note(self._run, seen=count)


def _end(run: HarvestRun, state: str, why: Text) -> None:
    log.warning("opendata.harvest", run=str(run.pk), state=state, error=why["en"])
    _note(run, state=state, ended_at=now(), error_vi=why["vi"][:1000], error_en=why["en"][:1000])


def _note(run: HarvestRun, **fields: Any) -> None:
    HarvestRun.objects.filter(pk=run.pk).update(**fields)
