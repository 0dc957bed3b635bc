"""Versions of datasets as tables that SQL can read."""

from __future__ import annotations

from dothi.core.errors import BadInput, both
from dothi.engines.compute.base import Source
from dothi.kernel.pipelines import compute
from dothi.kernel.warehouse import queries
from dothi.kernel.warehouse.models import DatasetVersion


def published_version(key: str) -> DatasetVersion | None:
    """The version of a dataset that serves now; None when there is none yet, or no such dataset."""
    found = queries.dataset(key)
    return None if found is None else queries.published(found)


def published_table(key: str) -> Source:
    """The rows that serve now; raises :class:`BadInput` when there are none."""
    version = published_version(key) or published_version(key.replace("_", "-"))
    if version is None:
        raise BadInput(
            both(
                f"Bộ dữ liệu {key} chưa có phiên bản nào.", f"The dataset {key} has no published version yet."
            ),
            where="reference",
        )
    return compute.table(version.ref)
