"""Permissions of the hotline beside those of the procedure: who looks at routing, takes calls, keeps the answers."""

from __future__ import annotations

from typing import Final

from dothi.kernel.identity.access import permission
from dothi.kernel.identity.roles import declare_role

ROUTING: Final = permission("hotline.routing.read", "Xem gợi ý phân loại", "See how reports were routed")
OPERATE: Final = permission(
    "hotline.operate", "Làm việc của tổng đài viên 1022", "Play the operator's part in reports"
)
CALLS: Final = permission("hotline.calls", "Nhận cuộc gọi 1022", "Take calls of 1022")
CALLERS: Final = permission(
    "hotline.callers.read", "Tra cứu phản ánh theo số máy gọi", "Find reports by the caller's number"
)
MERGE: Final = permission("hotline.merge", "Gộp, tách phản ánh", "Merge and split reports")
SUPERVISE: Final = permission("hotline.supervise", "Theo dõi ca trực 1022", "Watch over a shift of 1022")
ANSWERS: Final = permission("hotline.answers.read", "Dùng thư viện câu trả lời", "Use the library of answers")
EDIT_ANSWERS: Final = permission(
    "hotline.answers.edit", "Soạn thư viện câu trả lời", "Edit the library of answers"
)
INBOUND: Final = permission(
    "hotline.inbound", "Xử lý tin gửi đến chưa nhận được", "Work on messages that could not be taken"
)
IMPORT: Final = permission(
    "hotline.import", "Nhập phản ánh từ hệ thống khác", "Import reports of another system"
)
_OPERATOR: Final = (
    "cases.read", "cases.read-personal", "hotline.operate", "cases.comment", "cases.document", "cases.link",
    "hotline.routing.read", "hotline.calls", "hotline.callers.read", "hotline.merge", "hotline.answers.read",
    "directory.read",
)  # fmt: skip

declare_role("hotline-operator", "Tổng đài viên 1022", "Operator of 1022", *_OPERATOR)
declare_role(
    "hotline-supervisor", "Trưởng ca 1022", "Supervisor of 1022", *_OPERATOR,
    "cases.assign", "hotline.supervise", "hotline.answers.edit", "hotline.inbound",
)  # fmt: skip
declare_role(
    "hotline-answer-editor", "Người soạn câu trả lời 1022", "Editor of answers of 1022",
    "hotline.answers.read", "hotline.answers.edit", "directory.read",
)  # fmt: skip
