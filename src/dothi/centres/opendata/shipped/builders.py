"""Makes the rows of the datasets that come with the platform. Nothing is invented: each says where it is from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from dothi.centres.opendata.shipped.tables import shipped, table
from dothi.core import clock
from dothi.core.clock import HCMC
from dothi.core.config import current
from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.names import COMMUNE, PROVINCE
from dothi.kernel.directory.source import REFORM
from dothi.kernel.directory.views import UnitView
from dothi.kernel.feeds.tide import queries as tide
from dothi.kernel.feeds.tide.tables import stations
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import Attribute, EntityType
from dothi.kernel.pipelines.builders import Building, builder

UNIT: Final = {
    "code": "string", "name_vi": "string", "name_en": "string", "full_name_vi": "string", "full_name_en": "string",
    "kind": "string", "level": "string", "parent_code": "string", "parent_name_vi": "string",
    "valid_from": "date", "valid_to": "date", "area_km2": "number", "longitude": "number", "latitude": "number",
}  # fmt: skip
LAST_DAY_BEFORE: Final = REFORM - timedelta(days=1)
CALENDAR_FROM, CALENDAR_DECIDED = 2020, 2026


def _units(units: Iterable[UnitView], day: date) -> pa.Table:
    names = {unit.code: unit.full_name["vi"] for unit in directory.units(at=day)}
    return table(
        UNIT,
        (
            (
                unit.code, unit.name["vi"], unit.name["en"], unit.full_name["vi"], unit.full_name["en"], unit.kind,
                unit.level, unit.parent, names.get(unit.parent or ""), unit.valid_from, unit.valid_to, unit.area_km2,
                *(unit.centroid or (None, None)),
            )
            for unit in units
        ),
    )  # fmt: skip


@builder("opendata.units")
def units(building: Building) -> pa.Table:
    """The units of Viet Nam in force today."""
    return _units(directory.units(), clock.now().astimezone(HCMC).date())


@builder("opendata.city-units")
def city_units(building: Building) -> pa.Table:
    """The wards, communes and special zone of this installation's city."""
    return _units(directory.units(level=COMMUNE, parent=current().city), clock.now().astimezone(HCMC).date())


@builder("opendata.units-before")
def units_before(building: Building) -> pa.Table:
    """The units of Viet Nam on the last day before the reform of 1 July 2025."""
    return _units(directory.units(at=LAST_DAY_BEFORE), LAST_DAY_BEFORE)


@builder("opendata.provinces")
def provinces(building: Building) -> pa.Table:
    """The provinces of today with how many units each has, and of which provinces it was made."""
    columns = {
        "code": "string", "name_vi": "string", "name_en": "string", "full_name_vi": "string", "full_name_en": "string",
        "kind": "string", "units": "integer", "area_km2": "number", "made_of": "string", "longitude": "number",
        "latitude": "number",
    }  # fmt: skip
    return table(columns, (_province(each) for each in directory.units(level=PROVINCE)))


def _province(each: UnitView) -> tuple[Any, ...]:
    below = directory.units(level=COMMUNE, parent=each.code)
    areas = [unit.area_km2 for unit in below]
    known = round(sum(area for area in areas if area is not None), 2) if all(areas) and areas else None
    made_of = ", ".join(old.unit.name["vi"] for old in directory.predecessors(each.code))
    return (
        each.code, each.name["vi"], each.name["en"], each.full_name["vi"], each.full_name["en"], each.kind, len(below),
        known, made_of or None, *(each.centroid or (None, None)),
    )  # fmt: skip


@builder("opendata.unit-conversion")
def unit_conversion(building: Building) -> pa.Table:
    """What each commune-level unit of before July 2025 became; a divided one has a row for each part."""
    columns = {
        "old_code": "string", "old_name_vi": "string", "old_district_vi": "string", "old_province_vi": "string",
        "new_code": "string", "new_name_vi": "string", "new_province_code": "string", "divided": "boolean",
        "likeliest": "boolean", "share": "number",
    }  # fmt: skip
    return table(columns, _conversions(building))


def _conversions(building: Building) -> Iterator[tuple[Any, ...]]:
    names = {unit.code: unit for unit in directory.units(at=LAST_DAY_BEFORE) if unit.level != COMMUNE}
    for place, old in enumerate(directory.units(level=COMMUNE, at=LAST_DAY_BEFORE)):
        if place % 500 == 0:
            building.check()
        district = names.get(old.parent or "")
        province = names.get(district.parent or "") if district else None
        became = directory.successors(old.key)
        for position, each in enumerate(became):
            yield (
                old.code, old.full_name["vi"], district and district.full_name["vi"],
                province and province.full_name["vi"], each.unit.code, each.unit.full_name["vi"], each.unit.parent,
                len(became) > 1, position == 0, each.share,
            )  # fmt: skip


@builder("opendata.tide-constituents")
def tide_constituents(building: Building) -> pa.Table:
    """The harmonic constants of each station, the largest first."""
    columns = {
        "station": "string", "station_name_vi": "string", "station_name_en": "string", "longitude": "number",
        "latitude": "number", "constituent": "string", "amplitude_m": "number", "phase_deg": "number", "used": "boolean",
        "record_from": "date", "record_to": "date",
    }  # fmt: skip
    rows = (
        (
            key, each.name.vi, each.name.en, each.longitude, each.latitude, constant.name, constant.amplitude_m,
            constant.phase_deg, constant.used, _day(each.epoch.start), _day(each.epoch.end),
        )
        for key, each in stations().items()
        for constant in tide.constituents(key)
    )  # fmt: skip
    return table(columns, rows)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _year() -> tuple[datetime, datetime]:
    """From the first day of this year to the last of the next, in the city's time."""
    year = clock.now().astimezone(HCMC).year
    return datetime(year, 1, 1, tzinfo=HCMC), datetime(year + 2, 1, 1, tzinfo=HCMC) - timedelta(minutes=1)


@builder("opendata.tide-extremes")
def tide_extremes(building: Building) -> pa.Table:
    """High and low waters of this year and the next, at each station."""
    columns = {
        "station": "string",
        "time": "datetime",
        "height_m": "number",
        "kind": "string",
        "datum": "string",
    }
    start, end = _year()
    rows = (
        (key, found.time, round(found.metres, 3), found.kind, each.chart_datum)
        for key, each in stations().items()
        for found in tide.extremes(key, start, end)
    )
    return table(columns, rows)


@builder("opendata.tide-hourly")
def tide_hourly(building: Building) -> pa.Table:
    """The height of the tide at every full hour of this year and the next, at each station."""
    columns = {"station": "string", "time": "datetime", "height_m": "number", "datum": "string"}
    start, end = _year()
    rows = (
        (key, at, round(metres, 3), each.chart_datum)
        for key, each in stations().items()
        for at, metres in tide.predict(key, start, end, step_minutes=60)
    )
    return table(columns, rows)


@builder("opendata.working-calendar")
def working_calendar(building: Building) -> pa.Table:
    """Public holidays, days off instead of others, and the Saturdays worked for them."""
    # Large, and needed here only.
    import holidays

    years = range(CALENDAR_FROM, clock.now().astimezone(HCMC).year + 2)
    vi, en = holidays.country_holidays("VN", years=years, language="vi"), holidays.country_holidays(
        "VN", years=years, language="en_US"
    )  # fmt: skip
    days: list[tuple[Any, ...]] = [(day, "holiday", name, en.get(day)) for day, name in vi.items()]
    worked = sorted(day for day in vi.weekend_workdays if day.year in years)
    days += [(day, "worked", "Ngày làm bù", "Worked instead of a day off") for day in worked]
    columns = {
        "day": "date",
        "kind": "string",
        "name_vi": "string",
        "name_en": "string",
        "decided": "boolean",
    }
    return table(columns, ((*row, row[0].year <= CALENDAR_DECIDED) for row in sorted(days)))


@builder("opendata.population")
def population(building: Building) -> pa.Table:
    """The population of Viet Nam by sex and five-year age group, 1950 to 2100."""
    columns = {
        "year": "integer", "sex": "string", "age_from": "integer", "age_to": "integer", "persons": "integer",
        "kind": "string",
    }  # fmt: skip
    rows = (
        (year := int(row["year"]), row["sex"], (age := int(row["age_from"])), age + 4 if age < 100 else None,
         int(row["persons"]), "estimate" if year <= 2020 else "projection")
        for row in shipped("population_viet_nam.csv")
    )  # fmt: skip
    return table(columns, rows)


@builder("opendata.targets")
def targets(building: Building) -> pa.Table:
    """Targets of the city's programmes, and what was reached."""
    columns = {
        "code": "string", "indicator_vi": "string", "indicator_en": "string", "kind": "string", "comparison": "string",
        "value": "number", "unit": "string", "year": "integer",
    }  # fmt: skip
    rows = (
        (row["code"], row["indicator_vi"], row["indicator_en"], row["kind"], row["comparison"], float(row["value"]),
         row["unit"], int(row["year"]))
        for row in shipped("targets.csv")
    )  # fmt: skip
    return table(columns, rows)


@builder("opendata.dti")
def dti(building: Building) -> pa.Table:
    """The pillars of the provincial digital transformation index and their points."""
    columns = {"position": "integer", "pillar_vi": "string", "pillar_en": "string", "points": "integer"}
    rows = (
        (
            int(row["position"]),
            row["pillar_vi"],
            row["pillar_en"],
            int(row["points"]) if row["points"] else None,
        )
        for row in shipped("dti_2022.csv")
    )
    return table(columns, rows)


def _attributes() -> Iterator[tuple[EntityType, Attribute]]:
    for kind in packs.entity_types().values():
        for each in kind.attributes:
            yield kind, each


@builder("opendata.entity-attributes")
def entity_attributes(building: Building) -> pa.Table:
    """The kinds of things in the live city and what is measured of them: units and valid ranges."""
    columns = {
        "type": "string", "type_vi": "string", "type_en": "string", "attribute": "string", "attribute_vi": "string",
        "attribute_en": "string", "value": "string", "unit": "string", "least": "number", "most": "number",
        "type_iri": "string",
    }  # fmt: skip
    rows = (
        (kind.key, kind.label.vi, kind.label.en, each.key, each.label.vi, each.label.en,
         each.value if each.kind == "property" else each.kind, each.unit, each.range and each.range.min,
         each.range and each.range.max, kind.iri)
        for kind, each in _attributes()
    )  # fmt: skip
    return table(columns, rows)


@builder("opendata.thresholds")
def thresholds(building: Building) -> pa.Table:
    """The bands that readings are coloured by, and which regulation or house rule each comes from."""
    columns = {
        "type": "string", "attribute": "string", "position": "integer", "level": "string", "label_vi": "string",
        "label_en": "string", "from": "number", "below": "number", "unit": "string", "source_vi": "string",
        "source_en": "string",
    }  # fmt: skip
    rows = (
        (kind.key, each.key, place, band.level, band.label.vi, band.label.en, band.from_, band.below, each.unit,
         each.thresholds_source and each.thresholds_source.vi, each.thresholds_source and each.thresholds_source.en)
        for kind, each in _attributes()
        for place, band in enumerate(each.thresholds, start=1)
    )  # fmt: skip
    return table({"from_value" if name == "from" else name: kind for name, kind in columns.items()}, rows)


@builder("opendata.platform-statistics")
def platform_statistics(building: Building) -> pa.Table:
    """What this installation holds today, counted."""
    from dothi.centres.opendata.shipped import counting  # reads Django's tables

    columns = {
        "day": "date",
        "figure": "string",
        "label_vi": "string",
        "label_en": "string",
        "value": "integer",
    }
    day = clock.now().astimezone(HCMC).date()
    return table(columns, ((day, *figure) for figure in counting.figures()))
