"""Decisions of open data as pure functions: the way to the public, what stops it, how requests move. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from msgspec import Struct

from dothi.core.errors import BadInput, Conflict, Forbidden, Text, both
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.identity.roles import declare_role

SUBMIT = permission("opendata.submit", "Đề nghị công bố dữ liệu", "Submit datasets for publication")
APPROVE = permission("opendata.approve", "Duyệt công bố dữ liệu", "Approve the publication of datasets")
PUBLISH = permission("opendata.publish", "Công bố dữ liệu", "Publish datasets")
WITHDRAW = permission("opendata.withdraw", "Thu hồi dữ liệu đã công bố", "Withdraw published datasets")
ANSWER = permission(
    "opendata.answer", "Trả lời yêu cầu và báo lỗi dữ liệu", "Answer requests and error reports"
)
GALLERY = permission("opendata.gallery", "Duyệt ứng dụng dùng dữ liệu", "Look after the gallery of reuses")
FOLLOWERS = permission("opendata.followers", "Quản lý người theo dõi dữ liệu", "Look after subscriptions")

declare_role(
    "data-publisher", "Cán bộ công bố dữ liệu", "Data publisher",
    SUBMIT, PUBLISH, ANSWER, "warehouse.declare", "warehouse.load", "warehouse.read",
)  # fmt: skip
declare_role(
    "data-owner",
    "Chủ quản dữ liệu",
    "Data owner",
    APPROVE,
    PUBLISH,
    WITHDRAW,
    ANSWER,
    GALLERY,
    "warehouse.read",
    "cases.read",
)

State = Literal["draft", "screening", "approval", "published", "superseded", "withdrawn"]
Move = Literal["submit", "clear", "stop", "return", "approve", "publish", "withdraw", "supersede", "reopen"]
MOVES: Final[dict[str, dict[str, State]]] = {
    "draft": {"submit": "screening"},
    "screening": {"clear": "approval", "stop": "draft"},
    "approval": {"approve": "approval", "return": "draft", "publish": "published"},
    "published": {"withdraw": "withdrawn", "supersede": "superseded"},
    "superseded": {"reopen": "draft", "withdraw": "withdrawn"},
    "withdrawn": {"reopen": "draft"},
}
MOVE_NAMES: Final[dict[str, Text]] = {
    "submit": both("đề nghị công bố", "be submitted"),
    "clear": both("qua rà soát", "pass the screening"),
    "stop": both("bị dừng khi rà soát", "be stopped by the screening"),
    "return": both("trả lại", "be sent back"),
    "approve": both("duyệt", "be approved"),
    "publish": both("công bố", "be published"),
    "withdraw": both("thu hồi", "be withdrawn"),
    "supersede": both("thay thế", "be superseded"),
    "reopen": both("mở lại", "be opened again"),
}
SMALLEST_GROUP: Final = 5


class Finding(Struct, frozen=True):
    """Personal data that a screening found: column, kind, in how many of the ``checked`` values, masked samples."""

    column: str
    kind: str
    count: int
    checked: int
    samples: tuple[str, ...] = ()
    stops: bool = True


class Accepted(Struct, frozen=True):
    """That a finding may be published all the same, and why (a hotline's number is no person's)."""

    column: str
    kind: str
    reason: str


def after(state: str, move: Move) -> State:
    """The state a move leads to; raises :class:`Conflict` where it is not possible."""
    found = MOVES.get(state, {}).get(move)
    if found is None:
        name = MOVE_NAMES[move]
        raise Conflict(
            both(
                f"Tập dữ liệu đang ở trạng thái “{state}” nên không thể {name['vi']}.",
                f"The dataset is '{state}' and cannot {name['en']}.",
            ),
            state=state,
        )
    return found


def person(actor: Actor) -> str:
    """Who answers for what ``actor`` does: a token stands for its owner."""
    return f"account:{actor.account}" if actor.account else actor.reference


def may_approve(actor: Actor, submitted_by: str) -> None:
    """Nobody approves what they submitted; only what ships with the platform is approved by it."""
    if person(actor) == submitted_by and actor.kind != "system":
        raise Forbidden(
            both("Không ai tự duyệt đề nghị của mình.", "Nobody approves what they submitted themselves.")
        )


def may_publish(access: str, rows: int | None, title_en: str) -> None:
    """What a dataset needs before anybody looks at it: open or shared, with rows, described."""
    if access not in ("open", "shared"):
        raise Conflict(
            both(
                "Tập dữ liệu nội bộ không được công bố. Hãy đổi mức truy cập trước.",
                "An internal dataset is not published. Change its access first.",
            )
        )
    if rows is None:
        raise Conflict(
            both("Tập dữ liệu chưa có phiên bản nào.", "The dataset has no version yet. Load its rows first.")
        )
    if not title_en:
        raise Conflict(both("Hãy đặt tên tiếng Anh.", "Give it an English title."))


def open_findings(findings: Iterable[Finding], accepted: Iterable[Accepted]) -> list[Finding]:
    """The findings that stop a publication: those nobody accepted with a reason."""
    let_pass = {(each.column, each.kind) for each in accepted if each.reason.strip()}
    return [each for each in findings if each.stops and (each.column, each.kind) not in let_pass]


def small_groups(anonymity: Mapping[str, object], accepted: Iterable[Accepted]) -> bool:
    """Whether a k-anonymity report has groups below :data:`SMALLEST_GROUP` that nobody accepted."""
    smallest = anonymity.get("smallest")
    if not isinstance(smallest, int) or smallest >= SMALLEST_GROUP:
        return False
    return not any(each.kind == "small-group" and each.reason.strip() for each in accepted)


def reason(text: str) -> str:
    """The reason a person gave; raises :class:`BadInput` when there is none."""
    if not text.strip():
        raise BadInput(both("Hãy ghi lý do.", "Say why."), where="reason")
    return text.strip()[:2000]


def text(given: str, where: str, most: int, *, least: int = 1) -> str:
    """``given`` without spaces around it; raises :class:`BadInput` when it is too short or too long."""
    made = given.strip()
    if not least <= len(made) <= most:
        raise BadInput(
            both(f"Cần từ {least} đến {most} ký tự.", f"Write {least} to {most} characters."), where=where
        )
    return made
