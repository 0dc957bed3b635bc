"""Who may harvest. Imported when the platform starts, so that roles can hold it."""

from __future__ import annotations

from typing import Final

from dothi.kernel.identity.access import permission

HARVEST: Final = permission(
    "opendata.harvest", "Thu thập mô tả từ cổng dữ liệu khác", "Harvest other catalogues"
)
