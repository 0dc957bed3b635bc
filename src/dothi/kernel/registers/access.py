"""Who may see and change which records, and which of their properties in clear: role × unit × purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from dothi.core.errors import BadInput, both
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.identity.roles import declare_role
from dothi.kernel.packs.record_types import Property
from dothi.kernel.registers.masking import masked
from dothi.kernel.registers.types import Kind

READ, PERSONAL, SENSITIVE = "read", "personal", "sensitive"
WRITE, IMPORT, MERGE, MIGRATE, FEED, DISPOSE = "write", "import", "merge", "migrate", "feed", "dispose"
READINGS: Final = permission(
    "registers.readings", "Xem nhật ký đọc dữ liệu cá nhân", "See who read personal data"
)
# What is asked for is one type's (registers.read.person); a role holds all types' or names some.
permission("registers.read.*", "Xem hồ sơ của mọi loại", "Read records of every register")
permission("registers.personal.*", "Xem dữ liệu cá nhân theo mục đích", "Read personal data for a purpose")
permission("registers.sensitive.*", "Xem dữ liệu nhạy cảm theo mục đích", "Read sensitive data for a purpose")
permission("registers.write.*", "Lập, cập nhật, đính chính hồ sơ", "Create, revise and correct records")
permission("registers.import.*", "Nhập hồ sơ hàng loạt", "Import records in bulk")
permission("registers.merge.*", "Gộp và tách hồ sơ trùng", "Merge and unmerge records")
permission("registers.migrate.*", "Chuyển đổi lược đồ hồ sơ", "Migrate records to a new schema")
permission("registers.dispose.*", "Tiêu huỷ hồ sơ hết hạn lưu giữ", "Dispose of records kept long enough")
permission("registers.feed.*", "Nhận luồng thay đổi của sổ gốc", "Follow the changes of registers")

declare_role("register-reader", "Tra cứu sổ gốc", "Reader of registers", "registers.read.*", "directory.read")
declare_role(
    "registrar",
    "Cán bộ sổ gốc",
    "Registrar",
    "registers.read.*",
    "registers.personal.*",
    "registers.write.*",
    "directory.read",
)
declare_role(
    "register-steward",
    "Quản lý sổ gốc",
    "Steward of registers",
    "registers.*",
    "directory.read",
)


def needed(verb: str, kind: Kind) -> str:
    """The permission to do this with records of this type."""
    return f"registers.{verb}.{kind.key}"


def require(by: Actor, verb: str, kind: Kind, units: Iterable[str]) -> None:
    """Raise unless ``by`` may do it in each of the units (an empty code is the whole city)."""
    for unit in set(units):
        by.require(needed(verb, kind), unit=unit or None)


class Right(NamedTuple):
    """What a reader sees of the records of one unit: properties in clear, masked, and (the rest) not at all."""

    clear: frozenset[str]
    masked: frozenset[str]

    def show(self, data: Mapping[str, Any], properties: Mapping[str, Property]) -> dict[str, Any]:
        """``data`` as this reader sees it, in the order of the declaration."""
        shown = {}
        for key, value in data.items():
            if key in self.clear:
                shown[key] = value
            elif key in self.masked:
                shown[key] = masked(value, properties[key])
        return shown


class Sight:
    """What one reader sees of one type for one purpose. Raises when the purpose is not the type's."""

    def __init__(self, kind: Kind, by: Actor, purpose: str = "") -> None:
        self.kind, self.by, self.purpose = kind, by, purpose
        self.opens = frozenset(_opened(kind, by, purpose))
        self._rights: dict[str, Right] = {}
        self.guarded = frozenset(
            key for key, each in kind.properties.items() if each.sensitivity in ("personal", "sensitive")
        )

    def right(self, unit: str) -> Right:
        """The right to records kept by ``unit`` (empty: the city)."""
        found = self._rights.get(unit)
        if found is None:
            found = self._rights[unit] = self._right(unit or None)
        return found

    def _right(self, unit: str | None) -> Right:
        kind, by = self.kind, self.by
        reads = by.may(needed(READ, kind), unit=unit)
        if not reads and not kind.declared.access.open:
            return Right(frozenset(), frozenset())
        levels = {"open"} | ({"internal"} if reads else set())
        guarded = [level for level in (PERSONAL, SENSITIVE) if by.may(needed(level, kind), unit=unit)]
        clear = frozenset(
            key
            for key, each in kind.properties.items()
            if each.sensitivity in levels or (reads and each.sensitivity in guarded and key in self.opens)
        )
        hidden = self.guarded - clear if reads else frozenset()
        return Right(clear, frozenset(hidden))

    def require(self, unit: str) -> Right:
        """The right to a record of ``unit``; raises where there is none at all."""
        right = self.right(unit)
        if not right.clear and not right.masked:
            self.by.require(needed(READ, self.kind), unit=unit or None)
        return right

    def everywhere(self, properties: Iterable[str] = ()) -> bool:
        """Whether records of every unit may be read, with these properties in clear."""
        return self.may("", properties)

    def may(self, unit: str, properties: Iterable[str] = ()) -> bool:
        """Whether records of ``unit`` may be read, with these properties in clear."""
        right = self.right(unit)
        return bool(right.clear or right.masked) and right.clear.issuperset(properties)


def _opened(kind: Kind, by: Actor, purpose: str) -> list[str]:
    """The guarded properties that the purpose lets a reader with the right see in clear."""
    if not purpose:
        return []
    declared = kind.purpose(purpose)
    if declared is None:
        known = ", ".join(each.key for each in kind.declared.access.purposes) or "–"
        raise BadInput(
            both(
                f"Không có mục đích {purpose} cho loại hồ sơ này. Các mục đích: {known}.",
                f"There is no purpose {purpose} for records of this type. The purposes: {known}.",
            ),
            where="purpose",
        )
    if declared.permission is not None and not by.may_somewhere(declared.permission):
        by.require(declared.permission)
    return [
        key
        for key, each in kind.properties.items()
        if each.sensitivity in declared.clear and (not declared.fields or key in declared.fields)
    ]
