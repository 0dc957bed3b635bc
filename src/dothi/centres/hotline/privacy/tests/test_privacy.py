"""What people write of themselves and others does not become public; what the report is about stays."""

from __future__ import annotations

import pytest

from dothi.centres.hotline.privacy import redact

MOBILE, CITIZEN = "0903 123 456", "079085001234"


@pytest.mark.parametrize(
    ("text", "kind", "hidden"),
    [
        (f"Liên hệ tôi qua số {MOBILE} nhé", "phone", MOBILE),
        ("goi +84 903.123.456 gap a Tam", "phone", "+84 903.123.456"),
        ("sđt: 028 3829 1234", "phone", "028 3829 1234"),
        (f"CCCD {CITIZEN} của tôi", "cccd", CITIZEN),
        ("số căn cước: 079 085 001 234", "cccd", "079 085 001 234"),
        ("xe 51F-123.45 đậu chắn cổng", "plate", "51F-123.45"),
        ("xe máy biển số 59X3 12345 chạy ẩu", "plate", "59X3 12345"),
        ("Mail: chi.mai+1022@example.com", "email", "chi.mai+1022@example.com"),
        ("chuyển vào STK 0071000123456 Vietcombank", "bank_account", "0071000123456"),
        ("tk 123456789 ACB", "bank_account", "123456789"),
        ("thẻ 9704 3600 0000 0000 003", "bank_account", "9704 3600 0000 0000 003"),
        ("Ông Nguyễn Văn Bảy chửi dân", "name", "Nguyễn Văn Bảy"),
        ("tôi tên là Trần Thị Mai Hương, ở phường 5", "name", "Trần Thị Mai Hương"),
        ("anh Dũng ở tổ 3 đổ rác", "name", "Dũng"),
        ("https://facebook.com/nguyen.van.a đăng bài", "link", "https://facebook.com/nguyen.van.a"),
    ],
)
def test_personal_data_is_taken_out_and_named(text, kind, hidden) -> None:
    found = redact(text)
    assert kind in found.kinds
    assert hidden not in found.text
    assert hidden in [text[span.start : span.end].strip() for span in found.spans]


@pytest.mark.parametrize(
    "text",
    [
        "Hố sâu 40 cm, rộng 1,5 m trước chợ Bà Chiểu từ ngày 22/11/2026.",
        "Đường dây nóng 1022 và 19001522 gọi không được",
        "Thu 15.000 đồng một chiếc, phạt 1.000.000 đồng",
        "Bể ống từ 22-11-2026 lúc 14:05",
        "Đường Nguyễn Văn Cừ ngập, cầu Ông Lãnh kẹt",
        "Xe buýt tuyến 150 bỏ trạm",
    ],
)
def test_what_the_report_is_about_stays(text) -> None:
    assert redact(text).text == text


def test_houses_are_hidden_when_asked() -> None:
    text = "Nhà số 123/4B hẻm 12 hát karaoke"
    assert "123/4B" in redact(text).text
    assert redact(text, houses=True).text == "Nhà số [số nhà] hẻm 12 hát karaoke"


def test_the_words_for_what_was_hidden_are_in_the_readers_language() -> None:
    text = f"Call me {MOBILE}"
    assert redact(text, language="en").text == "Call me [telephone]"
    assert redact(text).text == "Call me [số điện thoại]"


def test_spans_lie_in_the_composed_text_without_overlap() -> None:
    text = f"Anh Tâm, {MOBILE}, a@b.vn, CCCD {CITIZEN}, xe 51F-123.45"
    found = redact(text)
    assert all(a.end <= b.start for a, b in zip(found.spans, found.spans[1:], strict=False))
    assert set(found.kinds) == {"name", "phone", "email", "cccd", "plate"}
    assert redact(found.text).clean
