"""Every read of cases. Always as somebody: what they may not see is not there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

from dothi.core.clock import now_us
from dothi.engines.store.base import Row, Session
from dothi.kernel.cases import access, definitions, facts766, filters, plans, rows, words
from dothi.kernel.cases.delegations import with_delegations
from dothi.kernel.cases.engine import Compiled, Entry, Offer
from dothi.kernel.cases.engine import available as offers
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.models import NEVER, SEQ_BITS
from dothi.kernel.cases.plans import Plan
from dothi.kernel.cases.reading import reading
from dothi.kernel.cases.scopes import scope
from dothi.kernel.cases.seen import in_clear, seen, visible
from dothi.kernel.cases.timelines import Line, lines
from dothi.kernel.cases.views import CaseView, full, view
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.secrets import digest

PAGE_AT_MOST: Final = 500
COUNTED_AT_MOST: Final = 1_000  # lists say "1.000+" beyond
GROUPED_AT_MOST: Final = 10_000
_entry: Final = msgspec.json.Decoder(Entry).decode
_EARTH_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Page:
    """Cases in order; ``next`` is given back as ``after`` for those behind (empty: that was all).

    ``more``: words were found in more cases than were looked at, and should be narrowed.
    """

    items: list[CaseView] = field(default_factory=list)
    next: str = ""
    more: bool = False


def get(case: str | int, *, by: Actor) -> CaseView:
    """The case with this id, code or number, as ``by`` may see it; raises :class:`NotFound`."""
    with reading() as (session, _):
        found = _one(session, case, by)
        return seen(found, _compiled(session, found), with_delegations(by))


def compiled(found: CaseView) -> Compiled:
    """The procedure a case follows, ready to run."""
    with reading() as (session, _):
        return _compiled(session, found)


def shown(found: CaseView, by: Actor) -> CaseView:
    """A view that an action gave, as ``by`` may see it."""
    if found.snapshot is None or in_clear(found, by):
        return found
    with reading() as (session, _):
        return seen(found, _compiled(session, found), with_delegations(by))


def history(case: str | int, *, by: Actor, after: int = 0) -> list[Entry]:
    """The entries of a case behind number ``after``, for those who may see its personal data."""
    with reading() as (session, _):
        found = _one(session, case, by)
        by = with_delegations(by)
        if not access.is_applicant(by, found.applicant):
            by.require(access.PERSONAL, unit=found.unit or None, organisation=found.organisation or None)
        return entries(session, found.num, after)


def timeline(case: str | int, *, by: Actor, public: bool = False, language: str = "vi") -> list[Line]:
    """What happened, oldest first. Applicants and the ``public`` timeline see what is public only."""
    with reading() as (session, _):
        found = _one(session, case, by)
        if not access.may(with_delegations(by), access.READ, found.unit, found.organisation):
            public = True
        compiled = _compiled(session, found)
        return lines(entries(session, found.num), compiled, public=public, language=_lang(language))


def available(case: str | int, *, by: Actor) -> list[Offer]:
    """What ``by`` could do with the case now, and why not what they cannot."""
    with reading() as (session, _):
        found = _one(session, case, by)
        compiled = _compiled(session, found)
        assert found.snapshot is not None
        actor = access.facts(
            with_delegations(by),
            compiled,
            applicant=found.applicant,
            unit=found.unit,
            organisation=found.organisation,
        )
        return offers(compiled, found.snapshot, actor, now_us())


def inbox(asked: Filter, *, by: Actor, after: str = "", limit: int = 50) -> Page:
    """A page of a list, by key: what is added meanwhile moves nothing. Snapshots are left out."""
    limit = max(1, min(limit, PAGE_AT_MOST))
    place = filters.read(after, asked.by)
    with reading() as (session, dialect):
        plan = Plan(session, dialect, asked, scope(session, by, asked), personal=_personal(by, asked))
        found = [view(row) for row in plan.page(place, limit + 1)]
    last = found[limit - 1] if len(found) > limit else None
    next = "" if last is None else filters.write(asked.by, _key(last, asked.by), last.num)
    return Page(found[:limit], next, plan.more)


def _key(found: CaseView, order: filters.Order) -> int:
    if order == "due":
        return NEVER if found.due_us is None else found.due_us
    return found.opened_us if order == "opened" else found.changed_us


@dataclass(frozen=True, slots=True)
class Counts:
    """How many, each counted up to a limit only: ``total`` 1,001 means "more than 1,000"."""

    total: int
    late: int
    soon: int  # due within a day
    unassigned: int
    states: dict[str, int]
    kinds: dict[str, int]


def counts(asked: Filter, *, by: Actor) -> Counts:
    """The numbers beside a list."""
    day = now_us() + 86_400_000_000
    with reading() as (session, dialect):
        plan = Plan(session, dialect, asked, scope(session, by, asked), personal=_personal(by, asked))
        most = COUNTED_AT_MOST + 1
        return Counts(
            total=plan.count(most),
            late=plan.count(most, "due_us < ?", [now_us()]),
            soon=plan.count(most, "due_us >= ? AND due_us < ?", [now_us(), day]),
            unassigned=plan.count(most, "assignee = ''"),
            states=plan.groups("state", GROUPED_AT_MOST),
            kinds=plan.groups("kind", GROUPED_AT_MOST),
        )


def search(text: str, *, by: Actor, asked: Filter | None = None, limit: int = 50) -> Page:
    """Cases by a code or by words, with or without diacritics; the newest first, closed ones too unless asked."""
    asked = asked or Filter(phases=())
    limit = max(1, min(limit, PAGE_AT_MOST))
    with reading() as (session, dialect):
        where = scope(session, by, asked)
        exact = _by_code(session, text, with_delegations(by))
        if not words.asked(text):
            return Page(exact)
        wide = msgspec.structs.replace(asked, text=text, order="opened")
        plan = Plan(session, dialect, wide, where, personal=_personal(by, asked))
        found = [view(row) for row in plan.page(None, limit + 1)]
    found = [*exact, *(each for each in found if each.num not in {one.num for one in exact})]
    return Page(found[:limit], more=plan.more or len(found) > limit)


def _by_code(session: Session, text: str, by: Actor) -> list[CaseView]:
    sql = f"SELECT {rows.names(rows.CASE)} FROM cases_case WHERE code IN (?, ?)"  # noqa: S608
    given = text.strip()[:60]
    found = [view(row) for row in session.query(sql, (given, given.upper()))]
    return [each for each in found if visible(each, by)]


@dataclass(frozen=True, slots=True)
class Near:
    """A case and how far it is, in metres."""

    case: CaseView
    metres: float


def near(
    point: tuple[float, float],
    metres: float,
    *,
    by: Actor,
    days: float = 30,
    kinds: Sequence[str] = (),
    limit: int = 50,
) -> list[Near]:
    """Cases opened in the last days around a point (longitude, latitude), the nearest first.

    Only what ``by`` may see; centres that look for duplicates ask as :data:`SYSTEM`.
    """
    since = now_us() - int(days * 86_400_000_000)
    by = with_delegations(by)
    with reading() as (session, dialect):
        nums = _around(session, dialect, point, metres, since)
        condition, params = plans.among("num", nums, dialect)
        if kinds:
            condition += f" AND kind IN ({', '.join('?' * len(kinds))})"
            params += kinds
        sql = f"SELECT {rows.names(rows.CASE)} FROM cases_case WHERE {condition}"  # noqa: S608
        cases = [full(row) for row in session.query(sql, params)] if nums else []
    everywhere = by.may(access.READ)
    found = [
        Near(each, distance(point, each.position))
        for each in cases
        if each.position is not None and (everywhere or visible(each, by))
    ]
    close = [each for each in found if each.metres <= metres]
    return sorted(close, key=lambda each: (each.metres, -each.case.num))[:limit]


def _around(
    session: Session, dialect: plans.Dialect, point: tuple[float, float], metres: float, since: int
) -> list[int]:
    lon, lat = point
    high = math.degrees(metres / _EARTH_M)
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    box = (lon - wide, lat - high, lon + wide, lat + high)
    sql, params = plans.boxed(dialect, box, open_only=False)
    if dialect == "postgresql":
        sql += " AND opened_us >= ?"
        params.append(since)
    else:
        sql += " AND last >= ?"
        params.append(since / 86_400_000_000)
    return [num for (num,) in session.query(f"{sql} LIMIT 5000", params)]


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two points on the sphere."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(h))


@dataclass(frozen=True, slots=True)
class Load:
    """The open work of one unit, organisation or person."""

    key: str
    open: int
    late: int
    soon: int  # due within a day


def workload(
    by: Actor,
    *,
    of: str = "organisation",
    unit: str = "",
    organisation: str = "",
    procedures: tuple[str, ...] = (),
) -> list[Load]:
    """Open cases by ``organisation``, ``unit`` or ``assignee``, most late first. Needs ``cases.read`` there."""
    if of not in ("organisation", "unit", "assignee"):
        raise ValueError(of)
    now = now_us()
    asked = Filter(unit=unit, organisation=organisation, procedures=procedures)
    with reading() as (session, dialect):
        plan = Plan(session, dialect, asked, scope(session, by, asked), personal=False)
        where, params = plan.where()
        sql = (
            f"SELECT {of}, count(*), sum(CASE WHEN due_us < ? THEN 1 ELSE 0 END),"  # noqa: S608
            " sum(CASE WHEN due_us >= ? AND due_us < ? THEN 1 ELSE 0 END)"
            f" FROM cases_case WHERE {where} GROUP BY {of}"
        )
        found = session.query(sql, [now, now, now + 86_400_000_000, *params])
    loads = [Load(key, int(count), int(late), int(soon)) for key, count, late, soon in found]
    return sorted(loads, key=lambda each: (-each.late, -each.open, each.key))


def facts_766(
    period: tuple[int, int],
    *,
    by: Actor,
    of: Literal["organisation", "unit", "procedure", ""] = "",
    unit: str = "",
    organisation: str = "",
    procedure: str = "",
    simulated: bool = False,
) -> list[facts766.Totals]:
    """What Decision 766 counts of a period (from, to in microseconds), grouped ``of``. Needs ``cases.read`` there."""
    with_delegations(by).require(access.READ, unit=unit or None, organisation=organisation or None)
    return facts766.totals(
        period, by=of, unit=unit, organisation=organisation, procedure=procedure, simulated=simulated
    )


def behind_766(
    period: tuple[int, int],
    measure: facts766.Measure,
    *,
    by: Actor,
    unit: str = "",
    organisation: str = "",
    simulated: bool = False,
    limit: int = 200,
) -> list[CaseView]:
    """The cases behind a figure of :func:`facts_766`, the newest first. Needs ``cases.read`` there."""
    with_delegations(by).require(access.READ, unit=unit or None, organisation=organisation or None)
    nums = facts766.behind(
        period, measure, unit=unit, organisation=organisation, simulated=simulated, limit=limit
    )
    return [get(num, by=by) for num in nums]


def by_link(case: str, secret: str) -> tuple[CaseView, Actor]:
    """The case with this code (or id) for the holder of its secret, and the actor they act as; :class:`NotFound`."""
    with reading() as (session, _):
        row = _row(session, case)
        sql = "SELECT 1 FROM cases_capability WHERE num = ? AND secret_hash = ? AND withdrawn_us IS NULL"
        if row is None or not session.query(sql, (row[0], digest(secret))):
            raise access.no_case()
    found = full(row)
    return found, access.holder(found.id)


def _one(session: Session, case: str | int, by: Actor) -> CaseView:
    row = _row(session, case)
    if row is None:
        raise access.no_case()
    found = full(row)
    if not visible(found, with_delegations(by)):
        raise access.no_case()
    return found


def _row(session: Session, case: str | int) -> Row | None:
    sql = f"SELECT {rows.names(rows.CASE)} FROM cases_case WHERE "  # noqa: S608
    if isinstance(case, int):
        found = session.query(sql + "num = ?", (case,))
    else:
        found = session.query(sql + "id = ?", (case[:60],)) or session.query(sql + "code = ?", (case[:60],))
    return found[0] if found else None


def entries(session: Session, num: int, after: int = 0) -> list[Entry]:
    """The entries of a case, in order."""
    first = num << SEQ_BITS
    sql = "SELECT body FROM cases_entry WHERE key > ? AND key < ? ORDER BY key"
    return [_entry(bytes(body)) for (body,) in session.query(sql, (first | after, first + (1 << SEQ_BITS)))]


def _compiled(session: Session, found: CaseView) -> Compiled:
    return definitions.of(session, found.procedure, found.version)


def _personal(by: Actor, asked: Filter) -> bool:
    return access.may(with_delegations(by), access.PERSONAL, asked.unit, asked.organisation)


def _lang(language: str) -> str:
    return "en" if language.startswith("en") else "vi"


def as_dict(found: CaseView) -> dict[str, Any]:
    """The view as plain JSON data."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain
