"""The open reports in memory, by place and kind, asked for those a new one may repeat.

Built from rows at the start and kept up by the same events as everything else; losing it loses nothing.
Not for several writers at once: whoever shares it between threads takes turns.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dothi.centres.hotline.duplicates.reports import (
    DAY,
    METRES,
    Compared,
    Prepared,
    Report,
    compare,
    prepare,
)
from dothi.centres.hotline.duplicates.scoring import Weights
from dothi.centres.hotline.duplicates.tuned import TUNED
from dothi.core.text import format_number
from dothi.kernel.packs.reports import DuplicateSettings

CELL_M: Final = 60.0
_STEP: Final = CELL_M / METRES  # degrees of latitude
Cell = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Match:
    """An open report that the new one may repeat, and everything that speaks for it."""

    id: str
    category: str
    probability: float
    likely: bool  # from the model's threshold on
    compared: Compared

    def explain(self, language: str = "vi") -> str:
        """One line for the person who decides: how far, how long ago, which words."""
        seen = self.compared
        far, hours = format_number(round(seen.distance_m), 0, language), seen.age_s / 3600
        if language == "en":
            ago = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours"
            parts = [f"{far} m away", f"{ago} apart"]
            parts += ["same address"] if seen.address == "same" else []
            parts += [f"both say: {', '.join(seen.shared[:4])}"] if seen.shared else []
            return "; ".join(parts)
        ago = f"{hours / 24:.0f} ngày" if hours >= 48 else f"{hours:.0f} giờ"
        parts = [f"cách {far} m", f"cách nhau {ago}"]
        parts += ["cùng địa chỉ"] if seen.address == "same" else []
        parts += [f"cùng nhắc: {', '.join(seen.shared[:4])}"] if seen.shared else []
        return "; ".join(parts)


class DuplicateIndex:
    """Open reports by category and cell of 60 metres.

    ``settings`` gives each category's radius, days and kind of place; ``neighbours`` the categories whose reports
    can be of the same matter (itself always is).
    """

    def __init__(
        self,
        settings: Mapping[str, DuplicateSettings],
        *,
        neighbours: Callable[[str], Iterable[str]] = lambda _: (),
        weights: Weights = TUNED,
    ) -> None:
        self._settings, self._neighbours, self._weights = settings, neighbours, weights
        self._reports: dict[str, Prepared] = {}
        self._cells: dict[Cell, set[str]] = defaultdict(set)
        self._documents: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._reports)

    def __contains__(self, id: object) -> bool:
        return id in self._reports

    def rebuild(self, rows: Iterable[Report]) -> int:
        """Forget everything and take these open reports instead; how many there are."""
        self._reports.clear()
        self._cells.clear()
        self._documents.clear()
        for row in rows:
            self.add(row)
        return len(self)

    def add(self, report: Report) -> None:
        """Take an open report; one already there is replaced (what was learned of it later counts)."""
        if report.id in self._reports:
            self.close(report.id)
        ready = prepare(report)
        self._reports[report.id] = ready
        self._cells[_cell(report)].add(report.id)
        self._documents.update(ready.words)

    update = add

    def close(self, id: str) -> bool:
        """Forget a report that is answered, merged or withdrawn; whether it was there."""
        ready = self._reports.pop(id, None)
        if ready is None:
            return False
        cell = _cell(ready.report)
        self._cells[cell].discard(id)
        if not self._cells[cell]:
            del self._cells[cell]
        self._documents.subtract(ready.words)
        return True

    def query(self, report: Report, *, most: int = 5, least: float = 0.2) -> list[Match]:
        """The open reports that ``report`` may repeat, the likeliest first; it need not be in the index itself."""
        settings = self._settings.get(report.category, DuplicateSettings())
        new = prepare(report)
        found = []
        for old in self._near(report, settings):
            if abs(new.seconds - old.seconds) > settings.days * DAY:
                continue
            compared = compare(new, old, self._rarity)
            if compared.distance_m > settings.radius_m:
                continue
            p = self._weights.probability(compared, settings)
            if p >= least:
                match = Match(old.report.id, old.report.category, p, p >= self._weights.threshold, compared)
                found.append(match)
        return sorted(found, key=lambda match: (-match.probability, match.compared.distance_m, match.id))[
            :most
        ]

    def _near(self, report: Report, settings: DuplicateSettings) -> Iterator[Prepared]:
        """The reports of the category and its neighbours in the cells within the radius."""
        tall = settings.radius_m / METRES
        wide = tall / max(math.cos(math.radians(report.lat)), 0.01)
        west, east = math.floor((report.lon - wide) / _STEP), math.floor((report.lon + wide) / _STEP)
        south, north = math.floor((report.lat - tall) / _STEP), math.floor((report.lat + tall) / _STEP)
        for category in {report.category, *self._neighbours(report.category)}:
            for x in range(west, east + 1):
                for y in range(south, north + 1):
                    for id in self._cells.get((category, x, y), ()):
                        if id != report.id:
                            yield self._reports[id]

    def _rarity(self, word: str) -> float:
        return math.log((2 + len(self._reports)) / (1 + self._documents[word]))


def _cell(report: Report) -> Cell:
    return report.category, math.floor(report.lon / _STEP), math.floor(report.lat / _STEP)
