"""Boundaries from a GeoJSON file: which features can be used, and what is wrong with the others (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from dothi.core.errors import BadInput, Text, both
from dothi.core.geometry import GeometryError, area_km2, from_geojson
from dothi.core.text import format_number

Progress = Callable[[int, int, str], None]
"""Told how many steps of how many are done, and of what: ``progress(120, 168, "boundaries")``."""

# How far the area of a boundary may be from the official one before a person should look.
AREA_TOLERANCE = 0.25
# About 50 m. The tolerance of coverage_simplify is the square root of the area of what may be cut off.
SIMPLIFY_DEGREES = 50 / 111_195


class FeatureProblem(NamedTuple):
    """What is wrong (``error``: not taken) or odd (``warning``: taken) about one feature of the file."""

    feature: int
    code: str | None
    severity: Literal["error", "warning"]
    text: Text


class Boundary(NamedTuple):
    """A usable feature."""

    feature: int
    code: str
    geometry: BaseGeometry
    area_km2: float


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: boundaries taken, features in the file, problems, units still without one."""

    matched: int
    total: int
    errors: tuple[FeatureProblem, ...] = ()
    warnings: tuple[FeatureProblem, ...] = ()
    missing: tuple[str, ...] = field(default=())


def features(path: Path) -> Sequence[Mapping[str, Any]]:
    """The features of a GeoJSON file; raises :class:`BadInput` when it is not one."""
    try:
        document = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, str(error.strerror), str(error.strerror)) from error
    except msgspec.DecodeError as error:
        raise _unreadable(path, f"không phải JSON ({error}).", f"it is not JSON ({error}).") from error
    found = document.get("features") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise _unreadable(path, "không phải một FeatureCollection.", "it is not a FeatureCollection.")
    return found


def _unreadable(path: Path, vi: str, en: str) -> BadInput:
    return BadInput(both(f"Không đọc được {path.name}: {vi}", f"{path.name} cannot be read: {en}"))


def examine(
    found: Sequence[Mapping[str, Any]],
    official: Mapping[str, float | None],
    *,
    code_property: str = "code",
    progress: Progress | None = None,
) -> tuple[list[Boundary], list[FeatureProblem]]:
    """The usable features, and the problems of all. ``official``: km² of every unit of today, by code."""
    good: dict[str, Boundary] = {}
    problems: list[FeatureProblem] = []
    for index, feature in enumerate(found):
        code = None
        try:
            code = _code(feature, code_property, official)
            _not_twice(code, good)
            good[code] = boundary = _boundary(index, code, feature)
            problems.extend(_oddities(boundary, official[code]))
        except BadInput as error:
            problems.append(FeatureProblem(index, code, "error", error.detail))
        if progress:
            progress(index + 1, len(found), "boundaries")
    return list(good.values()), problems


def _code(feature: object, name: str, official: Mapping[str, float | None]) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    value = properties.get(name) if isinstance(properties, Mapping) else None
    if value is None or isinstance(value, bool) or not isinstance(value, str | int):
        raise BadInput(both(f"Thiếu thuộc tính {name!r}.", f"The property {name!r} is missing."))
    # A number has lost its leading zeros.
    code = f"{value:05d}" if isinstance(value, int) and str(value) not in official else str(value).strip()
    if code not in official:
        raise BadInput(
            both(
                f"Không có đơn vị hiện hành nào mang mã {code!r}.", f"No unit of today has the code {code!r}."
            )
        )
    return code


def _not_twice(code: str, good: Mapping[str, Boundary]) -> None:
    if code in good:
        first = good[code].feature
        raise BadInput(
            both(f"Mã {code} đã có ở phần tử {first}.", f"The code {code} is already on feature {first}.")
        )


def _boundary(index: int, code: str, feature: Mapping[str, Any]) -> Boundary:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise GeometryError(
            both(
                f"Ranh giới phải là Polygon hoặc MultiPolygon, không phải {kind}.",
                f"A boundary is a Polygon or a MultiPolygon, not {kind}.",
            )
        )
    shape = shapely.force_2d(from_geojson(geometry))
    return Boundary(index, code, shape, area_km2(shape))


def _oddities(boundary: Boundary, official: float | None) -> Iterator[FeatureProblem]:
    if official and abs(boundary.area_km2 / official - 1) > AREA_TOLERANCE:
        vi = f"{format_number(boundary.area_km2, 2)} km² thay vì {format_number(official, 2)} km²"
        measured, expected = (format_number(area, 2, "en") for area in (boundary.area_km2, official))
        text = both(
            f"Diện tích khác diện tích công bố quá 25 %: {vi}.",
            f"The area is more than 25 % off the official one: {measured} km² instead of {expected} km².",
        )
        yield FeatureProblem(boundary.feature, boundary.code, "warning", text)


def simplified(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The shapes with fewer corners, shared borders staying shared. One that would vanish stays as it is."""
    fewer = shapely.coverage_simplify(list(shapes), SIMPLIFY_DEGREES)
    return [
        full if less.is_empty or not less.is_valid else less for full, less in zip(shapes, fewer, strict=True)
    ]
