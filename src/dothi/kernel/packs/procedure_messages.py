"""What the loader says of declared procedures, in both languages."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, dict[str, str]]] = {
    "no-such-name": {
        "en": "the procedure has no {kind} '{name}'.",
        "vi": "thủ tục không có {kind} '{name}'.",
    },
    "no-such-register": {
        "en": "there is no register '{name}' in this pack or those it requires.",
        "vi": "không có sổ đăng ký '{name}' trong gói này hay các gói nó cần.",
    },
    "no-such-property": {
        "en": "the register '{register}' has no {kind} '{name}'.",
        "vi": "sổ đăng ký '{register}' không có {kind} '{name}'.",
    },
    "no-such-procedure": {
        "en": "there is no procedure '{name}'.",
        "vi": "không có thủ tục '{name}'.",
    },
    "duplicate-procedure": {
        "en": "the procedure '{key}' is also declared in {other}. A procedure is declared once.",
        "vi": "thủ tục '{key}' cũng được khai báo ở {other}. Mỗi thủ tục chỉ khai báo một lần.",
    },
    "named-twice": {
        "en": "the {kind} '{name}' is declared twice.",
        "vi": "{kind} '{name}' được khai báo hai lần.",
    },
    "effect-kinds": {
        "en": "an effect has exactly one of: {known}. Given: {given}.",
        "vi": "mỗi hệ quả có đúng một trong: {known}. Đang có: {given}.",
    },
    "timer-kinds": {
        "en": "a timer has exactly one of 'after' and 'clock', and 'do' or 'effects'.",
        "vi": "mỗi hẹn giờ có đúng một trong 'after' và 'clock', kèm 'do' hoặc 'effects'.",
    },
    "extends-kinds": {
        "en": "an extension has exactly one of 'by' and 'field'.",
        "vi": "việc gia hạn có đúng một trong 'by' và 'field'.",
    },
    "extends-without-reason": {
        "en": "an extension is given with a reason: write note: required.",
        "vi": "gia hạn phải có lý do: hãy ghi note: required.",
    },
    "state-unreachable": {
        "en": "no way leads to the state '{state}' from the start.",
        "vi": "không có đường nào từ đầu tới trạng thái '{state}'.",
    },
    "state-dead-end": {
        "en": "no way leads from the state '{state}' to the end (a state with phase: done).",
        "vi": "từ trạng thái '{state}' không có đường tới kết thúc (trạng thái có phase: done).",
    },
    "action-goes-nowhere": {
        "en": "the state '{state}' is done and has no outcome: say how such cases ended.",
        "vi": "trạng thái '{state}' đã kết thúc nhưng không có outcome: hãy ghi hồ sơ kết thúc thế nào.",
    },
    "clock-never-resumes": {
        "en": "the clock '{clock}' is paused, and no action resumes it.",
        "vi": "thời hạn '{clock}' bị tạm dừng mà không thao tác nào cho chạy tiếp.",
    },
    "not-an-allowance": {
        "en": "'{value}' is not a period such as '15 working days' or '5 minutes': {error}.",
        "vi": "'{value}' không phải khoảng thời gian như '15 working days' hay '5 minutes': {error}.",
    },
    "not-an-expression": {
        "en": "this is not a FEEL expression: {error}.",
        "vi": "không phải biểu thức FEEL: {error}.",
    },
    "not-a-table": {
        "en": "the decision table cannot be used: {error}.",
        "vi": "bảng quyết định không dùng được: {error}.",
    },
    "placeholder-unknown": {
        "en": "the placeholder '{name}' stands for nothing. There are: {known}.",
        "vi": "chỗ điền '{name}' không ứng với gì. Có: {known}.",
    },
    "placeholder-one-language": {
        "en": "the placeholder '{name}' stands in only one of the languages.",
        "vi": "chỗ điền '{name}' chỉ có ở một ngôn ngữ.",
    },
    "group-without-fields": {
        "en": "a group has fields; other types have none.",
        "vi": "nhóm (group) phải có fields; các kiểu khác thì không.",
    },
    "choices-or-codes": {
        "en": "a choice takes its list from exactly one of 'choices' and 'codes'.",
        "vi": "mục chọn lấy danh sách từ đúng một trong 'choices' và 'codes'.",
    },
    "field-types-differ": {
        "en": "the field '{name}' is {here} here and {there} in another form; forms share one set of data.",
        "vi": "trường '{name}' ở đây là {here}, ở biểu mẫu khác là {there}; các biểu mẫu dùng chung dữ liệu.",
    },
    "reserved-name": {
        "en": "'{name}' is a name expressions use already: {known}.",
        "vi": "'{name}' là tên biểu thức đã dùng: {known}.",
    },
    "not-a-pattern": {
        "en": "this is not a regular expression: {error}.",
        "vi": "không phải biểu thức chính quy: {error}.",
    },
    "migration-version": {
        "en": "cases are migrated from an older version than {version}.",
        "vi": "hồ sơ chỉ chuyển từ phiên bản cũ hơn {version}.",
    },
}

WORDS: Final[dict[str, str]] = {
    "state of that name": "trạng thái",
    "action of that name": "thao tác",
    "action in this state": "thao tác ở trạng thái này",
    "state or action": "trạng thái hay thao tác",
    "role of that name": "vai trò",
    "form of that name": "biểu mẫu",
    "field of that name": "trường",
    "fact of that name": "dữ kiện",
    "clock of that name": "thời hạn",
    "letter of that name": "mẫu văn bản",
    "message of that name": "mẫu tin",
    "cause of a pause": "lý do tạm dừng",
    "decision table": "bảng quyết định",
    "document of that name": "giấy tờ",
    "task of that name": "việc song song",
    "outcome of that name": "kết quả",
    "property of that name": "thuộc tính",
    "identifier of that name": "mã định danh",
    "purpose of that name": "mục đích",
    "Small letters and hyphens: in-review.": "Chữ thường không dấu và gạch nối: in-review.",
    "A FEEL expression.": "Một biểu thức FEEL.",
    "For example '15 working days', '5 minutes'.": "Ví dụ '15 working days', '5 minutes'.",
}
