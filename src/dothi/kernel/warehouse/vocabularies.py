"""The closed word lists of a dataset: themes, frequencies, who may see it, what state it is in. No Django here."""

from __future__ import annotations

from typing import Final

from dothi.core.errors import Text, both

THEMES: Final[dict[str, Text]] = {
    "AGRI": both("Nông nghiệp, thủy sản, lâm nghiệp", "Agriculture, fisheries, forestry"),
    "ECON": both("Kinh tế và tài chính", "Economy and finance"),
    "EDUC": both("Giáo dục, văn hóa, thể thao", "Education, culture and sport"),
    "ENER": both("Năng lượng", "Energy"),
    "ENVI": both("Môi trường", "Environment"),
    "GOVE": both("Chính quyền và khu vực công", "Government and public sector"),
    "HEAL": both("Y tế", "Health"),
    "INTR": both("Quốc tế", "International issues"),
    "JUST": both("Tư pháp và an toàn công cộng", "Justice and public safety"),
    "REGI": both("Vùng và đô thị", "Regions and cities"),
    "SOCI": both("Dân số và xã hội", "Population and society"),
    "TECH": both("Khoa học và công nghệ", "Science and technology"),
    "TRAN": both("Giao thông", "Transport"),
}
"""Codes of the EU authority table *data-theme*, as DCAT-AP names them."""

FREQUENCIES: Final[dict[str, Text]] = {
    "CONT": both("Liên tục", "Continuous"),
    "HOURLY": both("Hằng giờ", "Hourly"),
    "DAILY": both("Hằng ngày", "Daily"),
    "WEEKLY": both("Hằng tuần", "Weekly"),
    "MONTHLY": both("Hằng tháng", "Monthly"),
    "QUARTERLY": both("Hằng quý", "Quarterly"),
    "ANNUAL_2": both("Hai lần mỗi năm", "Twice a year"),
    "ANNUAL": both("Hằng năm", "Annual"),
    "DECENNIAL": both("Mười năm một lần", "Every ten years"),
    "IRREG": both("Không định kỳ", "Irregular"),
    "AS_NEEDED": both("Khi có thay đổi", "As needed"),
    "NEVER": both("Không cập nhật nữa", "Never"),
    "UNKNOWN": both("Chưa rõ", "Unknown"),
}
"""Codes of the EU authority table *frequency*."""

OPEN, SHARED, INTERNAL = "open", "shared", "internal"
ACCESS: Final[dict[str, Text]] = {
    OPEN: both("Mở cho mọi người", "Open to everyone"),
    SHARED: both("Chia sẻ trong cơ quan", "Shared between agencies"),
    INTERNAL: both("Nội bộ", "Internal"),
}

REAL, SIMULATED, MIXED = "real", "simulated", "mixed"
PROVENANCE: Final[dict[str, Text]] = {
    REAL: both("Dữ liệu thật", "Real data"),
    SIMULATED: both("Dữ liệu mô phỏng", "Simulated data"),
    MIXED: both("Có phần mô phỏng", "Partly simulated"),
}

STATES: Final[dict[str, Text]] = {
    "draft": both("Bản nháp", "Draft"),
    "screening": both("Đang rà soát", "Being screened"),
    "approval": both("Chờ duyệt", "Waiting for approval"),
    "published": both("Đã công bố", "Published"),
    "superseded": both("Đã được thay thế", "Superseded"),
    "withdrawn": both("Đã thu hồi", "Withdrawn"),
}
"""States of a dataset's publication; moved only by ``centres.opendata``."""

TYPES: Final = ("string", "integer", "number", "boolean", "date", "datetime", "geometry", "json")
"""Types of a column. Times are UTC; a geometry is WKB in the tables and GeoJSON outside (WGS 84, lon lat)."""

SENSITIVITIES: Final = ("open", "internal", "personal", "sensitive")
"""How closely a column is kept, from nobody's secret to the most delicate."""

ROLES: Final = ("", "key", "dimension", "measure", "time", "geometry", "longitude", "latitude", "text")
