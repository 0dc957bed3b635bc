"""The publication queue: what waits for whom, what a screening found, what somebody may do now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied

from dothi.centres.opendata import queries, rules
from dothi.centres.opendata.models import Publication, Step
from dothi.centres.opendata.rules import Accepted, Finding
from dothi.core.errors import NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.models import Account
from dothi.kernel.warehouse import queries as warehouse
from dothi.kernel.warehouse.models import Dataset, DatasetVersion
from dothi.kernel.warehouse.vocabularies import STATES
from dothi.sites.data.access import PUBLISHING
from dothi.sites.data.words import PUBLICATION_LEVELS
from dothi.sites.ui.shell import language

MOST = 500
ORDER = ("approval", "screening", "draft", "published", "superseded", "withdrawn")
_NEEDS = {
    "submit": rules.SUBMIT, "approve": rules.APPROVE, "return": rules.APPROVE, "publish": rules.PUBLISH,
    "withdraw": rules.WITHDRAW, "supersede": rules.WITHDRAW, "reopen": rules.SUBMIT,
}  # fmt: skip


def may_enter(actor: Actor) -> None:
    """Only who works on publication, in some unit."""
    if not any(actor.may_somewhere(each) for each in PUBLISHING):
        raise PermissionDenied("opendata")


@dataclass(frozen=True, slots=True)
class Line:
    """One dataset in the queue."""

    dataset: Dataset
    publication: Publication | None
    state: str
    word: str
    level: str
    shape: str
    title: str
    mine: list[str]
    approved: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """The lines, and how many there are of each state."""

    lines: list[Line]
    counts: list[tuple[str, str, int]]
    state: str
    total: int


def state_word(state: str) -> str:
    """The state of a publication, in the page's language."""
    return STATES[state][language()] if state in STATES else state


def queue(actor: Actor, state: str = "") -> Queue:
    """Datasets of the units this person works for: those that wait for somebody first."""
    known = {each.dataset: each for each in Publication.objects.all()[: MOST * 4]}
    every = [
        _line(each, known.get(each.key), actor)
        for each in warehouse.datasets(limit=MOST)
        if _sees(actor, each)
    ]
    every.sort(
        key=lambda line: (not line.mine, ORDER.index(line.state) if line.state in ORDER else 9, line.title)
    )
    counts = [(name, state_word(name), sum(line.state == name for line in every)) for name in ORDER]
    shown = [line for line in every if not state or line.state == state]
    return Queue(shown, [each for each in counts if each[2]], state, len(every))


def _sees(actor: Actor, dataset: Dataset) -> bool:
    return any(
        actor.may(each, unit=dataset.unit or None, organisation=dataset.publisher or None)
        for each in PUBLISHING
    )


def _line(dataset: Dataset, publication: Publication | None, actor: Actor) -> Line:
    state = publication.state if publication else "draft"
    level, shape = PUBLICATION_LEVELS.get(state, ("normal", "circle"))
    return Line(
        dataset, publication, state, state_word(state), level, shape,
        dataset.title_en if language() == "en" else dataset.title_vi,
        moves(dataset, publication, actor) if state in ("draft", "approval") else [],
        bool(publication and publication.approved_at),
    )  # fmt: skip


def moves(dataset: Dataset, publication: Publication | None, actor: Actor) -> list[str]:
    """What this person may do with it now."""
    state = publication.state if publication else "draft"
    found = []
    for move in rules.MOVES.get(state, {}):
        needed = _NEEDS.get(move)
        if needed is None or not actor.may(
            needed, unit=dataset.unit or None, organisation=dataset.publisher or None
        ):
            continue
        if move == "approve" and publication and not _may_approve(publication, actor):
            continue
        if move == "publish" and not (publication and publication.approved_at):
            continue
        found.append(move)
    return found


def _may_approve(publication: Publication, actor: Actor) -> bool:
    return not publication.approved_at and rules.person(actor) != publication.submitted_by


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding, whether it stops, and the reason it was let pass with."""

    finding: Finding
    accepted: str


@dataclass(frozen=True, slots=True)
class View:
    """One dataset on its way."""

    line: Line
    dataset: Dataset
    publication: Publication | None
    version: DatasetVersion | None
    findings: list[FindingView]
    anonymity: dict[str, Any]
    small_groups: bool
    steps: list[tuple[Step, str, str, str]]
    moves: list[str]
    own: bool
    open_columns: list[str]
    hidden_columns: list[str]


def publication(key: str, actor: Actor) -> View:
    """Everything about one publication; raises ``NotFound`` for a dataset this person does not work on."""
    dataset = warehouse.dataset(key)
    if dataset is None or not _sees(actor, dataset):
        raise NotFound(both(f"Không có tập dữ liệu “{key}”.", f"There is no dataset '{key}'."))
    held, version = queries.publication(key), warehouse.published(dataset)
    accepted = {
        (each.column, each.kind): each.reason
        for each in msgspec.convert(held.accepted if held else [], list[Accepted])
    }
    findings = [
        FindingView(each, accepted.get((each.column, each.kind), ""))
        for each in msgspec.convert(held.findings if held else [], list[Finding])
    ]
    anonymity = dict(held.anonymity) if held else {}
    columns = (version.columns if version else None) or dataset.columns
    is_open = [each["name"] for each in columns if each.get("sensitivity", "open") == "open"]
    return View(
        _line(dataset, held, actor), dataset, held, version, findings, anonymity,
        rules.small_groups(anonymity, ()), _steps(key), moves(dataset, held, actor),
        bool(held and rules.person(actor) == held.submitted_by), is_open,
        [each["name"] for each in columns if each["name"] not in is_open],
    )  # fmt: skip


def _steps(key: str) -> list[tuple[Step, str, str, str]]:
    found = queries.steps(key)
    ids = [each.by.removeprefix("account:") for each in found if each.by.startswith("account:")]
    names = {str(each.pk): str(each) for each in Account.objects.filter(pk__in=set(ids))}
    platform = {"vi": "nền tảng", "en": "the platform"}[language()]
    return [
        (
            each,
            state_word(each.before),
            state_word(each.after),
            names.get(each.by.removeprefix("account:"), platform),
        )
        for each in found
    ]
