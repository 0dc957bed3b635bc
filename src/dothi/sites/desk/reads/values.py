"""Values of records as people read them, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.core import text
from dothi.kernel.directory import queries as directory
from dothi.kernel.packs.record_types import UNIT, Property
from dothi.kernel.registers.masking import HIDDEN
from dothi.kernel.registers.seen import Seen
from dothi.kernel.registers.types import Kind
from dothi.sites.desk.reads.choices import word

_UNITS = {"MTK": "m²", "MTR": "m", "KMT": "km", "HAR": "ha"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One property of a record, ready to be shown."""

    key: str
    label: str
    value: str
    masked: bool
    sensitivity: str
    origin: str = ""  # of a golden record: where the value was taken from


def origin(record: Seen, key: str) -> str:
    """Of a merged record: that a value is another record's, or was entered with the merge."""
    found = record.origins.get(key, "")
    if found in ("", str(record.id)):
        return ""
    return (
        _("entered with the merge")
        if found == "entered"
        else _("from the merged record …%(end)s") % {"end": found[-6:]}
    )


def options(kind: Kind, key: str, language: str) -> list[tuple[str, str]]:
    """What a property with a code list or an enumeration may say: value and word."""
    codes, schema = kind.codes(key), kind.properties[key].schema
    if codes is not None:
        return [(code.value, code.label.text(language)) for code in codes.codes]
    return [(str(each), word(str(each), language)) for each in schema.get("enum", ()) if each is not None]


def shown(kind: Kind, key: str, value: Any, language: str) -> str:
    """One value as words."""
    declared = kind.properties.get(key)
    if value is None:
        return "–"
    if declared is None:
        return str(value)
    if isinstance(value, str):
        return _text(kind, declared, value, language)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        decimals = 0 if isinstance(value, int) else None
        written = str(value) if key == "year" else text.format_number(value, decimals, language)
        return f"{written} {_UNITS.get(declared.unit or '', '')}".rstrip()
    if declared.kind == "geometry" and isinstance(value, Mapping):
        return place(value, language)
    if isinstance(value, list):
        return _listed(kind, key, value, language)
    return msgspec.json.encode(value).decode()


def _text(kind: Kind, declared: Property, value: str, language: str) -> str:
    if declared.kind in ("date", "datetime") and HIDDEN[0] not in value:
        return _time(value, language)
    if declared.link is not None and declared.link.register == UNIT:
        return unit_name(value, language)
    known = dict(options(kind, declared.key, language))
    return known.get(value, value)


def _time(value: str, language: str) -> str:
    try:
        if len(value) == 10:
            return text.format_date(date.fromisoformat(value), language)
        return text.format_datetime(datetime.fromisoformat(value), language)
    except ValueError:
        return value


def unit_name(code: str, language: str) -> str:
    """What a unit is called; its code where it is not known; the city for none."""
    if not code:
        return _("the whole city")
    found = directory.unit(code)
    return code if found is None else found.full_name[language]


def _listed(kind: Kind, key: str, value: list[Any], language: str) -> str:
    if value and all(isinstance(each, Mapping) for each in value) and (inside := parts(kind.properties[key])):
        return "; ".join(entry(each, inside, language) for each in value)
    if any(isinstance(each, Mapping | list) for each in value):
        count = len(value)
        return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": count}
    return ", ".join(shown(kind, key, each, language) for each in value)


def parts(declared: Property) -> dict[str, Mapping[str, Any]]:
    """The properties of the objects a list holds, by key; empty where it holds none."""
    items = declared.schema.get("items", {})
    return dict(items.get("properties", {})) if declared.kind == "list" else {}


def part_label(key: str, schema: Mapping[str, Any], language: str) -> str:
    """What a property within a list is called."""
    return str(schema.get("x-label", {}).get(language, key))


def entry(each: Mapping[str, Any], inside: Mapping[str, Mapping[str, Any]], language: str) -> str:
    """One object of a list: its first value, the others in brackets."""
    said = [text for text in entry_words(each, inside, language) if text]
    return f"{said[0]} ({', '.join(said[1:])})" if len(said) > 1 else "".join(said)


def entry_words(each: Mapping[str, Any], inside: Mapping[str, Mapping[str, Any]], language: str) -> list[str]:
    """The values of one object of a list in the order declared; nothing where it has none."""
    return [
        "" if each.get(key) is None else _part(each[key], schema, language) for key, schema in inside.items()
    ]


def _part(value: Any, schema: Mapping[str, Any], language: str) -> str:
    if isinstance(value, str) and "enum" in schema:
        return word(value, language)
    if isinstance(value, str) and schema.get("format") in ("date", "date-time"):
        return _time(value, language)
    return str(value)


def place(geometry: Mapping[str, Any], language: str) -> str:
    """A geometry in words: a point's degrees, or what kind of shape it is."""
    form, at = str(geometry.get("type", "")), geometry.get("coordinates")
    if form == "Point" and isinstance(at, list) and len(at) >= 2:
        return f"{text.format_number(at[1], 5, language)}; {text.format_number(at[0], 5, language)}"
    forms = {
        "Polygon": _("an area"),
        "MultiPolygon": _("several areas"),
        "LineString": _("a line"),
        "MultiLineString": _("several lines"),
        "MultiPoint": _("several points"),
    }
    return forms.get(form, form)


def facts(kind: Kind, record: Seen, language: str) -> list[Fact]:
    """The properties of a record in the order of their declaration."""
    return [
        Fact(
            key,
            declared.label.text(language),
            shown(kind, key, record.data[key], language),
            key in record.masked,
            declared.sensitivity,
            origin(record, key),
        )
        for key, declared in kind.properties.items()
        if key in record.data
    ]


def hidden(kind: Kind, record: Seen, language: str) -> list[str]:
    """The names of properties that are masked in this record."""
    return [kind.properties[key].label.text(language) for key in record.masked if key in kind.properties]
