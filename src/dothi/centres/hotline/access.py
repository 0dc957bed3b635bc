"""Permissions of the hotline beside those of the procedure: who looks at routing, who hides what is public."""

from __future__ import annotations

from typing import Final

from dothi.kernel.identity.access import permission
from dothi.kernel.identity.roles import declare_role

ROUTING: Final = permission("hotline.routing.read", "Xem gợi ý phân loại", "See how reports were routed")

declare_role(
    "hotline-operator", "Tổng đài viên 1022", "Operator of 1022",
    "cases.read", "cases.read-personal", "cases.act.operator", "cases.comment", "cases.document", "cases.link",
    "hotline.routing.read", "directory.read",
)  # fmt: skip
