"""What a transaction did to its cases, written with one bulk statement a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from dothi.core.errors import Conflict, both
from dothi.engines.store.base import Column, Row, Session, Table
from dothi.kernel.cases import facts766, rows, seal, words
from dothi.kernel.cases.engine import Compiled, Snapshot
from dothi.kernel.cases.held import Held
from dothi.kernel.cases.models import NEVER, SEQ_BITS, Effect, Link
from dothi.kernel.cases.views import encode
from dothi.kernel.events import outbox
from dothi.kernel.events.outbox import News

ORDERED: Final = "vn.dothi.cases.effects-ordered"
_CAPABILITY: Final = Table(
    "cases_capability",
    (Column("num", "int"), Column("secret_hash", "text"), Column("created_us", "int")),
    ("secret_hash",),
)
_json = msgspec.json.Encoder().encode
_DIRECTED: Final = frozenset({Link.DUPLICATE, Link.CHILD, Link.CAUSED})
_UP: Final = (
    "WITH RECURSIVE up(n) AS (SELECT other FROM cases_link WHERE num = ? AND kind = ? UNION"
    " SELECT l.other FROM cases_link l JOIN up ON l.num = up.n WHERE l.kind = ?)"
    " SELECT 1 FROM up WHERE n = ?"
)


class Writing:
    """The tables of one transaction."""

    def __init__(self, session: Session, dialect: Literal["sqlite", "postgresql"]) -> None:
        self._session = session
        self._dialect = dialect
        self._capabilities: list[Row] = []

    def numbers(self, count: int) -> list[int]:
        """Numbers for new cases, growing."""
        if self._dialect == "postgresql":
            sequence = (
                "SELECT nextval(pg_get_serial_sequence('cases_case', 'num')) FROM generate_series(1, ?::int)"
            )
            return [num for (num,) in self._session.query(sequence, (count,))]
        found = self._session.query("SELECT seq FROM sqlite_sequence WHERE name = 'cases_case'")
        first = (found[0][0] if found else 0) + 1
        return list(range(first, first + count))

    def capability(self, num: int, digest: str, at_us: int) -> None:
        """A secret by which a case is opened."""
        self._capabilities.append((num, digest, at_us))

    def link(self, held: Held, other: Held, kind: str, at_us: int, actor: str) -> None:
        """Link a case to another; refuses itself and circles."""
        if held.num == other.num or (kind in _DIRECTED and self._leads_back(other.num, held.num, kind)):
            raise Conflict(
                both("Liên kết này tạo thành vòng.", "This link would go round in a circle."), where="link"
            )
        self._session.write_rows(
            rows.LINK, [(held.num, other.num, kind, at_us, actor[:80])], conflict="ignore"
        )

    def _leads_back(self, start: int, end: int, kind: str) -> bool:
        return bool(self._session.query(_UP, (start, kind, kind, end)))

    def unlink(self, held: Held, other: Held, kind: str) -> None:
        """Take a link away."""
        sql = "DELETE FROM cases_link WHERE num = ? AND kind = ? AND other = ?"
        self._session.execute(sql, (held.num, kind, other.num))

    def write(
        self,
        held: Iterable[Held],
        prefixes: Mapping[str, int],
        keys: Mapping[bytes, tuple[bytes, int, int]],
        at_us: int,
    ) -> None:
        """Everything, in one order of tables."""
        changed = [each for each in held if each.entries or each.replaced]
        session = self._session
        if not changed:
            return
        session.write_rows(rows.CASE, [each.stored() for each in changed], conflict="replace")
        session.write_rows(rows.ENTRY, [row for each in changed for row in _entries(each)])
        self._found_by([each for each in changed if each.fresh])
        for each in changed:
            if not each.fresh:
                self._refind(each)
        self._facts(changed)
        self._tasks(changed)
        self._effects(changed)
        session.write_rows(rows.COUNTER, list(prefixes.items()), conflict="replace")
        fresh = [(key, print, num, seq, at_us) for key, (print, num, seq) in keys.items()]
        session.write_rows(rows.IDEMPOTENCY, fresh, conflict="ignore")
        session.write_rows(_CAPABILITY, self._capabilities)
        outbox.append_all(session, self._dialect, [news for each in changed for news in _news(each)])

    def _found_by(self, fresh: list[Held]) -> None:
        """Words and places of new cases."""
        if not fresh:
            return
        places = [
            (each.num, *each.position, each.snapshot.opened_us, each.snapshot.kind, int(_open(each.snapshot)))
            for each in fresh
            if each.position
        ]
        texts = [(each.num, _words(each), _marks(each.snapshot)) for each in fresh]
        self._session.write_rows(rows.TEXT, texts)
        self._session.write_rows(rows.PLACE, places)
        if self._dialect == "sqlite":
            nums = [each.num for each in fresh]
            seal.fill(self._session, min(nums), max(nums), places=bool(places))

    def _refind(self, held: Held) -> None:
        """Words, marks and place of a case that was there, where they changed."""
        was, now = held.was, held.snapshot
        assert was is not None
        if held.replaced or any(entry.kind == "corrected" for entry in held.entries):
            self._session.write_rows(rows.TEXT, [(held.num, _words(held), _marks(now))], conflict="replace")
        elif (_open(was), was.unit, was.organisation) != (_open(now), now.unit, now.organisation):
            self._session.execute("UPDATE cases_text SET marks = ? WHERE num = ?", (_marks(now), held.num))
        if held.replaced and held.position:
            row = (held.num, *held.position, now.opened_us, now.kind, int(_open(now)))
            self._session.write_rows(rows.PLACE, [row], conflict="replace")
        elif held.position and _open(was) != _open(now):
            sql = "UPDATE cases_place SET open = ? WHERE num = ?"
            self._session.execute(sql, (int(_open(now)), held.num))

    def _facts(self, changed: list[Held]) -> None:
        found = []
        for each in changed:
            if each.snapshot.kind in facts766.KINDS and each.compiled is not None:
                now = facts766.facts(each.compiled, each.snapshot)
                if each.was is None or facts766.facts(each.compiled, each.was) != now:
                    found.append((each.num, *now))
        self._session.write_rows(rows.FACT, found, conflict="replace")

    def _tasks(self, changed: list[Held]) -> None:
        put: list[Row] = []
        for each in changed:
            before, now = (each.was.tasks if each.was else {}), each.snapshot.tasks
            if before is now or before == now:
                continue
            for key, task in now.items():
                if task.state == "open":
                    role = " ".join(task.role)[:60]
                    due = NEVER if task.due_us is None else task.due_us
                    put.append((each.num, key, role, task.organisation or "", "", due))
                elif key in before and before[key].state == "open":
                    sql = "DELETE FROM cases_task WHERE num = ? AND key = ?"
                    self._session.execute(sql, (each.num, key))
        self._session.write_rows(rows.TASK, put, conflict="replace")

    def _effects(self, changed: list[Held]) -> None:
        put = []
        for each in changed:
            for effect in each.effects:
                _, seq, n = effect.id.rsplit(":", 2)
                key = each.num << SEQ_BITS | int(seq)
                put.append((key, int(n), effect.kind, _json(effect), Effect.WAITING, 0, "", effect.at_us))
        self._session.write_rows(rows.EFFECT, put)


def _open(case: Snapshot) -> bool:
    return case.phase != "done"


def _marks(case: Snapshot) -> str:
    return words.marks(
        open=_open(case),
        unit=case.unit or "",
        organisation=case.organisation or "",
        kind=case.kind,
        procedure=case.procedure,
    )


def _words(held: Held) -> str:
    assert held.compiled is not None
    plain, personal = texts(held.compiled, held.snapshot)
    return words.words([held.title, held.snapshot.code, *plain], personal)


def texts(compiled: Compiled, case: Snapshot) -> tuple[list[str], list[str]]:
    """What people wrote into a case's forms: open and internal answers, and personal ones. Sensitive ones are left out."""
    plain: list[str] = []
    personal: list[str] = []
    levels = sensitivities(compiled)
    for key, value in case.data.items():
        if isinstance(value, str):
            level = levels.get(key, "personal")
            if level in ("open", "internal"):
                plain.append(value)
            elif level == "personal":
                personal.append(value)
    return plain, personal


_levels: dict[int, tuple[Compiled, dict[str, str]]] = {}


def sensitivities(compiled: Compiled) -> dict[str, str]:
    """How sensitive each answer of a procedure's forms is."""
    known = _levels.get(id(compiled))
    if known is None or known[0] is not compiled:
        found: dict[str, str] = {
            field.key: field.sensitivity
            for form in compiled.procedure.forms.values()
            for page in form.pages
            for field in page.fields
        }
        if len(_levels) > 1000:
            _levels.clear()
        known = _levels[id(compiled)] = (compiled, found)
    return known[1]


def _entries(held: Held) -> list[Row]:
    first = held.num << SEQ_BITS
    return [
        (first | entry.seq, entry.at_us, entry.kind, int(entry.public), encode(entry))
        for entry in held.entries
    ]


def _news(held: Held) -> list[News]:
    subject = f"case:{held.snapshot.id}"
    found = [News(type, subject, data, actor) for type, data, actor in held.events]
    if held.effects:
        first, last = held.entries[0].seq, held.entries[-1].seq
        data = {"id": held.snapshot.id, "num": held.num, "first": first, "last": last}
        found.append(News(ORDERED, subject, data, "system"))
    return found
