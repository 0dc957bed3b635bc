"""Data into declarations: every wrong field of a file is found, not only the first, each with its place."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from dothi.kernel.packs.declarations import Declaration
from dothi.kernel.packs.problems import nearest
from dothi.kernel.packs.source import Source, Steps

D = TypeVar("D", bound=Declaration)
_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "a mapping (field: value)",
    list: "a list",
    type(None): "nothing",
}


def decode(source: Source, kind: type[D]) -> D | None:
    """The declaration in ``source``, or None with every problem reported there."""
    if source.problems:
        return None
    _check(source, source.data, kind, ())
    if source.problems:
        return None
    try:
        return msgspec.convert(source.data, kind)
    except msgspec.ValidationError as error:
        source.report((), "wrong-value", error=error)
        return None


@cache
def _hints(kind: type[Declaration]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _plain(hint: Any) -> Any:
    """``hint`` without Annotated around it."""
    return _plain(get_args(hint)[0]) if get_origin(hint) is typing.Annotated else hint


@cache
def _fields(kind: type[Declaration]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _check(source: Source, value: Any, hint: Any, steps: Steps) -> None:
    plain = _plain(hint)
    origin = get_origin(plain)
    if origin in (Union, types.UnionType):
        if value is not None:
            _check(source, value, _meant(plain, value), steps)
    elif isinstance(plain, type) and issubclass(plain, Declaration):
        _struct(source, value, plain, steps)
    elif origin is tuple:
        _items(source, value, get_args(plain)[0], steps)
    elif origin is dict:
        _mapping(source, value, get_args(plain)[1], steps)
    else:
        _leaf(source, value, hint, plain, steps)


def _meant(union: Any, value: Any) -> Any:
    """The member of a union that ``value`` is written as: a list, a mapping, or the first of the others."""
    parts = [part for part in get_args(union) if part is not type(None)]
    for part in parts:
        plain = _plain(part)
        if isinstance(value, list) and get_origin(plain) is tuple:
            return part
        if plain in (bool, str) and type(value) is plain:
            return part
        if isinstance(value, int | float) and not isinstance(value, bool) and plain in (int, float):
            return part
        if isinstance(value, str) and get_origin(plain) is Literal:
            return part
    return parts[0]


def _struct(source: Source, value: Any, kind: type[Declaration], steps: Steps) -> None:
    if not isinstance(value, dict):
        _wrong_kind(source, value, "a mapping (field: value)", steps)
        return
    fields = _fields(kind)
    meant = {
        _unknown(source, name, value, fields, (*steps, name)) for name in sorted(value.keys() - fields.keys())
    }
    for name, field in fields.items():
        if name in value:
            _check(source, value[name], _hints(kind)[field.name], (*steps, name))
        elif field.required and name not in meant:  # a misspelt field is one mistake, not two
            source.report(steps, "missing-field", field=name)


def _unknown(
    source: Source, name: str, value: dict[str, Any], fields: Iterable[str], steps: Steps
) -> str | None:
    """Report an unknown field; the field that was probably meant."""
    near = nearest(name, set(fields) - value.keys()) or nearest(name, fields)
    if value[name] is None and near is None and " " in name:
        source.report(steps, "stray-comma", text=name)
    else:
        source.report(steps, "unknown-field", field=name, known=", ".join(sorted(fields)), suggestion=near)
    return near


def _items(source: Source, value: Any, hint: Any, steps: Steps) -> None:
    if not isinstance(value, list):
        _wrong_kind(source, value, "a list", steps)
        return
    for index, item in enumerate(value):
        _check(source, item, hint, (*steps, index))


def _mapping(source: Source, value: Any, hint: Any, steps: Steps) -> None:
    if not isinstance(value, dict):
        _wrong_kind(source, value, "a mapping (field: value)", steps)
        return
    for key, item in value.items():
        _check(source, item, hint, (*steps, key))


def _leaf(source: Source, value: Any, hint: Any, plain: Any, steps: Steps) -> None:
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        _explain(source, value, hint, plain, steps, error)


def _explain(source: Source, value: Any, hint: Any, plain: Any, steps: Steps, error: Exception) -> None:
    if get_origin(plain) is Literal and isinstance(value, str):
        known = [str(choice) for choice in get_args(plain)]
        source.report(
            steps, "not-a-choice", value=value, known=", ".join(known), suggestion=nearest(value, known)
        )
    elif plain is str and isinstance(value, str):
        form, pattern = _form(hint)
        source.report(steps, "wrong-form", value=value, form=form, pattern=pattern)
    elif plain is str and isinstance(value, bool | int | float):
        source.report(steps, "quote-it", found=_shown(value))
    elif isinstance(plain, type) and not isinstance(value, plain):
        _wrong_kind(source, value, _KINDS.get(plain, plain.__name__), steps)
    elif get_origin(plain) is Literal:
        _wrong_kind(source, value, "one of " + ", ".join(map(str, get_args(plain))), steps)
    else:
        source.report(steps, "wrong-value", error=error)


def _form(hint: Any) -> tuple[str, str]:
    """What a text must look like: the description and the pattern of its type."""
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    described = next((f"{meta.description}." for meta in metas if meta.description), "")
    return described, next((meta.pattern for meta in metas if meta.pattern), "")


def _wrong_kind(source: Source, value: Any, expected: str, steps: Steps) -> None:
    found = _KINDS.get(type(value), type(value).__name__)
    source.report(steps, "wrong-kind", expected=expected, found=found)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)
