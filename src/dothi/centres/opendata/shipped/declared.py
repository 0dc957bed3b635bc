"""Datasets of what the packs declare: what can be reported, which procedures there are. They name what statistics count."""

from __future__ import annotations

import pyarrow as pa

from dothi.centres.opendata.shipped.tables import table
from dothi.kernel.packs import queries as packs
from dothi.kernel.pipelines.builders import Building, builder


@builder("opendata.report-categories")
def report_categories(building: Building) -> pa.Table:
    """What people can report to 1022."""
    columns = dict.fromkeys(("category", "category_vi", "category_en", "subject", "answer_within"), "string")
    rows = (
        (key, each.label.vi, each.label.en, each.group, each.norm.answer)
        for key, each in sorted(packs.report_categories().items())
    )
    return table(columns, rows)


@builder("opendata.procedures")
def procedures(building: Building) -> pa.Table:
    """The procedures that cases follow."""
    columns = dict.fromkeys(
        ("procedure", "procedure_vi", "procedure_en", "kind", "sector", "national_code"), "string"
    )
    rows = (
        (key, each.label.vi, each.label.en, each.kind, each.sector, each.code)
        for key, each in sorted(packs.procedures().items())
    )
    return table(columns, rows)
