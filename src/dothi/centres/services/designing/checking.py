"""What is wrong with a draft: the same checks as for the files of packs, with the part to mend. Needs the packs only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from dothi.kernel.cases import definitions
from dothi.kernel.packs import form, procedure_checks, source
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.problems import Problem
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.source import Source
from dothi.kernel.payments.fees.rules import faults
from dothi.kernel.payments.fees.tables import FeeTable

PARTS: Final = ("general", "forms", "documents", "steps", "clocks", "fees", "decisions", "letters")
_PART_OF: Final = {
    "forms": "forms",
    "documents": "documents",
    "states": "steps",
    "roles": "steps",
    "facts": "steps",
    "clocks": "clocks",
    "fees": "fees",
    "pay_at": "fees",
    "decisions": "decisions",
    "letters": "letters",
    "messages": "letters",
    "results": "letters",
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A draft after the checks: the procedure where it can be read at all, and everything that is wrong."""

    procedure: Procedure | None
    problems: tuple[Problem, ...]

    @property
    def green(self) -> bool:
        """Whether it may be published."""
        return self.procedure is not None and not self.problems


def part_of(path: str) -> str:
    """Which part of the designer shows what stands at ``path``."""
    return _PART_OF.get(path.partition(".")[0].partition("[")[0], "general")


def examine(body: Any) -> Examined:
    """All checks of a declaration as plain data; lines are those of its YAML."""
    return examine_text(source.write(body), body.get("key") if isinstance(body, dict) else None)


def examine_text(text: str, key: str | None = None) -> Examined:
    """All checks of a declaration written as YAML."""
    read = parsed(text, key)
    procedure = form.decode(read, Procedure)
    if procedure is None:
        return Examined(None, tuple(sorted(read.problems)))
    procedure_checks.procedure(read, procedure)
    _fees(read, procedure)
    if not read.problems:
        read.problems.extend(_between(read, procedure))
    if not read.problems:
        _compiles(read, procedure)
    return Examined(procedure, tuple(sorted(set(read.problems))))


def parsed(text: str, key: str | None = None) -> Source:
    """YAML as data with its lines; the name is that of the procedure in it, as a file of a pack would be called."""
    read = source.parse(text, Source("draft.yaml"))
    own = read.data.get("key") if isinstance(read.data, dict) else None
    read.file = f"{key or own or 'draft'}.yaml"
    return read


def _between(read: Source, procedure: Procedure) -> list[Problem]:
    """Registers, code lists and procedures it names are there."""
    loaded = packs.packs().values()
    return list(
        procedure_checks.between(
            [(read, procedure)],
            [codes for each in loaded for codes in each.vocabularies],
            packs.record_types().values(),
            packs.procedures().values(),
        )
    )


def _fees(read: Source, procedure: Procedure) -> None:
    if not isinstance(procedure.fees, dict):
        return
    try:
        table = msgspec.convert(procedure.fees, FeeTable)
    except msgspec.ValidationError as error:
        read.report(("fees",), "wrong-value", error=error)
        return
    for fault in faults(table):
        read.report(("fees",), "wrong-value", error=fault)


def _compiles(read: Source, procedure: Procedure) -> None:
    try:
        definitions.compiled_of(procedure)
    except ValueError as error:
        read.report((), "wrong-value", error=error)
