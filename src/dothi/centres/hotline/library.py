"""The library of answers: written once, in both languages, for a category and an agency; every version is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db.models import Q

from dothi.centres.hotline import access
from dothi.centres.hotline.models import Answer, AnswerVersion
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.clock import from_us, now
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.core.text import fold, format_date
from dothi.kernel.cases.access import READ
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action
from dothi.kernel.letters.filling import fill, problems

TITLE_MOST, TEXT_MOST = 160, 4_000
FIELDS: Final = ("code", "category", "place", "agency", "received", "today")
"""What a text may name between double braces."""


def _organisation(organisation: str = "", **_: object) -> str | None:
    return organisation or None


@action(permission=access.EDIT_ANSWERS, organisation=_organisation)
def write(
    *,
    title: Mapping[str, str],
    text: Mapping[str, str],
    by: Actor,
    category: str = "",
    organisation: str = "",
) -> Answer:
    """A new answer; without an organisation it is everybody's, and only who edits for the whole city writes it."""
    said = _checked(title, text, category)
    made = Answer.objects.create(
        category=category, organisation=organisation, changed_by=by.reference[:80], **said
    )
    _keep(made, by)
    return made


@action(permission=None)
def revise(id: UUID, *, title: Mapping[str, str], text: Mapping[str, str], version: int, by: Actor) -> Answer:
    """Another version; refused when somebody else wrote one since ``version``."""
    held = _held(id, by)
    if held.version != version:
        raise Conflict(both("Có người vừa sửa câu trả lời này.", "Somebody has just changed this answer."))
    for name, value in _checked(title, text, held.category).items():
        setattr(held, name, value)
    held.version, held.changed_at, held.changed_by = held.version + 1, now(), by.reference[:80]
    held.save()
    _keep(held, by)
    return held


@action(permission=None)
def retire(id: UUID, retired: bool, *, by: Actor) -> Answer:
    """Offer an answer no more, or again."""
    held = _held(id, by)
    held.retired, held.changed_at, held.changed_by = retired, now(), by.reference[:80]
    held.save(update_fields=["retired", "changed_at", "changed_by"])
    return held


def _held(id: UUID, by: Actor) -> Answer:
    held = Answer.objects.select_for_update().filter(pk=id).first()
    if held is None:
        raise NotFound(both("Không có câu trả lời này.", "There is no such answer."))
    by.require(access.EDIT_ANSWERS, organisation=held.organisation or None)
    return held


def _keep(held: Answer, by: Actor) -> None:
    AnswerVersion.objects.create(
        answer=held, version=held.version, title_vi=held.title_vi, title_en=held.title_en, text_vi=held.text_vi,
        text_en=held.text_en, by=by.reference[:80],
    )  # fmt: skip


def _checked(title: Mapping[str, str], text: Mapping[str, str], category: str) -> dict[str, str]:
    if category and category not in catalogue.categories():
        raise BadInput(both("Hãy chọn một lĩnh vực.", "Choose a category."), where="category")
    made = {}
    for name, given, most in (("title", title, TITLE_MOST), ("text", text, TEXT_MOST)):
        for lang in ("vi", "en"):
            value = str(given.get(lang, "")).strip()
            where = f"{name}_{lang}"
            if not value or len(value) > most:
                raise BadInput(
                    both(
                        f"Viết từ 1 đến {most} chữ, cả hai thứ tiếng.",
                        f"Write 1 to {most} letters in both languages.",
                    ),
                    where=where,
                )
            made[where] = value
    for where in ("text_vi", "text_en"):
        if problems(made[where], FIELDS):
            known = ", ".join(FIELDS)
            raise BadInput(
                both(
                    f"Có trường không dùng được; các trường: {known}.",
                    f"A field is not known; there are: {known}.",
                ),
                where=where,
            )
    return made


def _may_read(by: Actor) -> None:
    """Operators, and whoever works on cases: the texts are no personal data."""
    if not by.may_somewhere(READ) and not by.may_somewhere(access.ANSWERS):
        by.require(access.ANSWERS)


def find(
    *, by: Actor, text: str = "", category: str = "", organisation: str = "", retired: bool = False
) -> list[Answer]:
    """Answers that fit, those of the category and the agency first; words with or without diacritics."""
    _may_read(by)
    rows = Answer.objects.all() if retired else Answer.objects.filter(retired=False)
    if category:
        rows = rows.filter(Q(category=category) | Q(category=""))
    if organisation:
        rows = rows.filter(Q(organisation=organisation) | Q(organisation=""))
    words = fold(text).split()
    found = [each for each in rows[:2000] if all(word in fold(_words(each)) for word in words)]
    return sorted(found, key=lambda each: (not each.category, not each.organisation, fold(each.title_vi)))[
        :100
    ]


def _words(each: Answer) -> str:
    return f"{each.title_vi} {each.title_en} {each.text_vi} {each.text_en}"


def get(id: UUID, *, by: Actor) -> Answer:
    """One answer with its versions."""
    _may_read(by)
    found = Answer.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(both("Không có câu trả lời này.", "There is no such answer."))
    return found


def filled(answer: Answer, case: CaseView, language: str) -> str:
    """The answer with what it names put in for a report."""
    declared = catalogue.categories().get(str(case.data.get("category", "")))
    names = {
        "code": case.code, "category": declared.label.text(language) if declared else "",
        "place": str(case.data.get("place_words", "")), "agency": naming.agency(case.organisation, language),
        "received": format_date(from_us(case.opened_us), language),
        "today": format_date(now(), language),
    }  # fmt: skip
    return fill(answer.text_en if language == "en" else answer.text_vi, names, language)
