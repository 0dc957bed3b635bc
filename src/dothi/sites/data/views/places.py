"""The rows of a dataset on a map, with the same rows as a list beside it. Brings Arrow with it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dothi.core.errors import BadInput, both
from dothi.kernel.identity.web import actor_of
from dothi.sites.data import rules
from dothi.sites.data.reads import rows
from dothi.sites.data.reads.profile import by_name
from dothi.sites.data.table import Address
from dothi.sites.data.views.common import explains, pairs
from dothi.sites.data.views.dataset import shown
from dothi.sites.ui.shell import language

DRAWN = 5000
LISTED = 30
FEW = 6


@require_safe
@gzip_page
@explains
def rows_map(request: HttpRequest, key: str) -> HttpResponseBase:
    """The map; filters, box and colour are in the address."""
    return shown(request, key, "rows_map", map_context(request, key))


def map_context(request: HttpRequest, key: str) -> dict[str, Any]:
    """What the map draws and the list beside it says."""
    address = Address.of(pairs(request))
    asked = rows.call(key, actor_of(request), address.rows)
    columns = rows.columns_of(asked)
    where = rules.placed(columns)
    if not where:
        raise BadInput(both("Tập dữ liệu này không có vị trí.", "This dataset has no places."), where="map")
    known = {each["name"]: each for each in columns}
    named = rules.label_column(columns, language())
    colour = address.value("map.colour")
    if colour and colour not in known:
        raise BadInput(
            both(f"Không có cột “{colour}”.", f"There is no column '{colour}'."), where="map.colour"
        )
    names = dict.fromkeys(each for each in (named, colour, *where) if each)
    kept = tuple(pair for pair in address.rows if pair[0] != "columns")
    listed = Address((*kept, ("columns", ",".join(names))), address.own)
    shown_rows = rows.table(rows.call(key, actor_of(request), listed.rows), listed, limit=LISTED)
    scale = _scale(colour, known, by_name(asked)) if colour else None
    return {
        "address": address,
        "chips": rows.chips(address, columns),
        "table": shown_rows,
        "colours": [
            (each["name"], rows.label(each))
            for each in columns
            if each["type"] in ("string", "integer", "number", "boolean") and each["name"] not in where
        ],
        "colour": colour,
        "scale": scale,
        "bbox": dict(address.rows).get("bbox", ""),
        "configuration": _configuration(key, address, where, named, colour, scale),
        "published_at": asked.found.published_at,
        "number": asked.found.ref.number,
        "here_query": address.query() if address.query() != "?" else "",
        "rows_query": address.query(own=False),
    }


def _scale(colour: str, known: dict[str, Any], profile: dict[str, Any]) -> dict[str, Any]:
    """Five steps from the lowest to the highest value, or a colour for each of the most frequent names."""
    column, found = known[colour], profile.get(colour, {})
    if rules.numeric(column) and found.get("min") is not None:
        low, high = float(found["min"]), float(found["max"])
        step = (high - low) / 5 or 1.0
        edges = [low + index * step for index in range(6)]
        lang = language()
        steps = [
            f"{rules.shown(round(a, 3), column, lang)} – {rules.shown(round(b, 3), column, lang)}"
            for a, b in pairwise(edges)
        ]
        return {"kind": "steps", "edges": edges[1:5], "words": steps}
    names = [str(value) for value, _count in (found.get("top") or [])[: FEW - 1]]
    more = [_("others")] if (found.get("distinct") or 0) > len(names) else []
    words = [rows.worded(name, column) for name in names]
    return {"kind": "names", "names": names, "words": [*words, *more]}


def _configuration(
    key: str, address: Address, where: tuple[str, ...], named: str, colour: str, scale: dict[str, Any] | None
) -> dict[str, Any]:
    columns = ",".join(dict.fromkeys([*where, *([named] if named else []), *([colour] if colour else [])]))
    kept = [pair for pair in address.rows if pair[0] not in ("after", "limit", "columns", "order")]
    query = urlencode([*kept, ("columns", columns), ("limit", str(DRAWN)), ("shape", "arrays")])
    return {
        "rows": f"/data/v1/{key}/rows?{query}",
        "wards": reverse("operations:wards"),
        "where": list(where),
        "label": named,
        "colour": colour,
        "scale": scale,
        "words": {
            "none": _("The map could not be drawn on this device. The list holds the same rows."),
            "shown": _("{count} places on the map"),
            "more": _("Only the first {count} places are drawn. Filter, or choose a smaller part."),
        },
    }
