"""Filling a dossier in: begun, saved page by page, documents added, left. Nothing of it is binding until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from django.db import transaction

from dothi.centres.services import catalogue, files, procedures, rules
from dothi.centres.services.access import INTAKE
from dothi.centres.services.models import Draft
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Text, both
from dothi.kernel.cases.engine.checking import ineligible
from dothi.kernel.cases.engine.forms import Errors, validate_form
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.identity.access import Actor
from dothi.kernel.messages.rules import email, phone

_PERSONAL: Final = ("answers", "data", "documents", "contact", "on_behalf", "sources")


def begin(
    procedure: str, *, by: Actor, language: str = "vi", channel: str = "web", unit: str = ""
) -> tuple[Draft, str]:
    """A new draft, and the secret of its link. At the counter the clerk needs ``services.intake`` for the unit."""
    if channel == "counter":
        by.require(INTAKE, unit=unit or None)
    catalogue.entry(procedure)
    compiled = procedures.published(procedure)
    secret, kept = rules.new_secret()
    made = Draft.objects.create(
        procedure=procedure, version=compiled.procedure.version, account="" if channel == "counter" else by.account or "",
        secret=kept, language=language, channel=channel, unit=unit, expires_at=now() + rules.KEPT,
    )  # fmt: skip
    return made, secret


@transaction.atomic
def save_eligibility(draft: Draft, answers: Mapping[str, Any]) -> list[Text]:
    """Keep the answers to the questions before the form; why somebody cannot go on, one text a question."""
    held = _held(draft)
    held.answers = {key: _answer(value) for key, value in answers.items()}
    _touch(held, "answers")
    return ineligible(procedures.of(held), held.answers)


def _answer(value: Any) -> Any:
    """``true``, ``3``: what a browser sends as text, as what conditions compare with."""
    if isinstance(value, str):
        plain = value.strip()
        if plain in ("true", "false"):
            return plain == "true"
        if plain.lstrip("-").isdecimal() and len(plain) < 10:
            return int(plain)
        return plain[:500]
    return value


@transaction.atomic
def save_who(
    draft: Draft, *, capacity: str, on_behalf: Mapping[str, str], contact: Mapping[str, str], language: str
) -> None:
    """Keep for whom it is (oneself, somebody else, a business) and how they are reached."""
    held = _held(draft)
    if capacity not in (Draft.SELF, Draft.REPRESENTATIVE, Draft.BUSINESS):
        raise BadInput(both("Hãy chọn bạn nộp cho ai.", "Choose for whom you apply."), where="capacity")
    if capacity != Draft.SELF and not on_behalf.get("name", "").strip():
        raise BadInput(
            both("Hãy nhập tên người hoặc doanh nghiệp.", "Write the name of the person or business."),
            where="on_behalf",
        )
    held.capacity, held.language = capacity, language
    held.on_behalf = {key: " ".join(value.split())[:200] for key, value in on_behalf.items() if value.strip()}
    held.contact = _contact(contact)
    _touch(held, "capacity", "on_behalf", "contact", "language")


def _contact(given: Mapping[str, str]) -> dict[str, str]:
    made = {}
    if given.get("phone", "").strip():
        made["phone"] = phone(given["phone"])
    if given.get("email", "").strip():
        made["email"] = email(given["email"])
    if given.get("name", "").strip():
        made["name"] = " ".join(given["name"].split())[:200]
    return made


@transaction.atomic
def save_page(draft: Draft, page: str, given: Mapping[str, Any]) -> Errors:
    """Keep the answers of one page as they were given; what is wrong with those of this page, by path.

    Wrong answers are kept too: they are the person's work, and the page shows what is wrong with them.
    """
    held = _held(draft)
    compiled = procedures.of(held)
    form = rules.form_of(compiled)
    fields = next(
        (asked for each, asked in rules.pages(compiled, held.data) if each.declared.key == page), None
    )
    if form is None or fields is None:
        raise BadInput(both("Hồ sơ không có trang này.", "The dossier has no such page."), where="page")
    declared = next(each for each in form.pages if each.declared.key == page)
    own = {each.key for each in declared.fields}
    held.data = {key: value for key, value in held.data.items() if key not in own} | {
        key: value for key, value in given.items() if key in own
    }
    held.sources = {key: source for key, source in held.sources.items() if _same(source, held.data.get(key))}
    _touch(held, "data", "sources")
    _, errors = validate_form(form, held.data)
    return {where: text for where, text in errors.items() if where.partition(".")[0].partition("[")[0] in own}


def _same(source: Mapping[str, Any], value: Any) -> bool:
    """Whether an answer is still the one that was read from a register."""
    return bool(str(source.get("value", "")) == str(value))


@transaction.atomic
def attach(draft: Draft, key: str, meta: DocumentMeta) -> None:
    """Add a document (already checked and kept) under one of the kinds the procedure asks for."""
    held = _held(draft)
    declared = next((each for each in procedures.of(held).procedure.documents if each.key == key), None)
    if declared is None:
        raise BadInput(both("Không có loại giấy tờ này.", "There is no such document."), where=key)
    rows = [*held.documents.get(key, []), msgspec.to_builtins(meta)]
    if len(rows) > declared.at_most:
        raise Conflict(
            both(f"Tối đa {declared.at_most} tệp.", f"At most {declared.at_most} files."), where=key
        )
    held.documents = held.documents | {key: rows}
    _touch(held, "documents")


@transaction.atomic
def detach(draft: Draft, key: str, document: str) -> None:
    """Take a document out again; its content goes with it."""
    held = _held(draft)
    there = held.documents.get(key, [])
    rows = [each for each in there if each["id"] != document]
    held.documents = {name: kept for name, kept in (held.documents | {key: rows}).items() if kept}
    _touch(held, "documents")
    _remove([each for each in there if each["id"] == document])


@transaction.atomic
def leave(draft: Draft) -> None:
    """Throw the draft away: its answers and files are gone at once."""
    _empty(_held(draft))


def forget_old(limit: int = 500) -> int:
    """Empty the drafts that nobody came back to; how many."""
    old = list(
        Draft.objects.filter(state=Draft.OPEN, expires_at__lt=now()).values_list("pk", flat=True)[:limit]
    )
    for key in old:
        with transaction.atomic():
            found = (
                Draft.objects.select_for_update()
                .filter(pk=key, state=Draft.OPEN, expires_at__lt=now())
                .first()
            )
            if found is not None:
                _empty(found)
    return len(old)


def _empty(held: Draft) -> None:
    gone = [meta for rows in held.documents.values() for meta in rows]
    held.state, held.changed_at = Draft.LEFT, now()
    for name in _PERSONAL:
        setattr(held, name, {})
    held.save(update_fields=["state", "changed_at", *_PERSONAL])
    _remove(gone)


def _remove(metas: list[dict[str, Any]]) -> None:
    transaction.on_commit(lambda: files.remove(metas))


def _held(draft: Draft) -> Draft:
    held = Draft.objects.select_for_update().get(pk=draft.pk)
    if held.state == Draft.SENT:
        raise rules.sent_already()
    if held.state == Draft.LEFT:
        raise rules.no_draft()
    return held


def _touch(held: Draft, *fields: str) -> None:
    held.rev += 1
    held.changed_at = now()
    held.expires_at = now() + rules.KEPT
    held.save(update_fields=[*fields, "rev", "changed_at", "expires_at"])
