"""What the call screen shows while somebody talks: what it may be, what to ask, what was reported already, who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from dothi.centres.hotline import calls, queries
from dothi.centres.hotline.queries import Near
from dothi.centres.hotline.routing.suggesting import Position, Suggestion
from dothi.centres.hotline.taxonomy import answers as asked
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.config import current
from dothi.core.text import collation_key
from dothi.kernel.directory import queries as directory
from dothi.kernel.fulfilment import naming
from dothi.kernel.packs.reports import LISTS, Question
from dothi.sites.forms import showing

ANSWER = "a."
PLACE = ("address", "unit", "lat", "lon")


@dataclass(frozen=True, slots=True)
class Choice:
    """A category that the words speak for."""

    key: str
    label: str
    percent: int
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the category with what was answered."""

    question: Question
    label: str
    name: str
    chosen: Sequence[str]
    values: Sequence[tuple[str, str, bool]] = ()

    @property
    def many(self) -> bool:
        """Whether several answers can be chosen."""
        return self.question.kind == "multivaluelist"


@dataclass(frozen=True, slots=True)
class Assist:
    """Everything beside the operator's own words."""

    choices: Sequence[Choice] = ()
    abstained: bool = False
    model: str = ""
    script: str = ""
    agency: str = ""
    why: str = ""
    unit: str = ""
    near: Sequence[Near] = ()
    located: bool = False
    private: bool = False
    questions: Sequence[Asked] = field(default_factory=tuple)


def posted(data: QueryDict, draft: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, as a draft is kept; what it does not have stays as it was."""
    found: dict[str, Any] = {name: data.get(name, draft.get(name, "")) for name in calls.FIELDS}
    for name in PLACE:
        found[name] = data.get(f"f.place.{name}", draft.get(name, ""))
    found[calls.ANSWERS] = {
        key.removeprefix(ANSWER): values if len(values := [each for each in data.getlist(key) if each]) > 1 else (values or [""])[0]
        for key in data
        if key.startswith(ANSWER)
    } or draft.get(calls.ANSWERS, {})  # fmt: skip
    return found


def position(draft: Mapping[str, Any]) -> Position | None:
    """Where it is, when the coordinates can be read."""
    try:
        lon, lat = (float(str(draft.get(name, "")).replace(",", ".")) for name in ("lon", "lat"))
    except ValueError:
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def words(draft: Mapping[str, Any]) -> str:
    """The place in words: the address and the ward."""
    found = directory.unit(str(draft.get("unit", ""))) if draft.get("unit") else None
    return ", ".join(filter(None, (str(draft.get("address", "")), found.full_name["vi"] if found else "")))


def given_answers(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that the category's questions take; others are left out."""
    declared = catalogue.categories().get(str(draft.get("category", "")))
    known = {each.key for each in declared.questions} if declared else set()
    return {key: value for key, value in (draft.get(calls.ANSWERS) or {}).items() if key in known and value}


def assist(draft: Mapping[str, Any], language: str) -> Assist:
    """What helps the operator with what is written so far."""
    known = catalogue.categories()
    text, where, category = str(draft.get("description", "")), position(draft), str(draft.get("category", ""))
    declared = known.get(category)
    answers = given_answers(draft)
    if declared is not None:
        try:
            answers = asked.check(declared, answers, complete=False)
        except asked.WrongAnswer:
            answers = {}
    told = queries.suggest(text, where, answers, category=category or None) if text or category else None
    choices = [
        Choice(each.category, known[each.category].label.text(language), round(100 * each.probability), [why.words for why in each.reasons[:3]])
        for each in (told.candidates if told and text else ())
    ]  # fmt: skip
    near = queries.near(where, category, text=text, address=words(draft)) if where and declared else []
    return Assist(
        choices=choices, abstained=bool(told and text and told.abstained), model=told.model if told else "",
        script=declared.script.text(language) if declared else "", agency=_agency(told, language),
        why=told.organisation_why["en" if language == "en" else "vi"] if told else "",
        unit=naming.place(told.place.unit or "", language) if told else "", near=near[:6], located=where is not None,
        private=declared is not None and not declared.public, questions=questions(draft, language),
    )  # fmt: skip


def _agency(told: Suggestion | None, language: str) -> str:
    return naming.agency(told.organisation, language) if told and told.organisation else ""


def questions(draft: Mapping[str, Any], language: str) -> list[Asked]:
    """The category's questions as fields."""
    declared = catalogue.categories().get(str(draft.get("category", "")))
    made = []
    for each in declared.questions if declared else ():
        held = (draft.get(calls.ANSWERS) or {}).get(each.key, "")
        chosen = [str(one) for one in (held if isinstance(held, list) else [held]) if one]
        values = [(one.value, one.label.text(language), one.value in chosen) for one in each.values]
        made.append(
            Asked(
                each,
                each.label.text(language),
                ANSWER + each.key,
                chosen,
                values if each.kind in LISTS else (),
            )
        )
    return made


def groups(language: str, chosen: str) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """All categories by group, for the choice."""
    return [
        (
            group.label.text(language),
            [(each.key, each.label.text(language), each.key == chosen) for each in group.categories],
        )
        for group in catalogue.groups()
    ]


def place(draft: Mapping[str, Any], language: str, label: str, faults: list[str]) -> showing.Shown:
    """The question where it is, as every form asks it."""
    named = [(each.code, each.full_name[language]) for each in directory.children(current().city)]
    named.sort(key=lambda pair: collation_key(pair[1]))
    declared = catalogue.categories().get(str(draft.get("category", "")))
    return showing.Shown(
        "place", "place", "place", label, required=declared is None or declared.needs_place,
        parts={name: str(draft.get(name, "")) for name in PLACE}, faults=faults,
        choices=[showing.Choice(code, name, code == draft.get("unit")) for code, name in named],
    )  # fmt: skip
