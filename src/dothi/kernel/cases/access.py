"""Who may see and act on which cases: role × unit × organisation, and the applicant on their own. No I/O.

A role of a procedure is a permission (``cases.act.<role>`` unless it names another) held where the case is. Officers
read with ``cases.read``; personal answers need ``cases.read-personal`` too. An applicant is known by their account
or by a secret link to one case.
"""

from __future__ import annotations

from typing import Final

from dothi.core.errors import NotFound, both
from dothi.kernel.cases.engine import ActorFacts, Compiled
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.identity.roles import declare_role

READ: Final = permission("cases.read", "Xem hồ sơ, phản ánh", "Read cases")
PERSONAL: Final = permission(
    "cases.read-personal", "Xem dữ liệu cá nhân của hồ sơ", "Read personal data of cases"
)
ASSIGN: Final = permission("cases.assign", "Phân công, chuyển hồ sơ", "Assign cases and hand them over")
COMMENT: Final = permission("cases.comment", "Ghi ý kiến vào hồ sơ", "Comment on cases")
DOCUMENT: Final = permission("cases.document", "Thêm giấy tờ vào hồ sơ", "Add documents to cases")
CORRECT: Final = permission("cases.correct", "Đính chính dữ liệu hồ sơ", "Correct the data of cases")
LINK: Final = permission("cases.link", "Liên kết hồ sơ", "Link cases")
CONFIGURE: Final = permission(
    "cases.configure", "Cấu hình thủ tục, lịch, lịch trực", "Configure procedures, calendar, duty"
)
MIGRATE: Final = permission(
    "cases.migrate", "Chuyển hồ sơ sang bản thủ tục mới", "Migrate cases to a new version"
)
BULK: Final = permission("cases.bulk", "Xử lý hàng loạt", "Act on many cases at once")
permission("cases.act.*", "Thực hiện mọi bước xử lý", "Play every part in procedures")

declare_role(
    "case-officer",
    "Chuyên viên xử lý",
    "Case officer",
    "cases.read",
    "cases.read-personal",
    "cases.act.*",
    "cases.comment",
    "cases.document",
    "cases.link",
    "directory.read",
)
declare_role(
    "case-supervisor",
    "Lãnh đạo xử lý",
    "Case supervisor",
    "cases.read",
    "cases.read-personal",
    "cases.act.*",
    "cases.comment",
    "cases.document",
    "cases.link",
    "cases.assign",
    "cases.bulk",
    "cases.correct",
    "directory.read",
)
declare_role(
    "case-leader",
    "Lãnh đạo ký",
    "Signing leader",
    "cases.read",
    "cases.read-personal",
    "cases.act.leader",
    "cases.comment",
    "cases.assign",
    "directory.read",
)
declare_role("case-steward", "Quản lý thủ tục", "Steward of procedures", "cases.*", "directory.read")
LINK_PREFIX: Final = "case:"


def holder(case_id: str) -> Actor:
    """Whoever holds the secret link to a case: its applicant, and nobody elsewhere."""
    return Actor("anonymous", LINK_PREFIX + case_id)


def permission_of(role: str, compiled: Compiled) -> str:
    """The permission that playing ``role`` takes."""
    declared = compiled.procedure.roles.get(role)
    return (declared.permission if declared else None) or f"cases.act.{role}"


def is_applicant(by: Actor, applicant: str | None) -> bool:
    """Whether ``by`` is the one a case is for."""
    if not applicant:
        return False
    return applicant == by.reference or (by.account is not None and applicant == f"account:{by.account}")


def facts(
    by: Actor, compiled: Compiled, *, applicant: str | None, unit: str | None, organisation: str | None
) -> ActorFacts:
    """What the rules need to know of ``by`` for a case there."""
    unit, organisation = unit or None, organisation or None
    roles = frozenset(
        role
        for role in compiled.procedure.roles
        if by.may(permission_of(role, compiled), unit=unit, organisation=organisation)
    )
    return ActorFacts(
        reference=by.reference,
        kind=by.kind,
        roles=roles,
        is_applicant=is_applicant(by, applicant),
        unit=unit,
        organisation=organisation,
    )


def may(by: Actor, permission: str, unit: str | None, organisation: str | None) -> bool:
    """Whether ``by`` holds a permission where a case is."""
    return by.may(permission, unit=unit or None, organisation=organisation or None)


def may_see(by: Actor, *, unit: str, organisation: str, applicant: str, assignee: str) -> bool:
    """Whether ``by`` may know of a case at all."""
    if may(by, READ, unit, organisation) or is_applicant(by, applicant):
        return True
    return bool(assignee) and assignee == by.reference


def no_case() -> NotFound:
    """For a case that is not there, or that the reader may not know of: the two look alike."""
    return NotFound(both("Không có hồ sơ này.", "There is no such case."))
