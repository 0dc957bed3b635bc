"""Filling a declared dossier in, one thing a page: for people at home, and for a clerk who types for somebody at the counter.

A surface says where its pages are, in which frame they are shown, who the applicant is and what follows the sending.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from dothi.centres.services import rules
from dothi.centres.services.actions import drafting, papers, sending
from dothi.centres.services.models import Draft
from dothi.core.config import current
from dothi.core.errors import DothiError, Text
from dothi.core.text import collation_key
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import Errors, validate_form
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs import queries as packs
from dothi.sites.forms import posting, showing
from dothi.sites.ui.shell import language


def units(lang: str) -> list[tuple[str, str]]:
    """The city's wards for a choice, in dictionary order."""
    found = [(each.code, each.full_name[lang]) for each in directory.children(current().city)]
    return sorted(found, key=lambda pair: collation_key(pair[1]))


def centre(code: str) -> tuple[float, float] | None:
    """The middle of a ward."""
    found = directory.unit(code)
    return found.centroid if found else None


class Filling(ABC):
    """One draft on one surface. Subclasses give the addresses, the frame, the page on the applicant, and what comes after."""

    frame: ClassVar[str]

    def __init__(self, request: HttpRequest, held: Draft, compiled: Compiled) -> None:
        self.request, self.held, self.compiled = request, held, compiled

    @abstractmethod
    def at(self, step: str) -> str:
        """The address of a step."""

    @abstractmethod
    def root(self) -> str:
        """The address of the draft; steps are below it."""

    @abstractmethod
    def begun_from(self) -> str:
        """Where the way back from the first step leads."""

    def context(self) -> dict[str, Any]:
        """What the frame shows beside the step."""
        return {}

    @abstractmethod
    def render(self, name: str, context: dict[str, Any], status: int) -> HttpResponseBase:
        """The page ``forms/steps/<name>.html``."""

    @abstractmethod
    def who(self, step: str) -> HttpResponseBase:
        """The page on who the applicant is."""

    @abstractmethod
    def sent(self, done: sending.Sent) -> HttpResponseBase:
        """What follows when the draft became a case."""

    def files(self, given: Mapping[str, Any]) -> int:
        """Add the files that were sent; how many."""
        return papers.take_all(self.held, self.request.FILES)

    def step(self, step: str) -> HttpResponseBase:
        """One page: shown, or saved and on to the next; a step that is not on the way leads to the first."""
        if step not in rules.steps(self.compiled, self.held.data):
            return HttpResponseRedirect(self.root())
        steps: dict[str, Callable[[str], HttpResponseBase]] = {
            "eligibility": self._eligibility, "who": self.who, "documents": self._documents, "check": self._check,
        }  # fmt: skip
        return steps.get(step, self._questions)(step)

    def next(self, step: str) -> HttpResponseRedirect:
        """On to the step behind this one, or back to the check."""
        held, compiled, request = self.held, self.compiled, self.request
        held.refresh_from_db()
        way = rules.steps(compiled, held.data)
        if request.POST.get("back-to") == "check" and step in way:
            return HttpResponseRedirect(self.at("check"))
        return HttpResponseRedirect(self.at(rules.after(step, way)))

    def shown(self, step: str, name: str, context: Mapping[str, Any]) -> HttpResponseBase:
        """A step in the frame of its surface; with faults it is answered as not processed."""
        held, compiled, request = self.held, self.compiled, self.request
        way = rules.steps(compiled, held.data)
        before = rules.before(step, way)
        frame = {
            "draft": held, "procedure": compiled.procedure, "step": step, "number": way.index(step) + 1, "steps": len(way),
            "before": self.at(before) if before else self.begun_from(), "frame": self.frame,
            "back_to": request.POST.get("back-to") or request.GET.get("back", ""), **self.context(),
        }  # fmt: skip
        return self.render(name, frame | dict(context), 422 if context.get("faults") else 200)

    def _eligibility(self, step: str) -> HttpResponseBase:
        held, compiled, request = self.held, self.compiled, self.request
        asked = compiled.procedure.start.eligibility
        reasons: list[Text] = []
        given = held.answers
        if request.method == "POST":
            given = {each.key: request.POST.get(f"a.{each.key}", "") for each in asked}
            reasons = drafting.save_eligibility(held, given)
            unanswered = any(not str(value).strip() for value in given.values())
            if not reasons and not unanswered:
                return self.next(step)
        lang = language()
        rows = [
            (each.key, each.ask.text(lang), _yes_no(each.when, each.key), _typed(given.get(each.key)))
            for each in asked
        ]
        told = [showing.Fault("", each[lang]) for each in reasons]
        return self.shown(step, "eligibility", {"rows": rows, "faults": told})

    def _questions(self, step: str) -> HttpResponseBase:
        held, compiled, request = self.held, self.compiled, self.request
        """A page of the form."""
        lang, errors, data = language(), {}, held.data
        form = rules.form_of(compiled)
        assert form is not None
        shown_page, asked = next((p, a) for p, a in rules.pages(compiled, data) if p.declared.key == step)
        if request.method == "POST":
            assert isinstance(request.POST, QueryDict)
            given = posting.answers(shown_page.fields, request.POST, centre=centre)
            pressed = posting.step(request.POST)
            errors = drafting.save_page(held, step, given)
            if pressed is None and not errors:
                return self.next(step)
            held.refresh_from_db()
            data = posting.rows_changed(held.data, pressed) if pressed else held.data
            errors = {} if pressed else errors
            asked = next(a for p, a in rules.pages(compiled, data) if p.declared.key == step)
        shown = showing.questions(asked, data, errors, lang, units=units(lang), sources=_sources(held, lang))
        declared = shown_page.declared
        context = {
            "label": declared.label, "help": declared.help, "questions": shown,
            "faults": showing.summary_of_faults(shown, errors, lang),
        }  # fmt: skip
        return self.shown(step, "questions", context)

    def _documents(self, step: str) -> HttpResponseBase:
        held, compiled, request = self.held, self.compiled, self.request
        lang, told = language(), []
        if request.method == "POST":
            try:
                if taken := request.POST.get("remove", ""):
                    key, _, document = taken.partition(":")
                    drafting.detach(held, key, document)
                    return HttpResponseRedirect(self.at(step))
                added = self.files(request.POST)
                if request.POST.get("go") or not added:
                    held.refresh_from_db()
                    lacking = rules.missing(_papers(held, compiled))
                    if not lacking:
                        return self.next(step)
                    told = [showing.Fault(f"d-{key}", text[lang]) for key, text in lacking.items()]
                else:
                    return HttpResponseRedirect(self.at(step))
            except DothiError as error:
                told = [showing.Fault(f"d-{error.where}" if error.where else "", error.text(lang))]
            held.refresh_from_db()
        return self.shown(step, "documents", {"papers": _papers(held, compiled), "faults": told})

    def _check(self, step: str) -> HttpResponseBase:
        held, compiled, request = self.held, self.compiled, self.request
        lang = language()
        by = actor_of(request)
        form = rules.form_of(compiled)
        told: list[showing.Fault] = []
        if request.method == "POST":
            if not request.POST.get("sure"):
                told = [showing.Fault("sure", _("Confirm that what you declare is true."))]
            else:
                try:
                    sent = sending.send(held, by=by, unit=request.POST.get("unit", ""))
                    return self.sent(sent)
                except Refused as error:
                    told = _refusals(error, held, compiled, lang)
        data, errors = validate_form(form, held.data) if form else ({}, {})
        names = dict(units(lang))
        sections = (
            showing.summary(form, held.data | data, lang, units=names, sources=_sources(held, lang))
            if form
            else []
        )
        context = {
            "sections": sections, "papers": _papers(held, compiled), "incomplete": self._incomplete(errors, lang),
            "change": self.root(), "faults": told, "units": list(names.items()),
            "asks_unit": any(fault.id == "unit" for fault in told),
        }  # fmt: skip
        return self.shown(step, "check", context)

    def _incomplete(self, errors: Errors, lang: str) -> list[tuple[str, str]]:
        """What is still open, each with the page it is on."""
        held, compiled = self.held, self.compiled
        rows = [(self.at(_page_of(compiled, where)), text[lang]) for where, text in errors.items()]
        lacking = rules.missing(_papers(held, compiled))
        return rows + [(self.at("documents"), text[lang]) for text in lacking.values()]


def _yes_no(condition: str, key: str) -> bool:
    """Whether a question is answered by yes or no: its condition compares the answer with one of them."""
    plain = condition.replace(" ", "")
    return f"{key}=true" in plain or f"{key}=false" in plain


def _typed(value: Any) -> str:
    return {True: "true", False: "false", None: ""}.get(value, str(value))


def _sources(held: Draft, lang: str) -> dict[str, showing.Source]:
    types = packs.record_types()
    return {
        key: showing.Source(types[each["register"]].label.text(lang), each.get("record", ""))
        for key, each in held.sources.items()
        if each.get("register") in types
    }


def _papers(held: Draft, compiled: Compiled) -> list[rules.Paper]:
    form = rules.form_of(compiled)
    data, _ = validate_form(form, held.data) if form else ({}, {})
    return rules.papers(compiled, {"data": data, "facts": {}, **data}, held.documents)


def _page_of(compiled: Compiled, where: str) -> str:
    form, head = rules.form_of(compiled), where.partition(".")[0].partition("[")[0]
    pages = form.pages if form else ()
    return next(
        (each.declared.key for each in pages if any(field.key == head for field in each.fields)), "documents"
    )


def _refusals(error: Refused, held: Draft, compiled: Compiled, lang: str) -> list[showing.Fault]:
    if not error.errors:
        return [showing.Fault("", error.text(lang))]
    return [
        showing.Fault("unit" if where == "unit" else "", text[lang]) for where, text in error.errors.items()
    ]
