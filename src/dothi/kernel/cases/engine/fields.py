"""Reading one answer: what a person typed, or JSON, as a clean value of the question's type, or why not.

A reader gives (value kept, value expressions see, error). Kept values are JSON; expressions see dates as dates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from dothi.core import money
from dothi.core.clock import HCMC
from dothi.core.errors import Text, both
from dothi.core.text import format_number, nfc, parse_date, parse_number
from dothi.kernel.packs.procedure_forms import FormField

Read = tuple[Any, Any, Text | None]
Reader = Callable[[Any], Read]

_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE: Final = re.compile(r"(0\d{9,10}|\+[1-9]\d{7,14}|1\d{2,9})")
_PERSONAL: Final = re.compile(r"\d{12}|\d{9}")
_UNIT: Final = re.compile(r"\d{2,5}")
_YES: Final = frozenset({"true", "yes", "on", "1", "có", "co"})
_NO: Final = frozenset({"false", "no", "off", "0", "không", "khong"})
TEXT_MOST: Final = {"text": 500, "multiline": 5000, "record": 200}

NOT_TEXT: Final = both("Hãy nhập chữ.", "Enter text.")
NOT_NUMBER: Final = both("Hãy nhập một số, ví dụ 1.234,5.", "Enter a number, such as 1234.5.")
NOT_WHOLE: Final = both("Hãy nhập một số nguyên.", "Enter a whole number.")
NOT_MONEY: Final = both(
    "Hãy nhập số tiền bằng đồng, ví dụ 75.000.", "Enter an amount in đồng, such as 75.000."
)
NOT_YES_NO: Final = both("Hãy chọn có hoặc không.", "Choose yes or no.")
NOT_DATE: Final = both("Hãy nhập ngày theo dạng dd/mm/yyyy.", "Enter a date as dd/mm/yyyy.")
NOT_TIME: Final = both("Hãy nhập ngày và giờ.", "Enter a date and a time.")
NOT_CHOICE: Final = both("Hãy chọn một mục trong danh sách.", "Choose one of the list.")
NOT_EMAIL: Final = both(
    "Hãy nhập địa chỉ thư điện tử, ví dụ ten@vidu.vn.", "Enter an e-mail address, such as name@example.com."
)
NOT_PHONE: Final = both(
    "Hãy nhập số điện thoại, ví dụ 0912345678.", "Enter a telephone number, such as 0912345678."
)
NOT_PERSONAL: Final = both(
    "Số định danh cá nhân gồm 12 chữ số.", "A personal identification number has 12 digits."
)
NOT_PLACE: Final = both("Hãy chọn vị trí trên bản đồ.", "Choose a place on the map.")
NOT_UNIT: Final = both("Hãy chọn đơn vị hành chính.", "Choose an administrative unit.")
BAD_PATTERN: Final = both("Câu trả lời không đúng dạng.", "The answer does not have the right form.")


def _too_long(most: int) -> Text:
    return both(f"Tối đa {most} ký tự.", f"At most {most} characters.")


def reader(field: FormField, choices: frozenset[str]) -> Reader:
    """How answers to ``field`` are read; groups are read by the form."""
    base = _BY_TYPE.get(field.type, _text)

    def read(value: Any) -> Read:
        kept, seen, error = base(value, field, choices)
        if error is not None:
            return None, None, error
        wrong = _limits(field, kept)
        return (kept, seen, None) if wrong is None else (None, None, _told(field, wrong))

    return read


def _told(field: FormField, error: Text) -> Text:
    return both(field.error.vi, field.error.en) if field.error is not None else error


def _limits(field: FormField, value: Any) -> Text | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if field.min is not None and value < field.min:
            return both(
                f"Ít nhất là {format_number(field.min)}.", f"At least {format_number(field.min, lang='en')}."
            )
        if field.max is not None and value > field.max:
            return both(
                f"Nhiều nhất là {format_number(field.max)}.",
                f"At most {format_number(field.max, lang='en')}.",
            )
    if field.pattern is not None and isinstance(value, str) and not re.fullmatch(field.pattern, value):
        return BAD_PATTERN
    return None


def _text(value: Any, field: FormField, _: frozenset[str]) -> Read:
    if not isinstance(value, str):
        return None, None, NOT_TEXT
    clean = nfc(value).replace("\r\n", "\n").strip()
    if field.type != "multiline":
        clean = " ".join(clean.split())
    if any(ord(each) < 32 and each not in "\n\t" for each in clean):
        return None, None, NOT_TEXT
    most = field.max_length or TEXT_MOST.get(field.type, 500)
    if len(clean) > most:
        return None, None, _too_long(most)
    return clean, clean, None


def _number(value: Any, field: FormField, _: frozenset[str]) -> Read:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None, None, NOT_NUMBER
    try:
        number = _parsed(value) if isinstance(value, str) else value
    except ValueError:
        return None, None, NOT_NUMBER
    if not math.isfinite(number) or abs(number) > 1e15:
        return None, None, NOT_NUMBER
    whole = int(number) if number == int(number) else number
    if field.type == "integer" and not isinstance(whole, int):
        return None, None, NOT_WHOLE
    return whole, whole, None


def _parsed(value: str) -> float:
    """``1234.5`` as an input element sends it, else as people here write it: ``1.234,5``."""
    text = value.strip()
    if re.fullmatch(r"-?\d+(\.\d{1,2})?", text):
        return float(text)
    return parse_number(text)


def _money(value: Any, _: FormField, __: frozenset[str]) -> Read:
    try:
        amount = money.parse(value) if isinstance(value, str) else money.vnd(value)
    except ValueError:
        return None, None, NOT_MONEY
    return amount, amount, None


def _boolean(value: Any, _: FormField, __: frozenset[str]) -> Read:
    if isinstance(value, bool):
        return value, value, None
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _YES or word in _NO:
        return word in _YES, word in _YES, None
    return None, None, NOT_YES_NO


def _date(value: Any, _: FormField, __: frozenset[str]) -> Read:
    if isinstance(value, str):
        try:
            day = _day(value.strip())
        except ValueError:
            return None, None, NOT_DATE
        return day.isoformat(), day, None
    return None, None, NOT_DATE


def _day(text: str) -> date:
    """``2026-11-30`` as an input element sends it, else dd/mm/yyyy."""
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else parse_date(text)


def _datetime(value: Any, _: FormField, __: frozenset[str]) -> Read:
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value.strip())
        except ValueError:
            return None, None, NOT_TIME
        at = at if at.tzinfo is not None else at.replace(tzinfo=HCMC)
        return at.isoformat(), at, None
    return None, None, NOT_TIME


def _choice(value: Any, _: FormField, choices: frozenset[str]) -> Read:
    if isinstance(value, str) and value in choices:
        return value, value, None
    return None, None, NOT_CHOICE


def _choices(value: Any, _: FormField, choices: frozenset[str]) -> Read:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(each, str) and each in choices for each in given):
        return None, None, NOT_CHOICE
    kept = list(dict.fromkeys(given))
    return kept, kept, None


def _form_of(pattern: re.Pattern[str], error: Text, drop: str) -> Callable[..., Read]:
    def read(value: Any, _: FormField, __: frozenset[str]) -> Read:
        clean = re.sub(drop, "", nfc(value)) if isinstance(value, str) else ""
        return (clean, clean, None) if pattern.fullmatch(clean) else (None, None, error)

    return read


def _place(value: Any, _: FormField, __: frozenset[str]) -> Read:
    if not isinstance(value, Mapping):
        return None, None, NOT_PLACE
    lon: Any = value.get("lon")
    lat: Any = value.get("lat")
    if not _degrees(lon, 180) or not _degrees(lat, 90):
        return None, None, NOT_PLACE
    place: dict[str, Any] = {"lon": round(lon, 7), "lat": round(lat, 7)}
    for name in ("address", "unit"):
        given = value.get(name)
        if isinstance(given, str) and given.strip():
            place[name] = " ".join(nfc(given).split())[:300]
    return place, place, None


def _degrees(value: Any, most: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most


_BY_TYPE: Final[dict[str, Callable[[Any, FormField, frozenset[str]], Read]]] = {
    "integer": _number,
    "number": _number,
    "money": _money,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "choices": _choices,
    "email": _form_of(_EMAIL, NOT_EMAIL, r"\s"),
    "phone": _form_of(_PHONE, NOT_PHONE, r"[\s.\-()]"),
    "personal-id": _form_of(_PERSONAL, NOT_PERSONAL, r"[\s.]"),
    "unit": _form_of(_UNIT, NOT_UNIT, r"\s"),
    "place": _place,
}
