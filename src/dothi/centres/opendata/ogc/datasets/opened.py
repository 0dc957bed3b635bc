"""A dataset as a collection for one reader: what they may see of a version, as features. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from dothi.centres.opendata.ogc.base import Box, Collection, Features, Property, Question, Reader
from dothi.core.errors import BadInput, Forbidden, both
from dothi.kernel.warehouse import lookup, rules, serving
from dothi.kernel.warehouse.http.permitted import Permitted, permitted
from dothi.kernel.warehouse.serving import Filter, Page
from dothi.kernel.warehouse.serving.service import cursor_version

SCHEMA = {
    "string": ("string", ""),
    "integer": ("integer", ""),
    "number": ("number", ""),
    "boolean": ("boolean", ""),
    "date": ("string", "date"),
    "datetime": ("string", "date-time"),
    "json": ("object", ""),
}
_PLACE_ROLES = ("longitude", "latitude")
_SECOND = "2~"  # marks a cursor in the second of two boxes


class OpenedDataset:
    """One version. Raises what the reader is refused with when it is made."""

    def __init__(self, key: str, reader: Reader, after: str = "") -> None:
        cursor = after.removeprefix(_SECOND)
        number = cursor_version(cursor) if cursor else None  # pages go on in the version they began in
        self.found = lookup.find(key, number)
        self.view: Permitted = permitted(self.found, reader.actor, reader.purpose)
        self.public = rules.is_open(self.found.access, self.found.state) and not reader.actor.known
        self.modified: datetime = self.found.published_at
        self.place = _place(self.found.ref.columns)
        self.clear = {column["name"] for column in self.view.clear}

    @property
    def tag(self) -> Sequence[Any]:
        view = self.view
        return (self.found.ref.version, view.shown, sorted(view.masks.items()), view.where)

    @cached_property
    def about(self) -> Collection:
        ref = self.found.ref
        shown = [column for column in ref.columns if column["name"] in self.view.shown]
        properties = tuple(_property(column) for column in shown if column["name"] not in self.place)
        queryables = tuple(
            _property(column) for column in self.view.clear if column["type"] not in ("geometry", "json")
        )
        return Collection(
            ref.key,
            self.found.title,
            properties=properties,
            queryables=queryables,
            time=_time(self.view.clear),
            licence=self.found.licence,
            tiles=bool(self.place),
            updated=self.modified,
        )

    @property
    def whole(self) -> Collection:
        """With what the catalogue tells, which is kept by Django: a page of rows is answered without it."""
        told = import_module(f"{__package__}.listed").described(self.found.ref.key)
        if told is None:
            return self.about
        told_too = ("description", "bbox", "interval", "keywords")
        return replace(self.about, **{name: getattr(told, name) for name in told_too})

    @property
    def placed(self) -> bool:
        """Whether the reader may see where the rows are."""
        return bool(self.place) and self.clear.issuperset(self.place)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The columns a feature's id is made of; none: it is the row's number in the version."""
        keys = self.found.ref.key_columns
        return keys if keys and self.clear.issuperset(keys) else ()

    def features(self, question: Question) -> Features:
        """A page; across the 180th meridian those of the western box first."""
        second = question.after.startswith(_SECOND)
        boxes: tuple[Box | None, ...] = question.boxes or (None,)
        made = self._page(question, boxes[-1] if second else boxes[0], question.after.removeprefix(_SECOND))
        if made.next:
            return Features(made.features, f"{_SECOND if second else ''}{made.next}", made.matched)
        if second or len(boxes) == 1:
            return made
        room = question.limit - len(made.features)
        if not room:
            return Features(made.features, _SECOND)
        rest = self._page(question, boxes[1], "", room)
        return Features(made.features + rest.features, f"{_SECOND}{rest.next}" if rest.next else "")

    def _page(self, question: Question, box: Box | None, after: str, limit: int = 0) -> Features:
        if box is not None and not self.placed:
            raise self._no_places()
        names, shown, geometry = self._names(question)
        page = serving.page(
            self.found.ref,
            where=(*self.view.where, *self._where(question)),
            order=question.order,
            after=after or None,
            limit=limit or question.limit,
            columns=names,
            bbox=box,
        )
        return Features(self._made(page, names, shown, geometry), page.next or "", page.matched)

    def _no_places(self) -> BadInput | Forbidden:
        if self.place:
            return Forbidden(both("Bạn không được xem vị trí.", "You may not see the places."), where="bbox")
        return BadInput(both("Tập dữ liệu này không có vị trí.", "This dataset has no places."), where="bbox")

    def _names(self, question: Question) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """The columns to read, those shown as properties, and whether places are shown."""
        asked = question.properties
        every = tuple(each.name for each in self.about.properties)
        properties = every if asked is None else asked
        geometry = question.geometry and self.placed
        more = (*self.keys, *(self.place if geometry else ()))
        return self.view.names(tuple(dict.fromkeys((*properties, *more)))), properties, geometry

    def _where(self, question: Question) -> list[Filter]:
        asked = [(each.property, each.op, each.value) for each in question.where]
        made = serving.where(self.view.clear, asked)
        if question.interval is not None and self.about.time:
            ends = zip(("ge", "le"), question.interval, strict=True)
            given = [(self.about.time, op, moment) for op, moment in ends if moment is not None]
            made += serving.where(self.view.clear, given)
        return made

    def _made(
        self, page: Page, names: tuple[str, ...], shown: tuple[str, ...], geometry: bool
    ) -> list[dict[str, Any]]:
        """The rows of a page as features."""
        at = {name: position for position, name in enumerate(names)}
        renderers = dict(zip(names, self.view.renderers(names), strict=True))
        plain = [(name, at[name]) for name in shown if renderers[name] is None]
        special = [(name, at[name], show) for name in shown if (show := renderers[name]) is not None]
        place = _shape(self.place, at) if geometry else None
        keys = [at[name] for name in self.keys]
        made = []
        for number, row in zip(page.extra["numbers"], page.rows, strict=True):
            properties = {name: row[position] for name, position in plain}
            for name, position, show in special:
                properties[name] = show(row[position])
            made.append(
                {
                    "type": "Feature",
                    "id": _id(row, keys, number),
                    "geometry": None if place is None else place(row),
                    "properties": properties,
                }
            )
        return made

    def feature(self, id: str) -> dict[str, Any] | None:
        names, shown, geometry = self._names(Question())
        ref = self.found.ref
        if not self.keys:
            if not id.isdecimal() or len(id) > 12:
                return None
            row = serving.numbered(ref, int(id), where=self.view.where, columns=names)
            alone = Page(names, [] if row is None else [row], extra={"numbers": [int(id)] if row else []})
            return next(iter(self._made(alone, names, shown, geometry)), None)
        parts = [unquote(part) for part in id.split(",")] if len(self.keys) > 1 else [id]
        if len(parts) != len(self.keys):
            return None
        try:
            where = serving.where(
                self.view.clear, [(k, "eq", v) for k, v in zip(self.keys, parts, strict=True)]
            )
        except BadInput:
            return None
        page = serving.page(ref, where=(*self.view.where, *where), limit=1, columns=names)
        return next(iter(self._made(page, names, shown, geometry)), None)

    def tile(self, zoom: int, column: int, row: int, properties: Sequence[str] | None) -> bytes:
        if not self.placed:
            raise self._no_places()
        # What only tiles need comes with them.
        made: bytes = import_module(f"{__package__}.tile").tile(self, zoom, column, row, properties)
        return made


def _place(columns: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The column with the geometry, or those with longitude and latitude."""
    shaped = next((str(column["name"]) for column in columns if column["type"] == "geometry"), None)
    if shaped is not None:
        return (shaped,)
    roles = {column.get("role"): str(column["name"]) for column in columns}
    return tuple(roles[role] for role in _PLACE_ROLES) if roles.keys() >= set(_PLACE_ROLES) else ()


def _shape(place: tuple[str, ...], at: Mapping[str, int]) -> Callable[[tuple[Any, ...]], Any]:
    if len(place) == 1:
        position = at[place[0]]
        return lambda row: row[position]
    lon, lat = (at[name] for name in place)

    def point(row: tuple[Any, ...]) -> Any:
        if row[lon] is None or row[lat] is None:
            return None
        return {"type": "Point", "coordinates": (row[lon], row[lat])}

    return point


def _id(row: tuple[Any, ...], keys: Sequence[int], number: int) -> Any:
    if not keys:
        return number
    if len(keys) == 1:
        value = row[keys[0]]
        return value if isinstance(value, int | str) else _text(value)
    return ",".join(_text(row[position]).replace("%", "%25").replace(",", "%2C") for position in keys)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _time(columns: Sequence[Mapping[str, Any]]) -> str:
    """The property that ``datetime`` asks about: the one declared as time, else the first that holds times."""
    timed = [column for column in columns if column["type"] in ("date", "datetime")]
    timed.sort(key=lambda column: column.get("role") != "time")
    return str(timed[0]["name"]) if timed else ""


def _property(column: Mapping[str, Any]) -> Property:
    kind, form = SCHEMA.get(column["type"], ("string", ""))
    label = column.get("label") or both(column["name"], column["name"])
    return Property(column["name"], kind, form, label, column.get("unit", ""), column.get("role", ""))
