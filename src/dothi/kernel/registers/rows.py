"""The rows of a batch, sifted: those that can be kept, made ready; the others with what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from dothi.core.errors import DothiError, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.registers import preparing, writing
from dothi.kernel.registers.access import IMPORT, needed
from dothi.kernel.registers.actions import linked
from dothi.kernel.registers.keeping import taken_by_another
from dothi.kernel.registers.masking import DOT
from dothi.kernel.registers.preparing import Facts, Named
from dothi.kernel.registers.types import Kind
from dothi.kernel.registers.validation import Fault


@dataclass(frozen=True, slots=True)
class Row:
    """A row with more than its data: the first day it holds, where it comes from."""

    data: Mapping[str, Any]
    valid_from: date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was not kept: its number in the input (from 0), its data, what is wrong."""

    row: int
    faults: list[Fault]
    data: Mapping[str, Any]


class Ready(msgspec.Struct, array_like=True, gc=False):
    """A row that can be kept: all that goes into the tables. Another process may have made it."""

    row: int
    valid_from: date | None
    source: str | None
    encoded: str  # its data as JSON
    facts: Facts
    named: list[Named]
    record: int | None = None  # the record that has one of its identifiers already

    @property
    def data(self) -> dict[str, Any]:
        """What the row says; read anew each time: few rows are asked."""
        said: dict[str, Any] = msgspec.json.decode(self.encoded)
        return said


_NUL, _DOT = rb"\u0000", DOT.encode()
_ANOTHER_ROW = both("mã định danh này đã có ở dòng {row}.", "row {row} has this identifier already.")
_SEVERAL = both(
    "các mã định danh của dòng này thuộc về nhiều hồ sơ khác nhau.",
    "the identifiers of this row belong to several records.",
)


@dataclass(slots=True)
class Sifter:
    """Goes through rows in order; :attr:`ready` and :attr:`errors` grow."""

    kind: Kind
    by: Actor
    upsert: bool
    ready: list[Ready] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    _units: dict[str, DothiError | None] = field(default_factory=dict)

    def sift(self, start: int, rows: Sequence[Mapping[str, Any] | Row]) -> None:
        """Check rows that are numbered from ``start`` on by themselves: no database, no lock."""
        for index, given in enumerate(rows, start):
            row = given if isinstance(given, Row) else None
            ready = self._one(index, row, given if row is None else row.data)
            if ready is not None:
                self.ready.append(ready)
        self._among_themselves()

    def compare(self) -> None:
        """Check the rows against the records that are there. In the transaction that will keep them."""
        if any(each.link is not None and each.link.must_exist for each in self.kind.linked):
            self.ready = [each for each in self.ready if self._linked(each)]
        self._with_those_there()

    def _one(self, index: int, row: Row | None, data: Any) -> Ready | None:
        kind = self.kind
        if not isinstance(data, Mapping):
            text = both("không phải là một đối tượng JSON.", "is not a JSON object.")
            self.errors.append(RowError(index, [Fault("", "type", text)], {}))
            return None
        clean = kind.clean(data)
        encoded = preparing.encode(clean)
        # The quick way to say yes; what is not quickly right is looked at in full.
        quickly_right = not kind.declared.geometry and kind.schema.fits(clean) and _NUL not in encoded
        quickly_right = quickly_right and _DOT not in encoded
        if not quickly_right and (found := kind.faults(clean)):
            self.errors.append(RowError(index, found, data))
            return None
        facts = preparing.facts(kind, clean)
        refused = self.refused(facts.unit)
        if refused is not None:
            where = kind.declared.unit or ""
            self.errors.append(RowError(index, [Fault(where, "forbidden", refused.detail)], data))
            return None
        since, source = (None, None) if row is None else (row.valid_from, row.source)
        return Ready(index, since, source, encoded.decode(), facts, preparing.identifiers(kind, clean))

    def refused(self, unit: str) -> DothiError | None:
        """Why records of ``unit`` may not be loaded; None when they may."""
        if unit not in self._units:
            try:
                self.by.require(needed(IMPORT, self.kind), unit=unit or None)
                self._units[unit] = None
            except DothiError as error:
                self._units[unit] = error
        return self._units[unit]

    def _linked(self, ready: Ready) -> bool:
        try:
            linked(self.kind, ready.data)
        except DothiError as error:
            self.fail(ready, Fault(error.where or "", "link", dict(error.detail)))
            return False
        return True

    def fail(self, ready: Ready, *faults: Fault) -> None:
        """Leave the row out and say why."""
        self.errors.append(RowError(ready.row, list(faults), ready.data))

    def _among_themselves(self) -> None:
        """The first row that has an identifier keeps it."""
        seen: dict[tuple[str, str], int] = {}
        kept = []
        for each in self.ready:
            keys = [(named.scheme, named.value) for named in each.named if named.exclusive]
            twice = next((key for key in keys if key in seen), None)
            if twice is None:
                seen.update(dict.fromkeys(keys, each.row))
                kept.append(each)
            else:
                text = {language: said.format(row=seen[twice] + 1) for language, said in _ANOTHER_ROW.items()}
                self.fail(each, Fault(self.kind.carrier(twice[0]).property, "duplicate", text))
        self.ready = kept

    def _with_those_there(self) -> None:
        """A row whose identifier is a record's already revises it (``upsert``) or is wrong."""
        taken = {
            scheme: writing.carriers_of(self.kind.key, scheme, values)
            for scheme, values in self._exclusive().items()
        }
        if not any(taken.values()):
            return
        kept = []
        for each in self.ready:
            found = {
                named.scheme: taken[named.scheme][named.value][0]
                for named in each.named
                if named.exclusive and named.value in taken[named.scheme]
            }
            if found and not self.upsert:
                scheme = next(iter(found))
                error = taken_by_another(self.kind, scheme)
                self.fail(each, Fault(self.kind.carrier(scheme).property, "taken", dict(error.detail)))
            elif len(set(found.values())) > 1:
                self.fail(each, Fault("", "several", _SEVERAL))
            else:
                each.record = next(iter(found.values()), None)
                kept.append(each)
        self.ready = kept

    def _exclusive(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for each in self.ready:
            for named in each.named:
                if named.exclusive:
                    values.setdefault(named.scheme, []).append(named.value)
        return values
