"""Which column fills which property: suggested by likeness, then applied to every row.

A mapping is target → column. Targets are properties, ``<geometry>.longitude`` and ``<geometry>.latitude`` for a point in
two columns, ``@valid_from`` (the first day the row holds) and ``@source``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dothi.core.errors import BadInput, both
from dothi.core.text import fold
from dothi.kernel.packs.declarations import Label
from dothi.kernel.registers.imports import converting
from dothi.kernel.registers.rows import Row
from dothi.kernel.registers.types import Kind

VALID_FROM, SOURCE = "@valid_from", "@source"
LONGITUDE, LATITUDE = "longitude", "latitude"
NOT_OURS: Final = frozenset({"loi (vi)", "error (en)", "dong", "row"})  # what the file of refused rows adds
_ALIKE = 84  # of 100; below this it is a guess that costs more than choosing oneself
_WORDS = re.compile(r"[^a-z0-9]+")
_ALSO: Final[dict[str, tuple[str, ...]]] = {
    LONGITUDE: ("longitude", "lon", "lng", "x", "kinh do"),
    LATITUDE: ("latitude", "lat", "y", "vi do"),
    VALID_FROM: ("valid from", "hieu luc tu", "tu ngay", "ngay hieu luc"),
    SOURCE: ("nguon", "nguon du lieu"),
}
_GEOMETRIES: Final = ("geometry", "geom", "wkt", "wkb", "geojson", "toa do")
_LABELS: Final = {
    VALID_FROM: Label(vi="Có giá trị từ ngày", en="Holds from"),
    SOURCE: Label(vi="Nguồn của dòng", en="Source of the row"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """Something a column can fill."""

    key: str
    label: Label
    required: bool = False


def targets(kind: Kind) -> list[Target]:
    """What columns can fill, in the order of the declaration."""
    found: list[Target] = []
    for each in kind.properties.values():
        found.append(Target(each.key, each.label, each.required))
        if each.kind == "geometry":
            found += [
                Target(f"{each.key}.{LONGITUDE}", Label(vi=f"{each.label.vi}: kinh độ", en=f"{each.label.en}: longitude")),
                Target(f"{each.key}.{LATITUDE}", Label(vi=f"{each.label.vi}: vĩ độ", en=f"{each.label.en}: latitude")),
            ]  # fmt: skip
    return [*found, *(Target(key, label) for key, label in _LABELS.items())]


def _plain(name: str) -> str:
    return " ".join(_WORDS.sub(" ", fold(name)).split())


def _names(kind: Kind, target: Target) -> set[str]:
    part = target.key.rpartition(".")[2]
    names = {_plain(target.key), *(_plain(each) for each in _ALSO.get(part, ()))}
    if part not in (LONGITUDE, LATITUDE):
        names |= {_plain(target.label.vi), _plain(target.label.en)}
    declared = kind.properties.get(target.key)
    if declared is not None and declared.identifier is not None:
        label = next(e.label for e in kind.declared.identifiers if e.key == declared.identifier)
        names |= {_plain(declared.identifier), _plain(label.vi), _plain(label.en)}
    if declared is not None and declared.kind == "geometry":
        names |= set(_GEOMETRIES)
    return names - {""}


def suggest(kind: Kind, columns: Sequence[str]) -> dict[str, str]:
    """The likeliest column of each target, each column once: first those named exactly so, then those much alike."""
    from rapidfuzz import fuzz  # a native library that only a suggestion needs

    free = {name: _plain(name) for name in columns if fold(name) not in NOT_OURS}
    scored: list[tuple[float, int, str, str]] = []
    for order, target in enumerate(targets(kind)):
        names = _names(kind, target)
        for column, plain in free.items():
            best = max((fuzz.ratio(plain, name) for name in names), default=0.0)
            if best >= (100 if target.key.startswith("@") or "." in target.key else _ALIKE):
                scored.append((-best, order, target.key, column))
    found: dict[str, str] = {}
    for _, _, key, column in sorted(scored):
        if key not in found and column in free:
            found[key] = column
            del free[column]
    return _one_place(kind, found)


def _one_place(kind: Kind, mapping: dict[str, str]) -> dict[str, str]:
    """A place comes from one column or from two, not from both."""
    place = kind.declared.geometry
    if place in mapping or not all(f"{place}.{part}" in mapping for part in (LONGITUDE, LATITUDE)):
        for part in (LONGITUDE, LATITUDE):
            mapping.pop(f"{place}.{part}", None)
    return mapping


def check(kind: Kind, columns: Sequence[str], mapping: Mapping[str, str]) -> None:
    """Raise :class:`BadInput` where a mapping names what is not there, or leaves out what every record needs."""
    known = {each.key for each in targets(kind)}
    for key, column in mapping.items():
        if key not in known:
            raise BadInput(
                both(f"Không có thuộc tính {key}.", f"There is no property {key}."), where=f"mapping.{key}"
            )
        if column not in columns:
            raise BadInput(
                both(f"Tệp không có cột {column}.", f"The file has no column {column}."),
                where=f"mapping.{key}",
            )
    if not mapping:
        raise BadInput(both("Hãy chọn ít nhất một cột.", "Choose at least one column."), where="mapping")
    place = kind.declared.geometry
    if place is not None and (f"{place}.{LONGITUDE}" in mapping) != (f"{place}.{LATITUDE}" in mapping):
        raise BadInput(
            both("Cần cả kinh độ và vĩ độ.", "Both longitude and latitude are needed."),
            where=f"mapping.{place}",
        )
    for each in kind.properties.values():
        if each.required and each.key not in mapping and f"{each.key}.{LONGITUDE}" not in mapping:
            raise BadInput(
                both(f"Chưa có cột cho {each.label.vi}.", f"No column is chosen for {each.label.en}."),
                where=f"mapping.{each.key}",
            )


def spoken_of(kind: Kind, mapping: Mapping[str, str]) -> frozenset[str]:
    """The properties that a file with this mapping says something of."""
    return frozenset(key.partition(".")[0] for key in mapping) & kind.properties.keys()


class Mapper:
    """Rows of a file as rows of a register."""

    def __init__(
        self, kind: Kind, columns: Sequence[str], mapping: Mapping[str, str], numbers: str = "vi"
    ) -> None:
        at = {name: index for index, name in enumerate(columns)}
        self._plain = [
            (key, at[column], converting.converter(kind, key, numbers))
            for key, column in mapping.items()
            if key in kind.properties
        ]
        place = kind.declared.geometry or ""
        lon, lat = mapping.get(f"{place}.{LONGITUDE}"), mapping.get(f"{place}.{LATITUDE}")
        self._point = None if lon is None or lat is None else (place, at[lon], at[lat])
        self._from = at[mapping[VALID_FROM]] if VALID_FROM in mapping else None
        self._source = at[mapping[SOURCE]] if SOURCE in mapping else None
        self.dated = self._from is not None  # whether rows say from when on they hold

    def row(self, cells: Sequence[Any]) -> Row | dict[str, Any]:
        """The data of a record, with its first day where a column says so."""
        empty = converting.empty
        data = {
            key: convert(value) for key, index, convert in self._plain if not empty(value := cells[index])
        }
        if self._point is not None:
            key, lon, lat = self._point
            if not (empty(cells[lon]) and empty(cells[lat])):
                data[key] = converting.point(cells[lon], cells[lat])
        if self._from is None and self._source is None:
            return data
        source = (
            None
            if self._source is None or empty(cells[self._source])
            else converting.text(cells[self._source])
        )
        return Row(data, self._first_day(cells), source)

    def _first_day(self, cells: Sequence[Any]) -> date | None:
        """None when nothing is said; what is no day at all is said by :meth:`wrong_day`."""
        if self._from is None or converting.empty(cells[self._from]):
            return None
        try:
            return date.fromisoformat(str(converting.day(cells[self._from])))
        except ValueError:
            return None

    def wrong_day(self, cells: Sequence[Any]) -> bool:
        """Whether the cell of the first day holds something that is no day."""
        if self._from is None or converting.empty(cells[self._from]):
            return False
        return self._first_day(cells) is None


def numbers_of(
    kind: Kind, columns: Sequence[str], mapping: Mapping[str, str], rows: Iterable[Sequence[Any]]
) -> str:
    """How numbers are written, by what the first rows show: ``en`` (1,234.5) or ``vi`` (1.234,5)."""
    wanted = [
        columns.index(column)
        for key, column in mapping.items()
        if key in kind.properties and kind.properties[key].kind in ("number", "integer") and column in columns
    ]
    cells = [str(row[index]).strip() for row in rows for index in wanted if isinstance(row[index], str)]
    if any(_VI.fullmatch(cell) for cell in cells):
        return "vi"
    return "en" if any(_EN.fullmatch(cell) for cell in cells) else "vi"


_VI = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|\d+,\d{1,2}|\d{4,},\d+|\d+,\d{4,})")
_EN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d+\.\d{1,2}|\d{4,}\.\d+|\d+\.\d{4,})")
