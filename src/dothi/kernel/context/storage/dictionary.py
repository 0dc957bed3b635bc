"""Names as small integers: entity ids, type and attribute IRIs, tenants.

A number once given is never used for another name, so what a process has learned stays true whatever other
processes do. Only what is committed may be learned: a writer uses :class:`Naming` inside its transaction and
calls :meth:`Naming.learn` after the commit.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from itertools import islice

from dothi.engines.store.base import Session
from dothi.kernel.context.storage import schema
from dothi.kernel.context.storage.sql import query_in

_MAX_URNS = 200_000
_MAX_ATTRIBUTES = 100_000
_NAMES_LOCK = -1  # of the advisory locks; entity numbers are the others

AttributeKey = tuple[int, str, str]
"""Tenant, types of an entity as text, IRI of an attribute."""


class Dictionary:
    """What this process has learned of the committed names."""

    def __init__(self) -> None:
        self.tenants: dict[str, int] = {"": 0}
        self.names: dict[str, int] = {}
        self.iris: dict[int, str] = {}
        self.attributes: set[AttributeKey] = set()
        self._urns: dict[int, dict[str, int]] = {0: {}}
        self._gate = threading.Lock()

    def urns(self, tid: int) -> dict[str, int]:
        """Known entity numbers of a tenant."""
        return self._urns.setdefault(tid, {})

    def learn_names(self, found: dict[str, int]) -> None:
        """Remember committed IRIs."""
        self.names.update(found)
        self.iris.update((nid, iri) for iri, nid in found.items())

    def learn_urns(self, tid: int, found: dict[str, int]) -> None:
        """Remember committed entity numbers; the oldest quarter makes room."""
        with self._gate:
            known = self.urns(tid)
            if len(known) + len(found) > _MAX_URNS:
                for urn in list(islice(known, _MAX_URNS // 4)):
                    del known[urn]
            known.update(found)

    def learn_attributes(self, found: set[AttributeKey]) -> None:
        """Remember what is noted for discovery."""
        if len(self.attributes) > _MAX_ATTRIBUTES:
            self.attributes = set()
        self.attributes |= found

    def tenant(self, session: Session, name: str) -> int | None:
        """The number of a tenant, or None."""
        tid = self.tenants.get(name)
        if tid is None:
            rows = session.query("SELECT tid FROM tenant WHERE name = ?", (name,))
            if not rows:
                return None
            tid = self.tenants[name] = rows[0][0]
        return tid

    def eid(self, session: Session, tid: int, urn: str) -> int | None:
        """The number of an entity id that was ever written, or None. For reading sessions only."""
        found = self.urns(tid).get(urn)
        if found is None:
            rows = session.query("SELECT eid FROM urn WHERE tid = ? AND urn = ?", (tid, urn))
            if rows:
                found = rows[0][0]
                self.learn_urns(tid, {urn: rows[0][0]})
        return found

    def eids(self, session: Session, tid: int, urns: Collection[str]) -> dict[str, int]:
        """The numbers of those of ``urns`` that were ever written. For reading sessions only."""
        found, missing = _split(urns, self.urns(tid))
        fresh = select_urns(session, tid, missing)
        self.learn_urns(tid, fresh)
        return found | fresh

    def nids(self, session: Session, iris: Collection[str]) -> dict[str, int]:
        """The numbers of those of ``iris`` that were ever written. For reading sessions only."""
        found, missing = _split(iris, self.names)
        fresh = select_names(session, missing)
        self.learn_names(fresh)
        return found | fresh

    def iri(self, session: Session, nid: int) -> str:
        """The IRI with a number. For reading sessions only."""
        if nid not in self.iris:
            self.learn_names({iri: n for n, iri in session.query("SELECT nid, iri FROM name")})
        return self.iris[nid]


class Naming:
    """Names inside one writing transaction: known ones from the dictionary, new ones given a number."""

    def __init__(self, dictionary: Dictionary, session: Session, *, shared: bool = False) -> None:
        """``shared``: other transactions write at the same time (PostgreSQL)."""
        self._dictionary = dictionary
        self._session = session
        self._shared = shared
        self._names: dict[str, int] = {}
        self._urns: dict[int, dict[str, int]] = {}
        self._tenants: dict[str, int] = {}
        self.created: set[int] = set()
        self.attributes: set[AttributeKey] = set()

    def knows_attribute(self, key: AttributeKey) -> bool:
        """Whether the attribute is already noted for discovery on the types."""
        return key in self._dictionary.attributes or key in self.attributes

    def learn(self) -> None:
        """Call after the commit."""
        self._dictionary.tenants.update(self._tenants)
        self._dictionary.learn_names(self._names)
        for tid, found in self._urns.items():
            self._dictionary.learn_urns(tid, found)
        self._dictionary.learn_attributes(self.attributes)

    def tenant(self, name: str, *, create: bool) -> int | None:
        """The number of a tenant; a new one is given a number when ``create``, else None."""
        tid = self._dictionary.tenants.get(name, self._tenants.get(name))
        if tid is None:
            if create:
                self._session.execute(
                    "INSERT INTO tenant (name) VALUES (?) ON CONFLICT (name) DO NOTHING", (name,)
                )
            rows = self._session.query("SELECT tid FROM tenant WHERE name = ?", (name,))
            if not rows:
                return None
            tid = self._tenants[name] = int(rows[0][0])
        return tid

    def eids(self, tid: int, urns: Collection[str], *, create: bool) -> dict[str, int]:
        """Numbers of ``urns``; unknown ones are given a number when ``create``, else left out."""
        found, missing = _split(urns, self._dictionary.urns(tid))
        if missing:
            fresh = select_urns(self._session, tid, missing)
            if create and len(fresh) < len(missing):
                new = [urn for urn in missing if urn not in fresh]
                written = self._session.write_rows(schema.URN, [(tid, urn) for urn in new], conflict="ignore")
                given = select_urns(self._session, tid, new)
                if written == len(new):  # else another process was first with some of them
                    self.created.update(given.values())
                fresh |= given
            self._urns.setdefault(tid, {}).update(fresh)
            found |= fresh
        return found

    def nids(self, iris: Collection[str]) -> dict[str, int]:
        """Numbers of ``iris``; new ones are given one."""
        found, missing = _split(iris, self._dictionary.names)
        if missing:
            fresh = select_names(self._session, missing)
            new = [iri for iri in missing if iri not in fresh]
            if new:
                if self._shared:
                    # Two processes that meet the same new names in another order would wait for each other.
                    self._session.query("SELECT pg_advisory_xact_lock(?)", (_NAMES_LOCK,))
                self._session.write_rows(schema.NAME, [(iri,) for iri in new], conflict="ignore")
                fresh |= select_names(self._session, new)
            self._names |= fresh
            found |= fresh
        return found


def _split(wanted: Collection[str], known: dict[str, int]) -> tuple[dict[str, int], list[str]]:
    found: dict[str, int] = {}
    missing: list[str] = []
    for name in wanted:
        number = known.get(name)
        if number is None:
            missing.append(name)
        else:
            found[name] = number
    return found, missing


def select_urns(session: Session, tid: int, urns: Collection[str]) -> dict[str, int]:
    """Committed and own numbers of ``urns`` by the table."""
    return dict(query_in(session, "SELECT urn, eid FROM urn WHERE tid = ? AND urn", list(urns), first=(tid,)))


def select_names(session: Session, iris: Collection[str]) -> dict[str, int]:
    """Committed and own numbers of ``iris`` by the table."""
    return dict(query_in(session, "SELECT iri, nid FROM name WHERE iri", list(iris)))
