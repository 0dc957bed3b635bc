"""Rows of numbers gathered into columns, entity by entity: the fast way when nothing paces the replay."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dothi.kernel.feeds.bulk import Past, Series
from dothi.kernel.feeds.replay import mapping as declared
from dothi.kernel.feeds.replay.reading import Cells, Refused
from dothi.kernel.feeds.replay.rows import Attribute, Rows

_NAN = math.nan
_REMEMBERED = 50_000


@dataclass(slots=True)
class _Entity:
    """The rows of one entity so far."""

    about: dict[str, Any]
    times: list[int] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)


def suits(mapping: declared.Mapping) -> bool:
    """Whether a mapping gives nothing but timed numbers."""
    return mapping.time is not None and all(
        column.kind == "number" and all(not isinstance(value, str) for value in column.values.values())
        for column in mapping.attributes
    )


class Gatherer:
    """Takes rows until :meth:`take`. A row with a reading outside its range is left to the caller: it is
    marked.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        # Text of a cell → its number, for most texts come again; a missing reading is not a number.
        self._cells = [(each.at, dict.fromkeys(rows.nulls, _NAN)) for each in rows.attributes]
        self._entities: dict[str, _Entity] = {}
        self.rows = 0

    def add(self, cells: Cells) -> bool:
        """Take a row; false when it has to go as an entity of its own. Raises :class:`Refused` for the whole
        row.
        """
        rows = self._rows
        rows.measure(cells)
        id = rows.identify(cells)
        assert rows.times is not None
        _, at_us = rows.times.of(cells)
        values = [known.get(cells[at]) for at, known in self._cells]
        if None in values and not self._read(cells, values):
            return False
        if values[0] != values[0] and all(value != value for value in values):
            rows.counts.missing += len(values)  # never gathered, so counted here
            raise Refused("no values", "every value of the row is missing")
        entity = self._entities.get(id)
        if entity is None:
            about = {"id": id, "type": rows.mapping.entity.type, **rows.about(cells)}
            entity = self._entities[id] = _Entity(about)
        entity.times.append(at_us)
        entity.values.append(values)  # type: ignore[arg-type]
        self.rows += 1
        return True

    def _read(self, cells: Cells, values: list[float | None]) -> bool:
        """Read the texts that were not read before; false for a row with a value outside its range."""
        refusals: list[Refused] = []
        for place, attribute in enumerate(self._rows.attributes):
            if values[place] is not None:
                continue
            try:
                value = float(attribute.read(cells[attribute.at]))
            except Refused as refusal:
                refusals.append(refusal)
                value = _NAN
            else:
                if not attribute.low <= value <= attribute.high:
                    return False
                self._remember(place, attribute, cells, value)
            values[place] = value
        for each in refusals:
            self._rows.counts.refused += 1
            self._rows.counts.missing -= 1  # it will be counted as a number that is not there
            self._rows.complain(each.reason, str(each))
        return True

    def _remember(self, place: int, attribute: Attribute, cells: Cells, value: float) -> None:
        known = self._cells[place][1]
        if len(known) < _REMEMBERED:
            known[cells[attribute.at]] = value

    def take(self) -> list[tuple[Past, int]]:
        """What was gathered, and of how many rows each entity is."""
        taken = [(self._past(entity), len(entity.times)) for entity in self._entities.values()]
        self._entities.clear()
        self.rows = 0
        return taken

    def _past(self, entity: _Entity) -> Past:
        times = np.array(entity.times, np.int64)
        order = np.argsort(times, kind="stable")
        times, table = times[order], np.array(entity.values)[order]
        there = ~np.isnan(table)
        counts = self._rows.counts
        counts.readings += int(there.sum())
        counts.missing += int(table.size - there.sum())
        series = [
            Series(column.key, column.unit or "", times[there[:, place]], table[there[:, place], place])
            for place, column in enumerate(self._rows.mapping.attributes)
            if there[:, place].any()
        ]
        return Past(entity.about, series)
