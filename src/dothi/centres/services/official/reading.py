"""What an official description says, in data: deadlines, fees and documents out of free text, and every doubt about them.

The input is a description of the National Public Service Portal as JSON: ``metadata`` (code, name, decision, levels,
sector), ``content`` (texts by heading) and ``tables`` (ways to submit with time and fee, documents, legal bases).
Nothing is guessed silently: what could not be read is a :class:`Doubt` that an officer sees beside the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from dothi.core.errors import BadInput, Text, both
from dothi.core.text import fold, nfc

Channel = Literal["counter", "web", "post"]
Unit = Literal["working days", "days", "working hours", "minutes"]
MONEY_MOST: Final = 10**12

_NOTHING: Final = frozenset(
    {"", "khong co thong tin", "khong", "khong co", "khong quy dinh", "khong yeu cau"}
)
_CHANNELS: Final[dict[str, Channel]] = {
    "truc tiep": "counter",
    "truc tuyen": "web",
    "dich vu buu chinh": "post",
}
_LEVELS: Final = {"cap bo": "country", "cap tinh": "city", "cap xa": "ward", "co quan khac": "other"}
_PERIOD: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(ngay lam viec|ngay|gio|thang|phut|tuan)")
_RANGE: Final = re.compile(r"\d+\s*-\s*\d+")
_FEE: Final = re.compile(
    r"(?P<kind>Lệ phí|Phí)\s*:\s*(?P<amount>.*?)(?:\s+(?P<unit>Đồng|USD))?\s*(?:\((?P<note>.*)\))?\s*$",
    re.DOTALL,
)
_AMOUNT: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d+)?")
_COPIES: Final = re.compile(r"Bản (chính|sao)\s*:\s*(\d+)")
_STEP: Final = re.compile(r"(?:^|(?<=[.;\n ]))\s*(?:Bước|bước)\s+(\d+)\s*[:.)]\s*")
_FORM: Final = re.compile(r"(?:[Mm]ẫu|MẪU)\s*(?:số\s*)?([A-Za-z0-9][\w./-]{0,20})")


class Doubt(Struct, frozen=True):
    """Something that could not be read with certainty: where, what it said, and what an officer is to decide."""

    where: str
    said: str
    ask: Text


class Period(Struct, frozen=True):
    """How long it takes. ``as_allowance`` is the form in which declarations write it."""

    amount: int
    unit: Unit

    def as_allowance(self) -> str:
        """``15 working days``."""
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"


class Fee(Struct, frozen=True):
    """A fee (``phí``) or a charge (``lệ phí``) in đồng, with what it is for."""

    kind: Literal["fee", "charge"]
    vnd: int
    note: str = ""


class Way(Struct, frozen=True):
    """One way to submit, with its time and fees."""

    channel: Channel
    period: Period | None = None
    fees: tuple[Fee, ...] = ()
    note: str = ""
    said_time: str = ""  # the description's own words for the time
    said_fees: str = ""  # and for the fees


class Paper(Struct, frozen=True):
    """A document of the dossier: how many originals and copies, and the form it is written on."""

    name: str
    originals: int = 0
    copies: int = 0
    form: str = ""
    file: str = ""


class Basis(Struct, frozen=True):
    """A legal basis."""

    number: str
    title: str
    day: str = ""
    issuer: str = ""


class Official(Struct, frozen=True, kw_only=True):
    """An official description, read."""

    code: str
    name: str
    decision: str = ""
    sector: str = ""
    levels: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    agency: str = ""
    authority: str = ""
    partners: str = ""
    address: str = ""
    result: str = ""
    conditions: str = ""
    steps: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    papers: tuple[Paper, ...] = ()
    bases: tuple[Basis, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def read(given: Any) -> Official:
    """The description in ``given`` (decoded JSON). Raises :class:`BadInput` when it is none at all."""
    if not isinstance(given, Mapping) or not isinstance(given.get("metadata"), Mapping):
        raise BadInput(
            both("Đây không phải mô tả thủ tục hành chính.", "This is not a description of a procedure."),
            where="metadata",
        )
    head, content, tables = given["metadata"], _part(given, "content"), _part(given, "tables")
    code, name = _text(head, "mã_thủ_tục"), _text(head, "tên_thủ_tục")
    if not code or not name:
        raise BadInput(
            both("Thiếu mã hoặc tên thủ tục.", "The code or the name of the procedure is missing."),
            where="metadata.mã_thủ_tục" if not code else "metadata.tên_thủ_tục",
        )
    doubts: list[Doubt] = []
    ways = _ways(_rows(tables, "hinh_thuc_nop"), doubts)
    papers = _papers(_rows(tables, "thanh_phan_ho_so"), doubts)
    steps = tuple(_steps(_text(content, "trình_tự_thực_hiện")))
    if not steps:
        doubts.append(
            Doubt("steps", "", both("Mô tả không nêu các bước.", "The description names no steps."))
        )
    return Official(
        code=code, name=_titled(name), decision=_text(head, "số_quyết_định"), sector=_text(head, "lĩnh_vực"),
        levels=_levels(_text(head, "cấp_thực_hiện"), doubts), audience=_audience(_text(content, "đối_tượng_thực_hiện")),
        agency=_said(content, "cơ_quan_thực_hiện"), authority=_said(content, "cơ_quan_có_thẩm_quyền"),
        partners=_said(content, "cơ_quan_phối_hợp"), address=_said(content, "địa_chỉ_tiếp_nhận_hs"),
        result=_said(content, "kết_quả_thực_hiện"), conditions=_said(content, "yêu_cầu_điều_kiện_thực_hiện"),
        steps=steps, ways=ways, papers=papers, bases=tuple(_bases(_rows(tables, "can_cu_phap_ly"))),
        doubts=tuple(doubts),
    )  # fmt: skip


def _part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = given.get(name)
    return part if isinstance(part, Mapping) else {}


def _rows(tables: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    rows = tables.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _text(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    return nfc(value).strip() if isinstance(value, str) else ""


def _said(part: Mapping[str, Any], name: str) -> str:
    """A text, or nothing where it only says that there is nothing."""
    text = _text(part, name)
    return "" if fold(text).strip(" .") in _NOTHING else text


def _titled(name: str) -> str:
    """Without the word "thủ tục" that every title begins with."""
    bare = re.sub(r"^thủ tục[:\s]+", "", name, flags=re.IGNORECASE).strip()
    return bare[:1].upper() + bare[1:] if bare else name


def _levels(text: str, doubts: list[Doubt]) -> tuple[str, ...]:
    found = tuple(_LEVELS[key] for part in text.split(",") if (key := fold(part).strip()) in _LEVELS)
    if not found:
        doubts.append(Doubt("levels", text, both("Chọn cấp thực hiện.", "Choose the level that handles it.")))
    return found


def _audience(text: str) -> tuple[str, ...]:
    plain = fold(text)
    business = any(word in plain for word in ("doanh nghiep", "hop tac xa", "htx", "to chuc"))
    citizen = any(
        word in plain for word in ("cong dan", "nguoi viet nam", "nguoi nuoc ngoai", "can bo", "ca nhan")
    )
    return tuple(name for name, there in (("citizen", citizen), ("business", business)) if there) or (
        "citizen",
    )


def _steps(text: str) -> Iterator[str]:
    """The text cut where it says "Bước n"; one step when it never does."""
    marks = list(_STEP.finditer(text))
    if not marks:
        if text:
            yield text
        return
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        words = text[mark.end() : following.start() if following else None].strip(" \n-–")
        if words:
            yield words


def period(text: str) -> Period | None:
    """``15 Ngày làm việc``, ``01 Giờ``, ``0.5 Giờ``, ``02 Tháng``: hours are working hours, months are of 30 days."""
    found = _PERIOD.search(fold(text))
    if not found:
        return None
    amount = float(found[1].replace(",", "."))
    word = found[2]
    if word == "ngay lam viec":
        return _whole(amount, "working days")
    if word in ("ngay", "thang", "tuan"):
        return _whole(amount * {"ngay": 1, "tuan": 7, "thang": 30}[word], "days")
    if word == "phut":
        return _whole(amount, "minutes")
    if amount != int(amount):
        return _whole(amount * 60, "minutes")
    return _whole(amount, "working hours")


def _whole(amount: float, unit: Unit) -> Period | None:
    return Period(int(amount), unit) if amount >= 1 and amount == int(amount) else None


def _ways(rows: Sequence[Mapping[str, Any]], doubts: list[Doubt]) -> tuple[Way, ...]:
    made = []
    for index, row in enumerate(rows):
        where = f"ways[{index}]"
        channel = _CHANNELS.get(fold(_text(row, "hinh_thuc")))
        if channel is None:
            doubts.append(
                Doubt(
                    f"{where}.channel",
                    _text(row, "hinh_thuc"),
                    both("Chọn cách nộp.", "Choose the way to submit."),
                )
            )
            continue
        time = _text(row, "thoi_han_giai_quyet")
        taken = None if _RANGE.fullmatch(time) else period(time)
        if taken is None:
            doubts.append(
                Doubt(
                    f"{where}.period", time,
                    both("Chưa rõ thời hạn giải quyết: hãy nhập.", "The time it takes is not clear: enter it."),
                )
            )  # fmt: skip
        fees = tuple(_fees(_text(row, "phi_le_phi"), f"{where}.fees", doubts))
        made.append(Way(channel, taken, fees, _text(row, "mo_ta"), time, _text(row, "phi_le_phi")))
    if not made:
        doubts.append(Doubt("ways", "", both("Không nêu cách nộp.", "It names no way to submit.")))
    return tuple(made)


def _fees(text: str, where: str, doubts: list[Doubt]) -> Iterator[Fee]:
    lines = re.split(r"\n(?=(?:Lệ phí|Phí)\s*:)", re.sub(r"\nFile đính kèm:[^\n]*", "", text))
    for line in filter(None, map(str.strip, lines)):
        found = _FEE.match(line)
        amount = _amount(found) if found else None
        if found is None or amount is None:
            doubts.append(
                Doubt(
                    where, line[:300], both("Chưa rõ mức phí: hãy nhập.", "The fee is not clear: enter it.")
                )
            )
        elif amount:
            yield Fee("fee" if found["kind"] == "Phí" else "charge", amount, (found["note"] or "").strip())


def _amount(found: re.Match[str]) -> int | None:
    """Whole đồng; None where the text is no single amount in đồng."""
    said = (found["amount"] or "").strip()
    if fold(said) in ("khong", "0", "o", "mien phi", "khong thu"):
        return 0
    if found["unit"] == "USD" or not _AMOUNT.fullmatch(said):
        return None
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", said)
    return int(plain) if plain.isdecimal() and int(plain) <= MONEY_MOST else None


def _papers(rows: Sequence[Mapping[str, Any]], doubts: list[Doubt]) -> tuple[Paper, ...]:
    made = []
    for index, row in enumerate(rows):
        name = _text(row, "ten_giay_to").strip(" -+•;.")
        if not name:
            continue
        numbers = dict(_COPIES.findall(_text(row, "ghi_chu")))
        originals, copies = int(numbers.get("chính", 0)), int(numbers.get("sao", 0))
        if not originals and not copies:
            doubts.append(
                Doubt(
                    f"papers[{index}]", name[:300],
                    both("Chưa rõ bản chính hay bản sao.", "It is not clear whether an original or a copy is needed."),
                )
            )  # fmt: skip
        form = _FORM.search(name)
        made.append(
            Paper(name, originals, copies, form[1].rstrip(".") if form else "", _text(row, "so_luong"))
        )
    if not made:
        doubts.append(Doubt("papers", "", both("Không nêu giấy tờ cần nộp.", "It names no documents.")))
    return tuple(made)


def _bases(rows: Sequence[Mapping[str, Any]]) -> Iterator[Basis]:
    for row in rows:
        title, number = _text(row, "trich_yeu"), _text(row, "so_ky_hieu")
        if title or number:
            yield Basis(number, title, _text(row, "ngay_ban_hanh"), _text(row, "co_quan_ban_hanh"))
