"""What is wrong in a pack, said so that its author can mend it: where, why, and the name probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from dothi.kernel.packs.messages import MESSAGES, WORDS


class Problem(Struct, frozen=True, order=True):
    """One thing wrong in one place. ``code`` is stable; the sentence comes from it in either language."""

    file: str
    line: int
    path: str
    code: str
    values: tuple[tuple[str, str], ...] = ()
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.text("en")

    def __str__(self) -> str:
        return _line(self, "en")

    def text(self, language: str = "en") -> str:
        """The sentence in ``language`` (``vi`` or ``en``), without place and suggestion."""
        if language == "vi":
            return MESSAGES[self.code]["vi"].format(
                **{key: WORDS.get(word, word) for key, word in self.values}
            )
        return MESSAGES[self.code]["en"].format(**dict(self.values))

    def hint(self, language: str = "en") -> str:
        """What was probably meant, as a sentence; empty when nothing is near."""
        if not self.suggestion:
            return ""
        return (
            f"Có phải là '{self.suggestion}'?" if language == "vi" else f"Did you mean '{self.suggestion}'?"
        )


class PackErrors(Exception):
    """A pack that cannot be used, with everything that is wrong in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__(render_text(self.problems))


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known name most like ``wrong``, if any is near."""
    names = {name.lower(): name for name in known}
    found = difflib.get_close_matches(wrong.lower(), names, n=1, cutoff=0.55)
    return names[found[0]] if found else None


def render_text(problems: Sequence[Problem], language: str = "en") -> str:
    """One line a problem: ``file:line: path: sentence suggestion``, as editors and terminals link it."""
    return "\n".join(_line(problem, language) for problem in problems)


def _line(problem: Problem, language: str) -> str:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    parts = (
        f"{place}:",
        f"{problem.path}:" if problem.path else "",
        problem.text(language),
        problem.hint(language),
    )
    return " ".join(part for part in parts if part)


def render_json(problems: Sequence[Problem]) -> str:
    """The same for scripts: a list of objects with both languages."""
    rows = [
        {
            "file": problem.file,
            "line": problem.line or None,
            "path": problem.path,
            "code": problem.code,
            "message": {"vi": problem.text("vi"), "en": problem.text("en")},
            "suggestion": problem.suggestion,
        }
        for problem in problems
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()
