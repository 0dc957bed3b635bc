"""GeoJSON: a FeatureCollection, or one feature a line. Properties are columns, ``geometry`` is one more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from dothi.kernel.registers.imports.readers.base import Options, Row, Table, unreadable

GEOMETRY: Final = "geometry"
_DEGREES = ("CRS84", "4326")


def _features(path: Path) -> list[Mapping[str, Any]]:
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\x1e", b"")
    try:
        whole = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        try:
            return [msgspec.json.decode(line) for line in raw.splitlines() if line.strip()]
        except msgspec.DecodeError as error:
            raise unreadable(f"JSON sai: {error}.", f"its JSON is wrong: {error}.") from error
    if isinstance(whole, Mapping):
        _in_degrees(whole)
        if whole.get("type") == "Feature":
            return [whole]
        if isinstance(whole.get("features"), list):
            return list(whole["features"])
    raise unreadable("cần một FeatureCollection.", "a FeatureCollection is needed.")


def _in_degrees(collection: Mapping[str, Any]) -> None:
    crs = collection.get("crs")
    name = crs.get("properties", {}).get("name", "") if isinstance(crs, Mapping) else ""
    if name and not str(name).endswith(_DEGREES):
        raise unreadable(
            f"hệ toạ độ {name}; cần WGS 84.", f"its coordinates are in {name}; WGS 84 is needed."
        )


def open_features(path: Path, options: Options) -> Table:
    """Features as a table; what is no feature is a row without values, and refused by what the register needs."""
    features = _features(path)
    names: dict[str, None] = {}
    for each in features:
        names.update(dict.fromkeys(_properties(each)))
    columns = [name for name in names if name != GEOMETRY] + [GEOMETRY]

    def rows(skip: int = 0) -> Iterator[Row]:
        for each in islice(features, skip, None):
            properties = _properties(each)
            geometry = each.get(GEOMETRY) if isinstance(each, Mapping) else None
            yield [*(properties.get(name) for name in columns[:-1]), geometry]

    return Table(columns, rows, len(features), {})


def _properties(feature: Any) -> Mapping[str, Any]:
    found = feature.get("properties") if isinstance(feature, Mapping) else None
    return found if isinstance(found, Mapping) else {}
