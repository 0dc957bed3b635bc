"""Permissions and roles of the one-stop service."""

from __future__ import annotations

from typing import Final

from dothi.kernel.identity.access import permission
from dothi.kernel.identity.roles import declare_role

INTAKE: Final = permission("services.intake", "Tiếp nhận hồ sơ tại quầy", "Take in dossiers at the counter")
VERIFY: Final = permission("services.verify-person", "Xác minh danh tính người dân", "Verify who a person is")
QUEUE: Final = permission("services.queue", "Gọi số thứ tự", "Call queue tickets")
HAND_OVER: Final = permission(
    "services.hand-over", "Lập và nhận phiếu bàn giao", "Make and accept hand-over lists"
)
DESIGN: Final = permission("services.design", "Thiết kế thủ tục", "Design procedures")
PUBLISH: Final = permission(
    "services.publish", "Phê duyệt, công bố thủ tục", "Approve and publish procedures"
)

declare_role(
    "one-stop-clerk",
    "Công chức một cửa",
    "One-stop clerk",
    "services.intake",
    "services.verify-person",
    "services.queue",
    "services.hand-over",
    "cases.read",
    "cases.read-personal",
    "cases.act.clerk",
    "cases.comment",
    "cases.document",
    "payments.read",
    "payments.take",
    "directory.read",
)
declare_role(
    "procedure-designer",
    "Cán bộ thiết kế thủ tục",
    "Procedure designer",
    "services.design",
    "directory.read",
)
declare_role(
    "procedure-publisher",
    "Lãnh đạo phê duyệt thủ tục",
    "Procedure publisher",
    "services.publish",
    "cases.read",
    "cases.migrate",
    "directory.read",
)
declare_role(
    "paper-keeper",
    "Người giao nhận hồ sơ giấy",
    "Keeper of papers",
    "services.hand-over",
    "cases.read",
    "directory.read",
)
