"""What a column is called, as a hint at what is in it."""

from __future__ import annotations

import re

from dothi.core.text import fold, nfc

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GAP = re.compile(r"[^a-z0-9]+")
_WORDS: dict[str, tuple[str, ...]] = {
    "cccd": ("cccd", "can cuoc", "so dinh danh", "dinh danh ca nhan", "ma dinh danh", "citizen id", "national id", "personal id", "id card", "identity no", "identity number", "giay to tuy than", "so giay to"),
    "cmnd": ("cmnd", "cmt", "chung minh", "chung minh thu", "giay to tuy than", "so giay to", "id card", "national id", "identity no"),
    "passport": ("passport", "ho chieu"),
    "phone": ("phone", "dien thoai", "sdt", "so dt", "dt", "di dong", "mobile", "tel", "hotline", "zalo", "cell", "lien he", "contact"),
    "tax_code": ("mst", "ma so thue", "tax code", "tax id", "tin", "msdn", "ma so doanh nghiep"),
    "plate": ("bien so", "bien kiem soat", "bks", "plate", "licence plate", "license plate", "so xe"),
    "bhyt": ("bhyt", "bao hiem y te", "health insurance", "the bao hiem", "bhxh", "bao hiem xa hoi", "social insurance"),
    "email": ("email", "e mail", "thu dien tu", "mail"),
    "bank_account": ("stk", "so tai khoan", "tai khoan ngan hang", "bank account", "account no", "account number", "so tk", "iban"),
    "bank_card": ("so the", "card number", "card no"),
    "name": ("ho ten", "ho va ten", "ten day du", "full name", "fullname", "person name", "ten khach hang", "ten chu ho", "chu ho", "chu so huu", "nguoi nop", "nguoi dai dien", "nguoi lien he", "nguoi khai", "nguoi su dung", "nguoi phan anh", "benh nhan", "hoc sinh", "cong dan", "ten nguoi", "hoten", "owner", "citizen", "patient", "applicant", "contact name", "customer name", "ho dem", "nguoi giam ho"),
    "address": ("dia chi", "thuong tru", "tam tru", "noi o", "cho o", "address", "residence", "diachi", "so nha", "nha o"),
    "birth_date": ("ngay sinh", "nam sinh", "sinh ngay", "birth", "dob", "date of birth", "birthday", "birthdate", "ngaysinh", "ngay thang nam sinh"),
}  # fmt: skip
# Words that say that the column is not about people, whatever its values look like.
_NOT_PEOPLE: dict[str, tuple[str, ...]] = {
    "name": ("duong", "tuyen", "pho", "street", "road", "cau", "cong vien", "truong hoc", "ten truong", "san pham", "product", "phuong", "xa", "quan"),
    "address": (),
    "birth_date": ("cap", "nop", "nhan", "tao", "het han", "created", "updated", "issued"),
}  # fmt: skip


def _plain(column: str) -> str:
    split = _CAMEL.sub(" ", nfc(column))
    return f" {_GAP.sub(' ', fold(split)).strip()} "


def hinted(column: str) -> frozenset[str]:
    """The kinds of personal data that the column's name speaks of."""
    plain = _plain(column)
    return frozenset(kind for kind, words in _WORDS.items() if any(f" {word} " in plain for word in words))


def against(column: str, kind: str) -> bool:
    """Whether the column's name speaks of something else than ``kind``."""
    plain = _plain(column)
    return any(f" {word} " in plain for word in _NOT_PEOPLE.get(kind, ())) and kind not in hinted(column)
