"""What a record type declares of duplicates, ready for use."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from dothi.core.errors import NotFound, both
from dothi.kernel.packs.linkage_types import Linkage
from dothi.kernel.registers.types import kind


def linkage(type: str) -> Linkage:
    """The declaration; raises :class:`NotFound` for a type without one."""
    found = kind(type).declared.linkage
    if found is None:
        raise NotFound(
            both(
                f"Loại hồ sơ {type} chưa khai báo cách tìm hồ sơ trùng.",
                f"Records of {type} declare no way to find duplicates.",
            ),
            where="type",
        )
    return found


def digest(declared: Linkage) -> str:
    """A mark that changes when pairs are found or compared in another way."""
    return sha256(msgspec.json.encode((declared.compare, declared.block))).hexdigest()
