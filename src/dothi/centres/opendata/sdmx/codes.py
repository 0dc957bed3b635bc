"""The code lists of a dataflow: the values its dimensions have, where all of them can be codes."""

from __future__ import annotations

from dothi.centres.opendata.catalogue.listing import Words
from dothi.centres.opendata.sdmx.flows import CODE, MEASURE, Component, Flow
from dothi.kernel.warehouse import lookup

MOST = 2_000
Codes = dict[str, Words]


def codelists(flow: Flow) -> dict[str, Codes]:
    """Code list of each coded dimension by the dimension's id: code → what people call it."""
    found = {MEASURE: {each.id: each.column.label for each in flow.measures}}
    for each in flow.dimensions:
        codes = _codes(flow, each)
        if codes:
            found[each.id] = codes
    return found


def _codes(flow: Flow, dimension: Component) -> Codes:
    if dimension.column.type != "string":
        return {}
    from dothi.kernel.warehouse import serving  # brings Arrow: not before somebody asks

    ref = lookup.find(flow.listing.key, flow.listing.version).ref
    page = serving.aggregate(ref, by=[dimension.column.name], limit=MOST + 1)
    values = [row[0] for row in page.rows]
    if len(values) > MOST or not all(isinstance(value, str) and CODE.fullmatch(value) for value in values):
        return {}
    return {value: Words(value, value) for value in values}


def list_id(flow: Flow, dimension: str) -> str:
    """The id of a dimension's code list."""
    return f"CL_{flow.id}_{dimension}"
