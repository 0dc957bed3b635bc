"""How rows of a file become entities: a strict YAML declaration, with station tables and units.

The shipped ones are in ``mappings/``; a user's own is given as a path. A typo is an error with its file and
path.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml
from msgspec import Meta, Struct

from dothi.core.errors import BadInput, both

Text = Annotated[str, Meta(min_length=1)]


class Declared(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parent of every part of a mapping."""


class Label(Declared, frozen=True):
    """A name in both languages."""

    vi: Text
    en: Text


class Station(Declared, frozen=True):
    """Where the readings of one station are from. ``accuracy`` says how sure its position is."""

    name: Text
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    accuracy: Literal["published", "approximate"]
    note: str = ""


class Stations(Declared, frozen=True):
    """The station table: which column names the station, where the positions were published, and the
    positions.
    """

    column: Text
    source: Text
    table: dict[str, Station]


class Moment(Declared, frozen=True):
    """When a row was observed: one column in a ``strptime`` format, or ``parts`` by name, in a time zone."""

    zone: Text
    column: str | None = None
    format: str = "%Y-%m-%d %H:%M"
    parts: dict[Literal["year", "month", "day", "hour", "minute", "second"], str] = {}


class Position(Declared, frozen=True):
    """The columns that hold the position of each row."""

    longitude: Text
    latitude: Text


class Column(Declared, frozen=True):
    """One column: the attribute it becomes, its unit, and how its text is read.

    ``scale`` multiplies numbers; ``values`` replaces texts (and makes any other text an error).
    """

    column: Text
    key: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
    kind: Literal["number", "text"] = "number"
    unit: str | None = None
    scale: float = 1.0
    decimals: Annotated[int, Meta(ge=0, le=9)] = 4
    values: dict[str, float | str] = {}


class Entity(Declared, frozen=True):
    """Type and id of the entity a row belongs to; ``{Column}`` in the id is the row's own text."""

    type: Text
    id: Text


class Mapping(Declared, frozen=True):
    """A whole mapping. ``match`` are the columns by which a file is recognised."""

    key: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
    label: Label
    format: Literal["csv", "json"]
    match: Annotated[tuple[str, ...], Meta(min_length=1)]
    entity: Entity
    provider: Text
    licence: Text
    attributes: Annotated[tuple[Column, ...], Meta(min_length=1)]
    time: Moment | None = None
    position: Position | None = None
    stations: Stations | None = None
    nulls: tuple[str, ...] = ("",)
    out_of_range: Literal["flag", "reject"] = "flag"
    provenance: Literal["observed", "simulated"] = "observed"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","


def load(path: Path) -> Mapping:
    """Read a mapping file; raises :class:`BadInput` naming the file, the path inside it and what is wrong."""
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = msgspec.convert(data, Mapping)
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadInput(
            both(f"{path}: khai báo ánh xạ không hợp lệ: {error}", f"{path} is not a valid mapping: {error}")
        ) from error
    _check(found, path)
    return found


def _check(found: Mapping, path: Path) -> None:
    if found.time is not None and (found.time.column is None) == (not found.time.parts):
        raise BadInput(f"{path}: time needs either 'column' or 'parts'.", where="time")
    keys = [column.key for column in found.attributes]
    if doubled := sorted({key for key in keys if keys.count(key) > 1}):
        raise BadInput(
            f"{path}: two columns become the same attribute: {', '.join(doubled)}.", where="attributes"
        )


@cache
def shipped() -> dict[str, Mapping]:
    """The mappings that come with the platform, by key."""
    folder = Path(__file__).with_name("mappings")
    return {each.key: each for each in map(load, sorted(folder.glob("*.yaml")))}


def named(name: str) -> Mapping:
    """A shipped mapping by its key, else the mapping file at that path."""
    if name in shipped():
        return shipped()[name]
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} and path.is_file():
        return load(path)
    known = ", ".join(shipped())
    raise BadInput(
        both(
            f"Không có ánh xạ {name!r}. Có sẵn: {known}; hoặc ghi đường dẫn tới tệp .yaml.",
            f"There is no mapping {name!r}. Shipped: {known}; or give the path of a .yaml file.",
        )
    )


def recognise(columns: frozenset[str], form: Literal["csv", "json"]) -> Mapping | None:
    """The shipped mapping whose ``match`` columns are all there; the one asking for most wins."""
    fitting = [each for each in shipped().values() if each.format == form and columns.issuperset(each.match)]
    return max(fitting, key=lambda each: len(each.match), default=None)
