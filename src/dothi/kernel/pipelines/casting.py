"""Values of a source as the declared types. What cannot be read is counted and shown, never guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from dothi.core.clock import HCMC, parse_iso
from dothi.kernel.warehouse.conform import TYPES

_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_NAIVE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?")
_TRUE: Final = frozenset({"true", "t", "1", "yes", "y", "có", "co", "đúng"})
_FALSE: Final = frozenset({"false", "f", "0", "no", "n", "không", "khong", "sai"})
_EMPTY: Final = frozenset({"", "na", "n/a", "null", "none", "nan", "-", "#n/a"})


@dataclass(frozen=True, slots=True)
class Cast:
    """A column in its declared type; ``bad`` values could not be read and are null, ``sample`` is one of them."""

    values: pa.Array
    bad: int = 0
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How days and times are written (as ``strptime`` has it; empty: ISO, or day first), and in which zone."""

    pattern: str = ""
    zone: tzinfo = HCMC


PLAIN: Final = Form()


def cast(values: pa.Array | pa.ChunkedArray, kind: str, form: Form = PLAIN) -> Cast:
    """``values`` as the warehouse's type ``kind``; times that do not say their zone are of the form's."""
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    wanted = TYPES[kind]
    if array.type.equals(wanted) and kind != "json":
        return Cast(array)
    if pa.types.is_null(array.type):
        return Cast(pa.nulls(len(array), wanted))
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return _from_text(array.cast(pa.string()), kind, wanted, form)
    return _from_typed(array, kind, wanted, form)


def _from_typed(array: pa.Array, kind: str, wanted: pa.DataType, form: Form) -> Cast:
    zone = str(form.zone)
    if pa.types.is_timestamp(array.type) and array.type.tz is None:
        array = pc.assume_timezone(array, zone)
    if kind == "date" and pa.types.is_timestamp(array.type):  # the day it was there
        array = pc.local_timestamp(array.cast(pa.timestamp("us", tz=zone))).cast(pa.date32(), safe=False)
    if kind == "datetime" and pa.types.is_date(array.type):
        array = pc.assume_timezone(array.cast(pa.timestamp("us")), zone)
    if pa.types.is_nested(array.type):
        texts = [
            None if v is None else msgspec.json.encode(v, enc_hook=str).decode() for v in array.to_pylist()
        ]
        array = pa.array(texts, pa.string())
    try:
        return Cast(array.cast(wanted))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _one_by_one(array, _PLAIN.get(kind, _never), wanted)


def _from_text(array: pa.Array, kind: str, wanted: pa.DataType, form: Form) -> Cast:
    if kind in ("integer", "number"):
        try:  # the machine's own numbers, which are most of them
            found = array.cast(wanted)
            if kind == "integer" or pc.all(pc.is_finite(found)).as_py() is not False:
                return Cast(found)
        except pa.ArrowInvalid:
            pass
    if kind in ("date", "datetime"):
        return _one_by_one(array, _empty(partial(_date if kind == "date" else _datetime, form)), wanted)
    return _one_by_one(array, _TEXT[kind], wanted)


def _one_by_one(array: pa.Array, read: Callable[[Any], Any], wanted: pa.DataType) -> Cast:
    """Each distinct value is read once: data repeats."""
    encoded = array.dictionary_encode()
    values, wrong = [], []
    for place, value in enumerate(encoded.dictionary.to_pylist()):
        try:
            values.append(read(value))
        except (ValueError, TypeError, OverflowError, msgspec.DecodeError, shapely.errors.GEOSException):
            values.append(None)
            wrong.append(place)
    table = pa.array(values, wanted)
    made = table.take(encoded.indices)
    if not wrong:
        return Cast(made)
    bad = pc.sum(pc.is_in(encoded.indices, pa.array(wrong, encoded.indices.type))).as_py()
    return Cast(made, int(bad or 0), str(encoded.dictionary[wrong[0]])[:80])


def _never(value: Any) -> Any:
    raise ValueError(value)


def _empty(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def reading(text: str) -> Any:
        short = text.strip()
        return None if short.lower() in _EMPTY else read(short)

    return reading


def _number(text: str) -> float:
    plain = text.replace("\u00a0", "").replace(" ", "")
    if "," in plain and ("." not in plain or plain.rindex(",") > plain.rindex(".")):
        plain = plain.replace(".", "").replace(",", ".")  # as Vietnamese is written: 1.234,5
    found = float(plain.replace(",", "") if "," in plain else plain)
    if not math.isfinite(found):
        raise ValueError(text)
    return found


def _integer(text: str) -> int:
    found = _number(text)
    if found != int(found):
        raise ValueError(text)
    return int(found)


def _boolean(text: str) -> bool:
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(text)


def _datetime(form: Form, text: str) -> datetime:
    if form.pattern:
        written = datetime.strptime(text, form.pattern)  # noqa: DTZ007  given its zone below
        return written if written.tzinfo else written.replace(tzinfo=form.zone)
    found = _DAY_FIRST.fullmatch(text)
    if found is not None:
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=form.zone)
    if _NAIVE.fullmatch(text):
        return datetime.fromisoformat(text).replace(tzinfo=form.zone)
    return parse_iso(text)


def _date(form: Form, text: str) -> date:
    return _datetime(form, text).astimezone(form.zone).date()


def _json(text: str) -> str:
    msgspec.json.decode(text)
    return text


def _geometry(text: str) -> bytes:
    shape = shapely.from_geojson(text) if text.lstrip().startswith("{") else shapely.from_wkt(text)
    return bytes(shapely.to_wkb(shape))


_TEXT: Final[dict[str, Callable[[Any], Any]]] = {
    "string": lambda text: text,
    "integer": _empty(_integer),
    "number": _empty(_number),
    "boolean": _empty(_boolean),
    "json": _empty(_json),
    "geometry": _empty(_geometry),
}
# What typed values that Arrow does not cast by itself may still be.
_PLAIN: Final[dict[str, Callable[[Any], Any]]] = {
    "integer": lambda value: None if isinstance(value, float) and math.isnan(value) else _exact(value),
    "boolean": lambda value: _boolean(str(value)),
    "string": str,
    "json": lambda value: msgspec.json.encode(value, enc_hook=str).decode(),
}


def _exact(value: float) -> int:
    if value != int(value):
        raise ValueError(value)
    return int(value)
