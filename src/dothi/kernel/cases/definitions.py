"""Procedures ready to run, by key and version: from the table of published versions, else from the packs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from typing import Final

import msgspec

from dothi.core.clock import now_us
from dothi.core.errors import NotFound, both
from dothi.engines.store.base import Session
from dothi.kernel.cases import rows
from dothi.kernel.cases.engine import Compiled, compile_procedure
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import CodeList
from dothi.kernel.packs.procedures import Procedure

LOOK_EVERY_S: Final = 2.0
_decode: Final = msgspec.json.Decoder(Procedure).decode
_compiled: dict[tuple[str, int], Compiled] = {}
_published: dict[str, tuple[float, int]] = {}  # key → when looked up, version
_given: dict[str, dict[int, Compiled]] = {}


def content(procedure: Procedure) -> bytes:
    """The declaration as JSON, states and actions in the order declared: in that order they are offered."""
    return msgspec.json.encode(procedure)


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def read(content: bytes) -> Procedure:
    """The declaration in ``content``."""
    return _decode(content)


def use(procedures: Iterable[Procedure]) -> None:
    """Let these be known beside all others, without the database (tests, the bench, a designer's simulation)."""
    for each in procedures:
        _given.setdefault(each.key, {})[each.version] = compiled_of(each)


def given() -> dict[str, Procedure]:
    """What :func:`use` gave, the newest version of each."""
    return {key: versions[max(versions)].procedure for key, versions in _given.items()}


def look_again() -> None:
    """Look up at the next question which versions are published."""
    _published.clear()


def forget() -> None:
    """Forget what was read and what :func:`use` gave."""
    _compiled.clear()
    _published.clear()
    _given.clear()


def compiled_of(procedure: Procedure) -> Compiled:
    """``procedure`` compiled with the code lists of the packs."""
    return compile_procedure(procedure, _codes())


def _codes() -> dict[str, CodeList]:
    return {codes.key: codes for loaded in packs.packs().values() for codes in loaded.vocabularies}


def published(session: Session, key: str) -> Compiled:
    """The version new cases follow; raises :class:`NotFound`."""
    if key in _given:
        return _given[key][max(_given[key])]
    known = _published.get(key)
    if known is None or time.monotonic() - known[0] > LOOK_EVERY_S:
        version = _look_up(session, key)
        _published[key] = time.monotonic(), version
    else:
        version = known[1]
    return of(session, key, version)


def _look_up(session: Session, key: str) -> int:
    sql = "SELECT max(version) FROM cases_procedure WHERE key = ? AND state = 'published'"
    ((version,),) = session.query(sql, (key,))
    if version is not None:
        return int(version)
    declared = packs.procedures().get(key)
    if declared is None:
        raise NotFound(both(f"Không có thủ tục “{key}”.", f"There is no procedure '{key}'."))
    session.write_rows(
        rows.PROCEDURE, [row(declared, "published", pack_of(key), "system")], conflict="ignore"
    )
    _compiled.setdefault((key, declared.version), compiled_of(declared))
    return declared.version


def row(procedure: Procedure, state: str, pack: str, by: str) -> tuple[object, ...]:
    """A row of the table of procedures, in the order of its columns."""
    body = content(procedure)
    return procedure.key, procedure.version, state, body, digest(body), pack, now_us(), by


def pack_of(key: str) -> str:
    """The pack that declares a procedure; empty when none does."""
    return next(
        (
            name
            for name, loaded in packs.packs().items()
            if any(each.key == key for each in loaded.procedures)
        ),
        "",
    )


def of(session: Session, key: str, version: int) -> Compiled:
    """One version, published or superseded; raises :class:`NotFound`."""
    given = _given.get(key, {}).get(version)
    if given is not None:
        return given
    found = _compiled.get((key, version))
    if found is None:
        sql = "SELECT content FROM cases_procedure WHERE key = ? AND version = ? AND state <> 'draft'"
        there = session.query(sql, (key, version))
        if not there:
            raise NotFound(
                both(
                    f"Không có bản {version} của thủ tục “{key}”.",
                    f"There is no version {version} of '{key}'.",
                )
            )
        found = _compiled[key, version] = compiled_of(read(bytes(there[0][0])))
    return found
