"""Money is whole đồng: shown, read, shared out and written in words without a float anywhere."""

from __future__ import annotations

import re
from typing import Final

from dothi.core.text import nfc

MOST: Final = 10**15 - 1
"""The largest amount anything here takes: under a thousand trillion đồng; what is above it is a mistake."""

_VI = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)")
_EN = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)")
_SIGN = re.compile(r"\s*(đồng|vnđ|vnd|đ|₫)\.?$", re.IGNORECASE)
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = (
    "",
    "nghìn",
    "triệu",
    "tỷ",
    "nghìn",
)  # 10¹² is said "nghìn tỷ": the word tỷ comes with the group below


def vnd(amount: object) -> int:
    """``amount`` when it is whole đồng within bounds; raises :class:`ValueError` for a float, a bool, a text."""
    if type(amount) is not int:
        raise ValueError(f"{amount!r} is not a whole number of đồng")
    if abs(amount) > MOST:
        raise ValueError(f"{amount} đồng is more than {MOST}")
    return amount


def show(amount: int, lang: str = "vi") -> str:
    """``1.234.567 đ`` (vi) or ``1,234,567 đ`` (en), with a space that does not break."""
    text = f"{vnd(amount):,}"
    return f"{text if lang == 'en' else text.replace(',', '.')}\u00a0đ"


def parse(text: str, lang: str = "vi") -> int:
    """The amount a person wrote: ``1.234.567 đ``, ``1234567``, ``75.000 VNĐ``; raises :class:`ValueError`."""
    plain = _SIGN.sub("", nfc(text).strip().replace("\u00a0", " ").replace("\u2212", "-")).strip()
    if not (_EN if lang == "en" else _VI).fullmatch(plain):
        example = "1,234,567" if lang == "en" else "1.234.567"
        raise ValueError(f"{text!r} is not an amount in đồng such as {example}")
    return vnd(int(plain.replace("," if lang == "en" else ".", "")))


def share(amount: int, percent: int) -> int:
    """``percent`` of ``amount``, rounded to the nearest đồng, a half away from zero."""
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} is not a percentage from 0 to 100")
    part = (abs(vnd(amount)) * percent * 2 + 100) // 200
    return part if amount >= 0 else -part


def words(amount: int) -> str:
    """``Một triệu hai trăm ba mươi tư nghìn đồng``: as it is written on a receipt."""
    number = abs(vnd(amount))
    spoken = " ".join(_groups(number)) if number else _DIGITS[0]
    text = f"{'âm ' if amount < 0 else ''}{spoken} đồng"
    return text[0].upper() + text[1:]


def _groups(number: int) -> list[str]:
    """The words of each group of three digits with its scale, the highest first."""
    groups: list[int] = []
    while number:
        number, rest = divmod(number, 1000)
        groups.append(rest)
    said: list[str] = []
    for place in range(len(groups) - 1, -1, -1):
        if groups[place]:
            said += _group(groups[place], leading=not said)
            said += [_SCALES[place]] if place else []
        elif place == 3 and said:
            said.append(_SCALES[3])
    return said


def _group(group: int, *, leading: bool) -> list[str]:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    said: list[str] = []
    if hundreds or not leading:
        said += [_DIGITS[hundreds], "trăm"]
    if tens == 0 and ones and said:
        said.append("linh")
    elif tens == 1:
        said.append("mười")
    elif tens > 1:
        said += [_DIGITS[tens], "mươi"]
    if ones:
        said.append(_one(ones, tens))
    return said


def _one(ones: int, tens: int) -> str:
    """The last digit: một becomes mốt, bốn becomes tư, năm becomes lăm after tens."""
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 4 and tens > 1:
        return "tư"
    if ones == 5 and tens > 0:
        return "lăm"
    return _DIGITS[ones]
