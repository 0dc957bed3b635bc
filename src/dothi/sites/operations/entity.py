"""One entity as a panel shows it: every attribute with its unit, level, time and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dothi.core import clock, text, units
from dothi.core.errors import DothiError, NotFound, both
from dothi.kernel import context
from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.views import UnitView
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute, EntityType, Threshold
from dothi.kernel.packs.rules import in_declared_unit
from dothi.sites.operations.layers import is_number
from dothi.sites.operations.rules import seconds
from dothi.sites.ui.shell import language

# What a panel says elsewhere (head, foot), not in the list of attributes.
_NOT_LISTED = frozenset(
    {
        "id",
        "type",
        "@context",
        "name",
        "location",
        "provenance",
        "dataProvider",
        "attribution",
        "dateObserved",
    }
)
_MAX_TEXT = 160
_MAX_ITEMS = 8


@dataclass(frozen=True, slots=True)
class Value:
    """One attribute, ready to be shown; ``number`` when it can be drawn over time."""

    key: str
    label: str
    shown: str
    unit: str = ""
    number: float | None = None
    band: Threshold | None = None
    bands: tuple[Threshold, ...] = ()
    observed: datetime | None = None
    stale: bool = False
    possible: bool = True
    description: str = ""
    link: str = ""

    @property
    def level(self) -> str:
        return self.band.level if self.band else "normal"

    @property
    def shape(self) -> str:
        return self.band.shape if self.band else "circle"


@dataclass(frozen=True)
class Panel:
    """One entity, ready to be shown."""

    id: str
    name: str
    kind: EntityType
    lon: float | None
    lat: float | None
    unit: UnitView | None
    provenance: str
    provider: str
    attribution: str
    observed: datetime | None
    stale: bool
    numbers: list[Value] = field(default_factory=list)
    others: list[Value] = field(default_factory=list)

    @property
    def simulated(self) -> bool:
        return self.provenance == "simulated"


def _first(given: Any) -> Mapping[str, Any]:
    """One instance of an attribute: the default one of several."""
    found = given[0] if isinstance(given, list) and given else given
    return found if isinstance(found, Mapping) else {"value": found}


def _plain(entity: Mapping[str, Any], key: str) -> str:
    value = _first(entity.get(key, {})).get("value", "")
    return value if isinstance(value, str) else ""


def _time(given: Mapping[str, Any]) -> datetime | None:
    try:
        return clock.parse_iso(given["observedAt"])
    except (KeyError, ValueError, TypeError):
        return None


def _symbol(code: str | None) -> str:
    if not code:
        return ""
    try:
        return units.symbol(code)
    except DothiError:
        return code


def _words(value: Any, declared: Attribute | None) -> str:
    """A value that is not a number, as text; empty for one that is no reading matter (a long list of numbers)."""
    lang = language()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        choice = next((c for c in (declared.choices if declared else ()) if c.value == value), None)
        return choice.label.text(lang) if choice else _moment(value) or value[:_MAX_TEXT]
    if isinstance(value, list | Mapping):
        return _several(list(value.values()) if isinstance(value, Mapping) else value, declared)
    return text.format_number(value, None, lang) if is_number(value) else ""


def _several(values: list[Any], declared: Attribute | None) -> str:
    if len(values) > _MAX_ITEMS:
        return ""
    words = [_words(each, declared) for each in values]
    return " · ".join(words)[:_MAX_TEXT] if all(words) else ""


def _moment(value: str) -> str:
    try:
        return text.format_datetime(clock.parse_iso(value), language())
    except ValueError:
        return ""


def _value(kind: EntityType, key: str, given: Mapping[str, Any], stale_before: datetime) -> Value:
    declared = packs.attribute(kind.key, key)
    lang = language()
    raw = given.get("value", given.get("object", given.get("languageMap", "")))
    if isinstance(raw, Mapping) and given.get("type") == "LanguageProperty":
        raw = raw.get(lang) or next(iter(raw.values()), "")
    unit, observed = given.get("unitCode"), _time(given)
    label = declared.label.text(lang) if declared else key
    band = packs.level_of(declared, raw, unit) if declared else None
    common: dict[str, Any] = {
        "band": band,
        "observed": observed,
        "stale": observed is not None and observed < stale_before,
        "possible": packs.valid(declared, raw, unit) if declared and is_number(raw) else True,
        "description": declared.description.text(lang) if declared and declared.description else "",
    }
    if not is_number(raw):
        link = raw if isinstance(raw, str) and raw.startswith(("https://", "http://")) else ""
        shown = _words(raw, declared)
        return Value(key, label, f"{shown} {_symbol(unit)}".strip() if shown else "", link=link, **common)
    if declared and in_declared_unit(declared, raw, unit) is not None:
        number, unit = packs.shown(declared, raw, unit)
    else:
        number = float(raw)
    decimals = declared.decimals if declared else None
    return Value(
        key,
        label,
        text.format_number(number, decimals, lang),
        _symbol(unit),
        number=number,
        bands=declared.thresholds if declared else (),
        **common,
    )


def _position(entity: Mapping[str, Any]) -> tuple[float | None, float | None]:
    value = _first(entity.get("location", {})).get("value")
    if isinstance(value, Mapping) and value.get("type") == "Point":
        lon, lat = value["coordinates"][:2]
        return float(lon), float(lat)
    return None, None


def _kind(entity: Mapping[str, Any], types: Mapping[str, EntityType]) -> EntityType:
    given = entity.get("type")
    names = [given] if isinstance(given, str) else list(given or [])
    found = next((types[name] for name in names if name in types), None)
    if found is None:
        raise _unknown(str(entity.get("id", "")))
    return found


def _unknown(id_: str) -> NotFound:
    return NotFound(
        both(
            f"Không có đối tượng {id_!r}, hoặc nó không được công khai.",
            f"There is no entity {id_!r}, or it is not open to everyone.",
        ),
        where="id",
    )


def raw(id_: str, types: Mapping[str, EntityType]) -> dict[str, Any]:
    """The entity as NGSI-LD has it; raises :class:`NotFound` when it is not there or not to be seen."""
    entity = context.current().entity(id_, representation="normalized")
    if entity is None:
        raise _unknown(id_)
    _kind(entity, types)
    return dict(entity)


def panel(id_: str, types: Mapping[str, EntityType]) -> Panel:
    """What the panel of an entity shows; raises :class:`NotFound`."""
    entity = raw(id_, types)
    kind = _kind(entity, types)
    oldest = clock.from_us(clock.now_us() - seconds(kind.stale_after) * 1_000_000)
    values = [
        _value(kind, key, _first(each), oldest) for key, each in entity.items() if key not in _NOT_LISTED
    ]
    order = {attribute.key: i for i, attribute in enumerate(kind.attributes)}
    values.sort(key=lambda v: (v.key != kind.headline, order.get(v.key, len(order)), v.label))
    observed = max((v.observed for v in values if v.observed), default=None)
    lon, lat = _position(entity)
    return Panel(
        id=id_,
        name=_plain(entity, "name") or id_,
        kind=kind,
        lon=lon,
        lat=lat,
        unit=directory.unit_at(lon, lat) if lon is not None and lat is not None else None,
        provenance=_plain(entity, "provenance") or "observed",
        provider=_plain(entity, "dataProvider"),
        attribution=_plain(entity, "attribution"),
        observed=observed,
        stale=observed < oldest if observed else kind.headline is not None,
        numbers=[v for v in values if v.number is not None],
        others=[v for v in values if v.number is None and v.shown],
    )
