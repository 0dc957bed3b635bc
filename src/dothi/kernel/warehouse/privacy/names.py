"""Names of people and places of living, as Vietnamese writes them."""

from __future__ import annotations

import re

from dothi.core.text import fold, nfc

# The surnames of more than 99 of 100 people, folded; the larger ethnic groups' among them.
SURNAMES = frozenset(
    [
        "nguyen",
        "tran",
        "le",
        "pham",
        "hoang",
        "huynh",
        "phan",
        "vu",
        "vo",
        "dang",
        "bui",
        "do",
        "ho",
        "ngo",
        "duong",
        "ly",
        "dao",
        "doan",
        "vuong",
        "trinh",
        "truong",
        "dinh",
        "lam",
        "phung",
        "mai",
        "to",
        "tang",
        "luong",
        "quach",
        "tong",
        "la",
        "chu",
        "cao",
        "ha",
        "thai",
        "luu",
        "kieu",
        "tu",
        "trieu",
        "nghiem",
        "mac",
        "ta",
        "quan",
        "phi",
        "thach",
        "kim",
        "danh",
        "son",
        "chau",
        "tieu",
        "than",
        "lo",
        "lu",
        "vi",
        "ma",
        "nong",
        "be",
        "hua",
        "ha",
        "bach",
        "khuc",
        "ninh",
        "au",
        "giang",
        "khong",
        "bien",
        "trang",
        "cu",
        "mach",
        "luc",
        "long",
        "dam",
        "cam",
        "hoa",
        "o",
        "nay",
        "siu",
        "rmah",
        "ksor",
        "rcom",
        "y",
        "h",
        "nie",
        "ayun",
        "kpa",
        "au",
        "ung",
        "lai",
        "lieu",
        "su",
        "thieu",
        "thi",
        "ton",
        "van",
        "vien",
        "xa",
        "cung",
        "duyen",
        "nhan",
        "y",
        "han",
    ]
)
_MIDDLE = frozenset(
    [
        "thi",
        "van",
        "huu",
        "duc",
        "cong",
        "ngoc",
        "minh",
        "thanh",
        "quoc",
        "dinh",
        "xuan",
        "thuy",
        "thu",
        "kim",
        "bich",
        "hong",
        "phuong",
        "anh",
        "hoang",
        "gia",
        "bao",
        "khanh",
        "tuan",
        "nhat",
        "nhu",
        "my",
        "le",
        "quynh",
        "dieu",
        "cam",
        "manh",
        "trong",
        "trung",
        "quang",
        "dang",
        "tien",
        "viet",
        "the",
        "phuc",
        "hai",
        "mai",
        "tuyet",
        "hoai",
        "diem",
        "bao",
        "chi",
    ]
)
# With diacritics, for without them half of these are names as well: phường and Phương, trường and Trương.
_ORGANISED = re.compile(
    r"\b(công ty|cty|tnhh|cổ phần|trường|phường|quận|huyện|xã|tỉnh|thành phố|đường|chợ|bệnh viện|trạm|ubnd|ủy ban|sở|số"
    r"|phòng|ban|chi cục|cục|nhà|chùa|cầu|khu|ấp|thôn|tổ|hợp tác|ngân hàng|trung tâm|đội|hội|cảng|kênh|rạch|sông|hồ nước"
    r"|núi|đảo|tuyến|street|road|ward|company|ltd|school|hospital)\b"
)
_ORGANISED_PLAIN = re.compile(
    r"^(phuong|huyen|xa|tinh|thanh pho|ubnd|uy ban|cong ty|cty|cho|chua|benh vien|trung tam|truong (th|mam|tieu|dai|cao))\b"
)
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ph|th|tr|ch|gh|gi|kh|qu|[bcdghklmnpqrstvx])?(?:uye|uya|uyu|ieu|yeu|oai|oay|uoi|uou|uay|oeo|[aeiouy]{1,2})"
    r"(?:ch|ng|nh|[cmnpt])?"
)  # fmt: skip
# Streets of every city bear names of people; whoever sees these sees streets.
_OF_STREETS = frozenset(
    [
        "nguyen hue",
        "le loi",
        "tran hung dao",
        "le thanh ton",
        "hai ba trung",
        "nguyen trai",
        "le lai",
        "ly tu trong",
        "pham ngu lao",
        "nguyen du",
        "ly thuong kiet",
        "nguyen thi minh khai",
        "vo thi sau",
        "le duan",
        "ton duc thang",
        "nguyen van cu",
        "tran phu",
        "hung vuong",
        "le hong phong",
        "nguyen van linh",
        "pham van dong",
        "vo van kiet",
        "phan dinh phung",
        "phan chu trinh",
        "nguyen dinh chieu",
        "hoang dieu",
        "quang trung",
        "le van sy",
        "nguyen van troi",
        "nam ky khoi nghia",
        "dinh tien hoang",
        "vo nguyen giap",
        "hoang van thu",
        "tran quang khai",
        "ngo quyen",
        "ba huyen thanh quan",
        "nguyen binh khiem",
        "phan boi chau",
        "ly thai to",
        "le quy don",
        "truong dinh",
        "pham hong thai",
        "bui thi xuan",
        "nguyen cong tru",
        "ho tung mau",
        "ho xuan huong",
        "tran quoc toan",
        "nguyen thai hoc",
        "nguyen thai binh",
        "ly chinh thang",
        "tran huy lieu",
        "nguyen kiem",
        "nguyen oanh",
        "le quang dinh",
        "phan dang luu",
        "hoang hoa tham",
        "no trang long",
        "nguyen chi thanh",
        "ngo gia tu",
        "an duong vuong",
        "su van hanh",
        "to hien thanh",
        "ly nam de",
        "dao duy tu",
        "cao thang",
        "nguyen tri phuong",
        "le van viet",
        "le van duyet",
        "ho chi minh",
        "mac dinh chi",
        "nguyen sieu",
        "thi sach",
        "dong khoi",
        "ton that dam",
        "ton that thuyet",
        "doan van bo",
        "nguyen tat thanh",
        "huynh tan phat",
        "nguyen huu tho",
        "le van luong",
        "pham the hien",
        "au co",
        "lac long quan",
        "luy ban bich",
        "to ky",
        "le trong tan",
        "tran quoc hoan",
        "truong chinh",
        "cong hoa",
        "hoang sa",
        "truong sa",
        "le van khuong",
        "nguyen anh thu",
        "do xuan hop",
        "nguyen duy trinh",
    ]
)
_HOUSE = re.compile(
    r"^(?:so(?: nha)?\s*|sn\s*|nha so\s*|lo\s*|can ho\s*|k)?[a-z]?\d{1,5}[a-z]{0,2}(?:\s?[/-]\s?\d{1,4}[a-z]?)*\b"
)
_PLACE = re.compile(
    r"\b(duong|d\.|pho|hem|ngo|ngach|kiet|phuong|p\.?\s?\d|quan|q\.?\s?\d|xa|huyen|thi xa|thi tran|tp\.?|thanh pho|tinh|khu pho|kp"
    r"|to dan pho|tdp|ap|thon|ban|buon|chung cu|cc|kdc|hcm|ha noi|hn)\b"
)
_RURAL = re.compile(
    r"\b(to|ap|thon|xom|ban|buon|khu pho|kp|tdp|doi)\s*(so\s*)?\d+\w*\b.*\b(xa|phuong|thi tran|p\.|huyen|tinh)"
)


def is_name(text: str) -> bool:
    """Two to six syllables of which the first is a surname, or the last of one written the other way round."""
    written = nfc(text).strip()
    plain = fold(written)
    words = plain.split()
    if not 2 <= len(words) <= 6 or len(plain) > 40 or _is_organised(written, plain):
        return False
    if not all(_SYLLABLE.fullmatch(word) or word in SURNAMES for word in words):
        return False
    if words[0] in SURNAMES:
        return written[0].isupper() or written.islower()
    capitals = all(word[0].isupper() for word in written.split())
    return capitals and words[-1] in SURNAMES and len(words) <= 4


def _is_organised(written: str, plain: str) -> bool:
    return _ORGANISED.search(written.lower()) is not None or (
        written.isascii() and _ORGANISED_PLAIN.search(plain) is not None
    )


def has_middle(text: str) -> bool:
    """Whether a word between surname and given name is one of the usual ones: streets have fewer of them."""
    return any(word in _MIDDLE for word in fold(text).split()[1:-1])


def is_of_street(text: str) -> bool:
    """Whether it is somebody whom streets are named after."""
    return fold(nfc(text).strip()) in _OF_STREETS


def is_address(text: str) -> bool:
    """Where somebody lives: a house number and what it belongs to, or hamlet and commune."""
    plain = fold(nfc(text).strip())
    if not 8 <= len(plain) <= 200 or not any(letter.isalpha() for letter in plain):
        return False
    if _RURAL.search(plain):
        return True
    house = _HOUSE.match(plain)
    if house is None:
        return False
    rest = plain[house.end() :]
    return sum(letter.isalpha() for letter in rest) >= 4 and (
        _PLACE.search(rest) is not None or rest.count(",") >= 2
    )
