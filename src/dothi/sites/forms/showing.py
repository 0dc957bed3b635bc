"""Questions as a page shows them: labels, values as they were typed, choices, faults, and where a value came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from dothi.core import money
from dothi.core.text import format_date, format_number
from dothi.kernel.cases.engine.forms import CompiledField, CompiledForm, Errors, visible_fields
from dothi.sites.forms.posting import PREFIX, single

_CONTROLS: Final = {
    "multiline": "area", "integer": "number", "number": "number", "money": "number", "boolean": "yes-no",
    "date": "date", "datetime": "datetime", "choice": "choice", "choices": "checks", "email": "email",
    "phone": "phone", "personal-id": "digits", "place": "place", "unit": "unit", "group": "group",
}  # fmt: skip
_COMPLETE: Final = {
    "email": "email",
    "phone": "tel",
    "full_name": "name",
    "name": "name",
    "birth_date": "bday",
}
RADIOS_MOST: Final = 6
STARS: Final = "stars"  # the widget of a satisfaction from 1 to 5
_SATISFIED: Final = {
    "vi": ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"),
    "en": ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was taken from, so that nobody has to declare it again."""

    register: str
    record: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers."""

    value: str
    label: str
    chosen: bool


@dataclass(slots=True)
class Shown:
    """One question on a page."""

    key: str
    path: str
    control: str
    label: str
    help: str = ""
    required: bool = False
    value: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    rows: list[list[Shown]] = field(default_factory=list)
    most: int = 0
    hint: str = ""
    complete: str = ""
    longest: int = 0
    source: Source | None = None

    @property
    def name(self) -> str:
        """Its name in what a browser sends."""
        return PREFIX + self.path

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "f-" + self.path.replace(".", "-")

    @property
    def repeats(self) -> bool:
        """Whether it has rows that can be added."""
        return self.most > 0

    @property
    def radios(self) -> bool:
        """Few choices are shown all at once."""
        return self.control == "yes-no" or (self.control == "choice" and len(self.choices) <= RADIOS_MOST)


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of the summary of faults: where it leads, and the sentence."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of a summary: the question, the answer as people read it, and whether others may see it."""

    key: str
    label: str
    value: str
    sensitivity: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one page."""

    key: str
    label: str
    answers: tuple[Answer, ...]


def questions(
    asked: Iterable[CompiledField],
    data: Mapping[str, Any],
    errors: Errors,
    language: str,
    *,
    units: Sequence[tuple[str, str]] = (),
    sources: Mapping[str, Source] | None = None,
    path: str = "",
) -> list[Shown]:
    """These questions with the answers given so far. ``errors`` are by path, as forms give them."""
    shown = []
    for each in asked:
        made = _shown(each, data.get(each.key), errors, language, units, path + each.key)
        made.source = (sources or {}).get(each.key)
        shown.append(made)
    return shown


def _shown(
    each: CompiledField,
    value: Any,
    errors: Errors,
    language: str,
    units: Sequence[tuple[str, str]],
    path: str,
) -> Shown:
    declared = each.declared
    made = Shown(
        key=each.key, path=path, control=_CONTROLS.get(declared.type, "text"), label=declared.label.text(language),
        help=declared.help.text(language) if declared.help else "", required=each.required is True,
        complete=_COMPLETE.get(each.key, _COMPLETE.get(declared.type, "off")), longest=declared.max_length or 0,
        hint=_hint(declared.type, language), faults=_faults(errors, path, language),
    )  # fmt: skip
    if declared.widget == STARS:
        made.control = "choice"
        levels = list(enumerate(_SATISFIED[language], start=1))
        made.choices = [
            Choice(str(n), f"{n} · {words}", str(n) == _typed(value)) for n, words in reversed(levels)
        ]
        return made
    if declared.repeat is not None:
        _rows(made, each, value, errors, language, units)
    elif made.control == "group":
        made.rows = [questions(each.fields, _mapping(value), errors, language, units=units, path=path + ".")]
    elif made.control in ("choice", "checks", "yes-no", "unit"):
        made.choices = _choices(each, value, language, units)
    elif made.control == "place":
        made.parts = {name: _typed(part) for name, part in _mapping(value).items()}
        made.choices = _units(units, made.parts.get("unit", ""))
    elif value is not None:
        made.value = _typed(value)
    return made


def _rows(
    made: Shown,
    each: CompiledField,
    value: Any,
    errors: Errors,
    language: str,
    units: Sequence[tuple[str, str]],
) -> None:
    repeat = each.declared.repeat
    assert repeat is not None
    rows = value if isinstance(value, list) else []
    least = max(repeat.min, 1)
    made.most = repeat.max
    one = replace(each, declared=single(each))
    for index, row in enumerate([*rows, *[None] * max(0, least - len(rows))][: repeat.max]):
        place = f"{made.path}.{index}"
        if each.declared.type == "group":
            made.rows.append(
                questions(each.fields, _mapping(row), errors, language, units=units, path=place + ".")
            )
        else:
            made.rows.append([_shown(one, row, errors, language, units, place)])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _typed(value: Any) -> str:
    """A value as an input element holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _choices(
    each: CompiledField, value: Any, language: str, units: Sequence[tuple[str, str]]
) -> list[Choice]:
    if each.declared.type == "unit":
        return _units(units, _typed(value))
    if each.declared.type == "boolean":
        words = {"vi": ("Có", "Không"), "en": ("Yes", "No")}[language]
        given = _typed(value)
        return [Choice("true", words[0], given == "true"), Choice("false", words[1], given == "false")]
    chosen = value if isinstance(value, list) else [_typed(value)]
    return [Choice(key, label[language], key in chosen) for key, label in each.choices]


def _units(units: Sequence[tuple[str, str]], chosen: str) -> list[Choice]:
    return [Choice(code, name, code == chosen) for code, name in units]


def _hint(type: str, language: str) -> str:
    hints = {
        "personal-id": {"vi": "12 chữ số", "en": "12 digits"},
        "money": {"vi": "đồng", "en": "đồng"},
        "phone": {"vi": "ví dụ 0912 345 678", "en": "such as 0912 345 678"},
    }
    return hints.get(type, {}).get(language, "")


def _faults(errors: Errors, path: str, language: str) -> list[str]:
    """Forms write ``members[2].full_name`` where pages write ``members.2.full_name``."""
    return [told[language] for where, told in errors.items() if dotted(where) == path]


def dotted(where: str) -> str:
    """The path of a fault as pages write it."""
    return where.replace("[", ".").replace("]", "")


def summary_of_faults(shown: Iterable[Shown], errors: Errors, language: str) -> list[Fault]:
    """What is to be mended, in the order of the page, each line leading to its question."""
    told: list[Fault] = []
    seen: set[str] = set()
    for each in _flat(shown):
        for text in each.faults:
            told.append(Fault(each.id, f"{each.label}: {text}"))
            seen.add(each.path)
    told.extend(Fault("", text[language]) for where, text in errors.items() if dotted(where) not in seen)
    return told


def _flat(shown: Iterable[Shown]) -> Iterable[Shown]:
    for each in shown:
        yield each
        for row in each.rows:
            yield from _flat(row)


def summary(
    form: CompiledForm,
    data: Mapping[str, Any],
    language: str,
    *,
    units: Mapping[str, str] | None = None,
    sources: Mapping[str, Source] | None = None,
) -> list[Section]:
    """Every question that is asked with its answer, page by page: to check before sending, and for officers."""
    made = []
    for page, asked in visible_fields(form, data):
        lines = tuple(
            Answer(
                each.key, each.declared.label.text(language), said(each, data.get(each.key), language, units or {}),
                each.declared.sensitivity, (sources or {}).get(each.key),
            )
            for each in asked
        )  # fmt: skip
        made.append(Section(page.declared.key, page.declared.label.text(language), lines))
    return made


def said(each: CompiledField, value: Any, language: str, units: Mapping[str, str]) -> str:
    """An answer as people read it; a dash for none."""
    if value is None or value == "" or value == [] or value == {}:
        return "–"
    if isinstance(value, list) and each.declared.type != "choices":
        return "; ".join(_one(each, row, language, units) for row in value)
    return _one(each, value, language, units)


def _one(each: CompiledField, value: Any, language: str, units: Mapping[str, str]) -> str:
    kind = each.declared.type
    if kind == "group":
        row = _mapping(value)
        return ", ".join(said(one, row[one.key], language, units) for one in each.fields if one.key in row)
    if kind in ("choice", "choices"):
        words = {key: label[language] for key, label in each.choices}
        return ", ".join(
            words.get(str(key), str(key)) for key in (value if isinstance(value, list) else [value])
        )
    if kind == "boolean":
        return {"vi": ("Không", "Có"), "en": ("No", "Yes")}[language][value is True or value == "true"]
    if kind == "place":
        return _where(_mapping(value), units)
    if kind == "unit":
        return units.get(str(value), str(value))
    return _plain(kind, value, language)


def _where(place: Mapping[str, Any], units: Mapping[str, str]) -> str:
    unit = units.get(str(place.get("unit", "")), "")
    point = f"{place['lat']:.5f}, {place['lon']:.5f}" if isinstance(place.get("lat"), float) else ""
    return ", ".join(part for part in (str(place.get("address") or ""), unit) if part) or point


def _plain(kind: str, value: Any, language: str) -> str:
    if kind == "money" and isinstance(value, int):
        return money.show(value, language)
    if kind in ("integer", "number") and isinstance(value, int | float):
        return format_number(value, None, language)
    if kind == "date":
        try:
            return format_date(date.fromisoformat(str(value)), language)
        except ValueError:
            return str(value)
    return str(value)
