"""A city, those who design, those who publish, and a real kind of description."""

from __future__ import annotations

import pytest

from dothi.centres.services import catalogue
from dothi.centres.services.tests.conftest import ward
from dothi.kernel.cases import definitions
from dothi.kernel.identity.access import Actor, Grant

__all__ = ["ward"]

CITY, WARD, ORG = "79", "26740", "construction"
LAN = Actor("account", "lan", "Lan", (Grant("services.design", unit=CITY),), account="lan")
HUNG = Actor("account", "hung", "Hùng", (Grant("services.publish", unit=CITY),), account="hung")
BOTH = Actor("account", "both", "Hai", (Grant("services.*", unit=CITY),), account="both")
OF_WARD = Actor("account", "ward", "Phường", (Grant("services.*", unit=WARD),), account="ward")
OF_ORG = Actor("account", "org", "Sở", (Grant("services.*", organisation=ORG),), account="org")

OFFICIAL = {
    "metadata": {
        "mã_thủ_tục": "2.009999", "tên_thủ_tục": "Thủ tục xác nhận số nhà", "cấp_thực_hiện": "Cấp Xã", "lĩnh_vực": "Hạ tầng đô thị",
    },
    "content": {
        "trình_tự_thực_hiện": "Bước 1: Người dân nộp hồ sơ. Bước 2: Công chức kiểm tra, trình lãnh đạo ký. Bước 3: Trả kết quả.",
        "đối_tượng_thực_hiện": "Công dân Việt Nam", "cơ_quan_thực_hiện": "Ủy ban nhân dân cấp xã",
        "kết_quả_thực_hiện": "Giấy xác nhận số nhà", "yêu_cầu_điều_kiện_thực_hiện": "Có nhà trên địa bàn.",
    },
    "tables": {
        "hinh_thuc_nop": [
            {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "5 Ngày làm việc", "phi_le_phi": "Lệ phí : 20.000 Đồng"},
            {"hinh_thuc": "Trực tuyến", "thoi_han_giai_quyet": "3 Ngày làm việc", "phi_le_phi": "Lệ phí : 10.000 Đồng"},
        ],
        "thanh_phan_ho_so": [{"ten_giay_to": "Giấy tờ về nhà đất", "ghi_chu": "Bản chính: 0\nBản sao: 1"}],
        "can_cu_phap_ly": [{"so_ky_hieu": "08/2024/TT-BXD", "trich_yeu": "Thông tư về đánh số nhà"}],
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def looked_anew():
    """What other tests published is forgotten: their transactions were rolled back."""
    for forget in (catalogue.look_again, definitions.forget):
        forget()
    yield
    for forget in (catalogue.look_again, definitions.forget):
        forget()


@pytest.fixture
def draft(ward):
    """The draft of a description."""
    from dothi.centres.services.designing import actions

    return actions.begin_official(OFFICIAL, by=LAN)


@pytest.fixture
def proposed(draft):
    """A draft with all points settled, put forward by its author."""
    from dothi.centres.services.designing import actions

    for index in range(len(draft.doubts)):
        actions.settle(draft, index, rev=1, by=LAN)
    return actions.propose(draft, rev=1, by=LAN)
