"""Reading published rows, fast: pages, single rows, aggregates, whole tables, profiles. No Django here.

Import this package only where it is used (views, plain ASGI, workers): it brings Arrow and NumPy with it.
"""

from __future__ import annotations

from dothi.kernel.warehouse.serving.questions import BBox, Filter, Measure, Op, Page, where
from dothi.kernel.warehouse.serving.service import (
    aggregate,
    build,
    forget,
    numbered,
    page,
    row,
    summary,
    table,
)

__all__ = [
    "BBox",
    "Filter",
    "Measure",
    "Op",
    "Page",
    "aggregate",
    "build",
    "forget",
    "numbered",
    "page",
    "row",
    "summary",
    "table",
    "where",
]
