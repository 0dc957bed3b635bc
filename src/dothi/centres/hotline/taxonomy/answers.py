"""Answers to a category's questions: checked and brought into one form before they are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dothi.core.clock import parse_iso
from dothi.core.errors import BadInput, both
from dothi.core.text import nfc, parse_number
from dothi.kernel.packs.reports import Question, ReportCategory

LONGEST: Final = {"string": 200, "text": 4_000}


class WrongAnswer(BadInput):
    """An answer that does not fit its question; ``where`` is the question's key."""

    kind = "wrong-answer"
    title = both("Câu trả lời không hợp lệ", "An answer does not fit")


def check(category: ReportCategory, given: Mapping[str, Any], *, complete: bool = True) -> dict[str, Any]:
    """The answers in one form (texts, numbers, ISO times, values, lists of values), in the order of the questions.

    Empty answers are left out. ``complete=False`` lets required ones be missing, for a draft. Raises
    :class:`WrongAnswer`.
    """
    questions = {question.key: question for question in category.questions}
    for key in given:
        if key not in questions:
            raise WrongAnswer(
                both(f"Loại phản ánh này không hỏi '{key}'.", f"The category asks no question '{key}'."),
                where=key,
            )
    found: dict[str, Any] = {}
    for key, question in questions.items():
        value = _value(question, given.get(key))
        if value is not None:
            found[key] = value
        elif question.required and complete:
            label = question.label
            raise WrongAnswer(both(f"Chưa trả lời: {label.vi}.", f"Not answered: {label.en}."), where=key)
    return found


def _value(question: Question, given: Any) -> Any:
    if given is None or (isinstance(given, str | list | tuple) and not given):
        return None
    if question.kind == "multivaluelist":
        chosen = [_chosen(question, each) for each in (given if isinstance(given, list | tuple) else [given])]
        return list(dict.fromkeys(chosen))
    if question.kind == "singlevaluelist":
        return _chosen(question, given[0] if isinstance(given, list) and len(given) == 1 else given)
    if question.kind == "number":
        return _number(question, given)
    if question.kind == "datetime":
        return _time(question, given)
    return _text(question, given)


def _chosen(question: Question, given: Any) -> str:
    if given not in [each.value for each in question.values]:
        known = ", ".join(each.value for each in question.values)
        raise _wrong(question, f"chọn một trong: {known}.", f"choose one of: {known}.")
    return str(given)


def _number(question: Question, given: Any) -> float | int:
    try:
        number = parse_number(given) if isinstance(given, str) else float(given)
    except (TypeError, ValueError):
        raise _wrong(question, "cần một số.", "a number is needed.") from None
    if isinstance(given, bool) or not math.isfinite(number):
        raise _wrong(question, "cần một số.", "a number is needed.")
    return int(number) if number == int(number) else number


def _time(question: Question, given: Any) -> str:
    try:
        at = given if isinstance(given, datetime) else parse_iso(str(given))
    except ValueError:
        raise _wrong(
            question,
            "cần ngày giờ như 2026-11-22T14:05:00+07:00.",
            "a time such as 2026-11-22T14:05:00+07:00 is needed.",
        ) from None
    return at.isoformat(timespec="seconds")


def _text(question: Question, given: Any) -> str | None:
    if not isinstance(given, str):
        raise _wrong(question, "cần chữ.", "text is needed.")
    text, most = nfc(given).strip(), LONGEST[question.kind]
    if len(text) > most:
        raise _wrong(question, f"dài hơn {most} ký tự.", f"longer than {most} characters.")
    return text or None


def _wrong(question: Question, vi: str, en: str) -> WrongAnswer:
    return WrongAnswer(both(f"{question.label.vi}: {vi}", f"{question.label.en}: {en}"), where=question.key)
