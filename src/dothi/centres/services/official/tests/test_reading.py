"""What an official description says is read; what is doubtful is named, never guessed."""

import json

import pytest

from dothi.centres.services.official.reading import Fee, Period, period, read
from dothi.core.errors import BadInput

GIVEN = {
    "metadata": {"mã_thủ_tục": "1.004", "tên_thủ_tục": "Thủ tục cấp giấy phép X", "cấp_thực_hiện": "Cấp Tỉnh, Cấp Xã", "lĩnh_vực": "Y tế"},
    "content": {
        "trình_tự_thực_hiện": "Bước 1: Nộp hồ sơ. Bước 2. Xem xét.\nBước 3: Trả kết quả.",
        "đối_tượng_thực_hiện": "Công dân Việt Nam, Doanh nghiệp", "cơ_quan_phối_hợp": "Không có thông tin",
    },
    "tables": {
        "hinh_thuc_nop": [
            {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "15 Ngày làm việc", "phi_le_phi": "Lệ phí : 75.000 Đồng (mỗi bản)\nPhí : 0 Đồng"},
            {"hinh_thuc": "Trực tuyến", "thoi_han_giai_quyet": "10-25", "phi_le_phi": "Lệ phí : 03 USD"},
        ],
        "thanh_phan_ho_so": [{"ten_giay_to": "- Đơn theo Mẫu số 01.", "ghi_chu": "Bản chính: 1\nBản sao: 2"}, {"ten_giay_to": "Hộ chiếu", "ghi_chu": ""}],
        "can_cu_phap_ly": [{"so_ky_hieu": "12/2025/NĐ-CP", "trich_yeu": "Nghị định"}],
    },
}  # fmt: skip


def test_a_description_is_read():
    made = read(GIVEN)
    assert (made.code, made.name) == ("1.004", "Cấp giấy phép X")
    assert made.levels == ("city", "ward")
    assert made.audience == ("citizen", "business")
    assert made.steps == ("Nộp hồ sơ.", "Xem xét.", "Trả kết quả.")
    assert made.ways[0].period.as_allowance() == "15 working days"
    assert made.ways[0].fees == (Fee("charge", 75_000, "mỗi bản"),)
    assert (made.papers[0].originals, made.papers[0].copies, made.papers[0].form) == (1, 2, "01")
    assert made.partners == ""


def test_what_is_doubtful_is_named():
    assert [each.where for each in read(GIVEN).doubts] == ["ways[1].period", "ways[1].fees", "papers[1]"]


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("15 Ngày làm việc", 15, "working days"), ("07 Ngày", 7, "days"), ("01 Giờ", 1, "working hours"),
        ("0.5 Giờ", 30, "minutes"), ("2 tháng", 60, "days"), ("1 Ngày làm việc", 1, "working days"),
    ],
)  # fmt: skip
def test_periods_are_read(text, amount, unit):
    assert period(text) == Period(amount, unit)


@pytest.mark.parametrize("text", ["", "Không quy định", "0 Giờ", "ngay trước khi tàu rời cảng"])
def test_what_is_no_period_is_none(text):
    assert period(text) is None


def test_one_working_day_is_written_in_the_singular():
    assert Period(1, "working days").as_allowance() == "1 working day"


@pytest.mark.parametrize("given", [None, [], {}, {"metadata": {}}, {"metadata": {"mã_thủ_tục": "1"}}])
def test_what_is_no_description_is_refused(given):
    with pytest.raises(BadInput):
        read(given)


@pytest.mark.parametrize(
    "broken", [{"content": None}, {"tables": {"hinh_thuc_nop": "x"}}, {"tables": {"thanh_phan_ho_so": [3]}}]
)
def test_a_description_with_missing_parts_is_read_with_doubts(broken):
    assert read(GIVEN | broken).doubts


def test_every_real_description_is_read(shared_data):
    if shared_data is None:
        pytest.skip("without the optional data")
    files = sorted((shared_data / "procedures_vn").rglob("*.json"))
    made = [read(json.loads(path.read_text(encoding="utf-8"))) for path in files]
    assert len(made) == 207
    assert all(each.steps and each.ways for each in made)
    assert sum(1 for each in made for way in each.ways if way.period) == 400
