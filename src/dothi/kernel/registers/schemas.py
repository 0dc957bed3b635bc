"""Data of an older version of a type's schema, brought up to today's: pure, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dothi.kernel.packs.record_types import SchemaStep
from dothi.kernel.registers.names import Template
from dothi.kernel.registers.types import Kind


def brought_up(kind: Kind, data: Mapping[str, Any], version: int) -> dict[str, Any]:
    """``data`` of schema ``version`` as the steps since then make it. It may still not fit: check it."""
    found = dict(data)
    for step in kind.declared.migrations:
        if step.to > version:
            found = stepped(step, found)
    return found


def stepped(step: SchemaStep, data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` after one step: renamed, values mapped, composed, defaults set, removed; in this order."""
    found = {step.rename.get(key, key): value for key, value in data.items()}
    for key, values in step.values.items():
        if key in found and str(found[key]) in values:
            found[key] = values[str(found[key])]
    for key, template in step.compose.items():
        if text := Template(template).fill(found):
            found[key] = text
    for key, value in step.default.items():
        found.setdefault(key, value)
    return {key: value for key, value in found.items() if key not in step.remove}
