"""A case while a transaction works on it: its row, its snapshot, and what has been added so far."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from dothi.engines.store.base import Row
from dothi.kernel.cases import access
from dothi.kernel.cases.commands import Open, Point
from dothi.kernel.cases.engine import Compiled, Entry, Outcome, Snapshot
from dothi.kernel.cases.engine.clocks import due
from dothi.kernel.cases.engine.types import EffectOrder
from dothi.kernel.cases.models import NEVER
from dothi.kernel.cases.views import CaseView, encode, view
from dothi.kernel.identity.access import Actor


class Held:
    """Changes of one case, kept until all of the transaction are written."""

    __slots__ = (
        "changed_us", "compiled", "effects", "entries", "events", "fresh", "kept", "num", "position", "priority", "replaced",
        "secret", "snapshot", "title", "was",
    )  # fmt: skip

    def __init__(self, row: Row | None, snapshot: Snapshot | None, num: int = 0) -> None:
        self.was = snapshot  # as it was read; None for a new case
        self.num: int = row[0] if row else num
        self.title: str = row[14] if row else ""
        self.priority: int = row[15] if row else 0
        self.changed_us: int = row[18] if row else 0
        self.position: Point | None = None if not row or row[25] is None else (row[25], row[26])
        self.fresh = row is None
        self.replaced = False  # its title or place were changed
        self.compiled: Compiled | None = None
        self.secret: str | None = None
        self.entries: list[Entry] = []
        self.effects: list[EffectOrder] = []
        self.events: list[tuple[str, dict[str, Any], str]] = []
        self.kept: Row | None = None  # the row of the snapshot, once asked for
        self._snapshot(snapshot)

    def _snapshot(self, snapshot: Snapshot | None) -> None:
        self.snapshot: Snapshot = snapshot  # type: ignore[assignment]  # a new case has one before it is asked

    @classmethod
    def opened(cls, num: int, order: Open, compiled: Compiled, secret: str | None) -> Held:
        """A new case, before its first outcome is taken."""
        held = cls(None, None, num)
        held.title, held.priority, held.position = order.title[:300], order.priority, order.position
        held.compiled, held.secret = compiled, secret
        return held

    def take(self, outcome: Outcome, actor: str) -> None:
        """The case goes on from ``outcome``."""
        if not self.fresh and outcome.snapshot.version != self.snapshot.version:
            self.compiled = None  # it follows another version from here on
        self.snapshot, self.kept = outcome.snapshot, None
        self.entries += outcome.entries
        self.effects += outcome.effects
        self.events += [(type, data, actor) for type, data in outcome.events]
        if outcome.entries:
            self.changed_us = outcome.entries[-1].at_us
        wanted = outcome.snapshot.facts.get("priority")
        if type(wanted) is int and -100 <= wanted <= 100:
            self.priority = wanted

    def place(self, position: Point | None, title: str | None) -> None:
        """Another place or title."""
        self.position = position or self.position
        self.title = self.title if title is None else title[:300]
        self.replaced, self.kept = True, None

    def seen_by(self, by: Actor) -> bool:
        """Whether ``by`` may know of the case."""
        case = self.snapshot
        return access.may_see(
            by,
            unit=case.unit or "",
            organisation=case.organisation or "",
            applicant=case.applicant or "",
            assignee=case.assignee or "",
        )

    def row(self, snapshot: Snapshot | None = None) -> Row:
        """The row of the case table, in the order of its columns; its last one is the snapshot unread."""
        case = snapshot or self.snapshot
        clocks = case.clocks
        warn = [c.warn_us for c in clocks.values() if c.running and c.public and not c.warned and c.warn_us]
        late = any(c.public and c.missed_us is not None for c in clocks.values())
        lon, lat = self.position or (None, None)
        return (
            self.num, case.id, case.code, case.kind, case.procedure, case.version, case.state, case.phase,
            case.outcome or "", case.rev, case.unit or "", case.organisation or "", case.assignee or "",
            case.applicant or "", self.title, self.priority, case.channel, case.opened_us, self.changed_us,
            case.closed_us, due(clocks.values()) or NEVER, min(warn, default=NEVER),
            min(case.timers.values(), default=NEVER), int(late), int(case.simulated), lon, lat,
            case,
        )  # fmt: skip

    def stored(self) -> Row:
        """The row as it is written."""
        row = self.kept or self.row()
        return (*row[:-1], encode(row[-1]))

    def view(self) -> CaseView:
        """The case as the caller gets it."""
        return self.view_of(self.snapshot)

    def view_of(self, snapshot: Snapshot) -> CaseView:
        """The case as it stood with ``snapshot``."""
        row = self.row(snapshot)
        if snapshot is self.snapshot:
            self.kept = row
        found = view(row, snapshot)
        if self.secret is None:
            return found
        return structs.replace(found, secret=self.secret)
