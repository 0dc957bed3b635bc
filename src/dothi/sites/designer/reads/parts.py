"""A part of a draft as lists of what stands in it, with where each was read from and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from dothi.centres.services.designing.bodies import text_of
from dothi.centres.services.designing.checking import PARTS, part_of
from dothi.centres.services.designing.models import Design
from dothi.core import money
from dothi.kernel.packs.problems import Problem
from dothi.sites.designer.reads.elements import FIELD_TYPES, nearest
from dothi.sites.ui.shell import language


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in a list."""

    path: str
    title: str
    sub: str = ""
    depth: int = 0
    source: str = ""
    wrong: int = 0
    add: str = ""  # what can be put into it: page, field, action


@dataclass(frozen=True, slots=True)
class Section:
    """A list with its heading. ``into`` is where a new thing is put."""

    title: str
    kind: str
    into: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A problem in words, with the part to mend."""

    text: str
    path: str
    line: int
    part: str
    at: str


def names() -> dict[str, str]:
    """The parts and what they are called."""
    words = (_("General"), _("Forms"), _("Documents"), _("States and actions"), _("Time limits"), _("Fees"), _("Decision tables"), _("Letters and messages"))  # fmt: skip
    return dict(zip(PARTS, words, strict=True))


def told(problems: Sequence[Problem]) -> list[Told]:
    """What is wrong, as a list of links."""
    lang = language()
    return [
        Told(f"{each.text(lang)} {each.hint(lang)}".strip(), each.path, each.line, part_of(each.path), nearest(each.path))
        for each in problems
    ]  # fmt: skip


class Parts:
    """The lists of one draft."""

    def __init__(self, design: Design, problems: Sequence[Problem]) -> None:
        self.body, self.lang = design.body, language()
        self.sources: Mapping[str, str] = design.sources
        self.wrong = [nearest(each.path) for each in problems]

    def sections(self, part: str) -> list[Section]:
        """What a part shows."""
        made: dict[str, list[tuple[str, str, str, Iterator[Row]]]] = {
            "general": [(_("Questions before the form"), "question", "start.eligibility", self.listed("start.eligibility", "ask"))],
            "forms": [(_("Forms"), "form", "forms", self.forms())],
            "documents": [(_("Documents"), "document", "documents", self.listed("documents"))],
            "steps": [
                (_("States and their actions"), "state", "states", self.states()),
                (_("Roles"), "role", "roles", self.mapped("roles")), (_("Facts"), "fact", "facts", self.mapped("facts")),
            ],
            "clocks": [(_("Time limits"), "clock", "clocks", self.mapped("clocks", "allowance"))],
            "fees": [(_("Fees and charges"), "fee", "fees.items", self.fees())],
            "decisions": [(_("Decision tables"), "table", "decisions", self.mapped("decisions"))],
            "letters": [
                (_("Letters"), "letter", "letters", self.mapped("letters")), (_("Messages"), "message", "messages", self.mapped("messages", name="subject")),
                (_("Results"), "result", "results", self.listed("results")),
            ],
        }  # fmt: skip
        return [Section(title, kind, into, tuple(rows)) for title, kind, into, rows in made[part]]

    def _at(self, *names: str) -> Any:
        here: Any = self.body
        for name in names:
            here = here.get(name) if isinstance(here, dict) else None
        return here

    def _row(self, path: str, title: str, sub: str = "", depth: int = 0, add: str = "") -> Row:
        return Row(path, title or path, sub, depth, self.sources.get(path, ""), sum(each == path for each in self.wrong), add)  # fmt: skip

    def listed(self, path: str, name: str = "label") -> Iterator[Row]:
        found = self._at(*path.split("."))
        for index, each in enumerate(found if isinstance(found, list) else []):
            yield self._row(f"{path}[{index}]", text_of(each, name, language=self.lang), _key(each))

    def mapped(self, path: str, *subs: str, name: str = "label") -> Iterator[Row]:
        found = self._at(path)
        for key, each in found.items() if isinstance(found, dict) else ():
            more = [str(each[sub]) for sub in subs if isinstance(each, dict) and sub in each]
            yield self._row(
                f"{path}.{key}", text_of(each, name, language=self.lang), " · ".join([key, *more])
            )

    def fees(self) -> Iterator[Row]:
        items = self._at("fees", "items")
        for index, each in enumerate(items if isinstance(items, list) else []):
            vnd = each.get("vnd") if isinstance(each, dict) else None
            prices = [vnd] if isinstance(vnd, int) else list(vnd.values()) if isinstance(vnd, dict) else []
            shown = " / ".join(money.show(one, self.lang) for one in prices if isinstance(one, int))
            yield self._row(f"fees.items[{index}]", text_of(each, "label", language=self.lang), shown)

    def forms(self) -> Iterator[Row]:
        found = self._at("forms")
        for key, form in found.items() if isinstance(found, dict) else ():
            yield self._row(f"forms.{key}", text_of(form, "label", language=self.lang), key, 0, "page")
            pages = form.get("pages") if isinstance(form, dict) else None
            for index, page in enumerate(pages if isinstance(pages, list) else []):
                path = f"forms.{key}.pages[{index}]"
                yield self._row(path, text_of(page, "label", language=self.lang), _key(page), 1, "field")
                yield from self._fields(page, path, 2)

    def _fields(self, around: Any, path: str, depth: int) -> Iterator[Row]:
        found = around.get("fields") if isinstance(around, dict) else None
        for index, each in enumerate(found if isinstance(found, list) else []):
            here = f"{path}.fields[{index}]"
            kind = each.get("type", "text") if isinstance(each, dict) else "text"
            words = FIELD_TYPES.get(kind, (kind, kind))[self.lang == "en"]
            more = [_key(each), words]
            if isinstance(each, dict) and each.get("required") is True:
                more.append(_("required"))
            if isinstance(each, dict) and each.get("when"):
                more.append(_("asked when %(condition)s") % {"condition": each["when"]})
            yield self._row(here, text_of(each, "label", language=self.lang), " · ".join(more), depth, "field" if kind == "group" else "")  # fmt: skip
            yield from self._fields(each, here, depth + 1)

    def states(self) -> Iterator[Row]:
        found = self._at("states")
        for key, state in found.items() if isinstance(found, dict) else ():
            done = isinstance(state, dict) and state.get("phase") == "done"
            yield self._row(f"states.{key}", text_of(state, "label", language=self.lang), key + (f" · {_('the end')}" if done else ""), 0, "action")  # fmt: skip
            actions = state.get("actions") if isinstance(state, dict) else None
            for name, each in actions.items() if isinstance(actions, dict) else ():
                yield self._row(f"states.{key}.actions.{name}", text_of(each, "label", language=self.lang), self._leads(each), 1)  # fmt: skip

    def _leads(self, each: Any) -> str:
        if not isinstance(each, dict):
            return ""
        to = each.get("to")
        role = each.get("role", "")
        roles = [role] if isinstance(role, str) else role if isinstance(role, list) else []
        names = [text_of(self._at("roles", str(one)), "label", language=self.lang) or BUILT_IN.get(str(one), {}).get(self.lang, str(one)) for one in roles]  # fmt: skip
        leads = (
            text_of(self._at("states", str(to)), "label", language=self.lang) or str(to) if to else _("stays")
        )
        return f"{', '.join(names)} → {leads}"


BUILT_IN: Final = {
    "applicant": {"vi": "Người nộp", "en": "Applicant"},
    "anyone": {"vi": "Bất kỳ ai", "en": "Anyone"},
    "system": {"vi": "Hệ thống", "en": "The platform"},
}


def _key(each: Any) -> str:
    return str(each.get("key", "")) if isinstance(each, dict) else ""
