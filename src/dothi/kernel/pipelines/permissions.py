"""What one may be allowed to do with sources and pipelines, for the unit that answers for their dataset."""

from __future__ import annotations

from typing import Final

from dothi.kernel.identity.access import permission

READ: Final = permission(
    "pipelines.read", "Xem nguồn, đường ống và lần chạy", "See sources, pipelines and their runs"
)
RUN: Final = permission("pipelines.run", "Chạy nguồn và đường ống dữ liệu", "Run sources and pipelines")
MANAGE: Final = permission(
    "pipelines.manage",
    "Bật tắt nguồn và đường ống, quyết định khi cấu trúc đổi",
    "Switch sources and pipelines, decide on changed columns",
)
