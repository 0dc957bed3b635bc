"""The words generated records are made of."""

from __future__ import annotations

from typing import Final

FAMILIES: Final = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Hoàng",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
)
MIDDLES: Final = ("Văn", "Thị", "Minh", "Ngọc", "Thanh", "Hữu", "Quốc", "Kim", "Đức", "Bảo", "Hoài", "Thuỳ")
GIVEN: Final = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hà",
    "Hùng",
    "Khánh",
    "Lan",
    "Linh",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quân",
    "Sơn",
    "Tâm",
    "Trang",
    "Uyên",
    "Vy",
    "Yến",
)
STREETS: Final = (
    "Lê Lợi",
    "Nguyễn Huệ",
    "Hai Bà Trưng",
    "Lý Thường Kiệt",
    "Trần Hưng Đạo",
    "Điện Biên Phủ",
    "Cách Mạng Tháng Tám",
    "Nguyễn Trãi",
    "Phan Xích Long",
    "Lũy Bán Bích",
    "Quang Trung",
    "Kha Vạn Cân",
)
THINGS: Final = (
    "Ánh Dương",
    "Bình Minh",
    "Hoa Sen",
    "Sông Xanh",
    "Tân Phát",
    "Thành Đạt",
    "Hưng Thịnh",
    "Phương Nam",
    "Việt Hưng",
    "Đại Phú",
)
WORDS: Final = ("mẫu", "thử", "sinh", "tự động", "không có thật", "dùng để", "minh hoạ")
