"""The inputs by which a part of a declaration is edited: what they show, and what was typed as data again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from dothi.core.errors import BadInput, both
from dothi.kernel.packs import source
from dothi.kernel.packs.source import Source

Kind = Literal[
    "text", "long", "number", "tick", "choice", "names", "label", "texts", "feel", "yaml", "price", "choices"
]  # fmt: skip
Words = Mapping[str, str]
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Control:
    """One input: the member it edits (``agency.level``), how, and what people call it."""

    at: str
    kind: Kind
    label: Words
    help: Words | None = None
    options: Callable[[Any], Sequence[tuple[str, str]]] | None = None  # of the whole body: (value, label)
    needed: bool = False
    otherwise: Any = None  # what stands for nothing given; it is not written


@dataclass(slots=True)
class Shown:
    """A control on a page, with its value as a browser holds it."""

    control: Control
    name: str
    label: str
    help: str = ""
    value: str = ""
    second: str = ""  # English, or the price at the counter
    ticked: bool = False
    options: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.control.kind

    @property
    def id(self) -> str:
        return "c-" + self.name.replace(".", "-")


def shown(control: Control, element: Any, body: Any, language: str) -> Shown:
    """A control with the value it has in ``element``."""
    value = _member(element, control.at)
    made = Shown(
        control, control.at, control.label[language], control.help[language] if control.help else "",
        options=list(control.options(body)) if control.options else [],
    )  # fmt: skip
    if value is None:
        value = control.otherwise
    if control.kind in ("label", "texts"):
        made.value, made.second = (str(value.get(each, "")) if isinstance(value, dict) else "" for each in ("vi", "en"))  # fmt: skip
    elif control.kind == "tick":
        made.ticked = value is True
    elif control.kind == "names":
        made.value = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    elif control.kind == "choices":
        made.value = "\n".join(_choice(each) for each in value or [])
    elif control.kind == "yaml":
        made.value = source.write(value) if value not in (None, [], {}) else ""
    elif control.kind == "price":
        both_prices = isinstance(value, dict)
        made.value = str(value.get("online", "") if both_prices else "" if value is None else value)
        made.second = str(value.get("counter", "")) if both_prices else ""
    else:
        made.value = _typed(value)
    if control.kind == "choice" and made.value not in [key for key, _ in made.options]:
        made.options.append((made.value, made.value or "–"))
    return made


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _choice(each: Any) -> str:
    label = each.get("label", {}) if isinstance(each, dict) else {}
    return " | ".join((str(each.get("value", "")), str(label.get("vi", "")), str(label.get("en", "")))) if isinstance(each, dict) else str(each)  # fmt: skip


def _member(element: Any, at: str) -> Any:
    for name in at.split("."):
        element = element.get(name) if isinstance(element, dict) else None
    return element


def changed(element: Any, controls: Sequence[Control], sent: Mapping[str, str]) -> dict[str, Any]:
    """``element`` with what was typed; members without a control stay. Raises :class:`BadInput` with ``where``."""
    made: dict[str, Any] = dict(element) if isinstance(element, dict) else {}
    for control in controls:
        value = read(control, sent)
        here, names = made, control.at.split(".")
        for name in names[:-1]:
            inner = here.get(name)
            here[name] = here = dict(inner) if isinstance(inner, dict) else {}
        if value is None or value == control.otherwise:
            here.pop(names[-1], None)
        else:
            here[names[-1]] = value
        if len(names) > 1 and not made[names[0]]:
            del made[names[0]]
    return made


def read(control: Control, sent: Mapping[str, str]) -> Any:
    """What was typed into a control, as data; None for nothing."""
    given = sent.get(control.at, "")[:LONGEST].replace("\r\n", "\n").strip()
    if control.kind in ("label", "texts"):
        english = sent.get(f"{control.at}.en", "")[:LONGEST].replace("\r\n", "\n").strip()
        return {"vi": given or english, "en": english or given} if given or english else None
    if control.kind == "tick":
        return bool(given) or None if control.otherwise is None else bool(given)
    if not given:
        return None
    if control.kind == "number":
        return _number(given, control)
    if control.kind == "names":
        names = [each for each in (part.strip() for part in given.replace("\n", ",").split(",")) if each]
        return names[0] if len(names) == 1 and control.at in ("role", "start.role") else names or None
    if control.kind == "choices":
        return [_read_choice(line) for line in given.splitlines() if line.strip()]
    if control.kind == "yaml":
        return _yaml(given, control)
    if control.kind == "price":
        counter = sent.get(f"{control.at}.counter", "").strip()
        online = _number(given, control)
        return {"online": online, "counter": _number(counter, control)} if counter else online
    return {"true": True, "false": False}.get(given, given) if control.at == "required" else given


def _number(given: str, control: Control) -> int | float:
    plain = given.replace(" ", "").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        value = float("nan")
    if value != value or abs(value) > 1e15:
        raise BadInput(both("Hãy nhập một số.", "Write a number."), where=control.at)
    return int(value) if value == int(value) else value


def _read_choice(line: str) -> dict[str, Any]:
    value, vi, en = (*(part.strip() for part in line.split("|", 2)), "", "")[:3]
    return {"value": value, "label": {"vi": vi or value, "en": en or vi or value}}


def _yaml(given: str, control: Control) -> Any:
    found = source.parse(given, Source("yaml"))
    if found.problems:
        first = found.problems[0]
        raise BadInput(
            both(f"Dòng {first.line}: {first.text('vi')}", f"Line {first.line}: {first.text('en')}"),
            where=control.at,
        )
    return found.data
