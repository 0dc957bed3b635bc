"""The words of enumerations that record types declare without a code list."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "A": "A", "B": "B", "C": "C", "active": "đang hoạt động", "administration": "hành chính", "agriculture": "nông nghiệp",
    "alley": "hẻm", "apartments": "chung cư", "approved": "đã duyệt", "approximate": "ước chừng", "arterial": "trục chính",
    "bankrupt": "phá sản", "branch": "chi nhánh", "building": "công trình", "cancelled": "đã huỷ", "checked": "đã kiểm tra",
    "clinic": "phòng khám", "closed": "đã đóng", "collective": "tập thể", "collector": "đường gom", "combined": "liên cấp",
    "commerce": "thương mại", "community": "dân lập", "completed": "hoàn thành", "continuing": "giáo dục thường xuyên",
    "cooperative": "hợp tác xã", "culture": "văn hoá", "deceased": "đã mất", "declared": "kê khai", "defence": "quốc phòng",
    "demolished": "đã phá dỡ", "dental": "nha khoa", "detailed": "chi tiết", "digitised": "đã số hoá", "dispute": "tranh chấp",
    "dissolved": "đã giải thể", "dissolving": "đang giải thể", "divorced": "ly hôn", "draft": "dự thảo", "education": "giáo dục",
    "emergency-station": "trạm cấp cứu", "ended": "đã kết thúc", "environment": "môi trường", "exempt": "miễn thuế",
    "expenditure": "chi", "expressway": "cao tốc", "family": "gia đình", "foreign": "nước ngoài", "general": "quy hoạch chung",
    "general-hospital": "bệnh viện đa khoa", "green": "cây xanh", "health": "y tế", "health-station": "trạm y tế",
    "hotel": "khách sạn", "house": "nhà ở", "housing": "nhà ở", "in-force": "đang hiệu lực", "in-use": "đang sử dụng",
    "industry": "công nghiệp", "infrastructure": "hạ tầng", "it": "công nghệ thông tin", "joint-stock": "cổ phần",
    "laboratory": "xét nghiệm", "level-1": "mức 1", "level-2": "mức 2", "living": "còn sống", "llc-many": "TNHH nhiều thành viên",
    "llc-one": "TNHH một thành viên", "local": "nội bộ", "lower-secondary": "trung học cơ sở", "lump-sum": "khoán",
    "married": "đã kết hôn", "maternity": "nhà hộ sinh", "merged": "đã gộp", "military": "quân đội", "missing": "mất tích",
    "mixed": "hỗn hợp", "mortgage": "thế chấp", "national": "quốc gia", "near-poor": "cận nghèo", "none": "không",
    "nursery": "nhà trẻ", "office": "văn phòng", "online": "trực tuyến", "open": "đang mở", "other": "khác", "parcel": "thửa đất",
    "partnership": "hợp danh", "permitted": "đã cấp phép", "pharmacy": "nhà thuốc", "planned": "dự kiến",
    "polyclinic": "phòng khám đa khoa", "poor": "nghèo", "preschool": "mẫu giáo", "primary": "tiểu học", "private": "tư nhân",
    "procurement": "đấu thầu", "proposed": "đề xuất", "public": "công lập", "recovered": "đã thu hồi", "religious": "tôn giáo",
    "reserve": "dự trữ", "reserved": "dành trước", "retired": "không dùng nữa", "revenue": "thu", "revoked": "bị thu hồi",
    "rural": "nông thôn", "school": "trường học", "seizure": "kê biên", "settled": "đã quyết toán", "shop": "cửa hàng",
    "single": "độc thân", "special": "chuyên biệt", "special-hospital": "bệnh viện chuyên khoa", "split": "đã tách",
    "state": "nhà nước", "street": "đường", "superseded": "đã thay thế", "surveyed": "đo đạc", "suspended": "tạm ngừng",
    "traditional": "y học cổ truyền", "transport": "giao thông", "under-construction": "đang xây", "under-way": "đang thực hiện",
    "unknown": "chưa rõ", "unsafe": "nguy hiểm", "upper-secondary": "trung học phổ thông", "water": "nước",
    "spouse": "vợ hoặc chồng", "child": "con", "parent": "cha hoặc mẹ", "sibling": "anh chị em", "grandchild": "cháu",
    "grandparent": "ông hoặc bà", "other-relative": "họ hàng khác", "lodger": "người ở nhờ", "widowed": "goá", "zoning": "phân khu",
    "adult-hiv": "người lớn nhiễm HIV", "bank": "qua ngân hàng", "business": "kinh doanh", "cash": "tiền mặt",
    "child-hiv": "trẻ em nhiễm HIV", "child-remote": "trẻ em vùng khó khăn", "construction": "xây dựng",
    "disabled": "người khuyết tật", "event": "sự kiện", "funeral": "đám tang", "older": "người cao tuổi",
    "paid": "đang chi trả", "parking": "đỗ xe", "single-parent": "cha hoặc mẹ đơn thân", "student": "người đang đi học",
    "wedding": "đám cưới",
}  # fmt: skip


def word(value: str, language: str) -> str:
    """What people call a value of an enumeration; the value itself where nobody said."""
    return value.replace("-", " ") if language == "en" else WORDS.get(value, value.replace("-", " "))
