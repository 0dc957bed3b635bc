"""A case as callers see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from dothi.engines.store.base import Row
from dothi.kernel.cases import rows
from dothi.kernel.cases.engine import Snapshot
from dothi.kernel.cases.models import NEVER

_snapshot: Final = msgspec.json.Decoder(Snapshot)
encode: Final = msgspec.json.Encoder(order="deterministic").encode


class CaseView(Struct, frozen=True, kw_only=True):
    """One case. Times are microseconds since 1970; empty text where there is nothing.

    ``snapshot`` is None in lists. ``secret`` stands only in the answer to the opening that asked for one.
    """

    num: int
    id: str
    code: str
    kind: str
    procedure: str
    version: int
    state: str
    phase: str
    outcome: str
    rev: int
    unit: str
    organisation: str
    assignee: str
    applicant: str
    title: str
    priority: int
    channel: str
    opened_us: int
    changed_us: int
    closed_us: int | None
    due_us: int | None
    warn_us: int | None
    late: bool
    simulated: bool
    position: tuple[float, float] | None = None
    snapshot: Snapshot | None = None
    secret: str | None = None

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"case:{self.id}"

    @property
    def data(self) -> Mapping[str, Any]:
        """What its forms hold."""
        return self.snapshot.data if self.snapshot else {}

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was found and decided about it."""
        return self.snapshot.facts if self.snapshot else {}

    @property
    def open(self) -> bool:
        """Whether it is still worked on."""
        return self.phase != "done"


LISTED: Final = ", ".join(column.name for column in rows.CASE.columns if column.name != "snapshot")
_PLACES: Final = {column.name: index for index, column in enumerate(rows.CASE.columns)}


def view(row: Row, snapshot: Snapshot | None = None) -> CaseView:
    """The view of a row of the case table (all columns; the snapshot may be left out)."""
    (
        num, id, code, kind, procedure, version, state, phase, outcome, rev, unit, organisation, assignee, applicant,
        title, priority, channel, opened, changed, closed, due, warn, _wake, late, simulated, lon, lat,
    ) = row[:27]  # fmt: skip
    return CaseView(
        num=num, id=id, code=code, kind=kind, procedure=procedure, version=version, state=state, phase=phase,
        outcome=outcome, rev=rev, unit=unit, organisation=organisation, assignee=assignee, applicant=applicant,
        title=title, priority=priority, channel=channel, opened_us=opened, changed_us=changed, closed_us=closed,
        due_us=None if due >= NEVER else due, warn_us=None if warn >= NEVER else warn, late=bool(late),
        simulated=bool(simulated), position=None if lon is None else (lon, lat), snapshot=snapshot,
    )  # fmt: skip


def full(row: Row) -> CaseView:
    """The view of a whole row, its snapshot read."""
    return view(row, _snapshot.decode(row[27]))


def snapshot_of(row: Row) -> Snapshot:
    """The snapshot in a whole row."""
    return _snapshot.decode(row[27])
