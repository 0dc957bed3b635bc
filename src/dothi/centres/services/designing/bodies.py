"""Declarations as plain data and back: what a draft keeps. No I/O."""

from __future__ import annotations

from typing import Any

import msgspec

from dothi.core.text import fold
from dothi.kernel.packs.procedures import Procedure


def body_of(procedure: Procedure) -> dict[str, Any]:
    """The declaration as data, without what is only a default: as somebody would have written it."""
    made = _plain(procedure)
    assert isinstance(made, dict)
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {
            each.encode_name: _plain(getattr(value, each.name))
            for each in msgspec.structs.fields(value)
            if each.required or getattr(value, each.name) != _default(each)
        }
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value


def _default(each: msgspec.structs.FieldInfo) -> Any:
    if each.default is not msgspec.NODEFAULT:
        return each.default
    return each.default_factory() if each.default_factory is not msgspec.NODEFAULT else msgspec.NODEFAULT


def text_of(body: Any, *names: str, language: str = "vi") -> str:
    """A label of a body that may be wrong everywhere; empty where there is none."""
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    found = body.get(language) if isinstance(body, dict) else None
    return found if isinstance(found, str) else ""


def name_of(body: dict[str, Any]) -> str:
    """What lists call a draft."""
    return (text_of(body, "label") or str(body.get("key") or "")).strip()[:500]


def agency_of(body: dict[str, Any]) -> tuple[str, str]:
    """(what lists sort it under, the organisation whose permissions count): an organisation's key, else the level."""
    given = body.get("agency")
    agency = given if isinstance(given, dict) else {}
    organisation = agency.get("organisation")
    if isinstance(organisation, str) and organisation:
        return organisation[:120], organisation[:120]
    level = agency.get("level", "ward")
    return (level if level in ("ward", "city", "country") else "ward"), ""


def words_of(body: dict[str, Any]) -> str:
    """What a search finds it by, folded."""
    parts = [text_of(body, "label"), text_of(body, "label", language="en"), body.get("code"), body.get("key")]
    return fold(" · ".join(str(each) for each in (*parts, body.get("sector")) if each))
