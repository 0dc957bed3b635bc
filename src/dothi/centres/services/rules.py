"""Decisions about dossiers being filled in, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dothi.core.errors import Gone, NotFound, Text, both
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import CompiledField, CompiledForm, CompiledPage, visible_fields
from dothi.kernel.identity.secrets import digest, new_link
from dothi.kernel.packs.procedures import DocumentType

KEPT: Final = timedelta(days=60)


def new_secret() -> tuple[str, str]:
    """A secret for a save-and-return link, and what is kept of it."""
    secret = new_link()
    return secret, digest(secret)


def no_draft() -> NotFound:
    """For a draft that is not there or not the asker's: the two look alike."""
    return NotFound(
        both(
            "Không có hồ sơ đang soạn này, hoặc liên kết đã hết hạn.",
            "There is no such unfinished dossier, or its link has expired.",
        )
    )


def sent_already() -> Gone:
    """For a draft that became a case."""
    return Gone(both("Hồ sơ này đã được nộp.", "This dossier was submitted."))


def form_of(compiled: Compiled) -> CompiledForm | None:
    """The form a dossier begins with."""
    key = compiled.procedure.start.form
    return compiled.forms[key] if key else None


def pages(compiled: Compiled, data: Mapping[str, Any]) -> list[tuple[CompiledPage, list[CompiledField]]]:
    """The pages of the first form that are asked, given the answers so far, each with its questions."""
    form = form_of(compiled)
    return visible_fields(form, data) if form else []


def steps(compiled: Compiled, data: Mapping[str, Any]) -> list[str]:
    """The way through a dossier, one thing a page: who, each page of the form, papers, check."""
    first = ["eligibility"] if compiled.procedure.start.eligibility else []
    papers = ["documents"] if compiled.start_documents else []
    return [*first, "who", *(page.declared.key for page, _ in pages(compiled, data)), *papers, "check"]


def after(step: str, way: Sequence[str]) -> str:
    """The step behind ``step``; the last one stays."""
    place = way.index(step) if step in way else -1
    return way[min(place + 1, len(way) - 1)]


def before(step: str, way: Sequence[str]) -> str | None:
    """The step before ``step``, if there is one."""
    place = way.index(step) if step in way else 0
    return way[place - 1] if place > 0 else None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is asked for now: whether it must be there, and what stands in for it."""

    declared: DocumentType
    needed: bool
    given: tuple[Mapping[str, Any], ...]

    @property
    def by_data(self) -> bool:
        """Whether a register's data stands in its place."""
        return any(each.get("once_only") for each in self.given)

    @property
    def missing(self) -> bool:
        return self.needed and not self.given


def papers(
    compiled: Compiled, names: Mapping[str, Any], given: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Paper]:
    """The documents of the first act, with what was given of each. ``names`` are what conditions see."""
    made = []
    for each in compiled.start_documents:
        declared = each.declared
        holds = each.when is None or each.when.holds(dict(names))
        there = tuple(given.get(declared.key, ()))
        if holds or there:
            made.append(Paper(declared, declared.required and holds, there))
    return made


def missing(asked: Iterable[Paper]) -> dict[str, Text]:
    """What is still to be added, by the document's key."""
    return {
        each.declared.key: both(f"Hãy thêm: {each.declared.label.vi}.", f"Add: {each.declared.label.en}.")
        for each in asked
        if each.missing
    }


def bare(value: Any, asked: Iterable[CompiledField]) -> dict[str, Any]:
    """Of the answers only those to questions that are asked."""
    keys = {each.key for each in asked}
    return {key: answer for key, answer in value.items() if key in keys}
