"""Personal data in free text: numbers by their form and checks, names and houses by the words before them.

The tests of numbers and names are the warehouse's. A citizen's text has no column to judge by: what looks like a
number of a person is taken for one, because a number too many that is hidden harms nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from dothi.core.text import fold
from dothi.kernel.warehouse.privacy import names, numbers

KINDS: Final = (
    "email", "bhyt", "bank_card", "bank_account", "cccd", "cmnd", "phone", "plate", "passport", "tax_code", "name",
    "house", "link",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text that is personal data."""

    start: int
    end: int
    kind: str


_GAP = r"[\s.\-·]?"
_DIGITS = {count: rf"\d(?:{_GAP}\d){{{count - 1}}}" for count in (9, 12)}
_LONG = re.compile(r"(?<![\w])\+?\(?\d(?:[\s.\-()·]{0,2}\d){7,18}(?!\w)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*\.[a-zA-Z]{2,24}")
_LINK = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:zalo\.me|facebook\.com|fb\.com|fb\.me|tiktok\.com|t\.me|instagram\.com)/[^\s,;]+",
    re.IGNORECASE,
)
_BHYT = re.compile(r"\b[A-Za-z]{2}[\s-]?[1-5][\s-]?\d{2}[\s-]?\d{2}(?:[\s-]?\d){8}\b")
_PLATE = re.compile(
    r"\b(?:1[1-9]|[2-9]\d)\s?-?\s?(?:[A-HK-NP-VX-Z]{1,2}\d?|MĐ|LD|DA|MK|NG|NN|QT|CD)\s?[-.\s]?\s?(?:\d{3}[.\s]?\d{2}|\d{4})\b",
    re.IGNORECASE,
)
_PASSPORT = re.compile(r"\b[BCEKNPS]\d{7,8}\b")
# Digits after these words are a number of that kind, whatever they look like.
_CUES = (
    (r"(?:stk|so tai khoan|so tk|tai khoan|tk|chuyen khoan|account(?: number)?|acc)", r"[\d][\d\s.\-]{4,24}\d", "bank_account"),
    (r"(?:cccd|can cuoc(?: cong dan)?|cmnd|cmt|chung minh(?: nhan dan| thu)?|so dinh danh|id(?: card)?(?: number)?)", r"\d[\d\s.\-]{7,15}\d", "cccd"),
    (r"(?:sdt|dt|dien thoai|dien|goi|zalo|viber|lien he|lh|hotline|phone|tel|call|mobile|so may)", r"\+?\(?\d[\d\s.\-()]{6,15}\d", "phone"),
    (r"(?:mst|ma so thue|tax code)", r"\d[\d\s\-]{8,14}\d", "tax_code"),
    (r"(?:ho chieu|passport)(?: so| no\.?)?", r"[a-z]\d{6,8}", "passport"),
    (r"(?:bien so|bks|bsx|bien kiem soat|plate(?: number)?)(?: xe)?", r"\d{2}\s?-?[a-z]{1,2}\d?[\s\-.]{0,3}\d{3}[.\s]?\d{1,2}", "plate"),
)  # fmt: skip
_CUED = tuple(
    (re.compile(rf"\b{cue}\b\s*(?:la|so|is|no)?\s*[:=.\-]?\s*({form})"), kind) for cue, form, kind in _CUES
)
_CALLED = re.compile(
    r"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Cc]ậu|[Dd]ì|[Tt]hầy|[Ee]m|[Cc]háu|[Bb]é|[Tt]ôi là|[Tt]ôi tên(?: là)?|[Ee]m tên(?: là)?"
    r"|[Hh]ọ (?:và )?tên|[Tt]ên (?:tôi|em|là)|[Cc]án bộ|[Cc]ông an|[Gg]iáo viên|[Bb]ác sĩ|[Cc]hủ (?:nhà|hộ|xe|quán)|[Mm]y name is|[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?)"
    r"(?:\s+là|\s+tên|\s*:)?\s+((?:[A-ZĐÀ-ỸƠƯĂÂÊÔ][a-zà-ỹđơưăâêô]*(?:\s+|\b)){1,5})"
)  # fmt: skip
_HOUSE = re.compile(
    r"\b(?:(?:số\s+)?nhà(?:\s+số)?|số|căn hộ|căn|phòng|lô|nha so|so nha|can ho|apartment|apt|house(?: no\.?)?)\s+"
    r"(\d+[A-Za-z]?(?:[/.\-]\d+[A-Za-z]?){0,4}|[A-Z]{1,2}\d?[.\-]\d{1,2}(?:[.\-]\d{1,2})?)(?!\s?(?:triệu|ngàn|nghìn|đồng|k\b|m\b|mét|tuổi|người|ngày|giờ|tháng|lần|tầng))",
    re.IGNORECASE,
)


def find(text: str, *, houses: bool = False) -> list[Span]:
    """The pieces of ``text`` that are personal data, in their order, without overlaps; ``text`` is NFC.

    ``houses``: numbers of houses and flats as well, which a report about a place may need to keep.
    """
    found = [*_fixed(text), *_cued(text), *_numbers(text), *_names(text)]
    if houses:
        found += [Span(match.start(1), match.end(1), "house") for match in _HOUSE.finditer(text)]
    return _apart(found)


def _fixed(text: str) -> Iterator[Span]:
    forms: Iterable[tuple[re.Pattern[str], str, Callable[[str], bool] | None]] = (
        (_LINK, "link", None),
        (_EMAIL, "email", None),
        (_BHYT, "bhyt", numbers.is_bhyt),
        (_PLATE, "plate", None),
        (_PASSPORT, "passport", None),
    )
    for form, kind, test in forms:
        for match in form.finditer(text):
            if test is None or test(match[0]):
                yield Span(match.start(), match.end(), kind)


def _cued(text: str) -> Iterator[Span]:
    plain = fold(text)
    if len(plain) != len(text):  # letters that fold to two: places would not fit
        plain = text.lower()
    for form, kind in _CUED:
        for match in form.finditer(plain):
            yield Span(match.start(1), match.end(1), kind)


def _numbers(text: str) -> Iterator[Span]:
    for match in _LONG.finditer(text):
        kind = _kind(match[0])
        if kind is not None:
            yield Span(match.start(), match.end(), kind)


def _kind(written: str) -> str | None:
    """The likeliest kind of a long number; None for one that is an amount, a date, a time."""
    plain = re.sub(r"\D", "", written)
    if re.fullmatch(r"\d{1,3}(?:[. ]000){1,4}", written.strip()) or re.fullmatch(
        r"\d{1,2}[-.]\d{1,2}[-.](?:19|20)\d{2}", written.strip()
    ):
        return None
    if numbers.is_phone(plain) or (plain.startswith(("1800", "1900")) and len(plain) in (8, 10)):
        return "phone" if not plain.startswith(("1800", "1900")) else None
    if numbers.is_bank_card(plain):
        return "bank_card"
    if len(plain) == 12 and plain.startswith("0"):
        return "cccd"
    if len(plain) == 9 and numbers.is_cmnd(plain):
        return "cmnd"
    if numbers.is_tax_code(plain):
        return "tax_code"
    return "bank_account" if len(plain) >= 10 else None


# Markets, bridges and streets are called after people too: chợ Bà Chiểu, cầu Ông Lãnh, đường Cô Giang.
_OF_PLACES = re.compile(
    r"(?:chợ|cầu|đường|phố|hẻm|chùa|miếu|đình|lăng|ngã (?:ba|tư|năm)|phường|xã|ấp|khu|kênh|rạch|trường|công viên|cho|cau|duong)\s+$",
    re.IGNORECASE,
)
_TOWNS = ("Bà Rịa", "Bà Điểm", "Ông Tạ", "Ông Lãnh", "Ông Ích Khiêm", "Bà Huyện Thanh Quan")


def _names(text: str) -> Iterator[Span]:
    for match in _CALLED.finditer(text):
        if _OF_PLACES.search(text, 0, match.start()) or match[0].startswith(_TOWNS):
            continue
        words = list(re.finditer(r"\S+", match[1]))
        taken = _name_length([word[0].strip(".,;:") for word in words])
        if taken:
            last = words[taken - 1]
            end = match.start(1) + last.start() + len(last[0].rstrip(".,;:"))
            yield Span(match.start(1) + words[0].start(), end, "name")


def _name_length(words: list[str]) -> int:
    """How many of the words are a name: as many as the list of surnames knows, else one given name."""
    for count in range(len(words), 1, -1):
        if names.is_name(" ".join(words[:count])):
            return count
    return 1 if words and len(words[0]) > 1 and words[0][0].isupper() else 0


_ORDER: Final = {kind: place for place, kind in enumerate(KINDS)}


def _apart(found: Iterable[Span]) -> list[Span]:
    """Without overlaps: the longest of those that do, then the first of :data:`KINDS`."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda s: (-(s.end - s.start), _ORDER[s.kind], s.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)
