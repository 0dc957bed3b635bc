"""The record types of this installation, ready for use: compiled schema, names, what is indexed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple

from dothi.core.errors import NotFound, both
from dothi.core.text import nfc
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.declarations import CodeList
from dothi.kernel.packs.record_properties import properties
from dothi.kernel.packs.record_types import UNIT, Property, Purpose, RecordType
from dothi.kernel.registers import places
from dothi.kernel.registers.masking import DOT
from dothi.kernel.registers.models import SLOTS
from dothi.kernel.registers.names import Template
from dothi.kernel.registers.normalise import NORMALISERS
from dothi.kernel.registers.slots import encoder
from dothi.kernel.registers.validation import Fault, Schema

_MASKED = both(
    "là giá trị đã che, không phải giá trị thật; bỏ cột này hoặc xuất lại với mục đích cho phép.",
    "is a masked value, not the real one; leave the column out, or export it again for a purpose.",
)
_NUL = both("có ký tự NUL không lưu được.", "holds a NUL character, which cannot be kept.")


class Carrier(NamedTuple):
    """A property that holds an identifier, and how its values are compared."""

    scheme: str
    property: str
    exclusive: bool
    normalise: Callable[[str], str]


class Kind:
    """A record type at work. Make it with :func:`kind`; tests may make their own and :func:`use` it."""

    def __init__(self, declared: RecordType, codes: Callable[[str], CodeList | None]) -> None:
        self.declared = declared
        self.key = declared.key
        self.properties = properties(declared)
        self.template = Template(declared.name)
        self._codes = codes

    @cached_property
    def schema(self) -> Schema:
        """The compiled schema; a property with a code list takes only its codes."""
        declared = self.declared.schema
        return Schema.of(
            {**declared, "properties": {key: self._with_codes(each) for key, each in self.properties.items()}}
        )

    def _with_codes(self, each: Property) -> Mapping[str, Any]:
        codes = self.codes(each.key)
        if codes is None or "enum" in each.schema or each.kind != "text":
            return each.schema
        return {**each.schema, "enum": [code.value for code in codes.codes]}

    def codes(self, key: str) -> CodeList | None:
        """The code list of a property."""
        name = self.properties[key].codes
        return None if name is None else self._codes(name)

    @cached_property
    def carriers(self) -> tuple[Carrier, ...]:
        """The properties that hold identifiers."""
        declared = {each.key: each for each in self.declared.identifiers}
        return tuple(
            Carrier(
                each.identifier,
                each.key,
                declared[each.identifier].unique,
                NORMALISERS[declared[each.identifier].normalise],
            )
            for each in self.properties.values()
            if each.identifier is not None
        )

    def carrier(self, scheme: str) -> Carrier:
        """The property that holds the identifier ``scheme``; raises :class:`NotFound`."""
        for each in self.carriers:
            if each.scheme == scheme:
                return each
        raise NotFound(
            both(
                f"Loại hồ sơ {self.key} không có mã định danh {scheme}.",
                f"Records of {self.key} have no identifier {scheme}.",
            )
        )

    @cached_property
    def linked(self) -> tuple[Property, ...]:
        """The properties that name other records or units."""
        return tuple(each for each in self.properties.values() if each.link is not None)

    @cached_property
    def points(self) -> bool:
        """Whether any property names other records (units are kept by the directory)."""
        return any(each.link is not None and each.link.register != UNIT for each in self.linked)

    def normaliser(self, register: str, scheme: str | None) -> Callable[[str], str]:
        """How the value of a link to ``register`` is compared: as an id, or as its identifier ``scheme``."""
        return str.lower if scheme is None else kind(register).carrier(scheme).normalise

    @cached_property
    def slots(self) -> dict[str, str]:
        """Indexed property → the column its value is kept in."""
        return dict(zip(self.declared.indexed, SLOTS, strict=False))

    @cached_property
    def encoders(self) -> tuple[tuple[str, Callable[[Any], str | None]], ...]:
        """Indexed property and how its value is written in its column, in order."""
        return tuple((key, encoder(self.properties[key].kind)) for key in self.declared.indexed)

    @cached_property
    def found_by_all(self) -> tuple[str, ...]:
        """Searched properties that every reader of the type sees."""
        seen = {"open"} if self.declared.access.open else {"open", "internal"}
        return tuple(key for key in self.declared.search if self.properties[key].sensitivity in seen)

    @cached_property
    def found_by_some(self) -> tuple[str, ...]:
        """Searched properties that only some readers see."""
        return tuple(key for key in self.declared.search if key not in self.found_by_all)

    def purpose(self, key: str) -> Purpose | None:
        """The declared purpose called ``key``."""
        return next((each for each in self.declared.access.purposes if each.key == key), None)

    def label(self, data: Mapping[str, Any]) -> str:
        """What a record with this data is called."""
        return self.template.fill(data)

    def clean(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """``data`` with every text in composed letters, without the properties that are null."""
        return {
            key: value if type(value) is str and value.isascii() else composed(value)
            for key, value in data.items()
            if value is not None
        }

    def _guarded(self, key: str) -> bool:
        return key in self.properties and self.properties[key].sensitivity in ("personal", "sensitive")

    def faults(self, data: Mapping[str, Any]) -> list[Fault]:
        """Everything wrong with cleaned ``data``."""
        found = [] if self.schema.fits(data) else self.schema.faults(data)
        found += [Fault(key, "nul", _NUL) for key, value in data.items() if _has_nul(value)]
        found += [
            Fault(key, "masked", _MASKED)
            for key, value in data.items()
            if isinstance(value, str) and DOT in value and self._guarded(key)
        ]
        place = self.declared.geometry
        if place is not None and place in data and not any(each.where.startswith(place) for each in found):
            wrong = places.fault(data[place], place)
            found += [wrong] if wrong else []
        return found


def composed(value: Any) -> Any:
    """``value`` with all its texts in composed letters (NFC)."""
    if isinstance(value, str):
        return value if unicodedata.is_normalized("NFC", value) else nfc(value)
    if isinstance(value, Mapping):
        return {key: composed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [composed(item) for item in value]
    return value


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, Mapping):
        return any(_has_nul(each) for each in value.values())
    return isinstance(value, list) and any(_has_nul(each) for each in value)


_own: dict[str, Kind] = {}


@cache
def _of_packs(key: str) -> Kind | None:
    declared = packs.record_types().get(key)
    return None if declared is None else Kind(declared, packs.vocabulary)


def kind(key: str) -> Kind:
    """The record type called ``key``; raises :class:`NotFound`."""
    found = _own.get(key) or _of_packs(key)
    if found is None:
        raise NotFound(both(f"Không có loại hồ sơ {key}.", f"There is no record type {key}."), where="type")
    return found


def kinds() -> dict[str, Kind]:
    """Every record type by its key, in the order of the packs."""
    return {key: kind(key) for key in (*packs.record_types(), *_own)}


def use(declared: Iterable[RecordType], codes: Iterable[CodeList] = ()) -> None:
    """For tests: know these types too, until :func:`reload`."""
    lists = {each.key: each for each in codes}
    for each in declared:
        _own[each.key] = Kind(each, lambda key: lists.get(key) or packs.vocabulary(key))


def reload() -> None:
    """Forget what was read and what was added (after a pack was edited)."""
    _of_packs.cache_clear()
    _own.clear()
