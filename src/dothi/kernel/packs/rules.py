"""What a value means: whether it is possible, which band it falls in, how people read it."""

from __future__ import annotations

import math

from dothi.core.clock import parse_iso
from dothi.core.errors import DothiError
from dothi.core.text import format_datetime, format_number
from dothi.core.units import convert, symbol
from dothi.kernel.packs.declarations import Attribute, Choice, Threshold
from dothi.kernel.packs.palette import SIGNS


def in_declared_unit(attribute: Attribute, value: float, unit: str | None = None) -> float | None:
    """``value``, given in ``unit`` (None: the declared one), in the unit of range and thresholds.

    None when the two units do not measure the same.
    """
    if unit is None or attribute.unit is None or unit == attribute.unit:
        return float(value)
    try:
        return convert(value, unit, attribute.unit)
    except DothiError:
        return None


def valid(attribute: Attribute, value: object, unit: str | None = None) -> bool:
    """Whether ``value`` can be a reading of ``attribute``: of its kind and, for numbers, in its range."""
    if attribute.value in {"number", "integer"}:
        return _valid_number(attribute, value, unit)
    if attribute.value == "boolean":
        return isinstance(value, bool)
    if attribute.value == "list":
        return isinstance(value, list | tuple)
    if attribute.value == "object":
        return isinstance(value, dict)
    return isinstance(value, str)


def _valid_number(attribute: Attribute, value: object, unit: str | None) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    if attribute.value == "integer" and value != int(value):
        return False
    number = in_declared_unit(attribute, value, unit)
    limits = attribute.range
    if number is None or limits is None:
        return number is not None
    return (limits.min is None or number >= limits.min) and (limits.max is None or number <= limits.max)


def level_of(attribute: Attribute, value: object, unit: str | None = None) -> Threshold | None:
    """The band ``value`` falls in (``from`` included, ``below`` excluded), or None when there is none for it.

    A text value gets the band of its choice, with the sign of that choice's level.
    """
    if isinstance(value, str):
        return next((_of_choice(choice) for choice in attribute.choices if choice.value == value), None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    number = in_declared_unit(attribute, value, unit)
    if number is None:
        return None
    return next((band for band in attribute.thresholds if _holds(band, number)), None)


def _holds(band: Threshold, number: float) -> bool:
    return (band.from_ is None or number >= band.from_) and (band.below is None or number < band.below)


def _of_choice(choice: Choice) -> Threshold:
    colour, shape = SIGNS[choice.level]
    return Threshold(level=choice.level, label=choice.label, colour=colour, shape=shape)


def shown(attribute: Attribute, value: float, unit: str | None = None) -> tuple[float, str | None]:
    """``value`` as people read it and that unit's code: 0.74 (C62) is 74 (P1) where the attribute says so."""
    number = in_declared_unit(attribute, value, unit)
    if number is None:
        return value, unit
    if attribute.unit is None or attribute.shown_in is None:
        return number, attribute.unit
    return convert(number, attribute.unit, attribute.shown_in), attribute.shown_in


_TRUTH = {"vi": ("Không", "Có"), "en": ("No", "Yes")}


def display(attribute: Attribute, value: object, language: str = "vi", unit: str | None = None) -> str:
    """``value`` as people read it, with its unit: ``25,0 µg/m³``, ``74 %``, ``Ùn tắc``, ``Có``."""
    if isinstance(value, bool):
        return _TRUTH["en" if language == "en" else "vi"][value]
    if isinstance(value, int | float):
        number, code = shown(attribute, value, unit)
        return (
            f"{format_number(number, attribute.decimals, language)} {symbol(code) if code else ''}".rstrip()
        )
    band = level_of(attribute, value)
    if band is not None:
        return band.label.text(language)
    return _written(attribute, value, language)


def _written(attribute: Attribute, value: object, language: str) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if attribute.value == "datetime" and isinstance(value, str):
        try:
            return format_datetime(parse_iso(value), language)
        except ValueError:
            return value
    return str(value)
