"""Many commands in one transaction: bodies read in one query, merged in order, written in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog

from dothi.core.clock import now_us
from dothi.engines.store.base import Row, Session
from dothi.kernel.context.ld.errors import InternalError, NgsiLdError, ResourceNotFound
from dothi.kernel.context.ld.model import Stored, dump, dump_attributes, load
from dothi.kernel.context.storage import chain, schema
from dothi.kernel.context.storage import delta as deltas
from dothi.kernel.context.storage.boxes import LOCATION, of_location
from dothi.kernel.context.storage.cells import Box, cells
from dothi.kernel.context.storage.commands import Command, Outcome, Result
from dothi.kernel.context.storage.delta import Delta, Op
from dothi.kernel.context.storage.dictionary import Naming
from dothi.kernel.context.storage.positions import Dialect
from dothi.kernel.context.storage.sql import pieces, query_in

log = structlog.get_logger()
_FIELDS = "eid, gone, types, modified_us, x0, y0, x1, y1, body"
_CURRENT = f"SELECT {_FIELDS}, 0 FROM entity WHERE eid"  # noqa: S608
_LINKED = f"SELECT {_FIELDS}, last_seq FROM entity WHERE eid"  # noqa: S608
_GONE = b""


class State:
    """One entity inside the transaction: as it was read, as it is after the commands so far."""

    __slots__ = (
        "box",
        "box_before",
        "eid",
        "fresh",
        "gone",
        "gone_before",
        "last_seq",
        "modified_us",
        "stored",
        "types",
        "types_before",
        "written",
    )

    def __init__(self, eid: int, row: Row | None) -> None:
        self.eid = eid
        self.fresh = row is None
        self.stored: Stored | None = None
        self.written: bytes | None = None  # its attributes, if they were encoded already
        self.types = self.types_before = ""
        self.gone = self.gone_before = schema.NEVER
        self.modified_us = self.last_seq = 0
        self.box: Box | None = None
        if row is not None:
            _, self.gone, self.types, self.modified_us, x0, y0, x1, y1, body, self.last_seq = row
            self.gone_before, self.types_before = self.gone, self.types
            self.box = None if x0 is None else Box(x0, y0, x1, y1)
            self.stored = None if self.gone else load(body)
        self.box_before = self.box

    def row(self, tid: int) -> Row:
        """The row of table ``entity``."""
        stored = self.stored
        box = self.box or (None, None, None, None)
        created = self.modified_us if stored is None else stored.created_us
        expires = None if stored is None else stored.expires_us
        body = _GONE if stored is None else dump(stored, self.written)
        return (self.eid, tid, self.gone, self.types, created, self.modified_us, expires, *box, body)


class Transaction:
    """Applies the commands of one tenant inside a writing session and writes what they changed."""

    def __init__(self, session: Session, naming: Naming, dialect: Dialect, tid: int) -> None:
        self._session = session
        self._naming = naming
        self._shared = dialect == "postgresql"  # other processes write at the same time
        self._tid = tid
        self._linked = chain.linked(dialect)
        self._seq = chain.newest(session) if self._linked else 0
        self._states: dict[int, State] = {}
        self._touched: dict[int, State] = {}
        self._changes: list[Row] = []
        self._type_text: dict[tuple[str, ...], str] = {}
        self._noted: set[tuple[str, ...]] = set()
        self._new_attributes: set[tuple[int, int, int]] = set()

    def run(self, commands: Sequence[Command]) -> list[Result]:
        """The result of each command, in order; changes are staged until :meth:`write`."""
        creating = {command.urn for command in commands if command.creates}
        eids = self._naming.eids(self._tid, creating, create=True)
        others = {command.urn for command in commands if command.urn not in creating}
        if others:
            eids |= self._naming.eids(self._tid, others, create=False)
        self._read(eids.values())
        if self._shared:
            self._claim([eids[urn] for urn in creating])
        now = now_us()
        return [self._apply(command, eids.get(command.urn), now) for command in commands]

    def _read(self, eids: Iterable[int]) -> None:
        wanted = sorted(eid for eid in set(eids) if eid not in self._states)
        # Locks are taken in the order of the key, by every process: no two can wait for each other.
        order = "ORDER BY eid FOR UPDATE" if self._shared else "ORDER BY eid"
        for piece in pieces(wanted):
            for row in query_in(self._session, _LINKED if self._linked else _CURRENT, piece, order):
                self._states[row[0]] = State(row[0], row)

    def _claim(self, creating: Sequence[int]) -> None:
        """Ids given out before that have no row to lock: take turns with other processes, then look again."""
        open_ids = sorted(
            eid for eid in creating if eid not in self._states and eid not in self._naming.created
        )
        for eid in open_ids:
            self._session.query("SELECT pg_advisory_xact_lock(?)", (eid,))
        self._read(open_ids)

    def _apply(self, command: Command, eid: int | None, now: int) -> Result:
        if eid is None:
            state, before, at = None, None, now
        else:
            state = self._states.get(eid)
            if state is None:
                state = self._states[eid] = State(eid, None)
            # Later than the change before it even when the clock is not: readers cache by this number.
            at = max(now, state.modified_us + 1)
            before = state.stored
            if before is not None and before.expires_us is not None and before.expires_us <= now:
                before = None  # its time is over, though nobody has taken it away yet
        try:
            outcome = command.apply(before, at)
        except NgsiLdError as error:
            return error
        except Exception:  # a fault in one command must not take the whole group with it
            log.exception("context.command.failed", entity=command.urn)
            return InternalError("the change could not be applied")
        if outcome.delta is None or (outcome.op is Op.DELETED and state is not None and state.gone):
            return outcome.value
        if state is None:
            return ResourceNotFound(f"there is no entity {command.urn}")
        self._stage(state, outcome, at)
        return outcome.value

    def _stage(self, state: State, outcome: Outcome, at: int) -> None:
        delta, stored = outcome.delta, outcome.stored
        assert delta is not None
        if outcome.op is not Op.HISTORY or state.fresh:
            state.modified_us = at
        if outcome.op is not Op.HISTORY:
            state.stored = stored
            state.written = None
            state.gone = schema.DELETED if stored is None else schema.LIVE
            if stored is not None:
                state.types = self._types(stored.types)
            self._place(state, delta)
        elif stored is not None and not state.types:
            state.types = self._types(stored.types)  # history of something that is not there now
        self._touched[state.eid] = state
        self._note_attributes(state, delta)
        attributes = dump_attributes(delta.attributes)
        if state.stored is not None and state.stored.attributes == delta.attributes:
            state.written = attributes  # the usual case: a sender sends all of its entity
        body = deltas.dump(attributes, delta.removed)
        change: Row = (self._tid, state.eid, at, int(outcome.op), state.types, body)
        if self._linked:
            self._seq += 1
            change = (*change, self._seq, state.last_seq)
            state.last_seq = self._seq
        self._changes.append(change)

    def _types(self, types: tuple[str, ...]) -> str:
        text = self._type_text.get(types)
        if text is None:
            nids = self._naming.nids(types)
            text = self._type_text[types] = ",".join(str(nids[iri]) for iri in types)
        return text

    def _place(self, state: State, delta: Delta) -> None:
        if state.stored is None:
            state.box = None
        elif LOCATION in delta.attributes:
            state.box = of_location(state.stored.attributes[LOCATION])
        elif delta.removed and any(name == LOCATION for name, _ in delta.removed):
            state.box = of_location(state.stored.attributes.get(LOCATION, ()))

    def _note_attributes(self, state: State, delta: Delta) -> None:
        """Remember which attributes occur on which type, for discovery."""
        together = (state.types, *delta.attributes)
        if together in self._noted:
            return
        self._noted.add(together)
        for key in ((self._tid, state.types, name) for name in delta.attributes):
            if not self._naming.knows_attribute(key):
                nid = self._naming.nids((key[2],))[key[2]]
                self._new_attributes |= {(self._tid, int(kind), nid) for kind in state.types.split(",")}
                self._naming.attributes.add(key)

    def write(self) -> None:
        """Write everything staged."""
        if not self._touched:
            return
        touched = [self._touched[eid] for eid in sorted(self._touched)]
        write = self._session.write_rows
        rows = [state.row(self._tid) for state in touched]
        if self._linked:
            rows = [(*row, state.last_seq) for row, state in zip(rows, touched, strict=True)]
        write(schema.LINKED_ENTITY if self._linked else schema.ENTITY, rows, conflict="replace")
        self._write_types(
            [
                state
                for state in touched
                if (state.types, state.gone) != (state.types_before, state.gone_before) or state.fresh
            ]
        )
        self._write_places([state for state in touched if state.box != state.box_before])
        write(schema.LINKED_CHANGE if self._linked else schema.CHANGE, self._changes)
        if self._new_attributes:
            write(schema.TYPE_ATTRIBUTE, sorted(self._new_attributes), conflict="ignore")

    def _write_types(self, changed: list[State]) -> None:
        old = [
            key
            for state in changed
            if not state.fresh
            for key in self._type_keys(state, state.types_before, state.gone_before)
        ]
        for key in old:
            self._session.execute(
                "DELETE FROM entity_type WHERE tid = ? AND nid = ? AND gone = ? AND eid = ?", key
            )
        rows = [key for state in changed for key in self._type_keys(state, state.types, state.gone)]
        if rows:
            self._session.write_rows(schema.ENTITY_TYPE, rows, conflict="ignore")

    def _type_keys(self, state: State, types: str, gone: int) -> list[tuple[int, int, int, int]]:
        nids = [schema.ANY_TYPE, *map(int, types.split(","))] if types else [schema.ANY_TYPE]
        return [(self._tid, nid, gone, state.eid) for nid in nids]

    def _write_places(self, moved: list[State]) -> None:
        for state in moved:
            for cell in cells(state.box_before) if state.box_before is not None else ():
                self._session.execute(
                    "DELETE FROM place WHERE tid = ? AND cell = ? AND eid = ?", (self._tid, cell, state.eid)
                )
        rows = [
            (self._tid, cell, state.eid, *state.box)
            for state in moved
            if state.box is not None
            for cell in cells(state.box)
        ]
        if rows:
            self._session.write_rows(schema.PLACE, rows, conflict="replace")
