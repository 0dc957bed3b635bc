"""A form as plain data in one language: what a page, an API or an app needs to ask the questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dothi.kernel.cases.engine.forms import CompiledField, CompiledForm, validate_form, visible_fields


def shown(
    form: CompiledForm, data: Mapping[str, Any], language: str, facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The pages that are asked with these answers, each question with its answer and what is wrong with it."""
    _, errors = validate_form(form, data, facts)
    pages = [
        {
            "key": page.declared.key,
            "label": page.declared.label.text(language),
            "help": page.declared.help.text(language) if page.declared.help else None,
            "fields": [_field(field, data, language, errors, "") for field in fields],
        }
        for page, fields in visible_fields(form, data, facts)
    ]
    return {"label": form.declared.label.text(language), "pages": pages}


def _field(
    field: CompiledField, data: Mapping[str, Any], language: str, errors: Mapping[str, Any], path: str
) -> dict[str, Any]:
    declared = field.declared
    here = path + field.key
    repeat = declared.repeat
    return {
        "key": field.key,
        "path": here,
        "type": declared.type,
        "widget": declared.widget,
        "label": declared.label.text(language),
        "help": declared.help.text(language) if declared.help else None,
        "required": declared.required is True,
        "choices": [{"value": value, "label": label[language]} for value, label in field.choices],
        "repeat": {"min": repeat.min, "max": repeat.max} if repeat else None,
        "prefill": declared.prefill.register if declared.prefill else None,
        "value": data.get(field.key),
        "error": errors[here][language] if here in errors else None,
        "fields": [_field(inner, {}, language, {}, here + ".") for inner in field.fields],
        "limits": {"min": declared.min, "max": declared.max, "max_length": declared.max_length},
    }
