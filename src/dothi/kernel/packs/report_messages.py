"""What the loader says of declared report categories, in both languages."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, dict[str, str]]] = {
    "no-words": {
        "en": "give at least one word that people use for this: reports are found and routed by them.",
        "vi": "hãy ghi ít nhất một từ người dân thường dùng: phản ánh được tìm và chuyển nhờ các từ này.",
    },
    "duplicate-question": {
        "en": "the question '{key}' is asked twice.",
        "vi": "câu hỏi '{key}' được hỏi hai lần.",
    },
    "question-values": {
        "en": "a list has values to choose from, and nothing else has; this question is of kind {kind}.",
        "vi": "chỉ câu hỏi dạng danh sách mới có các lựa chọn; câu hỏi này thuộc dạng {kind}.",
    },
    "organisation-or-level": {
        "en": "say who answers in one way: an organisation, or a level (ward or city).",
        "vi": "hãy nêu nơi trả lời theo một cách: cơ quan (organisation), hoặc cấp (level: ward hay city).",
    },
    "duplicate-row": {
        "en": "the row '{key}' is written twice.",
        "vi": "dòng '{key}' được ghi hai lần.",
    },
    "row-decides-nothing": {
        "en": "the row decides nothing: give to, priority or answer.",
        "vi": "dòng này không quyết định gì: hãy ghi to, priority hoặc answer.",
    },
    "unknown-question": {
        "en": "the category asks no question '{key}'.",
        "vi": "loại phản ánh này không có câu hỏi '{key}'.",
    },
    "unknown-answer": {
        "en": "'{value}' is not one of the answers to '{key}'.",
        "vi": "'{value}' không phải một lựa chọn của '{key}'.",
    },
    "duplicate-category": {
        "en": "the category '{key}' is also declared in {other}. A category is declared once.",
        "vi": "loại phản ánh '{key}' cũng được khai báo ở {other}. Mỗi loại chỉ khai báo một lần.",
    },
    "unknown-group": {
        "en": "the code list report-groups has no group '{key}'.",
        "vi": "danh mục report-groups không có nhóm '{key}'.",
    },
    "unknown-category": {
        "en": "there is no report category '{key}'.",
        "vi": "không có loại phản ánh '{key}'.",
    },
    "unknown-code": {
        "en": "the code list {list} has no '{key}'.",
        "vi": "danh mục {list} không có '{key}'.",
    },
}
