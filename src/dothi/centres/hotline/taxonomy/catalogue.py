"""Categories by key and group, and those that people mean by a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dothi.core.text import fold
from dothi.kernel.packs import queries
from dothi.kernel.packs.declarations import Label
from dothi.kernel.packs.reports import GROUPS, ReportCategory


@dataclass(frozen=True, slots=True)
class Group:
    """A group of categories, in the order of the code list."""

    key: str
    label: Label
    categories: tuple[ReportCategory, ...]


def categories() -> Mapping[str, ReportCategory]:
    """Every declared category by its key."""
    return queries.report_categories()


def groups() -> list[Group]:
    """The groups that have categories, each with its own sorted by their Vietnamese label."""
    codes = queries.vocabulary(GROUPS)
    found = []
    for code in codes.codes if codes else ():
        own = sorted(
            (each for each in categories().values() if each.group == code.value),
            key=lambda each: fold(each.label.vi),
        )
        if own:
            found.append(Group(code.value, code.label, tuple(own)))
    return found


def same_matter(first: str, second: str, known: Mapping[str, ReportCategory] | None = None) -> bool:
    """Whether reports of the two categories can be of one matter: the same, or either names the other."""
    if first == second:
        return True
    declared = categories() if known is None else known
    a, b = declared.get(first), declared.get(second)
    return bool((a and second in a.duplicates.also) or (b and first in b.duplicates.also))


def search(text: str, among: Iterable[ReportCategory] | None = None, most: int = 8) -> list[ReportCategory]:
    """The categories in whose label, words, examples or description the words of ``text`` stand, best first.

    For the field in which an operator types a few letters; diacritics make no difference. What a whole report
    is about is told by :mod:`dothi.centres.hotline.routing`.
    """
    asked = fold(text).split()
    if not asked:
        return []
    scored = []
    for each in categories().values() if among is None else among:
        points = [_points(word, each) for word in asked]
        if all(points):
            scored.append((-sum(points), fold(each.label.vi), each))
    return [each for _, _, each in sorted(scored, key=lambda item: item[:2])[:most]]


def _points(word: str, category: ReportCategory) -> int:
    """3 for the start of a word of the label, 2 of a word people use, 1 of the rest, 0 for nowhere."""
    places = (
        (category.label.vi, category.label.en),
        category.words,
        (category.description.vi, category.description.en, *category.examples),
    )
    for points, texts in zip((3, 2, 1), places, strict=True):
        if any(part.startswith(word) for text in texts for part in fold(text).split()):
            return points
    return 0
