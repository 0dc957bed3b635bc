"""Registers whose record types have a geometry, as collections ``registers.<type>``, each reader seeing their part.

Every reading goes through the registers' own queries: rights, masks and the log of readings are theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import close_old_connections

from dothi.centres.opendata.ogc.base import (
    Collection,
    Condition,
    Features,
    Interval,
    Opened,
    Property,
    Question,
    Reader,
)
from dothi.core.errors import BadInput, Forbidden, NotFound, both
from dothi.kernel.registers import finding
from dothi.kernel.registers import queries as registers
from dothi.kernel.registers.access import Sight
from dothi.kernel.registers.seen import Seen
from dothi.kernel.registers.types import Kind, kind

_PREFIX = "registers."
_TYPES = {
    "text": ("string", ""),
    "number": ("number", ""),
    "integer": ("integer", ""),
    "boolean": ("boolean", ""),
    "date": ("string", "date"),
    "datetime": ("string", "date-time"),
}
_UNIT = Property("unit", "string", "", both("Đơn vị quản lý", "Unit that keeps it"))
_LABEL = Property("label", "string", "", both("Tên hồ sơ", "What the record is called"))


class RegisterProvider:
    """The record types with places of which the reader may see something."""

    def collections(self, reader: Reader) -> Sequence[Collection]:
        try:
            found = [each for each in registers.visible_kinds(reader.actor) if each.declared.geometry]
            return [_about(each) for each in sorted(found, key=lambda each: each.key)]
        finally:
            close_old_connections()

    def open(self, id: str, reader: Reader, after: str = "") -> Opened | None:
        if not id.startswith(_PREFIX):
            return None
        declared = kind(id.removeprefix(_PREFIX))
        if declared.declared.geometry is None:
            return None
        sight = Sight(declared, reader.actor, reader.purpose)
        if declared not in registers.visible_kinds(reader.actor):
            sight.require("")
        return OpenedRegister(declared, reader, sight)


def _about(declared: Kind) -> Collection:
    geometry = declared.declared.geometry
    properties = {key: _property(declared, key) for key in declared.properties if key != geometry}
    indexed = [properties[key] for key in declared.slots if key in properties]
    described = declared.declared.description
    own = [each for each in (_LABEL, _UNIT) if each.name not in properties]
    return Collection(
        f"{_PREFIX}{declared.key}",
        both(declared.declared.plural.vi, declared.declared.plural.en),
        both(described.vi, described.en) if described else both("", ""),
        properties=(*own, *properties.values()),
        queryables=tuple([*indexed] if "unit" in declared.slots else [*indexed, _UNIT]),
        time=next((each.name for each in indexed if each.format in ("date", "date-time")), ""),
    )


def _property(declared: Kind, key: str) -> Property:
    found = declared.properties[key]
    type, form = _TYPES.get(found.kind, ("object" if found.kind == "object" else "array", ""))
    return Property(key, type, form, both(found.label.vi, found.label.en), found.unit or "")


class OpenedRegister:
    """One record type for one reader."""

    tag: Sequence[Any] = ()  # who reads what is logged: every reading is a reading of its own
    modified: datetime | None = None
    public = False

    def __init__(self, declared: Kind, reader: Reader, sight: Sight) -> None:
        self._kind, self._reader, self._sight = declared, reader, sight
        self.about = self.whole = replace(_about(declared))

    def features(self, question: Question) -> Features:
        """A page in the order the records were entered."""
        if question.order:
            raise BadInput(both("Không sắp xếp được.", "Records are not sorted here."), where="sortby")
        if len(question.boxes) > 1:
            raise BadInput(
                both("Khung không qua kinh tuyến 180.", "The box must not cross the 180th meridian."),
                where="bbox",
            )
        try:
            if question.boxes:
                self._may_box()
            unit, where = _split(question, self.about.time)
            page = finding.page(
                self._kind.key,
                by=self._reader.actor,
                purpose=self._reader.purpose,
                where=where,
                unit=unit,
                bbox=question.boxes[0] if question.boxes else None,
                after=question.after,
                limit=min(question.limit, finding.PAGE_AT_MOST),
            )
        finally:
            close_old_connections()
        return Features([self._feature(each, question) for each in page.items], page.next)

    def _may_box(self) -> None:
        """A box tells where a record is: the place must be one the reader sees, wherever they read."""
        place = [self._kind.declared.geometry or ""]
        for unit in ("", *finding.units_of(self._kind.key)):
            if self._sight.may(unit) and not self._sight.may(unit, place):
                raise Forbidden(
                    both("Bạn không được xem vị trí.", "You may not see the places."), where="bbox"
                )

    def feature(self, id: str) -> dict[str, Any] | None:
        try:
            found = registers.get(
                self._kind.key, UUID(id), by=self._reader.actor, purpose=self._reader.purpose
            )
        except (ValueError, NotFound):
            return None
        finally:
            close_old_connections()
        return self._feature(found, Question())

    def _feature(self, found: Seen, question: Question) -> dict[str, Any]:
        place = self._kind.declared.geometry or ""
        own = {"label": found.label, "unit": found.unit}
        properties = own | {key: value for key, value in found.data.items() if key != place}
        if question.properties is not None:
            properties = {key: properties[key] for key in question.properties if key in properties}
        shown = question.geometry and place not in found.masked
        return {
            "type": "Feature",
            "id": str(found.id),
            "geometry": found.data.get(place) if shown else None,
            "properties": properties | ({"provenance": "simulated"} if found.simulated else {}),
        }


def _split(question: Question, time: str) -> tuple[str, list[tuple[str, Any, Any]]]:
    """The unit, and the conditions on indexed properties."""
    unit = next((str(each.value) for each in question.where if _is_unit(each)), "")
    where: list[tuple[str, Any, Any]] = [
        (each.property, each.op, each.value) for each in question.where if not _is_unit(each)
    ]
    return unit, where + _between(question.interval, time)


def _is_unit(each: Condition) -> bool:
    return each.property == "unit" and each.op == "eq"


def _between(interval: Interval | None, time: str) -> list[tuple[str, Any, Any]]:
    if interval is None or not time:
        return []
    ends = zip(("ge", "le"), interval, strict=True)
    return [(time, op, moment.date().isoformat()) for op, moment in ends if moment is not None]


PROVIDER = RegisterProvider()
