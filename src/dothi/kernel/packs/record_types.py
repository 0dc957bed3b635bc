"""What a pack declares of a register: one record type a file, a JSON Schema with the house's own keywords."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dothi.kernel.packs.declarations import Declaration, Label
from dothi.kernel.packs.linkage_types import Linkage

Sensitivity = Literal["open", "internal", "personal", "sensitive"]
"""Who may see a property: anyone; those who read the register; those with a purpose; those with a special one."""
MaskKind = Literal["name", "id", "date", "phone", "email", "place", "hide"]
Normaliser = Literal["text", "compact", "digits", "upper", "phone", "plate"]
TypeKey = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", description="Small letters and hyphens: civil-event")
]
PropertyKey = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", description="Small letters and underscores")
]
HOUSE_KEYWORDS = frozenset(
    {
        "x-label",
        "x-sensitivity",
        "x-mask",
        "x-link",
        "x-codes",
        "x-identifier",
        "x-unit",
        "x-multiline",
        "x-address",
    }
)
INDEXED_AT_MOST = 6


class RecordIdentifier(Declaration, frozen=True, kw_only=True):
    """A number or code people know a record by. The property that holds it says ``x-identifier: <key>``."""

    key: TypeKey
    label: Label
    normalise: Normaliser = "compact"
    unique: bool = True  # no two records of the type may carry the same one


class Purpose(Declaration, frozen=True, kw_only=True):
    """A reason for which personal data of the type may be read in clear; every such reading is logged with it."""

    key: TypeKey
    label: Label
    clear: tuple[Literal["personal", "sensitive"], ...] = ("personal",)
    fields: tuple[PropertyKey, ...] = ()  # only these are shown in clear; none: all of that sensitivity
    permission: str | None = None  # what the reader must hold besides the right to personal data
    basis: Label | None = None  # the law or decision that allows it


class RecordAccess(Declaration, frozen=True, kw_only=True):
    """Who may read records: ``open`` lets anyone see the open properties; ``purposes`` open personal ones."""

    open: bool = False
    purposes: tuple[Purpose, ...] = ()


class Retention(Declaration, frozen=True, kw_only=True):
    """How long records are kept, in whole years after they ended or were last recorded."""

    years: Annotated[int, Meta(ge=1, le=1000)]
    after: Literal["ended", "recorded"] = "ended"
    basis: Label


class SchemaStep(Declaration, frozen=True, kw_only=True):
    """How records of version ``to - 1`` become records of version ``to``; applied in the order written here."""

    to: Annotated[int, Meta(ge=2)]
    rename: dict[str, str] = field(default_factory=dict)  # old property → new property
    values: dict[str, dict[str, Any]] = field(default_factory=dict)  # property → old value → new value
    compose: dict[str, str] = field(
        default_factory=dict
    )  # property → template of other properties: "{family_name} {given_name}"
    default: dict[str, Any] = field(default_factory=dict)  # property → value where there is none
    remove: tuple[str, ...] = ()
    note: Label | None = None


class RecordType(Declaration, frozen=True, kw_only=True):
    """registers/*.yaml: a kind of record a base register keeps.

    ``schema`` is JSON Schema 2020-12 of the record's data, closed (``additionalProperties: false``), whose
    properties may carry ``x-label`` {vi, en}, ``x-sensitivity``, ``x-mask``, ``x-codes`` (a code list's key),
    ``x-link`` {register, by}, ``x-identifier`` (a key of ``identifiers``), ``x-unit`` (UN/CEFACT code),
    ``x-address: true`` (a written address: what it names of units follows their reforms).
    """

    key: TypeKey
    label: Label
    plural: Label
    group: Literal["people", "land", "business", "investment", "social", "other"]
    name: str  # what a record is called: a template of properties, "{full_name} ({birth_date})"
    schema: dict[str, Any]
    version: Annotated[int, Meta(ge=1)] = 1
    icon: str = "marker"  # a maki icon's name
    description: Label | None = None
    basis: Label | None = None  # the law the register stands on
    identifiers: tuple[RecordIdentifier, ...] = ()
    search: tuple[PropertyKey, ...] = ()  # properties whose words find the record
    indexed: tuple[PropertyKey, ...] = ()  # properties lists can be filtered by, six at most
    unit: PropertyKey | None = None  # the property with the code of the unit that keeps the record
    geometry: PropertyKey | None = None  # the property with its GeoJSON geometry
    access: RecordAccess = RecordAccess()
    retention: Retention | None = None
    migrations: tuple[SchemaStep, ...] = ()
    linkage: Linkage | None = None  # how duplicates are found


class Link(Declaration, frozen=True, kw_only=True):
    """``x-link``: the property names a record of ``register`` by its id, or ``by`` one of its identifiers.

    ``register: unit`` names an administrative unit by its code. ``via``: the property is a list of objects, and
    each of them names a record in its own property ``via``.
    """

    register: TypeKey
    by: TypeKey | None = None
    kind: TypeKey | None = None  # what the link says, where the property's label is not enough: head-of
    must_exist: bool = False
    via: PropertyKey | None = None


class Property(Declaration, frozen=True, kw_only=True):
    """One property of a record type with its house keywords read out of the schema."""

    key: str
    label: Label
    kind: str  # text, number, integer, boolean, date, datetime, geometry, list, object
    required: bool = False
    sensitivity: Sensitivity = "internal"
    mask: MaskKind | None = None
    codes: str | None = None
    link: Link | None = None
    identifier: str | None = None
    unit: str | None = None
    address: bool = False
    schema: dict[str, Any] = field(default_factory=dict)


UNIT = "unit"
