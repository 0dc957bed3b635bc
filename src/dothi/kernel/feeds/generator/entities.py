"""The readings of the model as NGSI-LD entities, every one marked as simulated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dothi.core import clock
from dothi.kernel.feeds.bulk import Past, Series
from dothi.kernel.feeds.generator import model
from dothi.kernel.feeds.generator.model import Readings
from dothi.kernel.feeds.generator.places import Place, sites
from dothi.kernel.feeds.ngsi import link, point, prop, urn

Entity = dict[str, Any]
PROVIDER = "dothi city generator"


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric attribute: the model's name for it, its unit, how many decimals are worth keeping."""

    key: str
    unit: str
    decimals: int


_GAS = tuple(Number(key, "GQ", 1) for key in ("pm25", "pm10", "no2", "co", "o3", "so2"))
NUMBERS: dict[str, tuple[Number, ...]] = {
    "AirQualityObserved": _GAS,
    "WeatherObserved": (
        Number("temperature", "CEL", 1),
        Number("relativeHumidity", "C62", 2),
        Number("atmosphericPressure", "A97", 1),
        Number("precipitation", "MMT", 1),
        Number("windSpeed", "MTS", 1),
        Number("windDirection", "DD", 0),
        Number("cloudiness", "P1", 0),
    ),
    "NoiseLevelObserved": (Number("LAeq", "2N", 1), Number("LAmax", "2N", 1)),
    "TrafficFlowObserved": (
        Number("averageVehicleSpeed", "KMH", 1),
        Number("intensity", "C62", 0),
        Number("occupancy", "C62", 3),
    ),
    "ItemFlowObserved": (
        Number("averageSpeed", "KMH", 1),
        Number("intensity", "C62", 0),
        Number("occupancy", "C62", 3),
        Number("vehicleCount", "C62", 0),
    ),
    "FloodMonitoring": (Number("currentLevel", "MTR", 2),),
    "WasteContainer": (Number("fillingLevel", "C62", 2),),
    "Streetlight": (Number("illuminanceLevel", "C62", 1), Number("powerConsumption", "WTT", 0)),
    "ParkingSpot": (),
    "Camera": (),
}
Row = dict[str, float]


def _item_flow(row: Row, at: str) -> Entity:
    occupancy = row["occupancy"]
    names = ("free", "light", "moderate", "heavy", "severe")
    level = names[sum(occupancy >= edge for edge in (0.2, 0.35, 0.5, 0.7))]
    classes = {key: int(row[key]) for key in ("motorcycle", "car", "bus_truck")}
    return {
        "congestionLevel": prop(level, at=at),
        "detectionDetails": prop({"total_detections": int(row["vehicleCount"]), "classes": classes}, at=at),
    }


def _traffic(row: Row, at: str) -> Entity:
    return {"congested": prop(row["occupancy"] >= 0.5, at=at)}


def _flood(row: Row, at: str) -> Entity:
    depth = row["currentLevel"]
    return {
        "floodLevelStatus": prop("Danger" if depth >= 0.3 else "Alert" if depth >= 0.15 else "Normal", at=at)
    }


def _parking(row: Row, at: str) -> Entity:
    return {"status": prop("occupied" if row["occupied"] else "free", at=at)}


def _waste(row: Row, at: str) -> Entity:
    return {"dateLastEmptying": prop(clock.iso(clock.from_us(int(row["emptied_us"]))))}


def _lamp(row: Row, at: str) -> Entity:
    lit = row["illuminanceLevel"]
    power = "off" if lit == 0 else "low" if lit < 1 else "on"
    return {
        "powerState": prop(power, at=at),
        "status": prop("defectiveLamp" if row["broken"] else "ok", at=at),
    }


def _camera(row: Row, at: str) -> Entity:
    return {"status": prop("ok" if row["working"] else "error", at=at), "dateLastValueReported": prop(at)}


_EXTRA: dict[str, Callable[[Row, str], Entity]] = {
    "ItemFlowObserved": _item_flow,
    "TrafficFlowObserved": _traffic,
    "FloodMonitoring": _flood,
    "ParkingSpot": _parking,
    "WasteContainer": _waste,
    "Streetlight": _lamp,
    "Camera": _camera,
}


def about(place: Place) -> Entity:
    """What does not change: name, place, and that it is simulated."""
    entity: Entity = {
        "id": place.id,
        "type": place.kind,
        "name": prop(place.name),
        "location": point(place.lon, place.lat),
        "provenance": prop("simulated"),
        "dataProvider": prop(PROVIDER),
    }
    if place.kind == "ItemFlowObserved":
        camera = urn("Camera", place.id.rpartition(":")[2].replace("dem-xe", "camera"))
        entity |= {"refDevice": link(camera), "itemType": prop("vehicle")}
    if place.kind == "Camera":
        entity |= {"cameraName": prop(place.name), "cameraUsage": prop("TRAFFIC")}
    return entity


def readings(kind: str, seed: int, chosen: Sequence[Place], times_us: NDArray[np.int64]) -> Readings:
    """What the places read at the instants, rounded to what is worth keeping; shape (places, times) each."""
    decimals = {number.key: number.decimals for number in NUMBERS[kind]}
    found = model.read(kind, seed, sites(chosen), times_us)
    return {key: np.round(values, decimals.get(key, 3)) for key, values in found.items()}


def entity(place: Place, row: Row, at: str) -> Entity:
    """One observation of a place as an entity, without what does not change."""
    made: Entity = {"id": place.id, "type": place.kind}
    for number in NUMBERS[place.kind]:
        made[number.key] = prop(row[number.key], at=at, unit=number.unit)
    extra = _EXTRA.get(place.kind)
    return made if extra is None else made | extra(row, at)


def observations(
    kind: str, seed: int, chosen: Sequence[Place], times_us: NDArray[np.int64]
) -> Iterator[Entity]:
    """The entities of the places at the instants, the oldest first."""
    found = {key: values.tolist() for key, values in readings(kind, seed, chosen, times_us).items()}
    for column, at in enumerate(times_us.tolist()):
        stamp = clock.iso(clock.from_us(at))
        for row, place in enumerate(chosen):
            yield entity(place, {key: values[row][column] for key, values in found.items()}, stamp)


def pasts(kind: str, seed: int, chosen: Sequence[Place], times_us: NDArray[np.int64]) -> Iterator[Past]:
    """For each place its readings at all the instants, and the entity as it is at the last."""
    found = readings(kind, seed, chosen, times_us)
    stamp = clock.iso(clock.from_us(int(times_us[-1])))
    for row, place in enumerate(chosen):
        newest = entity(place, {key: float(values[row, -1]) for key, values in found.items()}, stamp)
        for number in NUMBERS[kind]:
            del newest[number.key]  # it comes with the series
        series = [
            Series(number.key, number.unit, times_us, found[number.key][row]) for number in NUMBERS[kind]
        ]
        yield Past(about(place) | newest, series)
