"""What is wrong in an expression: where, why and what was probably meant, in Vietnamese and English."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from dothi.core.errors import BadInput, DothiError, both

_MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "unexpected": ("không hiểu '{found}' ở đây", "'{found}' is not understood here"),
    "expected": ("cần '{wanted}' trước '{found}'", "'{wanted}' is expected before '{found}'"),
    "string": ("chuỗi không có dấu \" kết thúc", 'the string has no closing "'),
    "too-long": ("biểu thức dài hơn {limit} ký tự", "the expression is longer than {limit} characters"),
    "too-deep": ("biểu thức lồng quá {limit} lớp", "the expression is nested more than {limit} deep"),
    "unknown-name": ("không có tên '{name}'", "there is no name '{name}'"),
    "unknown-field": ("{type} không có trường '{name}'", "{type} has no member '{name}'"),
    "unknown-function": ("không có hàm '{name}'", "there is no function '{name}'"),
    "arguments": ("hàm '{name}' nhận {wanted} tham số, không phải {found}", "'{name}' takes {wanted} arguments, not {found}"),
    "argument": ("tham số {place} của '{name}' cần {wanted}, không phải {found}", "argument {place} of '{name}' is {wanted}, not {found}"),
    "operands": ("không thể tính {left} {operator} {right}", "there is no {left} {operator} {right}"),
    "wanted": ("cần {wanted}, không phải {found}", "{wanted} is expected, not {found}"),
    "pattern": ("mẫu '{pattern}' không hợp lệ", "the pattern '{pattern}' is not valid"),
    "literal": ("'{text}' không phải là {type}", "'{text}' is not a {type}"),
    "unknown-type": ("không có kiểu '{name}'", "there is no type '{name}'"),
}  # fmt: skip


class FeelError(BadInput):
    """An expression that is refused. ``position`` counts characters from 0; ``others`` are further errors in it."""

    kind = "bad-expression"
    title = both("Biểu thức không hợp lệ", "Invalid expression")

    def __init__(self, code: str, position: int, suggestion: str | None = None, **values: object) -> None:
        vi, en = (text.format(**values) for text in _MESSAGES[code])
        if suggestion:
            vi, en = f"{vi}. Có phải là '{suggestion}'?", f"{en}. Did you mean '{suggestion}'?"
        super().__init__(
            both(f"Ký tự {position + 1}: {vi}", f"Character {position + 1}: {en}"),
            position=position, code=code, suggestion=suggestion,
        )  # fmt: skip
        self.code, self.position, self.suggestion = code, position, suggestion
        self.others: tuple[FeelError, ...] = ()


class TooMuchWork(DothiError):
    """An expression needed more steps, or built more, than it may."""

    kind, status = "expression-too-much-work", 422
    title = both("Biểu thức cần quá nhiều bước tính", "The expression needs too many steps")


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known name most like ``wrong``, if any is near."""
    names = {name.lower(): name for name in known}
    found = difflib.get_close_matches(wrong.lower(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None
