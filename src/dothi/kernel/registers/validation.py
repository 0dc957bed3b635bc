"""What is wrong with the data of a record, said per property in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from dothi.core.errors import BadInput, both

if TYPE_CHECKING:
    import jsonschema_rs


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong in one place of a record (``where``: ``birth_date``, ``members[2].role``)."""

    where: str
    code: str
    text: dict[str, str]

    def __str__(self) -> str:
        return f"{self.where}: {self.text['en']}" if self.where else self.text["en"]


Text = Callable[[Mapping[str, Any]], dict[str, str]]
_SAID: Final[dict[str, Text]] = {
    "required": lambda v: both("thiếu giá trị.", "a value is missing."),
    "additionalProperties": lambda v: both("không có thuộc tính này.", "there is no such property."),
    "format": lambda v: both(f"không đúng dạng {v['format']}.", f"is not a {v['format']}."),
    "pattern": lambda v: both(f"phải khớp mẫu {v['pattern']}", f"must match {v['pattern']}"),
    "enum": lambda v: both(f"phải là một trong: {_listed(v)}.", f"must be one of: {_listed(v)}."),
    "type": lambda v: both(f"sai kiểu; cần {_types(v)}.", f"has the wrong type; needs {_types(v)}."),
    "minimum": lambda v: both(f"phải từ {v['limit']} trở lên.", f"must be at least {v['limit']}."),
    "maximum": lambda v: both(f"không quá {v['limit']}.", f"must be at most {v['limit']}."),
    "exclusiveMinimum": lambda v: both(f"phải lớn hơn {v['limit']}.", f"must be more than {v['limit']}."),
    "exclusiveMaximum": lambda v: both(f"phải nhỏ hơn {v['limit']}.", f"must be less than {v['limit']}."),
    "maxItems": lambda v: both(f"không quá {v['limit']} mục.", f"must have at most {v['limit']} entries."),
    "minItems": lambda v: both(f"cần ít nhất {v['limit']} mục.", f"must have at least {v['limit']} entries."),
    "minLength": lambda v: both(
        f"cần ít nhất {v['limit']} ký tự.", f"needs at least {v['limit']} characters."
    ),
    "maxLength": lambda v: both(f"dài quá {v['limit']} ký tự.", f"is longer than {v['limit']} characters."),
}
_SHOWN_CODES = 12


def _types(values: Mapping[str, Any]) -> str:
    return ", ".join(map(str, values["types"]))


def _listed(values: Mapping[str, Any]) -> str:
    options = list(values["options"])
    return ", ".join(map(str, options[:_SHOWN_CODES])) + (", …" if len(options) > _SHOWN_CODES else "")


def written(path: Iterable[str | int]) -> str:
    """A place as people write it: ``members[2].role``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def faults(error: jsonschema_rs.ValidationError) -> Iterable[Fault]:
    """The sentences of one error of the schema; one for each property it names."""
    path, code = list(error.instance_path), error.kind.name
    values: Mapping[str, Any] = error.kind.as_dict()
    if code == "required":
        path = [*path, values["property"]]
    said = _SAID.get(code)
    text = both(f"không hợp lệ: {error.message}", error.message) if said is None else said(values)
    if code == "additionalProperties":
        return [Fault(written([*path, key]), code, text) for key in values["unexpected"]]
    return [Fault(written(path), code, text)]


def refusal(found: list[Fault]) -> BadInput:
    """The error a person is told: the first fault in words, all of them in ``problems``."""
    first = found[0]
    more = len(found) - 1
    tail_vi, tail_en = (f" (và {more} lỗi khác)", f" (and {more} more)") if more else ("", "")
    place = f"{first.where}: " if first.where else ""
    return BadInput(
        both(f"{place}{first.text['vi']}{tail_vi}", f"{place}{first.text['en']}{tail_en}"),
        where=first.where or None,
        problems=[msgspec.to_builtins(each) for each in found],
    )


@dataclass(frozen=True, slots=True)
class Schema:
    """A compiled JSON Schema 2020-12: quick to say yes, thorough when it says no."""

    validator: jsonschema_rs.Draft202012Validator

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Schema:
        """Compile ``schema``; formats are checked, nothing is fetched."""
        import jsonschema_rs  # a native library that a start need not wait for

        return cls(jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, offline=True))

    def fits(self, data: Any) -> bool:
        """Whether ``data`` fits."""
        return self.validator.is_valid(data)

    def faults(self, data: Any) -> list[Fault]:
        """Everything wrong with ``data``."""
        return [fault for error in self.validator.iter_errors(data) for fault in faults(error)]
