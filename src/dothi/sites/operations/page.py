"""What the map page hands to its scripts and shows before they run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dothi.core.config import current
from dothi.kernel import context
from dothi.kernel.identity.access import Actor
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.sites.operations.layers import Row, headline, layer, shown_unit
from dothi.sites.operations.rules import LEVELS, Filters, seconds
from dothi.sites.operations.series import bands
from dothi.sites.operations.wards import Wards
from dothi.sites.operations.words import level_names, words
from dothi.sites.ui.icons import maki_path
from dothi.sites.ui.shell import language

PAGE_SIZE = 50
FIRST_COLOURS = ("AirQualityObserved.pm25", "TrafficFlowObserved.averageVehicleSpeed")


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """One line of the layer list."""

    kind: EntityType
    count: int
    on: bool


@dataclass(frozen=True, slots=True)
class Colouring:
    """One attribute the units can be coloured by."""

    key: str
    layer: str
    label: str
    unit: str


def layer_choices(
    types: Mapping[str, EntityType], counts: Mapping[str, int], shown: set[str]
) -> list[LayerChoice]:
    """Every type, those with entities first, in the order of the packs."""
    lines = [LayerChoice(kind, counts.get(key, 0), key in shown) for key, kind in types.items()]
    return sorted(lines, key=lambda line: line.count == 0)


def colourings(types: Mapping[str, EntityType], counts: Mapping[str, int]) -> list[Colouring]:
    """The measured numbers of the types that have entities."""
    lang = language()
    return [
        Colouring(f"{key}.{each.key}", kind.plural.text(lang), each.label.text(lang), shown_unit(each))
        for key, kind in types.items()
        if counts.get(key)
        for each in kind.attributes
        if each.kind == "property" and each.value in {"number", "integer"} and each.unit is not None
    ]


def default_colour(counts: Mapping[str, int]) -> str:
    """What a first visit sees the units coloured by: the first of a few that has readings."""
    return next((name for name in FIRST_COLOURS if counts.get(name.partition(".")[0])), "")


def _scale(attribute: Attribute | None) -> tuple[float, float]:
    """What a sent number is multiplied by, and what is added, to be as people read it."""
    if attribute is None or attribute.value not in {"number", "integer"}:
        return 1.0, 0.0
    zero = packs.shown(attribute, 0.0)[0]
    return packs.shown(attribute, 1.0)[0] - zero, zero


def _type_config(kind: EntityType) -> dict[str, Any]:
    attribute, lang = headline(kind), language()
    factor, offset = _scale(attribute)
    return {
        "key": kind.key,
        "label": kind.label.text(lang),
        "plural": kind.plural.text(lang),
        "icon": maki_path(kind.icon),
        "shape": kind.shape,
        "stale": seconds(kind.stale_after),
        "headline": attribute.key if attribute else None,
        "headlineLabel": attribute.label.text(lang) if attribute else "",
        "unit": shown_unit(attribute),
        "unitCode": attribute.unit if attribute else None,
        "decimals": attribute.decimals if attribute else 0,
        "factor": factor,
        "offset": offset,
        "bands": bands(attribute),
        "choices": [
            {"value": c.value, "label": c.label.text(lang), "level": c.level}
            for c in (attribute.choices if attribute else ())
        ],
    }


def configuration(
    types: Mapping[str, EntityType], counts: Mapping[str, int], wards: Wards, actor: Actor
) -> dict[str, Any]:
    """All that the scripts need to know, as plain JSON values."""
    lang = language()
    empty = "~"
    return {
        "language": lang,
        "types": [_type_config(kind) for kind in types.values()],
        "counts": {key: counts.get(key, 0) for key in types},
        "units": {code: name[lang] for code, name in wards.names.items()},
        "levels": [{"key": level, "label": level_names()[level]} for level in LEVELS],
        "colour": default_colour(counts),
        "box": wards.box,
        "approximate": wards.approximate,
        "basemap": current().basemap_style,
        "ticket": actor.kind == "account",
        "words": words(),
        "urls": {
            "wards": f"{reverse('operations:wards')}?{urlencode({'v': wards.tag})}",
            "layer": reverse("operations:layer", args=[empty]),
            "choropleth": reverse("operations:choropleth", args=[empty]),
            "entity": reverse("operations:entity", args=[empty]),
            "unit": reverse("operations:unit", args=["0"]),
            "series": reverse("operations:series"),
            "tide": reverse("operations:tide"),
            "search": reverse("operations:search"),
            "pulse": reverse("operations:pulse"),
            "ticket": reverse("operations:ticket"),
            "list": reverse("operations:list"),
            "stream": "/events/stream",
        },
    }


def chart_configuration() -> dict[str, Any]:
    """What the chart on an entity's own page needs."""
    return {"language": language(), "words": words(), "urls": {"series": reverse("operations:series")}}


def all_layers(kinds: list[EntityType]) -> list[Any]:
    """The layers of some types."""
    return [layer(kind) for kind in kinds]


def counts_by_type() -> dict[str, int]:
    """How many entities of each type the live city holds."""
    return dict(context.current().type_counts())


def address(filters: Filters, **changes: Any) -> str:
    """The query of the list page for ``filters`` with some of them changed."""
    sort = ("-" if filters.descending else "") + filters.sort
    values: dict[str, Any] = {
        "layers": ",".join(filters.layers) if filters.layers is not None else None,
        "level": ",".join(level for level in LEVELS if level in filters.levels),
        "source": filters.source if filters.source != "all" else "",
        "q": filters.q,
        "unit": filters.unit,
        "bbox": ",".join(map(str, filters.bbox)) if filters.bbox else "",
        "sort": sort if sort != "level" else "",
        "page": filters.page if filters.page > 1 else "",
    } | changes
    return "?" + urlencode(
        {key: value for key, value in values.items() if value not in ("", None)}, safe=",."
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list, ready to be shown."""

    row: Row
    kind: EntityType
    unit: str
    unit_name: str
    shape: str
    word: str
    value: str
    stale: bool
