"""Forms made from a record type's JSON Schema, without scripts: fields out, data in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from dothi.core.text import fold, format_number
from dothi.kernel.packs.record_types import UNIT, Property
from dothi.kernel.registers.imports import converting
from dothi.kernel.registers.types import Kind
from dothi.sites.desk.reads.choices import word
from dothi.sites.desk.reads.listing import units
from dothi.sites.desk.reads.values import entry_words, options, part_label, parts

LONG = 200


@dataclass(slots=True)
class Field:
    """One field: its control (``text``, ``area``, ``choice``, ``date``, ``number``, ``point``, ``lines``,

    ``json``), value, faults."""

    key: str
    label: str
    control: str
    value: str = ""
    second: str = ""
    required: bool = False
    hint: str = ""
    sensitivity: str = "internal"
    options: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def fields(kind: Kind, data: Mapping[str, Any], language: str, hidden: tuple[str, ...] = ()) -> list[Field]:
    """The fields of a type, filled with ``data``; masked ones are left out, and stay as they are."""
    return [
        _field(kind, each, data.get(each.key), language)
        for each in kind.properties.values()
        if each.key not in hidden
    ]


def _field(kind: Kind, declared: Property, value: Any, language: str) -> Field:
    control, choices = _control(kind, declared, value, language)
    made = Field(
        declared.key, declared.label.text(language), control, required=declared.required,
        sensitivity=declared.sensitivity, options=choices, hint=_hint(declared, control, language),
    )  # fmt: skip
    if control == "point" and isinstance(value, Mapping):
        lon, lat = value["coordinates"][:2]
        made.value, made.second = str(lat), str(lon)
    elif value is not None:
        made.value = _written(declared, control, value, language)
    return made


def _control(kind: Kind, declared: Property, value: Any, language: str) -> tuple[str, list[tuple[str, str]]]:
    if declared.kind == "boolean":
        return "choice", [("true", _("yes")), ("false", _("no"))]
    if choices := options(kind, declared.key, language):
        return "choice", choices
    if declared.link is not None and declared.link.register == UNIT:
        return "choice", units(language)
    if parts(declared):
        return "lines", []
    if declared.kind == "geometry":
        return ("point" if value is None or value.get("type") == "Point" else "json"), []
    controls = {"date": "date", "number": "number", "integer": "number", "list": "json", "object": "json"}
    long = bool(declared.schema.get("x-multiline")) or int(declared.schema.get("maxLength", 0)) > LONG
    return controls.get(declared.kind, "area" if long else "text"), []


def _hint(declared: Property, control: str, language: str) -> str:
    if control == "number":
        return "m²" if declared.unit == "MTK" else ""
    if control == "lines":
        inside = [part_label(key, schema, language) for key, schema in parts(declared).items()]
        return _("one on a line: %(parts)s") % {"parts": "; ".join(inside)}
    if control == "json":
        return _("words separated by semicolons, or JSON") if declared.kind == "list" else "GeoJSON"
    return _("its number in the other register") if declared.link is not None and control == "text" else ""


def _written(declared: Property, control: str, value: Any, language: str) -> str:
    if control == "lines":
        inside = parts(declared)
        return "\n".join("; ".join(entry_words(each, inside, language)).rstrip("; ") for each in value)
    if control == "json":
        plain = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return "; ".join(value) if plain else msgspec.json.encode(value).decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_number(value, None, language).replace("." if language == "vi" else ",", "")
    return str(value)


def changes(kind: Kind, made: list[Field], post: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the form says of each of its properties (None: nothing); the fields keep what was typed."""
    found: dict[str, Any] = {}
    for each in made:
        each.value = str(post.get(f"f.{each.key}", ""))[:100_000].strip()
        if each.control == "point":
            each.second = str(post.get(f"f.{each.key}.lon", "")).strip()
            said = each.value or each.second
            found[each.key] = converting.point(each.second, each.value) if said else None
        elif each.control == "lines":
            found[each.key] = lined(each.value, kind.properties[each.key])
        else:
            convert = converting.converter(kind, each.key, "en" if language == "en" else "vi")
            found[each.key] = convert(each.value) if each.value else None
    return found


def lined(text: str, declared: Property) -> list[dict[str, Any]] | None:
    """One object a line, its values between semicolons in the order declared; words of either language are taken."""
    inside, found = parts(declared), []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(";")]
        if any(cells):
            pairs = zip(inside.items(), cells, strict=False)
            found.append({key: _inside(cell, schema) for (key, schema), cell in pairs if cell})
    return found or None


def _inside(cell: str, schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        said = {fold(word(each, language)): each for each in schema["enum"] for language in ("vi", "en")}
        return said.get(fold(cell), cell)
    if schema.get("format") == "date":
        return converting.day(cell)
    return converting.number(cell, "vi") if schema.get("type") in ("number", "integer") else cell


def blame(made: list[Field], problems: list[Mapping[str, Any]], language: str) -> list[tuple[str, str]]:
    """Put faults beside their fields; (field key or nothing, sentence) for the summary."""
    by_key = {each.key: each for each in made}
    told = []
    for each in problems:
        head = str(each["where"]).partition(".")[0].partition("[")[0]
        text = each["text"][language]
        owner = by_key.get(head)
        if owner is not None:
            owner.faults.append(text)
        told.append(
            (head if owner is not None else "", f"{owner.label}: {text}" if owner is not None else text)
        )
    return told
