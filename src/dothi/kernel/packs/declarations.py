"""What a pack may declare, as strict structs: an unknown field or a wrong type is an error with its path."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

Level = Literal["normal", "info", "warn", "alert", "critical"]
Shape = Literal["circle", "square", "diamond", "triangle", "hexagon", "star"]
Key = Annotated[
    str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", description="A name in the field's own words")
]
Colour = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
Duration = Annotated[
    str, Meta(pattern=r"^\d+ (second|minute|hour|day|week)s?$", description="For example '15 minutes'")
]


class Declaration(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parent of everything a pack declares."""


class Label(Declaration, frozen=True, kw_only=True):
    """A name in both languages."""

    vi: str
    en: str

    def text(self, language: str) -> str:
        """The label in ``language`` (``vi`` or ``en``)."""
        return self.en if language == "en" else self.vi


class Range(Declaration, frozen=True, kw_only=True):
    """Which values are possible, ends included; a reading outside is kept but marked invalid."""

    min: float | None = None
    max: float | None = None


class Threshold(Declaration, frozen=True, kw_only=True):
    """A band of values: ``from`` included, ``below`` excluded; a missing end is open."""

    level: Level
    label: Label
    colour: Colour
    colour_reason: str | None = None  # why a colour outside the house palette
    shape: Shape = "circle"
    from_: float | None = field(default=None, name="from")
    below: float | None = None


class Choice(Declaration, frozen=True, kw_only=True):
    """One allowed text value and what people call it."""

    value: str
    label: Label
    level: Level = "normal"


class Attribute(Declaration, frozen=True, kw_only=True):
    """One attribute of an entity type."""

    key: Key
    label: Label
    kind: Literal["property", "geo", "relationship"] = "property"
    value: Literal["number", "integer", "text", "boolean", "datetime", "object", "list"] = "number"
    unit: str | None = None  # UN/CEFACT Rec 20 code (CEL, GQ, KMH) of range and thresholds
    shown_in: str | None = None  # the unit people read it in, where that is another (C62 as P1: %)
    range: Range | None = None
    thresholds: tuple[Threshold, ...] = ()
    thresholds_source: Label | None = None  # the regulation or study the bands come from
    choices: tuple[Choice, ...] = ()
    decimals: Annotated[int, Meta(ge=0, le=6)] = 1
    description: Label | None = None
    extension: str | None = None  # not in the published model: why it is here
    deviation: str | None = None  # in the published model as another kind of value: why it differs here


class Model(Declaration, frozen=True, kw_only=True):
    """Where a type comes from: a Smart Data Models subject and the JSON-LD context of its terms."""

    subject: str
    context: str
    source: str


class EntityType(Declaration, frozen=True, kw_only=True):
    """A kind of thing in the live city: what it is called, drawn with, measured in, and who may see it."""

    key: Key
    iri: str
    label: Label
    plural: Label
    model: Model
    icon: str  # a maki icon's name
    access: Literal["open", "internal"]  # open: anyone may read it on the map and in the portal
    stale_after: Duration
    headline: Key | None = None  # the attribute a map symbol shows
    description: Label | None = None
    extension: str | None = None  # not a published type: why it is here
    shape: Shape = "circle"
    layer: Literal[
        "water", "air", "weather", "noise", "traffic", "camera", "lighting", "waste", "parking", "device"
    ] = "device"
    attributes: tuple[Attribute, ...]


class Pack(Declaration, frozen=True, kw_only=True):
    """pack.yaml: what the folder is."""

    key: Key
    version: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
    label: Label
    owner: str
    quality: Literal["bronze", "silver", "gold"]
    quality_reasons: tuple[str, ...] = ()
    requires: tuple[Key, ...] = ()
    description: Label | None = None
    terms: dict[str, str] = {}  # which IRI a short name means, where published models give it several


class PublishedAttribute(Declaration, frozen=True, kw_only=True):
    """One attribute as Smart Data Models publishes it."""

    key: str
    iri: str
    kind: Literal["property", "geo", "relationship"] = "property"
    value: Literal["number", "integer", "text", "boolean", "datetime", "object", "list"] | None = None
    units: str | None = None  # a hint in the publisher's own words, not a code
    choices: tuple[str, ...] = ()
    description: str | None = None


class PublishedModel(Declaration, frozen=True, kw_only=True):
    """models/*.yaml: an entity type as Smart Data Models publishes it (scripts/smart_data_models.py)."""

    type: Key
    iri: str
    subject: str
    version: str
    source: str
    context: str
    description: str | None = None
    required: tuple[str, ...] = ()
    attributes: tuple[PublishedAttribute, ...]


class TermContext(Declaration, frozen=True, kw_only=True):
    """contexts/*.yaml: the JSON-LD context of one subject, so that it is understood without the network."""

    subject: str
    urls: tuple[str, ...]
    terms: dict[str, str]


class Code(Declaration, frozen=True, kw_only=True):
    """One entry of a code list."""

    value: str
    label: Label
    parent: str | None = None
    note: Label | None = None


class CodeList(Declaration, frozen=True, kw_only=True):
    """vocab/*.yaml: the values a field may have and what people call them."""

    key: Key
    label: Label
    source: str
    codes: tuple[Code, ...]


def decode(data: object, kind: type[Declaration]) -> Declaration:
    """``data`` (as YAML gives it) as a declaration; raises :class:`msgspec.ValidationError`."""
    return msgspec.convert(data, kind)
