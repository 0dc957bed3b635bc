"""The texts of procedures: placeholders that stand for something, the same ones in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dothi.kernel.letters import filling
from dothi.kernel.packs.problems import nearest
from dothi.kernel.packs.procedures import Effect, Procedure, Template
from dothi.kernel.packs.source import Source, Steps

ALWAYS: Final = frozenset(
    {
        "case.code",
        "case.opened",
        "case.procedure",
        "case.state",
        "case.link",
        "case.secret",
        "case.unit",
        "case.organisation",
        "case.channel",
        "applicant.name",
        "applicant.address",
        "applicant.phone",
        "applicant.email",
        "organisation.name",
        "organisation.address",
        "organisation.phone",
        "unit.name",
        "officer.name",
        "officer.title",
        "signer.name",
        "signer.title",
        "fees.total",
        "fees.paid",
        "documents.list",
        "documents.missing",
        "missed.due",
        "note",
        "today",
        "now",
    }
)
"""What every text may name beside the data, facts and clocks of its own procedure."""


def names(declared: Procedure) -> set[str]:
    """Every name a text of this procedure may use."""
    fields = {field.key for form in declared.forms.values() for page in form.pages for field in page.fields}
    found = {*ALWAYS} | {f"data.{key}" for key in fields} | {f"facts.{key}" for key in declared.facts}
    return found | {
        f"clocks.{key.replace('-', '_')}.{what}"
        for key in declared.clocks
        for what in ("due", "allowance", "label", "started")
    }


def check(source: Source, declared: Procedure) -> None:
    """All letters and messages of a procedure."""
    known = names(declared)
    for key, letter in declared.letters.items():
        _template(source, letter.template, known, ("letters", key, "template"))
    for key, message in declared.messages.items():
        _template(source, message.subject, known, ("messages", key, "subject"))
        _template(source, message.text, known, ("messages", key, "text"))


def _template(source: Source, template: Template, known: set[str], steps: Steps) -> None:
    found = {language: list(filling.placeholders(template.text(language))) for language in ("vi", "en")}
    for language, used in found.items():
        others = {each.name for each in found["en" if language == "vi" else "vi"]}
        place = (*steps, language)
        for each in used:
            if not _stands(each.name, known):
                words = {"name": each.name, "known": ", ".join(sorted(known))}
                source.report(place, "placeholder-unknown", suggestion=nearest(each.name, known), **words)
            elif each.name not in others:
                source.report(place, "placeholder-one-language", name=each.name)
            if each.filter is not None and each.filter not in filling.FILTERS:
                words = {"name": f"| {each.filter}", "known": ", ".join(filling.FILTERS)}
                near = nearest(each.filter, filling.FILTERS)
                source.report(place, "placeholder-unknown", suggestion=near, **words)


def _stands(name: str, known: set[str]) -> bool:
    """Whether a placeholder is a known name, or a part of an answer or fact that has parts."""
    parts = name.split(".")
    return name in known or (parts[0] in ("data", "facts") and ".".join(parts[:2]) in known)


def every_effect(declared: Procedure) -> Iterator[tuple[Steps, Effect]]:
    """Every effect anywhere in the procedure with its place."""
    for index, effect in enumerate(declared.start.effects):
        yield ("start", "effects", index), effect
    for key, state in declared.states.items():
        places: Mapping[Steps, tuple[Effect, ...]] = {
            ("states", key, "on_enter"): state.on_enter,
            **{
                ("states", key, "actions", name, "effects"): each.effects
                for name, each in state.actions.items()
            },
            **{
                ("states", key, "timers", at, "effects"): each.effects for at, each in enumerate(state.timers)
            },
        }
        for steps, effects in places.items():
            for index, effect in enumerate(effects):
                yield (*steps, index), effect


def opened(declared: Procedure) -> Iterator[tuple[Steps, str]]:
    """The procedures that this one opens cases of, with their places."""
    for steps, effect in every_effect(declared):
        if effect.open is not None:
            yield (*steps, "open", "procedure"), effect.open.procedure


def looked_up(declared: Procedure) -> Iterator[tuple[Steps, str, str | None, str | None]]:
    """(place, register, identifier, purpose) wherever the procedure looks into or writes to a register."""
    for index, document in enumerate(declared.documents):
        once = document.once_only
        if once is not None:
            yield ("documents", index, "once_only"), once.register, once.by, once.purpose
    for steps, effect in every_effect(declared):
        if effect.register is not None:
            yield (*steps, "register"), effect.register.type, None, None
    for index, result in enumerate(declared.results):
        if result.register is not None:
            yield ("results", index, "register"), result.register, None, None
