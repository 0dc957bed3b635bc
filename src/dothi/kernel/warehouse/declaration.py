"""What is said of a dataset before it has rows: strict structs, checked where they are made. No Django here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from dothi.core.errors import BadInput, Text, both
from dothi.kernel.warehouse.licences import licence
from dothi.kernel.warehouse.vocabularies import FREQUENCIES, THEMES

ColumnType = Literal["string", "integer", "number", "boolean", "date", "datetime", "geometry", "json"]
Sensitivity = Literal["open", "internal", "personal", "sensitive"]
Role = Literal["", "key", "dimension", "measure", "time", "geometry", "longitude", "latitude", "text"]

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")
NAME = re.compile(r"[^\W\d]\w{0,62}")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    vi: str
    en: str = ""

    def text(self) -> dict[str, str]:
        """Both languages; English falls back to Vietnamese."""
        return both(self.vi, self.en or self.vi)


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One column: name, type, what people call it, its unit (UCUM), how closely it is kept, what it is for."""

    name: str
    type: ColumnType
    label: Words | None = None
    description: Words | None = None
    unit: str = ""
    sensitivity: Sensitivity = "open"
    codes: str = ""
    role: Role = ""

    def plain(self) -> dict[str, Any]:
        """As it is kept in the dataset's row: always with label, sensitivity and role."""
        kept: dict[str, Any] = msgspec.to_builtins(self)
        label = self.label.text() if self.label else both(self.name, self.name)
        return kept | {"label": label, "sensitivity": self.sensitivity, "role": self.role}


class DatasetDeclaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A dataset as a pack or a person declares it; times and rows come with its versions.

    ``unit`` is the code of the administrative unit that answers for it (empty: the whole city), ``publisher``
    an organisation's code or plain text, ``columns`` may be empty: the first load then infers them.
    ``retention``: ``{"versions": 10, "days": 365}``; what is older than both is let go, the newest never.
    ``row_policy``: ``{"unit": "<column>"}`` keeps a row for those who may read within the unit in that column.
    """

    key: str
    title: Words
    description: Words = Words("")
    keywords: tuple[Words, ...] = ()
    themes: tuple[str, ...] = ()
    licence: str = "cc-by-4.0"
    publisher: str = ""
    publisher_label: Words = Words("")
    unit: str = ""
    contact_name: str = ""
    contact_email: str = ""
    frequency: str = "UNKNOWN"
    spatial: tuple[float, float, float, float] | None = None
    temporal_from: date | None = None
    temporal_to: date | None = None
    access: Literal["open", "shared", "internal"] = "internal"
    provenance: Literal["real", "simulated", "mixed"] = "real"
    source: Words = Words("")
    source_url: str = ""
    columns: tuple[Column, ...] = ()
    key_columns: tuple[str, ...] = ()
    checks: tuple[dict[str, Any], ...] = ()
    row_policy: dict[str, Any] = {}
    retention: dict[str, int] = {}


def declaration(given: DatasetDeclaration | Mapping[str, Any]) -> DatasetDeclaration:
    """``given`` as a checked declaration; raises :class:`BadInput` that names the wrong part."""
    try:
        made = msgspec.convert(dict(given) if isinstance(given, Mapping) else given, DatasetDeclaration)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        raise BadInput(message, where=where.rstrip("`") or None) from None
    check(made)
    return made


def check(made: DatasetDeclaration) -> None:
    """Raise :class:`BadInput` for what the types alone cannot tell."""
    _require(KEY.fullmatch(made.key) is not None, "key", _KEY_RULE)
    _require(bool(made.title.vi.strip()), "title.vi", both("Hãy đặt tên.", "Give it a title."))
    licence(made.licence)
    for theme in made.themes:
        _require(theme in THEMES, "themes", _one_of(theme, THEMES))
    _require(made.frequency in FREQUENCIES, "frequency", _one_of(made.frequency, FREQUENCIES))
    check_columns(made.columns, made.key_columns)
    policy = made.row_policy.get("unit")
    names = {column.name for column in made.columns}
    _require(policy is None or not names or policy in names, "row_policy.unit", _no_column(str(policy)))
    if made.spatial is not None:
        west, south, east, north = made.spatial
        inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
        _require(
            inside, "spatial", both("Khung là tây, nam, đông, bắc.", "A box is west, south, east, north.")
        )


def check_columns(columns: tuple[Column, ...], key_columns: tuple[str, ...]) -> None:
    """Names are names, each once; key columns exist."""
    seen: set[str] = set()
    for place, column in enumerate(columns):
        _require(NAME.fullmatch(column.name) is not None, f"columns[{place}].name", _name_rule(column.name))
        folded = column.name.lower()
        twice = both(f"Cột “{column.name}” có hai lần.", f"There are two columns '{column.name}'.")
        _require(folded not in seen, f"columns[{place}].name", twice)
        seen.add(folded)
    names = {column.name for column in columns}
    for key in key_columns:
        _require(not names or key in names, "key_columns", _no_column(key))


_KEY_RULE = both(
    "Khóa gồm chữ thường không dấu, số và gạch nối, tối đa 100 ký tự.",
    "A key is made of lower-case letters, digits and hyphens, at most 100.",
)


def _require(holds: bool, where: str, why: Text) -> None:
    if not holds:
        raise BadInput(why, where=where)


def _one_of(given: str, known: Mapping[str, Any]) -> Text:
    words = ", ".join(known)
    return both(f"Không có mã “{given}”; có: {words}.", f"There is no code '{given}'; there are: {words}.")


def _no_column(name: str) -> Text:
    return both(f"Không có cột “{name}”.", f"There is no column '{name}'.")


def _name_rule(name: str) -> Text:
    return both(
        f"“{name}” không dùng làm tên cột được: bắt đầu bằng chữ, rồi chữ, số, gạch dưới; tối đa 63.",
        f"'{name}' cannot be a column's name: a letter, then letters, digits, underscores; at most 63.",
    )
