"""Many commands in one transaction: read all their cases at once, step each in memory, write with a few statements.

The step of a case is pure (``engine``); here are the tables. Cases are locked in the order of their numbers, then the
rows of numbers of codes: transactions of several processes wait for each other and do not deadlock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec
import structlog

from dothi.core.clock import now_us
from dothi.core.errors import Conflict, DothiError, Forbidden, both
from dothi.core.ids import uuid7_str
from dothi.engines.store.base import Session
from dothi.kernel.cases import access, codes, definitions, engine, rows
from dothi.kernel.cases.commands import Act, Change, Open, Order, Standing
from dothi.kernel.cases.engine import ActorFacts, Compiled, Outcome, Refused, Snapshot
from dothi.kernel.cases.engine.checking import same
from dothi.kernel.cases.engine.clocks import Calendar
from dothi.kernel.cases.engine.types import Entry
from dothi.kernel.cases.held import Held
from dothi.kernel.cases.models import SEQ_BITS
from dothi.kernel.cases.sql import many
from dothi.kernel.cases.views import CaseView, snapshot_of
from dothi.kernel.cases.writing import Writing
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.secrets import digest, new_link

log = structlog.get_logger()
Dialect = Literal["sqlite", "postgresql"]
Result = CaseView | DothiError
_encode: Final = msgspec.json.Encoder(order="sorted", enc_hook=str).encode
_decode_entry: Final = msgspec.json.Decoder(Entry).decode


class KeyUsed(Conflict):
    """The idempotency key was used for another command."""

    kind = "idempotency-key-used"
    title = both("Mã yêu cầu đã dùng cho việc khác", "The key was used for another command")


class Writer:
    """The commands of one transaction. :meth:`run` once."""

    def __init__(self, session: Session, dialect: Dialect, calendar: Calendar) -> None:
        self._session = session
        self._dialect = dialect
        self._calendar = calendar
        self._held: dict[int, Held] = {}
        self._by_id: dict[str, int] = {}
        self._keys: dict[bytes, tuple[bytes, int, int]] = {}  # digest → fingerprint, case, entry
        self._prefixes: dict[str, int] = {}
        self._nums: list[int] = []
        self._writing = Writing(session, dialect)
        self._now = 0

    def run(self, orders: Sequence[Order]) -> list[Result]:
        """What became of each, in order; refusals are results, and change nothing."""
        self._now = now_us()
        self._load_keys(orders)
        self._load_cases(orders)
        opens = self._prepare_opens(orders)
        results = [self._one(order, opens.get(place)) for place, order in enumerate(orders)]
        self._writing.write(self._held.values(), self._prefixes, self._keys, self._now)
        return results

    # -- what is there

    def _load_keys(self, orders: Sequence[Order]) -> None:
        digests = [key_digest(order.by, order.key) for order in orders if order.key]
        if digests:
            holes, values = many(digests)
            sql = f"SELECT digest, fingerprint, num, seq FROM cases_idempotency WHERE digest IN ({holes})"  # noqa: S608
            self._keys = {
                bytes(key): (bytes(print), num, seq)
                for key, print, num, seq in self._session.query(sql, values)
            }

    def _load_cases(self, orders: Sequence[Order]) -> None:
        ids: dict[str, None] = {}
        nums = {num: None for _, num, _ in self._keys.values()}
        for order in orders:
            if not isinstance(order, Open):
                if isinstance(order.case, int):
                    nums[order.case] = None
                else:
                    ids[order.case] = None
            if not isinstance(order, Act):
                ids |= dict.fromkeys(id for _, id in order.links)
            if isinstance(order, Change):
                ids |= dict.fromkeys(id for _, id in order.unlinks)
        if ids:
            self._load("id", list(ids))
        if missing := [num for num in nums if num not in self._held]:
            self._load("num", missing)

    def _load(self, column: str, wanted: Sequence[Any]) -> None:
        holes, values = many(wanted)
        lock = " FOR UPDATE" if self._dialect == "postgresql" else ""
        sql = f"SELECT {rows.names(rows.CASE)} FROM cases_case WHERE {column} IN ({holes}) ORDER BY num{lock}"  # noqa: S608
        for row in self._session.query(sql, values):
            if row[0] not in self._held:
                self._keep(Held(row, snapshot_of(row)))

    def _keep(self, held: Held) -> None:
        self._held[held.num] = held
        self._by_id[held.snapshot.id] = held.num

    def _find(self, case: str | int) -> Held:
        num = case if isinstance(case, int) else self._by_id.get(case)
        held = self._held.get(num) if num is not None else None
        if held is None:
            raise access.no_case()
        return held

    # -- one command

    def _one(self, order: Order, prepared: _Prepared | DothiError | None) -> Result:
        try:
            return self._answered(order) or self._done(order, prepared)
        except DothiError as error:
            return error
        except Exception:  # a fault of a declaration or of ours: the others of the group go on
            log.exception("cases.command_failed", order=type(order).__name__)
            return DothiError()

    def _answered(self, order: Order) -> CaseView | None:
        """The answer that was given to the same command under the same key; refuses another one."""
        known = self._keys.get(key_digest(order.by, order.key)) if order.key else None
        if known is None:
            return None
        fingerprint, num, seq = known
        if fingerprint != self._fingerprint(order):
            raise KeyUsed(
                both(
                    "Mã yêu cầu (Idempotency-Key) này đã dùng cho một yêu cầu khác; hãy dùng mã mới.",
                    "This Idempotency-Key was used for another request; use a new one.",
                )
            )
        held = self._held[num]
        if held.snapshot.seq == seq:
            return held.view()
        snapshot, at_us = self._at(held, seq)
        return msgspec.structs.replace(held.view_of(snapshot), changed_us=at_us)

    def _fingerprint(self, order: Order) -> bytes:
        """What makes two commands the same, however they name their case."""
        return fingerprint_of(order, 0 if isinstance(order, Open) else self._find(order.case).num)

    def _at(self, held: Held, seq: int) -> tuple[Snapshot, int]:
        """The case as it stood after an earlier entry, and when that was."""
        first = held.num << SEQ_BITS
        sql = "SELECT body FROM cases_entry WHERE key BETWEEN ? AND ? ORDER BY key"
        stored = [_decode_entry(bytes(body)) for (body,) in self._session.query(sql, (first, first + seq))]
        new = [entry for entry in held.entries if entry.seq <= seq]
        entries = [*stored, *new]
        return engine.replay(entries), entries[-1].at_us

    def _done(self, order: Order, prepared: _Prepared | DothiError | None) -> CaseView:
        if isinstance(order, Open):
            if isinstance(prepared, DothiError):
                raise prepared
            assert prepared is not None
            return self._open(order, prepared)
        held = self._find(order.case)
        outcome = self._act(order, held) if isinstance(order, Act) else self._change(order, held)
        held.take(outcome, order.by.reference)
        if held.compiled is None:
            case = held.snapshot
            held.compiled = definitions.of(self._session, case.procedure, case.version)
        return self._remember(order, held)

    def _act(self, order: Act, held: Held) -> Outcome:
        compiled, actor = self._actor(order.by, held)
        command = engine.Command(
            action=order.action,
            at_us=order.at_us or self._now,
            actor=actor,
            data=dict(order.data),
            note=order.note,
            rev=order.rev,
            key=order.key or "",
            cause=order.cause,
        )
        try:
            return engine.step(compiled, held.snapshot, command, self._calendar)
        except Refused as refused:
            if refused.code in ("wrong-role", "unknown-action") and not held.seen_by(order.by):
                raise access.no_case() from None
            raise

    def _change(self, order: Change, held: Held) -> Outcome:
        compiled, actor = self._actor(order.by, held)
        if not held.seen_by(order.by):
            raise access.no_case()
        case = held.snapshot
        if order.permission is not None:
            order.by.require(order.permission, unit=case.unit or None, organisation=case.organisation or None)
        same(compiled, case, order.rev)
        at = order.at_us or self._now
        outcome = order.make(Standing(compiled, case, actor, order.by, self._calendar, at, order.key or ""))
        for kind, other in order.links:
            self._writing.link(held, self._find(other), kind, at, order.by.reference)
        for kind, other in order.unlinks:
            self._writing.unlink(held, self._find(other), kind)
        if order.position is not None or order.title is not None:
            held.place(order.position, order.title)
        return outcome

    def _actor(self, by: Actor, held: Held) -> tuple[Compiled, ActorFacts]:
        if held.compiled is None:
            held.compiled = definitions.of(self._session, held.snapshot.procedure, held.snapshot.version)
        case = held.snapshot
        found = access.facts(
            by, held.compiled, applicant=case.applicant, unit=case.unit, organisation=case.organisation
        )
        return held.compiled, found

    def _remember(self, order: Order, held: Held) -> CaseView:
        if order.key:
            self._keys[key_digest(order.by, order.key)] = (
                self._fingerprint(order),
                held.num,
                held.snapshot.seq,
            )
        return held.view()

    # -- new cases

    def _prepare_opens(self, orders: Sequence[Order]) -> dict[int, _Prepared | DothiError]:
        """The procedure and the row of numbers of each new case; their rows of numbers are locked, in order."""
        found: dict[int, _Prepared | DothiError] = {}
        for place, order in enumerate(orders):
            if isinstance(order, Open):
                try:
                    found[place] = self._prepare(order)
                except DothiError as error:
                    found[place] = error
        ready = [each for each in found.values() if isinstance(each, _Prepared)]
        if ready:
            self._load_prefixes(sorted({each.prefix for each in ready}))
            self._nums = self._writing.numbers(len(ready))
        return found

    def _prepare(self, order: Open) -> _Prepared:
        compiled = definitions.published(self._session, order.procedure)
        declared = compiled.procedure
        organisation = order.organisation or declared.agency.organisation or ""
        pattern = codes.pattern_of(declared.kind, declared.code_pattern)
        at = order.at_us or self._now
        prefix = codes.prefix(
            pattern, kind=declared.kind, organisation=organisation, unit=order.unit or "", opened_us=at
        )
        return _Prepared(compiled, organisation, prefix, at)

    def _load_prefixes(self, wanted: Sequence[str]) -> None:
        holes, values = many(wanted)
        lock = " FOR UPDATE" if self._dialect == "postgresql" else ""
        sql = f"SELECT prefix, last FROM cases_counter WHERE prefix IN ({holes}) ORDER BY prefix{lock}"  # noqa: S608
        self._prefixes = dict(self._session.query(sql, values))
        if len(self._prefixes) < len(wanted):
            fresh = [(prefix, 0) for prefix in wanted if prefix not in self._prefixes]
            self._session.write_rows(rows.COUNTER, fresh, conflict="ignore")
            self._prefixes = dict(self._session.query(sql, values))

    def _open(self, order: Open, prepared: _Prepared) -> CaseView:
        compiled, id = prepared.compiled, uuid7_str()
        applicant, own = _applicant(order, compiled, id, prepared.organisation)
        found = access.facts(
            order.by, compiled, applicant=None, unit=order.unit, organisation=prepared.organisation
        )
        number = self._prefixes[prepared.prefix] + 1
        outcome = engine.open_case(
            compiled,
            id=id,
            at_us=prepared.at_us,
            actor=msgspec.structs.replace(found, is_applicant=own),
            calendar=self._calendar,
            data=order.data,
            code=codes.code(prepared.prefix, number),
            applicant=applicant,
            unit=order.unit or None,
            organisation=prepared.organisation or None,
            channel=order.channel,
            documents=order.documents,
            answers=order.answers,
            note=order.note,
            key=order.key or "",
            cause=order.cause,
            simulated=order.simulated,
            more=_more(order),
        )
        self._prefixes[prepared.prefix] = number
        secret = new_link() if order.secret else None
        held = Held.opened(self._nums.pop(0), order, compiled, secret)
        held.take(outcome, order.by.reference)
        self._keep(held)
        for kind, other in order.links:
            self._writing.link(held, self._find(other), kind, prepared.at_us, order.by.reference)
        if secret is not None:
            self._writing.capability(held.num, digest(secret), self._now)
        return self._remember(order, held)


class _Prepared(msgspec.Struct, frozen=True):
    """What a new case needs before the first is numbered."""

    compiled: Any
    organisation: str
    prefix: str
    at_us: int


def _more(order: Open) -> dict[str, Any]:
    links = [list(link) for link in order.links]
    given = {"title": order.title, "position": order.position, "priority": order.priority, "links": links}
    return {name: value for name, value in given.items() if value}


def _applicant(order: Open, compiled: Compiled, id: str, organisation: str) -> tuple[str | None, bool]:
    """Who the case is for, and whether that is who opens it."""
    by = order.by
    if order.applicant is not None:
        return order.applicant, access.is_applicant(by, order.applicant)
    if order.secret:
        return access.holder(id).reference, not by.known
    if by.kind == "account" or by.account:
        return f"account:{by.account or by.id}", True
    return None, not by.known


def key_digest(by: Actor, key: str | None) -> bytes:
    """Under which an actor's key is kept: keys of different actors do not meet."""
    return hashlib.sha256(f"{by.reference}\0{key}".encode()).digest()


def fingerprint_of(order: Order, num: int) -> bytes:
    """What makes two commands the same; ``num`` is the case, where there is one already."""
    what: Iterable[Any]
    if isinstance(order, Open):
        what = ("open", order.procedure, order.data, order.applicant, order.unit, order.organisation, order.channel,
                order.position, order.title, order.links, order.note)  # fmt: skip
    elif isinstance(order, Act):
        what = ("act", num, order.action, order.data, order.note)
    else:
        what = (order.name, num, order.facts, order.links, order.unlinks)
    return hashlib.sha256(_encode(what)).digest()


def forbidden(result: Result) -> bool:
    """Whether a result is a refusal that the audit keeps: somebody tried what they may not do."""
    return isinstance(result, Forbidden) or (isinstance(result, Refused) and result.code == "wrong-role")
