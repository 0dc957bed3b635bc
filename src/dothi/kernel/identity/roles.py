"""Roles: named sets of permissions, declared here or by whoever adds a capability. No Django here."""

from __future__ import annotations

from dataclasses import dataclass

from dothi.kernel.identity.access import permission

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permission patterns, and what people call it."""

    key: str
    label_vi: str
    label_en: str
    patterns: tuple[str, ...]

    def label(self, language: str) -> str:
        return self.label_en if language.startswith("en") else self.label_vi


_roles: dict[str, Role] = {}


def declare_role(key: str, label_vi: str, label_en: str, *patterns: str) -> Role:
    """Declare a role; declaring it again replaces it (a pack may widen or narrow a role of the house)."""
    _roles[key] = Role(key, label_vi, label_en, patterns)
    return _roles[key]


def role(key: str) -> Role | None:
    """The role called ``key``; None when nothing declares it (an assignment of it then gives nothing)."""
    return _roles.get(key)


def roles() -> dict[str, Role]:
    """Every declared role by its key, in the order they were declared."""
    return dict(_roles)


# Asked for by modules that stand below identity or beside it, and cannot declare them themselves.
permission("events.read", "Xem sự kiện", "Read events")
permission("events.dead-letters.read", "Xem sự kiện lỗi", "See failed events")
permission("events.dead-letters.resend", "Gửi lại sự kiện lỗi", "Send failed events again")
permission("events.dead-letters.discard", "Bỏ sự kiện lỗi", "Discard failed events")
permission("events.consumers.replay", "Chạy lại bộ xử lý sự kiện", "Replay a consumer of events")
permission("packs.publish", "Công bố gói khai báo", "Publish packs")
permission("platform.metrics", "Xem số đo vận hành", "Read the metrics of the platform")

declare_role(ADMINISTRATOR, "Quản trị viên", "Administrator", "*")
declare_role(
    "operator",
    "Điều hành viên",
    "Operator",
    "context.read",
    "context.write",
    "operations.*",
    "events.read",
    "directory.read",
)
declare_role(
    "analyst",
    "Chuyên viên phân tích",
    "Analyst",
    "context.read",
    "events.read",
    "directory.read",
    "pipelines.read",
    "warehouse.read",
)
declare_role(
    "data-steward",
    "Quản lý dữ liệu",
    "Data steward",
    "context.*",
    "directory.*",
    "packs.*",
    "warehouse.*",
    "feeds.*",
    "pipelines.*",
    "events.*",
)
declare_role("auditor", "Kiểm toán viên", "Auditor", "identity.audit.read", "events.read", "directory.read")
declare_role("device", "Thiết bị", "Device", "context.write")
