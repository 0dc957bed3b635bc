"""Cells as people and programs write them, made into what a property's schema asks for.

What cannot be understood is left as it was: the schema then says what is wrong with it, in the words people know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import msgspec

from dothi.core.clock import HCMC
from dothi.core.text import fold, parse_number
from dothi.kernel.directory import queries as directory
from dothi.kernel.packs.record_types import UNIT, Property
from dothi.kernel.registers.types import Kind

Convert = Callable[[Any], Any]
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_FIXED_DIGITS = re.compile(r"\^(?:\[0-9\]|\\d)\{(\d+)\}\$")
_TRUE: Final = {"1", "true", "yes", "x", "co", "dung", "✓"}
_FALSE: Final = {"0", "false", "no", "khong", "sai"}


def empty(value: Any) -> bool:
    """Whether a cell says nothing; not-a-number says nothing either."""
    if isinstance(value, float):
        return value != value
    return value is None or (isinstance(value, str) and not value.strip())


def converter(kind: Kind, key: str, numbers: str = "vi") -> Convert:
    """How cells become values of a property. ``numbers``: whether 1.234 is a thousand (``vi``) or one and a bit."""
    declared = kind.properties[key]
    if declared.kind in ("number", "integer"):
        return lambda value: number(value, numbers)
    simple: dict[str, Convert] = {
        "boolean": boolean, "date": day, "datetime": moment, "geometry": geometry, "list": items,
        "object": structure,
    }  # fmt: skip
    if declared.kind in simple:
        return simple[declared.kind]
    return _text(kind, declared)


def _text(kind: Kind, declared: Property) -> Convert:
    if declared.link is not None and declared.link.register == UNIT:
        return lambda value: unit(text(value))
    words = _words(kind, declared)
    if words:
        return lambda value: words.get(fold(said := text(value)), said)
    fixed = _FIXED_DIGITS.fullmatch(str(declared.schema.get("pattern", "")))
    width = int(fixed[1]) if fixed else 0
    return (lambda value: padded(value, width)) if width else text


def _words(kind: Kind, declared: Property) -> Mapping[str, str]:
    """Folded word → code, of a code list or an enumeration."""
    codes = kind.codes(declared.key)
    found = {fold(str(each)): each for each in declared.schema.get("enum", ()) if isinstance(each, str)}
    for code in codes.codes if codes is not None else ():
        for said in (code.value, code.label.vi, code.label.en):
            found.setdefault(fold(said), code.value)
    return found


def text(value: Any) -> str:
    """Text without space around it; whole numbers without a decimal point, days as ISO 8601."""
    if type(value) is str:
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def padded(value: Any, width: int) -> str:
    """A number of fixed length: a sheet that keeps it as a number has lost its zeros in front."""
    said: str = text(value)
    return said.zfill(width) if isinstance(value, int | float) and said.isdecimal() else said


def number(value: Any, numbers: str) -> Any:
    """An integer where it is whole, else a float."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        said = value.strip()
        if said.isdecimal() and said.isascii() and len(said) < 300:
            return int(said)
        try:
            value = parse_number(said, numbers)
        except ValueError:
            return said
    if isinstance(value, float | Decimal):
        real = float(value)
        return int(real) if real.is_integer() else real
    return value


def boolean(value: Any) -> Any:
    """True or false, written in either language."""
    said = fold(text(value))
    return True if said in _TRUE else False if said in _FALSE else value


def day(value: Any) -> Any:
    """A day as ISO 8601; 31/12/2025 is read as Vietnamese people write it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    said = text(value)
    found = _DAY.fullmatch(said)
    if found is None:
        return said
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return said


def moment(value: Any) -> Any:
    """A time as ISO 8601 with its zone; one without is the city's."""
    if isinstance(value, str):
        value = _moment(value.strip())
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=HCMC)).isoformat()
    return value


def _moment(said: str) -> Any:
    found = _DAY.fullmatch(said)
    try:
        if found is None:
            return datetime.fromisoformat(said)
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=HCMC)
    except ValueError:
        return said


def items(value: Any) -> Any:
    """A list: JSON, or words separated by semicolons."""
    if not isinstance(value, str):
        return list(value) if isinstance(value, tuple) else value
    if value.lstrip().startswith("["):
        return structure(value)
    return [part.strip() for part in value.split(";") if part.strip()]


def structure(value: Any) -> Any:
    """An object written as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def geometry(value: Any) -> Any:
    """A GeoJSON geometry from GeoJSON, WKT or WKB."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return structure(value)
    import shapely  # only WKT and WKB need it

    from dothi.core.geometry import to_geojson

    try:
        shape = shapely.from_wkb(value) if isinstance(value, bytes) else shapely.from_wkt(str(value))
    except shapely.errors.ShapelyError:
        return str(value)[:200]
    return to_geojson(shape)


def point(lon: Any, lat: Any) -> Any:
    """A point from two cells; both are degrees, with a point or a comma before the decimals."""
    return {"type": "Point", "coordinates": [_degrees(lon), _degrees(lat)]}


def _degrees(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return float(value.strip().replace(",", "."))
        except ValueError:
            return value.strip()
    return value


@lru_cache(maxsize=20_000)  # files name few units, many times
def unit(said: str) -> str:
    """The code of a unit of today that is called so; what is a code, or no unit's or several units' name, stays."""
    if not said or said.isdecimal():
        return said
    wanted = fold(said)
    found = {
        each.code
        for each in directory.search(said, 20)
        if each.valid_to is None and wanted in {fold(name) for name in each.full_name.values()}
    }
    return found.pop() if len(found) == 1 else said
