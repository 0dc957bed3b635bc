"""The rules of a report category's content: questions that can be answered, rows and organisations that exist."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from dothi.kernel.packs import checks
from dothi.kernel.packs.declarations import CodeList
from dothi.kernel.packs.icons import icons
from dothi.kernel.packs.problems import Problem, nearest
from dothi.kernel.packs.reports import (
    GROUPS,
    LISTS,
    ORGANISATION_KINDS,
    ORGANISATIONS,
    Question,
    ReportCategory,
    Responder,
    RoutingRow,
)
from dothi.kernel.packs.source import Source, Steps


def category(source: Source, declared: ReportCategory) -> None:
    """One category by itself."""
    checks.labels(source, declared)
    checks.named(source, declared.key, "key")
    if declared.icon not in icons():
        near = nearest(declared.icon, icons())
        source.report(("icon",), "unknown-icon", icon=declared.icon, suggestion=near)
    if not declared.words:
        source.report(("words",), "no-words")
    _texts(source, declared)
    questions = {question.key: question for question in declared.questions}
    for index, question in enumerate(declared.questions):
        _question(source, question, declared.questions[:index], ("questions", index))
    _responder(source, declared.responder, ("responder",))
    keys = [row.key for row in declared.rows]
    for index, row in enumerate(declared.rows):
        if row.key in keys[:index]:
            source.report(("rows", index, "key"), "duplicate-row", key=row.key)
        _row(source, row, questions, ("rows", index))


def _texts(source: Source, declared: ReportCategory) -> None:
    for field in ("words", "examples"):
        for index, text in enumerate(getattr(declared, field)):
            if not unicodedata.is_normalized("NFC", text):
                source.report((field, index), "not-nfc", suggestion=unicodedata.normalize("NFC", text))


def _question(source: Source, question: Question, before: Sequence[Question], steps: Steps) -> None:
    if question.key in [each.key for each in before]:
        source.report((*steps, "key"), "duplicate-question", key=question.key)
    if (question.kind in LISTS) != bool(question.values):
        source.report((*steps, "values"), "question-values", kind=question.kind)
    values = [each.value for each in question.values]
    for index, value in enumerate(values):
        if value in values[:index]:
            source.report((*steps, "values", index, "value"), "duplicate-choice", value=value)


def _responder(source: Source, responder: Responder, steps: Steps) -> None:
    if (responder.organisation is None) == (responder.level is None):
        source.report(steps, "organisation-or-level")


def _row(source: Source, row: RoutingRow, questions: Mapping[str, Question], steps: Steps) -> None:
    if row.to is not None:
        _responder(source, row.to, (*steps, "to"))
    elif row.priority is None and row.answer is None:
        source.report(steps, "row-decides-nothing")
    for key, answers in row.when.answers.items():
        here: Steps = (*steps, "when", "answers", key)
        if key not in questions:
            near = nearest(key, questions)
            source.report(here, "unknown-question", key=key, suggestion=near)
            continue
        known = [each.value for each in questions[key].values]
        for index, value in enumerate(answers):
            if value not in known:
                near = nearest(value, known)
                source.report((*here, index), "unknown-answer", value=value, key=key, suggestion=near)


def between(
    declared: Sequence[tuple[Source, ReportCategory]],
    codes: Iterable[CodeList],
    others: Iterable[ReportCategory],
) -> list[Problem]:
    """The rules between categories: keys used once; groups, organisations and neighbours that are there."""
    lists = {each.key: {code.value for code in each.codes} for each in codes}
    known = {each.key for each in others} | {each.key for _, each in declared}
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for source, each in declared:
        if each.key in first:
            problems.append(
                source.problem(("key",), "duplicate-category", key=each.key, other=first[each.key])
            )
        first.setdefault(each.key, source.file)
        problems += _outward(source, each, lists, known)
    return problems


def _outward(
    source: Source, each: ReportCategory, lists: Mapping[str, set[str]], known: Collection[str]
) -> Iterable[Problem]:
    groups = lists.get(GROUPS, set())
    if each.group not in groups:
        yield source.problem(
            ("group",), "unknown-group", key=each.group, suggestion=nearest(each.group, groups)
        )
    for index, key in enumerate(each.duplicates.also):
        if key not in known:
            steps: Steps = ("duplicates", "also", index)
            yield source.problem(steps, "unknown-category", key=key, suggestion=nearest(key, known))
    responders: list[tuple[Steps, Responder]] = [(("responder",), each.responder)]
    responders += [(("rows", index, "to"), row.to) for index, row in enumerate(each.rows) if row.to]
    for steps, responder in responders:
        field, name, value = _named(responder)
        if value not in lists.get(name, set()):
            near = nearest(value, lists.get(name, set()))
            yield source.problem((*steps, field), "unknown-code", key=value, list=name, suggestion=near)


def _named(responder: Responder) -> tuple[str, str, str]:
    """The field of a responder that names a code, the list it is of, and the code."""
    if responder.organisation is not None:
        return "organisation", ORGANISATIONS, responder.organisation
    return "kind", ORGANISATION_KINDS, responder.kind
