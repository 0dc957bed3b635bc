"""Running cases of an older version under the published one, where a proof says that nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dothi.centres.services import procedures
from dothi.core.errors import DothiError
from dothi.kernel.cases import changing, queries
from dothi.kernel.cases.engine.migrating import migrate
from dothi.kernel.cases.engine.types import MigrationProof
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import SYSTEM, Actor

AT_ONCE: Final = 200
PAGES_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Proven:
    """A running case with the proof that it can go on under the new version, or why it cannot."""

    case: CaseView
    proof: MigrationProof


def running(key: str, *, by: Actor) -> list[CaseView]:
    """Open cases of older versions that ``by`` may see, the first due first; at most :data:`AT_ONCE`."""
    version = procedures.published(key).version
    found: list[CaseView] = []
    after = ""
    for _ in range(PAGES_MOST):
        page = queries.inbox(Filter(procedures=(key,)), by=by, after=after, limit=100)
        found += [each for each in page.items if each.version < version]
        after = page.next
        if not after or len(found) >= AT_ONCE:
            break
    return found[:AT_ONCE]


def proofs(key: str, *, by: Actor) -> list[Proven]:
    """What would become of each; nothing is changed. The proofs name data, they do not show it."""
    new = procedures.published(key)
    made = []
    for each in running(key, by=by):
        whole = queries.get(each.num, by=SYSTEM)  # the proof needs all of it, whatever the reader may see
        if whole.snapshot is not None:
            old = procedures.version(key, whole.version)
            made.append(Proven(each, migrate(old, new, whole.snapshot)))
    return made


def move(key: str, codes: Sequence[str], *, by: Actor, note: str = "") -> list[tuple[str, DothiError | None]]:
    """Let these cases go on under the published version; what became of each. Needs ``cases.migrate`` where each is."""
    version = procedures.published(key).version
    done: list[tuple[str, DothiError | None]] = []
    for code in list(dict.fromkeys(codes))[:AT_ONCE]:
        try:
            changing.migrate_case(queries.get(code, by=by).num, version, by=by, note=note)
        except DothiError as error:
            done.append((code, error))
        else:
            done.append((code, None))
    return done
