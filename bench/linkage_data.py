"""People as clerks write them down, with a seed and with the truth: who is who. Nobody real."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from dothi.core.text import fold

FAMILIES = {
    "Nguyễn": 38.4, "Trần": 12.1, "Lê": 9.5, "Phạm": 7.0, "Hoàng": 2.6, "Huỳnh": 2.5, "Phan": 4.5, "Vũ": 2.0, "Võ": 1.9,
    "Đặng": 2.1, "Bùi": 2.0, "Đỗ": 1.4, "Hồ": 1.3, "Ngô": 1.3, "Dương": 1.0, "Lý": 0.5, "Trương": 0.8, "Đinh": 0.7, "Lâm": 0.5,
    "Mai": 0.4, "Trịnh": 0.4, "Đoàn": 0.4, "Cao": 0.4, "Tô": 0.3, "Hà": 0.3, "Tạ": 0.2, "Châu": 0.2, "Quách": 0.1,
}  # fmt: skip
MIDDLES = {
    "m": [
        "Văn",
        "Văn",
        "Văn",
        "Hữu",
        "Đức",
        "Minh",
        "Quốc",
        "Thanh",
        "Công",
        "Xuân",
        "Ngọc",
        "Gia",
        "Hoàng",
        "Tuấn",
        "Anh",
        "Đình",
        "Trọng",
        "Bá",
        "Thành",
        "Duy",
        "Nhật",
        "Quang",
    ],
    "f": [
        "Thị",
        "Thị",
        "Thị",
        "Thị",
        "Ngọc",
        "Kim",
        "Thanh",
        "Thu",
        "Mỹ",
        "Bích",
        "Hồng",
        "Phương",
        "Diệu",
        "Như",
        "Quỳnh",
        "Thùy",
        "Khánh",
        "Bảo",
        "Xuân",
        "Minh",
        "Cẩm",
        "Tuyết",
    ],
}
GIVENS = {
    "m": [
        "An",
        "Bình",
        "Cường",
        "Dũng",
        "Duy",
        "Đạt",
        "Giang",
        "Hải",
        "Hậu",
        "Hiếu",
        "Hùng",
        "Huy",
        "Khang",
        "Khoa",
        "Kiên",
        "Lâm",
        "Long",
        "Lộc",
        "Minh",
        "Nam",
        "Nghĩa",
        "Nhân",
        "Phong",
        "Phúc",
        "Phước",
        "Quân",
        "Quang",
        "Sơn",
        "Tài",
        "Tâm",
        "Thành",
        "Thắng",
        "Thiện",
        "Thịnh",
        "Tiến",
        "Toàn",
        "Trí",
        "Trung",
        "Tuấn",
        "Tùng",
        "Việt",
        "Vinh",
        "Vũ",
        "Vương",
        "Ý",
        "Mỹ",
        "Quý",
        "Thụy",
    ],
    "f": [
        "An",
        "Anh",
        "Ánh",
        "Châu",
        "Chi",
        "Dung",
        "Giang",
        "Hà",
        "Hạnh",
        "Hằng",
        "Hiền",
        "Hoa",
        "Hồng",
        "Hương",
        "Lan",
        "Lệ",
        "Linh",
        "Loan",
        "Ly",
        "Mai",
        "My",
        "Nga",
        "Ngân",
        "Nhi",
        "Nhung",
        "Oanh",
        "Phương",
        "Phượng",
        "Quyên",
        "Thảo",
        "Thi",
        "Thu",
        "Thủy",
        "Thúy",
        "Tiên",
        "Trang",
        "Trâm",
        "Trinh",
        "Tú",
        "Tuyết",
        "Uyên",
        "Vân",
        "Vy",
        "Xuân",
        "Yến",
        "Mỹ",
        "Lý",
        "Thy",
    ],
}
STREETS = [
    "Lê Lợi",
    "Nguyễn Huệ",
    "Trần Hưng Đạo",
    "Cách Mạng Tháng Tám",
    "Điện Biên Phủ",
    "Nguyễn Trãi",
    "Lý Thường Kiệt",
    "Hai Bà Trưng",
    "Võ Văn Tần",
    "Nguyễn Thị Minh Khai",
    "Phan Xích Long",
    "Lê Văn Sỹ",
    "Hoàng Văn Thụ",
    "Trường Chinh",
    "Cộng Hòa",
    "Âu Cơ",
    "Lạc Long Quân",
    "Tô Hiến Thành",
    "Ba Tháng Hai",
    "Nguyễn Văn Cừ",
    "Phạm Ngũ Lão",
    "Bùi Viện",
    "Đinh Tiên Hoàng",
    "Xô Viết Nghệ Tĩnh",
    "Bạch Đằng",
    "Nơ Trang Long",
    "Phan Văn Trị",
    "Quang Trung",
    "Nguyễn Oanh",
    "Lê Đức Thọ",
    "Thống Nhất",
    "Phạm Văn Đồng",
    "Kha Vạn Cân",
    "Võ Văn Ngân",
    "Đặng Văn Bi",
    "Lê Văn Việt",
    "Nguyễn Duy Trinh",
    "Trần Não",
    "Lương Định Của",
    "Huỳnh Tấn Phát",
    "Nguyễn Thị Thập",
    "Lê Văn Lương",
    "Phạm Hùng",
    "Tạ Quang Bửu",
    "Âu Dương Lân",
    "Hậu Giang",
    "Kinh Dương Vương",
]
DISTRICTS = [
    *map(str, range(1, 13)),
    "Bình Thạnh",
    "Gò Vấp",
    "Tân Bình",
    "Tân Phú",
    "Phú Nhuận",
    "Thủ Đức",
    "Bình Tân",
]
TONES = (("òa", "oà"), ("úy", "uý"), ("ủy", "uỷ"), ("ùy", "uỳ"), ("ụy", "uỵ"), ("ý", "í"), ("ỹ", "ĩ"), ("y", "i"), ("Lý", "Lí"))  # fmt: skip
NEAR = {
    "a": "sq",
    "n": "mb",
    "t": "ry",
    "h": "gj",
    "g": "fh",
    "i": "uo",
    "o": "ip",
    "u": "yi",
    "e": "wr",
    "c": "xv",
}

Row = dict[str, Any]


def homes(chance: random.Random) -> dict[str, Any]:
    """Where a household lives: number, street, ward, district."""
    number = str(chance.randint(1, 600))
    if chance.random() < 0.35:
        number += f"/{chance.randint(1, 90)}"
    district = chance.choice(DISTRICTS)
    return {
        "number": number,
        "street": chance.choice(STREETS),
        "ward": str(chance.randint(1, 20)),
        "district": district,
    }


def address(chance: random.Random, home: dict[str, Any]) -> str:
    """The address in one of the ways people write it."""
    street = chance.choice(["", "", "đường ", "Đường ", "Đ. "]) + home["street"]
    ward = chance.choice(["Phường ", "P.", "P. ", "phường "]) + home["ward"]
    short = home["district"].isdecimal() and chance.random() < 0.5
    district = (chance.choice(["Q.", "Q. "]) if short else "Quận ") + home["district"]
    parts = [f"{home['number']} {street}"]
    if chance.random() < 0.9:
        parts.append(ward)
    if chance.random() < 0.92:
        parts.append(district)
    if chance.random() < 0.6:
        parts.append(chance.choice(["TP.HCM", "TP. Hồ Chí Minh", "Thành phố Hồ Chí Minh", "TPHCM"]))
    return ", ".join(parts)


def person(chance: random.Random, family: str, home: dict[str, Any], born: date) -> Row:
    """One person of a household."""
    sex = chance.choice("mf")
    middles = chance.sample(MIDDLES[sex], 1 if chance.random() < 0.75 else 2)
    return {
        "name": " ".join([family, *middles, chance.choice(GIVENS[sex])]),
        "born": born, "sex": {"m": "male", "f": "female"}[sex], "home": home, "phone": mobile(chance),
        "id": f"{chance.randint(1, 96):03}{chance.randint(0, 3)}{born:%y}{chance.randint(0, 999_999):06}",
        "old": f"{chance.randint(10_000_000, 399_999_999):09}",
    }  # fmt: skip


def mobile(chance: random.Random) -> str:
    return f"0{chance.choice('35789')}{chance.randint(0, 99_999_999):08}"


def household(chance: random.Random) -> list[Row]:
    """One to five people: parents, children, sometimes twins; some share a phone."""
    home, weights = homes(chance), list(FAMILIES.values())
    families = chance.choices(list(FAMILIES), weights, k=2)
    eldest = date(1945, 1, 1) + timedelta(days=chance.randint(0, 365 * 50))
    people = [person(chance, families[0], home, eldest)]
    if chance.random() < 0.7:
        people.append(person(chance, families[1], home, eldest + timedelta(days=chance.randint(-2500, 3500))))
    born = eldest + timedelta(days=chance.randint(7500, 11_500))
    for _ in range(chance.choice([0, 0, 1, 1, 2, 2, 3])):
        born = min(born, date(2025, 6, 1))
        people.append(person(chance, families[0], home, born))
        if chance.random() >= 0.02:  # else twins
            born += timedelta(days=chance.randint(400, 2200))
    for each in people[1:]:
        if chance.random() < 0.25:
            each["phone"] = people[0]["phone"]
        if chance.random() < 0.1:
            each["name"] = " ".join(
                [each["name"].split()[0], *people[0]["name"].split()[1:-1], each["name"].split()[-1]]
            )
    return people


def written(chance: random.Random, who: Row, spoil: float) -> Row:
    """One record of a person. ``spoil``: how likely each kind of error is, 0 for a careful clerk."""
    home = homes(chance) if chance.random() < spoil * 0.6 else who["home"]
    row: Row = {
        "full_name": _name(chance, who["name"], spoil), "birth_date": _day(chance, who["born"], spoil), "sex": who["sex"],
        "residence_address": _letters(chance, address(chance, home), spoil * 0.3),
        "phone": mobile(chance) if chance.random() < spoil * 0.7 else _digits(chance, who["phone"], spoil * 0.15),
        "personal_id": who["id"] if chance.random() > spoil * 2 else None, "old_id": who["old"],
    }  # fmt: skip
    if chance.random() < spoil * 0.6 and row["personal_id"]:
        row["personal_id"] = _digits(chance, row["personal_id"], 1)
    for key, share in (
        ("phone", 0.3),
        ("old_id", 0.55),
        ("residence_address", 0.06),
        ("birth_date", 0.02),
        ("sex", 0.03),
    ):
        if chance.random() < share:
            row[key] = None
    if chance.random() < 0.35:
        row["personal_id"] = None
    return {key: value for key, value in row.items() if value}


def _name(chance: random.Random, name: str, spoil: float) -> str:
    if chance.random() < spoil * 1.2:
        name = fold(name).title() if chance.random() < 0.6 else name.upper()
    if chance.random() < spoil * 0.6:
        old, new = chance.choice(TONES)
        name = name.replace(old, new)
    words = name.split()
    draw = chance.random()
    if draw < spoil * 0.35:
        words = [words[-1], *words[:-1]]
    elif draw < spoil * 0.6 and len(words) > 2:
        words[1] = f"{words[1][0]}."
    elif draw < spoil * 0.8 and len(words) > 2:
        del words[1]
    return _letters(chance, " ".join(words), spoil * 0.5)


def _letters(chance: random.Random, text: str, likely: float) -> str:
    if chance.random() >= likely or len(text) < 4:
        return text
    at, letters = chance.randint(1, len(text) - 2), list(text)
    kind = chance.choice(["swap", "drop", "near", "twice"])
    if kind == "swap":
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    elif kind == "drop":
        del letters[at]
    elif kind == "near":
        letters[at] = chance.choice(NEAR.get(fold(letters[at]), "aeionth"))
    else:
        letters.insert(at, letters[at])
    return "".join(letters)


def _digits(chance: random.Random, text: str, likely: float) -> str:
    if chance.random() >= likely:
        return text
    at = chance.randint(2, len(text) - 2)
    if chance.random() < 0.5:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + str(chance.randint(0, 9)) + text[at + 1 :]


def _day(chance: random.Random, day: date, spoil: float) -> str:
    draw = chance.random()
    if draw < spoil * 0.35 and day.day <= 12:
        return day.replace(month=day.day, day=day.month).isoformat()
    if draw < spoil * 0.65:
        return f"{day.year}-01-01"
    if draw < spoil * 0.85:
        return (day + timedelta(days=chance.choice([-10, -1, 1, 10, 30]))).isoformat()
    if draw < spoil * 0.95:
        return f"{day.year + chance.choice([-1, 1])}{day.isoformat()[4:]}"
    return day.isoformat()


def records(count: int, seed: int = 7, twice: float = 0.22) -> Iterator[tuple[int, Row]]:
    """``count`` records with the number of the person each is of; about ``twice`` of the people have more than one."""
    chance, who, made = random.Random(seed), 0, 0
    while made < count:
        for each in household(chance):
            who += 1
            copies = 1 + (chance.random() < twice) + (chance.random() < twice / 8)
            for copy in range(copies):
                if made >= count:
                    return
                made += 1
                yield who, written(chance, each, 0.0 if copy == 0 and chance.random() < 0.5 else 0.22)
